"""统计 ▸ 会费: what is due and has come by level and month, and the income of a calendar year; page and workbook."""

from dataclasses import dataclass
from decimal import Decimal

from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from membership import spreadsheets
from membership.dues import collection, permissions
from membership.dues.amounts import in_figures
from membership.dues.calendar import dues_year
from membership.office_files import XLSX
from membership.private_files import as_download
from membership.units.permissions import require

BAR_ROW = 34  # pixels from one bar to the next


@dataclass(frozen=True)
class MoneyChart(Component):
    """A table and bars that show it. `rows` are lists of cells, the label first: text, number, Decimal yuan or None.

    `bars` are (label, share of the whole track from 0 to 1, words) in the order of the rows; `whole` is the last row.
    """

    key: str
    title: str
    headings: list
    rows: list
    bars: list
    whole: list
    note: str = ""

    template_name = "dues/staff/statistics/chart.html"

    def get_context_data(self, parent_context):
        bars = [
            {"label": label, "words": words, "width": f"{100 * min(max(share, 0), 1):.2f}%", "top": line * BAR_ROW}
            for line, (label, share, words) in enumerate(self.bars)
        ]
        return {
            "chart": self,
            "bars": bars,
            "height": len(bars) * BAR_ROW,
            "lines": [[shown(cell) for cell in row] for row in self.rows],
            "whole": [shown(cell) for cell in self.whole],
        }


def shown(cell):
    """A cell as the page shows it."""
    if cell is None:
        return "--"
    return in_figures(cell) if isinstance(cell, Decimal) else str(cell)


class Figures:
    """The charts of one year; each costs a constant number of queries."""

    def __init__(self, year):
        self.year = year

    def charts(self):
        return [self.by_level(), self.by_month(), self.income()]

    @cached_property
    def levels(self):
        return collection.by_level(self.year)

    @cached_property
    def whole(self):
        return collection.total(self.levels, _("Total"))

    def by_level(self):
        def cells(row):
            figures = [row.due, row.received, row.owed, percent(row.rate), row.waived_units, row.waived]
            return [row.label, row.units, row.paid_units, *figures]

        headings = [
            _("Level"), _("Units liable"), _("Units paid"), _("Due"), _("Received"), _("Still owed"), _("Collected"),
            _("Units waived"), _("Yuan waived"),
        ]  # fmt: skip
        bars = [(row.label, (row.rate or 0) / 100, percent(row.rate)) for row in self.levels]
        title = _("Dues of %(year)s by level") % {"year": self.year}
        note = _(
            "Due is what has come for the year and what members that have not paid still owe at the level of now. "
            "Years entered from before this system count without money. What was waived is neither due nor received."
        )
        return MoneyChart(
            "by-level", title, headings, [cells(row) for row in self.levels], bars, cells(self.whole), note
        )

    def by_month(self):
        found = collection.by_month(self.year)
        rows = [[f"{month:%Y-%m}" if month else _("Before this system"), yuan] for month, yuan in found]
        most = max((yuan for _label, yuan in rows), default=0) or 1
        return MoneyChart(
            "by-month",
            _("Dues of %(year)s by month of payment") % {"year": self.year},
            [_("Month"), _("Received")],
            rows,
            [(label, yuan / most, in_figures(yuan)) for label, yuan in rows],
            [_("Total"), sum((yuan for _label, yuan in rows), collection.NOTHING)],
        )

    def income(self):
        refunds = collection.refunds(self.year)
        rows = [
            [f"{month:%Y-%m}", came, back, came + back, refunds.get(month, collection.NOTHING)]
            for month, came, back in collection.income(self.year)
        ]
        most = max(row[3] for row in rows) or 1
        sums = [sum((row[column] for row in rows), collection.NOTHING) for column in (1, 2, 3, 4)]
        return MoneyChart(
            "income",
            _("Income of the calendar year %(year)s") % {"year": self.year},
            [_("Month of arrival"), _("Money arrived"), _("Taken back"), _("Income"), _("Refunded")],
            rows,
            [(row[0], row[3] / most, in_figures(row[3])) for row in rows],
            [_("Total"), *sums],
            _(
                "Whatever years it pays. A counter-entry counts in the month of the payment that it takes back. "
                "Refunds are no income less: they are of what no order took and of what was taken back."
            ),
        )


def percent(rate):
    return None if rate is None else f"{rate:.1f}%"


class FiguresAreSeen:
    """Open to readers of the books."""

    def dispatch(self, request, *args, **kwargs):
        require(permissions.may_see_orders(request.user))
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def years(self):
        return collection.years_to_choose(dues_year(timezone.now()))

    @cached_property
    def year(self):
        """The year that is asked for; this one when none is, or none that has figures."""
        asked = self.request.GET.get("year", "")
        return next((year for year in self.years if str(year) == asked), dues_year(timezone.now()))


class DuesStatisticsView(FiguresAreSeen, WagtailAdminTemplateMixin, TemplateView):
    template_name = "dues/staff/statistics/dues.html"
    page_title = gettext_lazy("Statistics of dues")
    header_icon = "tag"
    _show_breadcrumbs = True

    def get_breadcrumbs_items(self):
        return [{"url": "", "label": self.page_title}]

    def get_header_buttons(self):
        url = f"{reverse('dues_statistics_export')}?year={self.year}"
        return [HeaderButton(label=_("Download as workbook"), url=url, icon_name="download")]

    def get_context_data(self, **kwargs):
        figures = Figures(self.year)
        whole = figures.whole
        cards = [
            (_("Due"), in_figures(whole.due)),
            (_("Received"), in_figures(whole.received)),
            (_("Collected"), shown(percent(whole.rate))),
            (_("Units paid"), f"{whole.paid_units} / {whole.units}"),
        ]
        return super().get_context_data(
            years=self.years,
            year=self.year,
            cards=cards,
            charts=figures.charts(),
            counted_at=timezone.localtime(),
            **kwargs,
        )


class DuesStatisticsExport(FiguresAreSeen, View):
    """Every table of the page as a sheet of one workbook."""

    def get(self, request):
        sheets = [self._sheet(chart) for chart in Figures(self.year).charts()]
        name = f"{_('Statistics of dues')}_{self.year}_{timezone.localdate():%Y-%m-%d}.xlsx"
        return as_download(spreadsheets.as_file(sheets, name), name=name, mime=XLSX)

    @staticmethod
    def _sheet(chart):
        columns = [spreadsheets.Column(heading, 16) for heading in chart.headings]
        notes = [[chart.note]] if chart.note else []
        return spreadsheets.Sheet(chart.title, columns, [*chart.rows, chart.whole, *notes])


urlpatterns = [
    path("", DuesStatisticsView.as_view(), name="dues_statistics"),
    path("export/", DuesStatisticsExport.as_view(), name="dues_statistics_export"),
]
