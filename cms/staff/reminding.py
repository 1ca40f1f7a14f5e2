"""提醒未读 and 提醒未回执: who will be sent a message, who is passed over, and the log of what was sent."""

from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView

from cms.models import NoticePage
from cms.staff.columns import MomentColumn
from cms.staff.pages import DeliveriesAreSeen, NoticeView, Selection
from membership.exceptions import Refusal
from membership.messaging.states import MessageState
from membership.messaging.texts import compose
from membership.tracking import actions, permissions
from membership.tracking.actions.reminders import concerned_by, text_for
from membership.tracking.models import Reminder, ReminderSettings
from membership.tracking.states import Occasion

NAMES_SHOWN = 50
OCCASIONS = {
    Occasion.UNREAD: gettext_lazy("Remind units that have not read"),
    Occasion.AWAITING: gettext_lazy("Remind units without receipt"),
}


def log_url(notice):
    return reverse("notices:notice_reminders", args=[notice.pk])


class RemindView(NoticeView):
    """Says how many and who, and asks once more."""

    template_name = "cms/staff/board/remind.html"
    may = permissions.may_remind

    @cached_property
    def asked(self):
        return self.request.POST if self.request.method == "POST" else self.request.GET

    @cached_property
    def occasion(self):
        return Occasion.AWAITING if self.asked.get("occasion") == Occasion.AWAITING else Occasion.UNREAD

    @cached_property
    def selection(self):
        return Selection(self.asked)

    def get_page_title(self):
        return OCCASIONS[self.occasion]

    def get_context_data(self, **kwargs):
        concerned = self.selection.narrow(concerned_by(self.notice, self.occasion))
        rows = actions.forecast(concerned)
        lately, unreachable = Q(sent_lately__isnull=False), Q(sent_lately=None, is_reachable=False)
        numbers = rows.aggregate(
            total=Count("pk"), lately=Count("pk", filter=lately), unreachable=Count("pk", filter=unreachable)
        )
        first = concerned.select_related("notice", "category").first()
        settings = ReminderSettings.current()
        return super().get_context_data(
            occasion=self.occasion,
            carried=self.selection.carried,
            numbers=numbers,
            to_send=numbers["total"] - numbers["lately"] - numbers["unreachable"],
            passed_over=list(rows.filter(lately | unreachable).select_related("unit")[:NAMES_SHOWN]),
            sample=self.sample(first) if first else "",
            settings=settings,
            is_quiet=settings.is_quiet(timezone.now()),
            **kwargs,
        )

    def sample(self, delivery):
        """The words that the first of them will read."""
        text, variables = text_for(delivery, self.occasion, timezone.now())
        return compose(text, variables).text

    def post(self, request, *args, **kwargs):
        units = self.selection.units(self.deliveries)
        try:
            job = actions.request_reminders(
                self.notice, by=request.user, occasion=self.occasion, units=units, result_url=log_url(self.notice)
            )
        except Refusal as refusal:
            return self.answer(409, refusal=refusal)
        return redirect("job_progress", job.pk)


class ReminderLogView(DeliveriesAreSeen, BaseListingView):
    """提醒记录: of one notice or of all, who was sent what, by whom or by which rule, and whether it arrived."""

    header_icon = "history"
    template_name = "cms/staff/board/overview.html"
    index_url_name = "notices:reminders"
    index_results_url_name = "notices:reminders_results"
    verbose_name_plural = Reminder._meta.verbose_name_plural
    paginate_by = 50
    is_searchable = True
    search_backend_name = None
    columns = [
        TitleColumn(
            "unit",
            label=gettext_lazy("Unit"),
            accessor="delivery.unit",
            get_url=lambda reminder: reverse("notices:board", args=[reminder.delivery.notice_id]),
        ),
        Column("notice", label=gettext_lazy("Notice"), accessor="delivery.notice.title"),
        Column("occasion", label=gettext_lazy("Occasion"), accessor="get_occasion_display"),
        Column("cause", label=gettext_lazy("Reminded by"), accessor=lambda reminder: cause(reminder)),
        MomentColumn("sent_at", label=gettext_lazy("Sent at")),
        Column("outcome", label=gettext_lazy("State of the text message"), accessor=lambda reminder: outcome(reminder)),
    ]

    @cached_property
    def notice(self):
        """The notice whose log it is; None for all."""
        page_id = self.kwargs.get("page_id")
        return get_object_or_404(NoticePage, pk=page_id) if page_id else None

    def get_index_url(self):
        return log_url(self.notice) if self.notice else super().get_index_url()

    def get_index_results_url(self):
        if self.notice:
            return reverse("notices:notice_reminders_results", args=[self.notice.pk])
        return super().get_index_results_url()

    def get_page_title(self):
        return _("Reminder records")

    def get_page_subtitle(self):
        return self.notice.title if self.notice else ""

    def get_breadcrumbs_items(self):
        here = {"url": "", "label": _("Reminder records"), "sublabel": self.get_page_subtitle()}
        if self.notice is None:
            return [*self.breadcrumbs_items, here]
        board = {"url": reverse("notices:board", args=[self.notice.pk]), "label": self.notice.title}
        return [*self.breadcrumbs_items, board, {"url": "", "label": _("Reminder records")}]

    def get_base_queryset(self):
        reminders = Reminder.objects.for_user(self.request.user)
        if self.notice:
            reminders = reminders.filter(delivery__notice=self.notice)
        rows = reminders.select_related("delivery__unit", "delivery__notice", "rule", "sent_by", "message")
        return rows.defer("delivery__notice__body", "delivery__notice__search_text").order_by("-pk")

    def search_queryset(self, queryset):
        words = (self.search_query or "").split()
        for word in words[:5]:
            queryset = queryset.filter(delivery__unit__name__icontains=word)
        return queryset

    @cached_property
    def no_results_message(self):
        return _("No unit has been reminded.") if not self.is_searching else _("No reminder to a unit of this name.")


def cause(reminder):
    """The person, the rule, or the publishing of the notice."""
    return reminder.sent_by or reminder.rule or _("When it was sent")


def outcome(reminder):
    """What became of the text message, with the reason of a failure."""
    message = reminder.message
    if message is None:
        return "--"
    state = message.get_state_display()
    return f"{state}: {message.error}" if message.state == MessageState.FAILED and message.error else state
