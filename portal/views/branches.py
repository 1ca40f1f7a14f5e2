"""分会管理: the table of branches, the application to one, and what is on file about the unit there (guide 一.(三))."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from membership.exceptions import Refusal
from membership.units import actions, permissions
from membership.units.forms.branches import BranchApplicationForm, BranchContactForm
from membership.units.models import Body, Review
from membership.units.profile import CONTACT
from membership.units.states import STANDING, BodyKind, MembershipState, ReviewState, ReviewSubject
from portal.branch_table import BranchRow, LeaveRequests, declined_words
from portal.profile_cards import said
from portal.shell import Shell
from portal.views.gates import for_units


@require_safe
@for_units
def index(request):
    """One row for every branch: level and state of the unit's membership in it, and what can be done."""
    shell = Shell.of(request)
    asked = _requests(request)
    is_owner = permissions.may_manage_seats(request.user, shell.unit)
    rows = [_row(shell, body, asked=asked, is_owner=is_owner) for body in Body.objects.filter(kind=BodyKind.BRANCH)]
    context = {
        "rows": rows,
        "obstacle": next((row.refusal for row in rows if row.refusal and row.refusal.code != "branch_closed"), None),
        "over": any(row.is_over for row in rows),
        "certification": shell.certification,
        "leaving": asked.open(shell.certification),
        "declined": declined_words(asked.declined(shell.certification)),
        "may_leave": is_owner and shell.certification.state in STANDING,
        "is_owner": is_owner,
    }
    return render(request, "portal/branches/index.html", context)


@require_safe
@for_units
def detail(request, slug):
    """查看资料: level, since when, number, contact and answers of a member of the branch."""
    row = _row_or_404(request, slug)
    if not row.is_member:
        return redirect("portal:branches")
    return render(request, "portal/branches/detail.html", {"row": row, "membership": row.membership})


@require_http_methods(["GET", "HEAD", "POST"])
@for_units
def apply(request, slug):
    """「质量分会入会资料填报」: the first application, one that came back, or a change to one under review."""
    row = _row_or_404(request, slug)
    if not row.apply_label:
        return redirect("portal:branch", slug=slug)
    if request.method != "POST":
        if row.refusal:
            messages.error(request, str(row.refusal))
            return redirect("portal:branches")
        return _form_page(request, row, _form(request, row))
    form = _form(request, row, request.POST)
    if not form.is_valid():
        return _form_page(request, row, form, status=422)
    if not _is_repeated(row.membership, form):
        refusal = _hand_in(request, row, form)
        if refusal:
            return _after_refusal(request, slug, form, refusal)
    messages.success(request, _("Submitted, waiting for the review"), extra_tags="toast")
    return redirect("portal:branches")


@require_POST
@for_units
def withdraw(request, slug):
    """撤回申请, as long as no reviewer has opened it; what was filled in stays."""
    row = _row_or_404(request, slug)
    if row.is_new:
        return redirect("portal:branches")
    try:
        actions.withdraw(row.membership, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The application to the branch has been withdrawn."), extra_tags="toast")
    return redirect("portal:branches")


@require_http_methods(["GET", "HEAD", "POST"])
@for_units
def contact(request, slug):
    """Whom the branch asks about its member; changed at once."""
    row = _row_or_404(request, slug)
    if not row.is_member:
        return redirect("portal:branches")
    form = BranchContactForm.of(row.membership, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.update_branch_contact(row.membership, by=request.user, **form.contact())
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The contact has been saved."), extra_tags="toast")
        return redirect("portal:branch", slug=slug)
    context = {"row": row, "form": form}
    return render(request, "portal/branches/contact.html", context, status=422 if form.errors else 200)


def _requests(request):
    return LeaveRequests(request.user, Shell.of(request).unit, timezone.now())


def _row(shell, body, *, asked, is_owner):
    membership = next((m for m in shell.memberships if m.body_id == body.pk), None)
    refusal = actions.refusal_to_apply(shell.certification, body)
    return BranchRow(body, membership, refusal, asked.open(membership), asked.declined(membership), is_owner)


def _row_or_404(request, slug):
    body = get_object_or_404(Body, kind=BodyKind.BRANCH, slug=slug)
    shell = Shell.of(request)
    is_owner = permissions.may_manage_seats(request.user, shell.unit)
    return _row(shell, body, asked=_requests(request), is_owner=is_owner)


def _form(request, row, data=None):
    """The form with what was handed in before, else with the unit's own contact."""
    known = row.membership
    form = BranchApplicationForm.of(
        known if known and known.contact_name else Shell.of(request).unit,
        data,
        questions=row.body.questions.all(),
        before=known.answers if known else (),
    )
    form.initial["round"] = known.round if known else 0
    return form


def _is_repeated(membership, form):
    """The application under review says just this already: nothing was changed, or the button was pressed twice."""
    return membership is not None and membership.state == MembershipState.PENDING and form.says_what(membership)


def _hand_in(request, row, form):
    """None when it is done, else the Refusal."""
    if row.membership and row.membership.round != form.cleaned_data["round"]:
        return Refusal(_("A colleague has changed this application meanwhile. Check the entries."), code="stale")
    unit = Shell.of(request).unit
    try:
        actions.apply(unit, row.body, by=request.user, answers=form.answers(), **form.contact())
    except Refusal as refusal:
        return refusal
    return None


def _after_refusal(request, slug, form, refusal):
    """What was typed, beside the reason; the next try stands on what is there now."""
    del request.shell
    row = _row_or_404(request, slug)
    if not row.apply_label:
        messages.error(request, str(refusal))
        return redirect("portal:branches")
    form.data = form.data.copy()
    form.data["round"] = row.membership.round if row.membership else 0
    return _form_page(request, row, form, refusal=refusal, status=409)


def _form_page(request, row, form, *, refusal=None, status=200):
    context = {
        "row": row,
        "form": form,
        "refusal": refusal,
        "marked": _marked(request, row, form),
        "unit": Shell.of(request).unit,
    }
    return render(request, "portal/branches/apply.html", context, status=status)


def _marked(request, row, form):
    """[(anchor, label, words)] of what the reviewer has marked in the round that came back."""
    if row.membership is None or row.membership.state != MembershipState.RETURNED:
        return []
    rounds = Review.objects.for_user(request.user).filter(
        membership=row.membership, subject=ReviewSubject.APPLICATION, state=ReviewState.RETURNED
    )
    last = rounds.order_by("-round").first()
    if last is None:
        return []
    asked = {f"answer:{number}": answer["label"] for number, answer in enumerate(last.snapshot.get("answers", []))}
    names = {label: name for name, label in form.labels.items()}
    order = [*CONTACT, *asked]  # the database keeps the marks in an order of its own
    marks = sorted(last.marked.items(), key=lambda mark: order.index(mark[0]) if mark[0] in order else len(order))
    return [_told(form, names.get(asked.get(key), key), asked.get(key), said(mark)) for key, mark in marks]


def _told(form, name, label, words):
    """One mark; without an anchor when the branch asks this no longer."""
    bound = form[name] if name in form.fields else None
    return (bound.id_for_label, bound.label, words) if bound else ("", label or name, words)
