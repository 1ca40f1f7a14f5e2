"""统计 ▸ 通知: how many of the last notices were read and answered, as bars, tables and a workbook."""

from dataclasses import dataclass

from django.urls import path, reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from cms.models import NoticePage
from cms.staff.overview import rate, with_counts
from cms.staff.pages import DeliveriesAreSeen, percent
from membership import spreadsheets
from membership.office_files import XLSX
from membership.private_files import as_download
from membership.tracking.states import ReceiptKind

LAST = 10
BAR_ROW = 34  # pixels from one bar to the next


@dataclass(frozen=True)
class RateChart(Component):
    """A table of notices and the bars that show a share of each; `rows` are (notice, part, whole)."""

    key: str
    title: str
    part: str
    whole: str
    rate: str
    rows: list

    template_name = "cms/staff/statistics/rates.html"

    @property
    def lines(self):
        """(notice, whole, part, share): the columns of the table."""
        return [(notice, whole, part, rate(part, whole)) for notice, part, whole in self.rows]

    def get_context_data(self, parent_context):
        bars = [
            {"notice": notice, "width": f"{percent(part, whole)}%", "top": line * BAR_ROW}
            for line, (notice, part, whole) in enumerate(self.rows)
        ]
        return {"chart": self, "bars": bars, "height": len(bars) * BAR_ROW}


def charts(user):
    """The read rate of the last notices, and the receipt rate of the last that asked for one; the newest first."""
    notices = NoticePage.objects.standing().defer_streamfields().order_by("-first_published_at", "-pk")
    newest = with_counts(notices[:LAST], user)
    asking = with_counts(notices.exclude(receipt_kind=ReceiptKind.NONE)[:LAST], user)
    sent = [(notice, notice.counts["read"], notice.counts["sent"]) for notice in newest]
    answered = [(notice, notice.counts["receipted"], notice.counts["asked"]) for notice in asking]
    return [
        RateChart("read", _("Read rate of the last notices"), _("Read"), _("Sent"), _("Read rate"), sent),
        RateChart(
            "receipts", _("Receipt rate of the last notices that asked for a receipt"), _("Receipt returned"),
            _("Receipts asked for"), _("Receipt rate"), answered,
        ),
    ]  # fmt: skip


class NoticeStatisticsView(DeliveriesAreSeen, WagtailAdminTemplateMixin, TemplateView):
    template_name = "cms/staff/statistics/notices.html"
    page_title = gettext_lazy("Notice statistics")
    header_icon = "mail"
    _show_breadcrumbs = True

    def get_breadcrumbs_items(self):
        return [{"url": "", "label": self.page_title}]

    def get_header_buttons(self):
        url = reverse("notice_statistics_export")
        return [HeaderButton(label=_("Download as workbook"), url=url, icon_name="download")]

    def get_context_data(self, **kwargs):
        found = charts(self.request.user)
        return super().get_context_data(charts=found, last=LAST, counted_at=timezone.localtime(), **kwargs)


class NoticeStatisticsExport(DeliveriesAreSeen, View):
    """Each table of the page as a sheet of one workbook."""

    def get(self, request):
        name = f"{_('Notice statistics')}_{timezone.localdate():%Y-%m-%d}.xlsx"
        sheets = [self.sheet(chart) for chart in charts(request.user)]
        return as_download(spreadsheets.as_file(sheets, name), name=name, mime=XLSX)

    @staticmethod
    def sheet(chart):
        titles = [(_("Notice"), 50), (_("Published at"), 18), (chart.whole, 12), (chart.part, 12), (chart.rate, 12)]
        columns = [spreadsheets.Column(title, width) for title, width in titles]
        rows = [[notice.title, notice.first_published_at, *numbers] for notice, *numbers in chart.lines]
        return spreadsheets.Sheet(chart.rate, columns, rows)


urlpatterns = [
    path("", NoticeStatisticsView.as_view(), name="notice_statistics"),
    path("export/", NoticeStatisticsExport.as_view(), name="notice_statistics_export"),
]


class NoticeStatisticsMenuItem(MenuItem):
    def is_shown(self, request):
        return request.user.has_perm("tracking.view_delivery")


def notices_item():
    return NoticeStatisticsMenuItem(
        gettext_lazy("Notices"), reverse_lazy("notice_statistics"), name="notice-statistics", icon_name="mail", order=20
    )
