"""The page of one review: open and claim it, judge item by item, decide, go on to the next."""

from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from membership.exceptions import Refusal
from membership.messaging import texts
from membership.units import actions, permissions, verdicts
from membership.units.models import MembershipSettings, Review, ReviewNote
from membership.units.review_sheet import Sheet
from membership.units.staff.decision_forms import ApproveForm, HandOnForm, NoteForm, WordsForm
from membership.units.staff.queues import next_in_queue, queue_of, reviewers, waiting
from membership.units.staff.review_queue import TAGS, SeenByReviewers, waited
from membership.units.states import MembershipState, ReturnReason, ReviewState, ReviewSubject

APPROVE, SEND_BACK, REJECT, JUDGE = "approve", "send_back", "reject", "judge"
VERBS = {APPROVE: actions.approve, SEND_BACK: actions.send_back, REJECT: actions.reject}
TEXTS = {SEND_BACK: "membership_sent_back", REJECT: "membership_rejected"}


class OneReview(SeenByReviewers):
    """The review of the address, if this person may see it."""

    @cached_property
    def review(self):
        rows = Review.objects.for_user(self.request.user)
        related = ("membership__unit", "membership__body", "membership__level", "document")
        people = ("assigned_to", "claimed_by", "decided_by", "handed_in_by")
        return get_object_or_404(rows.select_related(*related, *people), pk=self.kwargs["pk"])

    @cached_property
    def may_review(self):
        return permissions.may_review(self.request.user, self.review.membership)

    @cached_property
    def sheet(self):
        return Sheet(self.review, self.request.user)

    @property
    def url(self):
        return reverse("reviews:review", args=[self.review.pk])

    def after_refusal(self, refusal):
        """Where a person goes whose decision came too late: to the newest round if there is one, else back here."""
        messages.error(self.request, str(refusal))
        rounds = Review.objects.for_user(self.request.user).open()
        newest = rounds.filter(membership=self.review.membership_id, subject=self.review.subject).first()
        return redirect("reviews:review", newest.pk if newest else self.review.pk)


class ReviewView(OneReview, WagtailAdminTemplateMixin, TemplateView):
    """Opening claims it for half an hour, if nobody else has it; who comes second reads."""

    template_name = "units/staff/reviews/review.html"
    _show_breadcrumbs = True

    @property
    def header_icon(self):
        return queue_of(self.review).icon

    def get_page_title(self):
        return self.review.membership.unit.name

    def get_breadcrumbs_items(self):
        queue = queue_of(self.review)
        return [{"url": queue.url, "label": queue.title}, {"url": "", "label": self.review.membership.unit.name}]

    def get(self, request, *args, **kwargs):
        self.holder = self._claim()
        return self.render_to_response(self.get_context_data(**self._forms()))

    def post(self, request, *args, **kwargs):
        do = request.POST.get("do")
        judged = verdicts.read(request.POST, Sheet(self.review, request.user).keys)
        if do not in VERBS:
            return self._keep(judged)
        self.review.verdicts = judged
        forms = self._forms(do)
        problems = self._problems(do, judged)
        if problems or not forms[do].is_valid():
            return self._again(forms, do, problems)
        try:
            VERBS[do](self.review, by=request.user, verdicts=judged, **forms[do].decision)
        except Refusal as refusal:
            if refusal.code in ("already_decided", "wrong_state"):
                return self.after_refusal(refusal)
            return self._again(forms, do, [str(refusal)])
        return self._go_on(do)

    def _claim(self):
        """Who has it in hand instead of this person, or None."""
        self.is_mine = False
        if self.review.state != ReviewState.OPEN or not self.may_review:
            return None
        try:
            claimed = actions.claim(self.review, by=self.request.user)
        except Refusal:
            return Review.objects.select_related("claimed_by").get(pk=self.review.pk).claimed_by
        self.is_mine = True
        self.review.claimed_until = claimed.claimed_until
        return None

    def _forms(self, do=None):
        """The three decisions; what was typed for any of them is kept, whichever was tried."""
        data = self.request.POST if do else None
        words = f"{SEND_BACK}-remark"
        typed = data if do == SEND_BACK or (data and data.get(words)) else None
        return {
            APPROVE: ApproveForm(self.review, data),
            SEND_BACK: WordsForm(typed, prefix=SEND_BACK, initial={"remark": self.sheet.remark}),
            REJECT: WordsForm(data, prefix=REJECT),
        }

    def _problems(self, do, judged):
        """What the verdicts forbid: to approve what is marked, or to send back what is marked without a reason."""
        labels = {line.key: line.label for line in self.sheet.lines}
        marked = [labels[key] for key, verdict in judged.items() if verdicts.is_marked(verdict)]
        if do == APPROVE and marked:
            words = _("Marked as needing a change: %(items)s. Send it back, or take the marks away.")
            return [words % {"items": "、".join(marked)}]
        silent = [labels[key] for key in verdicts.without_reason(judged)]
        if do == SEND_BACK and silent:
            return [_("Choose a reason or write what is wrong: %(items)s.") % {"items": "、".join(silent)}]
        return []

    def _again(self, forms, do, problems):
        self.holder = self._claim()
        return self.render_to_response(self.get_context_data(**forms, problems=problems, tried=do), status=422)

    def _keep(self, judged):
        """保存意见, and what the script does by itself: the answer holds the words that follow from the verdicts."""
        is_script = self.request.headers.get("x-requested-with") == "XMLHttpRequest"
        try:
            actions.claim(self.review, by=self.request.user)
            kept = actions.judge(self.review, by=self.request.user, verdicts=judged)
        except Refusal as refusal:
            if is_script:
                return JsonResponse({"refused": str(refusal)}, status=409)
            return self.after_refusal(refusal)
        remark = Sheet(kept, self.request.user).remark
        typed = self.request.POST.get(f"{SEND_BACK}-remark", "").strip() if self.request.POST.get("touched") else ""
        if is_script:
            saved = _("Saved at %(time)s") % {"time": date_format(timezone.localtime(), "H:i")}
            sms = preview(self.review, SEND_BACK, reason=typed or remark)
            return JsonResponse({"saved": saved, "remark": remark, "sms": sms})
        messages.success(self.request, _("The verdicts are kept."))
        return redirect(self.url)

    def _go_on(self, do):
        """Say what was done, and open the next one of the queue."""
        words = {
            APPROVE: _("“%(unit)s” approved."),
            SEND_BACK: _("“%(unit)s” sent back."),
            REJECT: _("“%(unit)s” not approved."),
        }[do]
        messages.success(self.request, words % {"unit": self.review.membership.unit})
        return to_next(self.request, self.review)

    def get_context_data(self, **kwargs):
        review, sheet = self.review, self.sheet
        is_open = review.state == ReviewState.OPEN
        days, is_late = waited(review, MembershipSettings.current())
        queue = queue_of(review)
        context = {
            "review": review,
            "sheet": sheet,
            "queue": queue,
            "waiting_count": waiting(self.request.user)[queue.slug],
            "days": days,
            "is_late": is_late,
            "is_open": is_open,
            "tag": TAGS[review.state],
            "may_decide": is_open and self.may_review and self.is_mine,
            "may_review": is_open and self.may_review,
            "holder": self.holder,
            "reasons": ReturnReason.choices,
            "notes": ReviewNote.objects.for_user(self.request.user)
            .filter(review__membership=review.membership)
            .select_related("written_by"),
            "note_form": NoteForm(),
            "hand_on_form": HandOnForm(reviewers([review.membership.body]).exclude(pk=self.request.user.pk)),
            "may_review_ever": self.may_review,
            "problems": [],
            "tried": "",
            "typed": self.request.POST.get(f"{kwargs.get('tried')}-remark", ""),
            "show_approve": kwargs.get("tried") == APPROVE,
            "show_send_back": kwargs.get("tried") == SEND_BACK,
            "show_reject": kwargs.get("tried") == REJECT,
            "chosen_level": chosen_level(kwargs[APPROVE]),
            "outcomes": outcomes(review, kwargs[APPROVE]),
            "sms_back": preview(review, SEND_BACK, reason=sheet.remark or "…"),
            "is_application": review.subject == ReviewSubject.APPLICATION,
            "is_leave": review.subject == ReviewSubject.LEAVE,
        }
        return super().get_context_data(**context | kwargs)


