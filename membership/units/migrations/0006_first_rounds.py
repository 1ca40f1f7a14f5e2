"""What was decided before there were rounds: units get a code, members a term, waiting ones a round."""

from django.db import migrations
from django.utils import timezone

from membership.units.models.units import new_certificate_code

CONTACT = ("contact_department", "contact_name", "contact_phone", "qq", "email")
FACTS = (
    "name", "uscc", "unit_type", "legal_representative", "founded_on", "registered_capital", "province", "city",
    "address", "postcode", "telephone", "website", "staff_count", "introduction", *CONTACT, "joined_on",
    "was_member_before", "entry_permit_valid_until",
)  # fmt: skip
STANDING = ("active", "suspended")


def plain(value):
    if value is None:
        return ""
    return value if isinstance(value, (bool, int, str)) else str(value)


def snapshot(membership):
    if membership.body.kind == "branch":
        return {"contact": {name: getattr(membership, name) for name in CONTACT}, "answers": []}
    facts = {name: plain(getattr(membership.unit, name)) for name in FACTS}
    return {"facts": facts, "documents": {}, "qualifications": []}


def begin(apps, schema_editor):
    Membership = apps.get_model("units", "Membership")
    LevelTerm = apps.get_model("units", "LevelTerm")
    Review = apps.get_model("units", "Review")
    Seat = apps.get_model("units", "Seat")
    for unit in apps.get_model("units", "Unit").objects.all():
        unit.certificate_code = new_certificate_code()
        unit.save(update_fields=["certificate_code"])
    for membership in Membership.objects.exclude(state="draft").select_related("unit", "body"):
        membership.round = 1
        if membership.state in STANDING:
            claimed = membership.unit.joined_on if membership.body.kind == "association" else None
            membership.since = claimed or timezone.localdate(membership.decided_at)
            LevelTerm.objects.create(
                membership=membership, level=membership.level, since=membership.since,
                decided_by=membership.decided_by, decided_at=membership.decided_at,
            )  # fmt: skip
        membership.save(update_fields=["round", "since"])
        owner = Seat.objects.filter(unit=membership.unit).order_by("pk").first()
        if membership.state == "pending" and owner:
            Review.objects.create(
                membership=membership, subject="application", round=1, state="open", snapshot=snapshot(membership),
                handed_in_by=owner.user, handed_in_at=membership.submitted_at,
            )  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("units", "0005_member_units")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
