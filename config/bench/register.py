"""The invented units, each certified and with one person who acts for it, and the office that writes to them."""

from datetime import date, timedelta

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from membership.accounts.models import User
from membership.units.models import Body, Level, Membership, Seat, Unit
from membership.units.regions import Province
from membership.units.states import Duty, MembershipState, UnitType
from membership.units.uscc import check_character

MARK = "91000000MA"  # no licence has this region: a unit whose credit code begins so is invented
EDITOR_PHONE = "+8619900000000"
BATCH = 1_000
MOST_UNITS = 100_000


def is_all_ours():
    """Whether no unit is real."""
    return not Unit.objects.exclude(uscc__startswith=MARK).exists()


def editor():
    """The member of the office who publishes; nobody can log in as this person."""
    return User.objects.get(phone=EDITOR_PHONE)


def make(number, since):
    """Enter so many units into the empty register; they joined before `since`."""
    by = User.objects.create(
        phone=EDITOR_PHONE, phone_verified=True, name="规模测算", is_staff=True, password=make_password(None)
    )
    by.groups.set(Group.objects.filter(name="编辑"))
    units = Unit.objects.bulk_create((_unit(n, since) for n in range(1, number + 1)), batch_size=BATCH)
    Unit.objects.update(created_at=since)  # which the field fills in by itself
    people = User.objects.bulk_create((_clerk(n) for n in range(1, number + 1)), batch_size=BATCH)
    seats = (Seat(user=user, unit=unit, duty=Duty.OWNER) for user, unit in zip(people, units, strict=True))
    Seat.objects.bulk_create(seats, batch_size=BATCH)
    Membership.objects.bulk_create(list(_memberships(units, by, since)), batch_size=BATCH)


def _unit(n, since):
    code = f"{MARK}{n:07d}"
    return Unit(
        name=f"规模测算第{n}工程有限公司",
        uscc=code + check_character(code),
        unit_type=UnitType.values[n % len(UnitType)],
        province=Province.values[n % len(Province)],
        legal_representative="张三",
        contact_name="李四",
        contact_phone="13811138111",
        submitted_at=since,
    )


def _clerk(n):
    return User(phone=f"+86190{n:08d}", phone_verified=True, name=f"经办人{n}", password=make_password(None))


def _memberships(units, by, since):
    """Every unit in the association, every third in a branch as well."""
    association, branches = Body.objects.association(), list(Body.objects.filter(kind="branch"))
    levels = {kind: list(Level.objects.filter(body_kind=kind).order_by("rank")) for kind in ("association", "branch")}
    decided = {"state": MembershipState.ACTIVE, "submitted_at": since, "decided_at": since, "decided_by": by}
    for n, unit in enumerate(units, start=1):
        joined = date(2010, 1, 1) + timedelta(days=n // 4)
        bodies = [association] if n % 3 else [association, branches[n % len(branches)]]
        for body in bodies:
            level = levels[body.kind][-1 if n % 20 else n // 20 % 5]
            number = f"GM{n:06d}" if body == association else ""
            yield Membership(unit=unit, body=body, level=level, member_no=number, since=joined, **decided)
