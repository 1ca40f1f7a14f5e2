"""The verbs by which lists of members leave the house: each leaves a record of who took how many rows."""

from django.utils import timezone
from django.utils.translation import gettext as _

from membership import spreadsheets
from membership.audit.actions import record
from membership.units import permissions

AT_ONCE = 500


def export_members(units, *, by):
    """These units as a workbook, a File named after the day.

    `units` are loaded `with_memberships`, of which each appears with its line of standing.
    """
    titles = [
        _("Unit name"), _("Credit code"), _("Unit type"), _("Province"), _("City"), _("Legal representative"),
        _("State of certification"), _("Association level"), _("Member number"), _("Member since"), _("Bodies"),
        _("Contact department"), _("Contact person"), _("Contact phone"), _("Telephone"), _("E-mail"), _("Address"),
    ]  # fmt: skip
    rows = [_row(unit) for unit in units.iterator(chunk_size=AT_ONCE)]
    return _workbook("units.export_members", _("Member register"), titles, rows, by)


def export_expiring(lines, *, by):
    """Lines of the report on certificates that run out, as a workbook: unit, certificate, number, last day, days left,
    type of unit, contact person, contact phone."""
    titles = [
        _("Unit name"), _("Certificate"), _("Certificate number"), _("Valid until"), _("Days left"), _("Unit type"),
        _("Contact person"), _("Contact phone"),
    ]  # fmt: skip
    return _workbook("units.export_expiring", _("Certificates that run out"), titles, lines, by)


def _workbook(verb, title, titles, rows, by):
    permissions.require(permissions.may_see_register(by))
    record(verb, by, by=by, after={"rows": len(rows)}, in_history=False)
    columns = [spreadsheets.Column(title) for title in titles]
    return spreadsheets.as_file(
        [spreadsheets.Sheet(title, columns, rows)], f"{title} {timezone.localdate():%Y-%m-%d}.xlsx"
    )


def _row(unit):
    certification = unit.loaded_certification
    return [
        unit.name,
        unit.uscc,
        unit.get_unit_type_display(),
        unit.get_province_display(),
        unit.city,
        unit.legal_representative,
        certification.get_state_display() if certification else "",
        certification.level.name if certification and certification.level else "",
        certification.member_no if certification else "",
        certification.since if certification else None,
        "、".join(unit.branch_lines),
        unit.contact_department,
        unit.contact_name,
        unit.contact_phone,
        unit.telephone,
        unit.email,
        unit.address,
    ]
