"""资质到期: certificates and entry permits of members that have run out or soon will."""

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import CharField, F, Q, Value
from django.http import FileResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.reports import ReportView
from wagtail.admin.widgets.button import HeaderButton

from membership.units import actions, permissions
from membership.units.models import Membership, Qualification, QualificationCategory, Unit
from membership.units.staff.filters import HORIZONS, bodies_for, days_of
from membership.units.staff.tabs import SOON, validity
from membership.units.states import DocumentKind, MembershipState, UnitType

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOTHING = Value("", CharField())
# What a line holds, and where it comes from for a certificate and for an entry permit.
OF_CERTIFICATE = {
    "unit_pk": F("unit_id"),
    "unit_name": F("unit__name"),
    "type_of_unit": F("unit__unit_type"),
    "contact": F("unit__contact_name"),
    "phone": F("unit__contact_phone"),
    "group": F("category__group"),
    "title": F("category__name"),
    "level": F("grade"),
    "number": F("certificate_no"),
    "last_day": F("valid_until"),
}
OF_PERMIT = {
    "unit_pk": F("pk"),
    "unit_name": F("name"),
    "type_of_unit": F("unit_type"),
    "contact": F("contact_name"),
    "phone": F("contact_phone"),
    "group": NOTHING,
    "title": NOTHING,
    "level": NOTHING,
    "number": NOTHING,
    "last_day": F("entry_permit_valid_until"),
}


def expiring(user, days, *, body=None, unit_type=""):
    """Lines of certified units that this person may see, whose last day lies in `days`; the earliest first."""
    first, last = days
    members = Membership.objects.certifications().filter(state=MembershipState.ACTIVE)
    units = Unit.objects.for_user(user).filter(pk__in=members.values("unit"))
    if unit_type:
        units = units.filter(unit_type=unit_type)
    if body:
        units = units.standing_in(Membership.objects.for_register(user).filter(body=body))
    within = {"last_day__lte": last} | ({"last_day__gte": first} if first else {})
    certificates = Qualification.objects.order_by().filter(unit__in=units).annotate(**OF_CERTIFICATE)
    permits = units.order_by().annotate(**OF_PERMIT)
    parts = [part.filter(Q(**within)).values(*OF_CERTIFICATE) for part in (certificates, permits)]
    return parts[0].union(parts[1], all=True).order_by("last_day", "unit_name", "title", "number")


def certificate_name(line):
    if not line["title"]:
        return str(DocumentKind.ENTRY_PERMIT.label)
    return f"{QualificationCategory(group=line['group'], name=line['title'])}{line['level']}"


def told_validity(line):
    tone, words = validity(line["last_day"], timezone.localdate())
    return format_html('<span class="validity validity--{}">{}</span>', tone, words)


class ExpiringFilters(WagtailFilterSet):
    """Which certificates: how soon, of which body's members, of which type of unit."""

    within = django_filters.ChoiceFilter(label=_("Runs out"), choices=HORIZONS)
    body = django_filters.ModelChoiceFilter(label=_("Member of"), queryset=lambda request: bodies_for(request.user))
    unit_type = django_filters.ChoiceFilter(label=_("Unit type"), choices=UnitType.choices)

    class Meta:
        model = Qualification
        fields = []

    def filter_queryset(self, _all):
        """A union is narrowed before it is made."""
        chosen = self.form.cleaned_data
        today = timezone.localdate()
        days = days_of(chosen["within"], today) if chosen["within"] else (None, today + SOON)
        return expiring(self.request.user, days, body=chosen["body"], unit_type=chosen["unit_type"])


class ExpiringView(ReportView):
    """The report, for whoever may see the register; a secretary's is about the units of the own branches."""

    page_title = _("Certificates that run out")
    header_icon = "calendar-alt"
    template_name = "units/staff/expiring.html"
    index_url_name = "expiring_certificates"
    index_results_url_name = "expiring_certificates_results"
    filterset_class = ExpiringFilters
    FORMATS = (ReportView.FORMAT_XLSX,)
    columns = [
        TitleColumn(
            "unit_name",
            label=_("Unit name"),
            get_url=lambda line: f"{reverse('units_modeladmin_inspect', args=[line['unit_pk']])}?tab=certificates",
        ),
        Column("certificate", label=_("Certificate"), accessor=certificate_name),
        Column(
            "number", classname="nowrap", label=_("Certificate number"), accessor=lambda line: line["number"] or "--"
        ),
        Column(
            "last_day", classname="nowrap", label=_("Valid until"), accessor=lambda line: f"{line['last_day']:%Y-%m-%d}"
        ),
        Column("validity", classname="nowrap", label=_("State"), accessor=told_validity),
        Column("type_of_unit", label=_("Unit type"), accessor=lambda line: UnitType(line["type_of_unit"]).label),
        Column("contact", classname="nowrap", label=_("Contact person")),
        Column("phone", classname="nowrap", label=_("Contact phone")),
    ]

    def dispatch(self, request, *args, **kwargs):
        if not permissions.may_see_register(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_queryset(self):
        return expiring(self.request.user, (None, timezone.localdate() + SOON))

    @cached_property
    def no_results_message(self):
        return _("No certificate of a member runs out then.") if self.is_filtering else _("No certificate runs out.")

    @cached_property
    def header_more_buttons(self):
        """Wagtail's way to a table hides there; ours stands in the open."""
        return []

    @cached_property
    def header_buttons(self):
        return [HeaderButton(label=_("Export XLSX"), url=self.xlsx_export_url, icon_name="download")]

    def as_spreadsheet(self, queryset, spreadsheet_format):
        lines = [
            [
                line["unit_name"], certificate_name(line), line["number"], line["last_day"],
                (line["last_day"] - timezone.localdate()).days, UnitType(line["type_of_unit"]).label, line["contact"],
                line["phone"],
            ]
            for line in queryset
        ]  # fmt: skip
        workbook = actions.export_expiring(lines, by=self.request.user)
        return FileResponse(workbook, as_attachment=True, filename=workbook.name, content_type=XLSX)


urlpatterns = [
    path("", ExpiringView.as_view(), name="expiring_certificates"),
    path("results/", ExpiringView.as_view(results_only=True), name="expiring_certificates_results"),
]