def chosen_level(form):
    """The key of the level that the form shows."""
    value = form["level"].value() if "level" in form.fields else None
    return int(value) if str(value).isdecimal() else None


def outcomes(review, form):
    """What the unit will see and get as an SMS once it is approved: [(key of the level or "", sentence, SMS)]."""
    unit, body = review.membership.unit.name, review.membership.body
    if review.subject == ReviewSubject.CHANGE:
        sentence = _("The unit will find the changed facts on file.")
        return [("", sentence, texts.compose("change_approved", {"unit": unit}).text)]
    if review.subject == ReviewSubject.LEAVE:
        if review.membership.is_certification:
            sentence = _("The unit leaves the association and with it every branch; what it did so far is kept.")
        else:
            sentence = _("The unit leaves %(body)s; what it did so far is kept.") % {"body": body.short_name}
        return [("", sentence, texts.compose("membership_ended", {"unit": unit, "body": body.short_name}).text)]
    rows = []
    for level in form.fields["level"].queryset:
        standing = f"{body.short_name}{level.name}"
        words = {"state": MembershipState.ACTIVE.label, "level": standing}
        sms = texts.compose("membership_approved", {"unit": unit, "level": standing}).text
        rows.append((level.pk, _("The unit will find: %(state)s, %(level)s.") % words, sms))
    return rows


def preview(review, do, *, reason):
    """The SMS with these words, as it would be sent now."""
    return texts.compose(TEXTS[do], {"unit": review.membership.unit.name, "reason": reason}).text


def to_next(request, review):
    """下一个: the next one waiting in the same queue, or the queue when nothing waits."""
    following = next_in_queue(review, request.user)
    if following:
        return redirect("reviews:review", following.pk)
    messages.info(request, _("Nothing else waits in this queue."))
    return redirect(queue_of(review).url)


class NextView(OneReview, View):
    """下一个, without a decision on this one: it goes back to the others."""

    def post(self, request, pk):
        actions.release(self.review, by=request.user)
        return to_next(request, self.review)


class ReleaseView(OneReview, View):
    """Give it back to the queue."""

    def post(self, request, pk):
        actions.release(self.review, by=request.user)
        return redirect(queue_of(self.review).url)


class HandOnView(OneReview, View):
    """转交 to a colleague."""

    def post(self, request, pk):
        form = HandOnForm(reviewers([self.review.membership.body]), request.POST)
        if not form.is_valid():
            messages.error(request, _("Choose a colleague."))
            return redirect(self.url)
        try:
            actions.assign(self.review, by=request.user, to=form.cleaned_data["to"])
        except Refusal as refusal:
            return self.after_refusal(refusal)
        messages.success(request, _("Handed on to %(who)s.") % {"who": form.cleaned_data["to"]})
        return to_next(request, self.review)


class NoteView(OneReview, View):
    """内部备注."""

    def post(self, request, pk):
        form = NoteForm(request.POST)
        if form.is_valid():
            actions.add_note(self.review, by=request.user, text=form.cleaned_data["text"])
        else:
            messages.error(request, " ".join(form.errors["text"]))
        return redirect(f"{self.url}#notes")
