"""统计 ▸ 会员: how many members a body has, by level, unit type, month and province, as bars, tables and a workbook."""

from dataclasses import dataclass
from datetime import date

from django.http import Http404
from django.urls import path, reverse, reverse_lazy
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from membership import spreadsheets
from membership.office_files import XLSX
from membership.private_files import as_download
from membership.units import permissions
from membership.units.models import Body, Level, Membership
from membership.units.regions import Province
from membership.units.states import MembershipState, UnitType

MONTHS = 12
BAR_ROW = 34  # pixels from one bar to the next
CARDS = [
    (MembershipState.ACTIVE, gettext_lazy("Members now")),
    (MembershipState.PENDING, MembershipState.PENDING.label),
    (MembershipState.SUSPENDED, MembershipState.SUSPENDED.label),
    (MembershipState.LEFT, MembershipState.LEFT.label),
]


@dataclass(frozen=True)
class Chart(Component):
    """A table of counts and the bars that show it; `rows` are (label, number). The table is the truth.

    `note` says why the rows have no total: a unit may be counted in several.
    """

    key: str
    title: str
    heading: str
    rows: list
    note: str = ""

    template_name = "units/staff/statistics/chart.html"

    @property
    def total(self):
        return sum(number for _label, number in self.rows)

    @property
    def lines(self):
        """What a line of the table says: label, number, share of the total in percent."""
        return [(label, number, f"{100 * number / (self.total or 1):.1f}%") for label, number in self.rows]

    def get_context_data(self, parent_context):
        most = max((number for _label, number in self.rows), default=0) or 1
        bars = [
            {"label": label, "number": number, "width": f"{100 * number / most:.2f}%", "top": line * BAR_ROW}
            for line, (label, number) in enumerate(self.rows)
        ]
        return {"chart": self, "bars": bars, "height": len(bars) * BAR_ROW}


class MemberCounts:
    """The members of one body as a person of the staff may count them; every chart costs one query."""

    def __init__(self, user, body, bodies):
        self.user, self.body, self.bodies = user, body, bodies

    @cached_property
    def states(self):
        """[(label, number)] for the states that the association asks about."""
        counts = Membership.objects.for_user(self.user).filter(body=self.body).counts_by("state")
        return [(label, counts.get(state, 0)) for state, label in CARDS]

    def charts(self, months=MONTHS):
        return [self.by_level(), self.by_body(), self.by_unit_type(), self.by_month(months), self.by_province()]

    def by_level(self):
        counts = self._members().counts_by("level")
        levels = Level.objects.filter(body_kind=self.body.kind)
        rows = [(level.name, counts.get(level.pk, 0)) for level in levels]
        return Chart("level", _("By level"), _("Level"), rows)

    def by_unit_type(self):
        names = dict(UnitType.choices)
        rows = [
            (names.get(kind, kind), number) for kind, number in self._members().counts_by("unit__unit_type").items()
        ]
        return Chart("unit-type", _("By unit type"), _("Unit type"), rows)

    def by_province(self):
        names = dict(Province.choices)
        rows = [(names.get(code, code), number) for code, number in self._members().counts_by("unit__province").items()]
        return Chart("province", _("By province"), _("Province"), rows)

    def by_month(self, months):
        """The last months one by one, quiet ones too, and all that was before in one row; None: every month."""
        rows = _month_rows(self._members().counts_by_month(), timezone.localdate(), months)
        return Chart("month", _("By month of joining"), _("Month of joining"), rows)

    def by_body(self):
        counts = Membership.objects.for_user(self.user).in_force().counts_by("body")
        rows = [(body.name, counts.get(body.pk, 0)) for body in self.bodies]
        return Chart("body", _("By body"), _("Body"), rows, _("A unit can be a member of several bodies."))

    def _members(self):
        return Membership.objects.for_user(self.user).filter(body=self.body).in_force()


