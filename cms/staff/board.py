"""The board of one notice: how many units it was sent to, which have read it and which have answered."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.widgets.button import HeaderButton

from cms.models import NoticePage
from cms.staff.curve import draw
from cms.staff.lines import row
from cms.staff.pages import NoticeView, Selection, percent
from membership.jobs.models import Job
from membership.tracking import permissions
from membership.tracking.results import standing_of
from membership.tracking.states import Export, ReceiptKind, ReceiptState

PER_PAGE = 50
FILES_SHOWN = 4
READ = Q(read_at__isnull=False)
LISTS = {
    "unread": (gettext_lazy("Unread"), ~READ),
    "read": (gettext_lazy("Read"), READ),
    "awaiting": (gettext_lazy("Read, no receipt"), READ & Q(receipt_state=ReceiptState.AWAITING)),
    "receipted": (gettext_lazy("Receipt returned"), Q(receipt_state=ReceiptState.SUBMITTED)),
    "overdue": (gettext_lazy("Overdue"), Q(receipt_state=ReceiptState.AWAITING)),
}


class BoardView(NoticeView):
    template_name = "cms/staff/board/board.html"

    @cached_property
    def tab_names(self):
        return ["unread", "awaiting", "receipted", "overdue"] if self.notice.asks_receipt else ["unread", "read"]

    @cached_property
    def tab(self):
        name = self.request.GET.get("list")
        return name if name in self.tab_names else self.tab_names[0]

    @cached_property
    def selection(self):
        return Selection(self.request.GET)

    def get_page_title(self):
        return self.notice.title

    def crumbs(self):
        return [{"url": "", "label": self.notice.title}]

    def get_header_buttons(self):
        if not self.notice.permissions_for_user(self.request.user).can_edit():
            return []
        url = reverse("wagtailadmin_pages:edit", args=[self.notice.pk])
        return [HeaderButton(label=_("Edit"), url=url, icon_name="edit")]

    def get_context_data(self, **kwargs):
        now = timezone.now()
        counts, lists, days = self.deliveries.counts_of_board(now)
        filtered = self.selection.filter.narrow(self.deliveries)
        if self.selection.filter.typed:
            lists = filtered.counts_by_list(now)
        listed = (filtered.overdue(now) if self.tab == "overdue" else filtered).filter(LISTS[self.tab][1])
        paginator = Paginator(listed.for_board(), PER_PAGE)
        paginator.count = lists[self.tab]  # counted already, with the others
        page = paginator.get_page(self.request.GET.get("p"))
        may_read_receipts = self.request.user.has_perm("tracking.view_receipt")
        return super().get_context_data(
            kind=ReceiptKind(self.notice.receipt_kind),
            counts=counts,
            read_percent=percent(counts["read"], counts["sent"]),
            receipted_percent=percent(counts["receipted"], counts["asked"]),
            curve=draw(days, counts["sent"]),
            is_sending=not counts["sent"] and NoticePage.objects.undelivered().filter(pk=self.notice.pk).exists(),
            tabs=self.tabs(lists),
            tab=self.tab,
            filter=self.selection.filter,
            kept_query=urlencode(self.selection.filter.typed),
            page_obj=page,
            rows=[row(delivery, now, may_read_receipts) for delivery in page],
            may_read_receipts=may_read_receipts,
            **self.deliberation(may_read_receipts),
            **self.tools(),
            **kwargs,
        )

    def tabs(self, numbers):
        kept = self.selection.filter.typed
        return [
            {
                "label": LISTS[name][0],
                "count": numbers[name],
                "active": name == self.tab,
                "query": urlencode([("list", name), *kept]),
            }
            for name in self.tab_names
        ]

    def deliberation(self, may_read_receipts):
        """How the matters stand, for those who may read receipts."""
        is_deliberation = may_read_receipts and self.notice.receipt_kind == ReceiptKind.DELIBERATION
        rule, tallies = standing_of(self.notice) if is_deliberation else (None, [])
        return {"is_deliberation": is_deliberation, "rule": rule, "tallies": tallies}

    def tools(self):
        """What this person may do here, and the files made for them lately."""
        user, stands = self.request.user, self.notice.live
        asks, is_meeting = self.notice.asks_receipt, self.notice.receipt_kind == ReceiptKind.ATTENDANCE
        return {
            "may_remind": stands and permissions.may_remind(user),
            "may_manage": stands and asks and permissions.may_manage_receipts(user),
            "may_extend": stands and self.notice.deadline is not None and permissions.may_manage_receipts(user),
            "attendance": is_meeting and permissions.may_take(user, Export.WORKBOOK),
            "exports": [e for e in (Export.WORKBOOK, Export.BUNDLE) if asks and permissions.may_take(user, e)],
            "files": list(Job.objects.made_for(user, "tracking.export", notice_id=self.notice.pk)[:FILES_SHOWN]),
        }
