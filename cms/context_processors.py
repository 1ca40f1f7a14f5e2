"""What every template may ask about the association."""

from typing import NamedTuple

from cms.models import AssociationSettings


class FooterLines(NamedTuple):
    """What stands at the foot of a page; the same for everybody."""

    name: str
    address: str
    phone: str
    working_hours: str
    support_phone: str
    icp: str
    police_record: str


def footer_lines(ours=None):
    ours = ours or AssociationSettings.current()
    return FooterLines(*(getattr(ours, name) for name in FooterLines._fields))


def association(request):
    ours = AssociationSettings.current()
    return {"association": ours, "footer_lines": footer_lines(ours)}