def _month_rows(counts, today, months):
    if months is None:
        return [(f"{month:%Y-%m}", number) for month, number in counts.items()]
    numbers = [12 * today.year + today.month - 1 - ago for ago in reversed(range(months))]
    recent = [date(number // 12, number % 12 + 1, 1) for number in numbers]
    rows = [(f"{month:%Y-%m}", counts.get(month, 0)) for month in recent]
    before = sum(number for month, number in counts.items() if month < recent[0])
    later = sum(number for month, number in counts.items() if month > recent[-1])
    rows = [(_("Before %(month)s") % {"month": rows[0][0]}, before), *rows] if before else rows
    return [*rows, (_("After %(month)s") % {"month": rows[-1][0]}, later)] if later else rows


class CountsAreSeen:
    """Open to who may see members: all of them, or those of the branches entrusted to a secretary."""

    @cached_property
    def bodies(self):
        return list(Body.objects.overseen_by(self.request.user))

    @cached_property
    def body(self):
        """The body that is asked for, the first one when none is; one that the person does not oversee is not found."""
        slug = self.request.GET.get("body")
        found = [body for body in self.bodies if slug in (None, body.slug)]
        if not found:
            raise Http404
        return found[0]

    @cached_property
    def counts(self):
        return MemberCounts(self.request.user, self.body, self.bodies)

    def dispatch(self, request, *args, **kwargs):
        permissions.require(permissions.may_see_statistics(request.user))
        return super().dispatch(request, *args, **kwargs)


class MemberStatisticsView(CountsAreSeen, WagtailAdminTemplateMixin, TemplateView):
    template_name = "units/staff/statistics/members.html"
    page_title = gettext_lazy("Member statistics")
    header_icon = "table"
    _show_breadcrumbs = True

    def get_breadcrumbs_items(self):
        return [{"url": "", "label": self.page_title}]

    def get_header_buttons(self):
        if not self.bodies:
            return []
        url = f"{reverse('member_statistics_export')}?body={self.body.slug}"
        return [HeaderButton(label=_("Download as workbook"), url=url, icon_name="download")]

    def get_context_data(self, **kwargs):
        if not self.bodies:  # a secretary to whom no branch is entrusted yet
            return super().get_context_data(bodies=[], **kwargs)
        return super().get_context_data(
            bodies=self.bodies,
            body=self.body,
            states=self.counts.states,
            charts=self.counts.charts(),
            counted_at=timezone.localtime(),
            **kwargs,
        )


class MemberStatisticsExport(CountsAreSeen, View):
    """Every table of the page as a sheet of one workbook; the months without a limit."""

    def get(self, request):
        sheets = [self._summary(), *(self._sheet(chart) for chart in self.counts.charts(months=None))]
        name = f"{_('Member statistics')}_{self.body.name}_{timezone.localdate():%Y-%m-%d}.xlsx"
        return as_download(spreadsheets.as_file(sheets, name), name=name, mime=XLSX)

    def _summary(self):
        columns = [spreadsheets.Column(_("What was counted"), 24), spreadsheets.Column(_("Number"), 24)]
        about = [(_("Body"), self.body.name), (_("Counted at"), timezone.now())]
        return spreadsheets.Sheet(_("Summary"), columns, [*about, *self.counts.states])

    def _sheet(self, chart):
        columns = [spreadsheets.Column(chart.heading, 28), spreadsheets.Column(_("Number"))]
        total = [(chart.note, None)] if chart.note else [(_("Total"), chart.total)]
        return spreadsheets.Sheet(chart.title, columns, [*chart.rows, *total])


urlpatterns = [
    path("members/", MemberStatisticsView.as_view(), name="member_statistics"),
    path("members/export/", MemberStatisticsExport.as_view(), name="member_statistics_export"),
]


class MemberStatisticsMenuItem(MenuItem):
    def is_shown(self, request):
        return permissions.may_see_statistics(request.user)


def statistics_menu():
    """统计: every room adds its page by the hook `register_statistics_menu_item`."""
    menu = Menu(register_hook_name="register_statistics_menu_item")
    return SubmenuMenuItem(gettext_lazy("Statistics"), menu, name="statistics", icon_name="table", order=180)


def members_item():
    return MemberStatisticsMenuItem(
        gettext_lazy("Members"),
        reverse_lazy("member_statistics"),
        name="member-statistics",
        icon_name="group",
        order=10,
    )
