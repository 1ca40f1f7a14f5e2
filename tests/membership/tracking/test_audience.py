"""Which units a set of audience rules reaches: every kind, their combinations, and a plain-Python oracle."""

from types import SimpleNamespace

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cms.models import NoticePage
from membership.audit.models import AuditEntry
from membership.dues.calendar import dues_year
from membership.dues.models import PaidYear
from membership.dues.states import YearDues
from membership.tracking import actions, audience
from membership.tracking.models import Delivery
from membership.tracking.states import AudienceKind
from membership.units.models import Body, Level, Membership, Unit
from membership.units.states import BodyKind, MembershipState
from tests.factories import MembershipFactory, UnitFactory, UserFactory, clerk, notice
from tests.membership.tracking.conftest import in_days

pytestmark = pytest.mark.django_db

ALL = {"kind": AudienceKind.ALL}


def in_body(slug):
    return {"kind": AudienceKind.BODY, "body": Body.objects.get(slug=slug)}


def at_level(slug, kind=BodyKind.ASSOCIATION):
    return {"kind": AudienceKind.LEVEL, "level": Level.objects.get(body_kind=kind, slug=slug)}


def of_type(code):
    return {"kind": AudienceKind.TYPE, "value": code}


def of_province(code):
    return {"kind": AudienceKind.PROVINCE, "value": code}


def by_dues(code):
    return {"kind": AudienceKind.DUES, "value": code}


def pay_this_year(unit):
    year = dues_year(timezone.now())
    facts = {"level": unit.memberships.get(body__kind="association").level, "price": 0, "recorded_by": UserFactory()}
    PaidYear.objects.create(unit=unit, year=year, note="旧系统", **facts)


def named(unit):
    return {"kind": AudienceKind.UNIT, "unit": unit}


def but(unit):
    return {"kind": AudienceKind.EXCLUDE, "unit": unit}


def reached(*rules):
    keys = [
        SimpleNamespace(kind=rule.pop("kind"), target=getattr(target := next(iter(rule.values()), None), "pk", target))
        for rule in map(dict, rules)
    ]
    return sorted(audience.units(keys).values_list("name", flat=True))


@pytest.fixture
def members():
    """甲 president of the association and council of quality · 乙 ordinary, ordinary of quality · 丙 ordinary,
    pending in quality · 丁 not certified, yet once active in quality."""
    quality = Body.objects.get(slug="quality")
    a = UnitFactory(name="甲", certified=True, certified__level="president")
    b, c = UnitFactory(name="乙", certified=True), UnitFactory(name="丙", certified=True)
    d = UnitFactory(name="丁")
    MembershipFactory(unit=a, body=quality, active=True, level_slug="council")
    MembershipFactory(unit=b, body=quality, active=True)
    MembershipFactory(unit=c, body=quality)
    MembershipFactory(unit=d, body=quality, active=True)
    return SimpleNamespace(a=a, b=b, c=c, d=d)


def test_all_members_are_the_certified_ones(members):
    assert reached(ALL) == sorted("甲乙丙")


def test_body_reaches_its_active_members_that_the_association_certified(members):
    assert reached(in_body("quality")) == sorted("甲乙")
    assert reached(in_body("testing")) == []
    assert reached(in_body("testing"), in_body("quality")) == sorted("甲乙")
    assert reached(in_body("association")) == sorted("甲乙丙")


def test_level_without_bodies_is_that_in_the_association(members):
    assert reached(at_level("president")) == ["甲"]
    assert reached(at_level("president"), at_level("ordinary")) == sorted("甲乙丙")
    assert reached(at_level("council", BodyKind.BRANCH)) == []


def test_level_beside_bodies_is_that_in_those_bodies(members):
    assert reached(in_body("quality"), at_level("council", BodyKind.BRANCH)) == ["甲"]
    assert reached(in_body("quality"), at_level("president")) == []
    assert reached(in_body("quality"), in_body("association"), at_level("president")) == ["甲"]


def test_level_and_body_must_meet_in_one_membership(members):
    """甲 is in quality, and president elsewhere: that is no president of quality."""
    assert reached(in_body("testing"), in_body("quality"), at_level("president", BodyKind.BRANCH)) == []


def test_named_units_narrow_and_must_be_certified(members):
    assert reached(named(members.a), named(members.d)) == ["甲"]
    assert reached(in_body("quality"), named(members.a), named(members.c)) == ["甲"]


def test_types_and_provinces_narrow_each_other(members):
    Unit.objects.filter(name="乙").update(unit_type="school")
    Unit.objects.filter(name="丙").update(province="50")
    assert reached(of_type("school")) == ["乙"]
    assert reached(of_type("school"), of_type("contractor")) == sorted("甲乙丙")
    assert reached(of_province("50"), of_type("contractor")) == ["丙"]
    assert reached(of_province("50"), in_body("quality")) == []


def test_dues_of_this_year_narrow(members):
    pay_this_year(members.a)
    everybody = reached(dict(ALL))
    assert reached(by_dues("paid")) == ["甲"]
    assert reached(by_dues("unpaid")) == [name for name in everybody if name != "甲"]
    assert reached(by_dues("paid"), by_dues("unpaid")) == everybody
    PaidYear.objects.update(ended_at=timezone.now(), ended_because="登记有误")
    assert reached(by_dues("paid")) == []


def test_exclusions_win_over_everything(members):
    assert reached(ALL, but(members.a)) == sorted("乙丙")
    assert reached(named(members.a), but(members.a)) == []


def test_nothing_but_exclusions_and_nothing_at_all_reach_nobody(members):
    assert reached() == []
    assert reached(but(members.a)) == []


# --- The oracle: random units × memberships × rules -----------------------------------------------------------------
UNITS = 4
SLUGS = ("association", "quality", "testing")
RANKS = ("president", "ordinary")
STANDING = {MembershipState.ACTIVE, MembershipState.SUSPENDED}  # these have a level
STATES = [MembershipState.ACTIVE] * 6 + sorted(set(MembershipState) - {MembershipState.ACTIVE})
standing = st.none() | st.tuples(st.sampled_from(STATES), st.sampled_from(RANKS))
TYPES, PROVINCES = ("contractor", "school"), ("51", "50")
facts = {
    "type": st.sampled_from(TYPES),
    "province": st.sampled_from(PROVINCES),
    "dues": st.sampled_from(YearDues.values),
}
a_unit = st.fixed_dictionaries(dict.fromkeys(SLUGS, standing) | facts)
worlds = st.lists(a_unit, min_size=UNITS, max_size=UNITS)
unit_numbers = st.integers(0, UNITS - 1)
RULES = {
    "all": st.none(),
    "body": st.sampled_from(SLUGS),
    "level": st.tuples(st.sampled_from(list(BodyKind)), st.sampled_from(RANKS)),
    "type": st.sampled_from(TYPES),
    "province": st.sampled_from(PROVINCES),
    "dues": st.sampled_from(YearDues.values),
    "unit": unit_numbers,
    "exclude": unit_numbers,
}
rules = st.lists(st.one_of(*(st.tuples(st.just(kind), value) for kind, value in RULES.items())), max_size=6)


def oracle(world, rules):
    """Numbers of the units that are meant, by the words of the domain and nothing else."""
    wanted = {kind: {value for k, value in rules if k == kind} for kind in RULES}
    if not any(kind != "exclude" for kind, _value in rules):
        return set()

    def is_active(unit, slug):
        return unit[slug] is not None and unit[slug][0] == MembershipState.ACTIVE

    def counts(unit, slug):
        if not is_active(unit, slug):
            return False
        kind = BodyKind.ASSOCIATION if slug == "association" else BodyKind.BRANCH
        return not wanted["level"] or (kind, unit[slug][1]) in wanted["level"]

    def is_meant(number, unit):
        if not is_active(unit, "association") or number in wanted["exclude"]:
            return False
        if any(wanted[fact] and unit[fact] not in wanted[fact] for fact in facts):
            return False
        if wanted["unit"] and number not in wanted["unit"]:
            return False
        if wanted["body"] or wanted["level"]:
            return any(counts(unit, slug) for slug in wanted["body"] or {"association"})
        return True

    return {number for number, unit in enumerate(world) if is_meant(number, unit)}


def as_fields(kind, value, units):
    if kind == "body":
        return {"kind": kind, "body": Body.objects.get(slug=value)}
    if kind == "level":
        return {"kind": kind, "level": Level.objects.get(body_kind=value[0], slug=value[1])}
    if kind in facts:
        return {"kind": kind, "value": value}
    return {"kind": kind, "unit": units[value]} if value is not None else {"kind": kind}


@pytest.fixture
def cast():
    """Units, a clerk of each, and a colleague who decides on memberships."""
    units = [UnitFactory() for _ in range(UNITS)]
    return units, [clerk(unit) for unit in units], UserFactory(staff=True)


def become(unit, facts, decided_by):
    """Bring the unit into the state that its row of the world describes."""
    Membership.objects.filter(unit=unit).delete()
    PaidYear.objects.filter(unit=unit).delete()
    if facts["dues"] == YearDues.PAID:
        note = {"note": "旧系统", "price": 0, "recorded_by": decided_by}
        PaidYear.objects.create(unit=unit, year=dues_year(timezone.now()), level=Level.objects.first(), **note)
    Unit.objects.filter(pk=unit.pk).update(unit_type=facts["type"], province=facts["province"])
    for slug in SLUGS:
        if facts[slug] is None:
            continue
        state, level = facts[slug]
        traits = {"active": True, "level_slug": level, "decided_by": decided_by} if state in STANDING else {}
        traits |= {"submitted_at": None} if state == MembershipState.DRAFT else {}
        MembershipFactory(unit=unit, body=Body.objects.get(slug=slug), **traits | {"state": state})


def ask(rules, units, **fields):
    """A live notice with these rules, and really none where there are none."""
    page = notice(rules=[as_fields(kind, value, units) for kind, value in rules], **fields)
    if not rules:
        page.audience_rules.all().delete()
    return type(page).objects.get(pk=page.pk)


def delivered(page, units):
    """Numbers of the units that the notice went to; each once."""
    found = [units.index(delivery.unit) for delivery in page.deliveries.select_related("unit")]
    assert len(found) == len(set(found))
    return set(found)


def rows():
    return list(Delivery.objects.order_by("pk").values()), AuditEntry.objects.count()


random_worlds = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_the_oracle_is_asked_about_every_rule_and_every_state():
    assert set(RULES) == set(AudienceKind.values)
    assert set(STATES) == set(MembershipState)


@random_worlds
@given(world=worlds, rules=rules)
def test_every_unit_sees_exactly_what_the_oracle_says(cast, world, rules):
    """What is delivered, delivered again, and what each clerk may see are the same set (no unit sees another's)."""
    units, clerks, colleague = cast
    Delivery.objects.all().delete()
    for unit, facts in zip(units, world, strict=True):
        become(unit, facts, colleague)
    page = ask(rules, units)
    expected = oracle(world, rules)

    assert actions.deliver(page) == len(expected)
    assert delivered(page, units) == expected
    before = rows()
    assert actions.deliver(page) == 0
    assert rows() == before
    for number, person in enumerate(clerks):
        seen = list(Delivery.objects.for_user(person).values_list("unit_id", flat=True))
        assert seen == ([units[number].pk] if number in expected else [])


@pytest.mark.parametrize("days", [1, -1])
@random_worlds
@given(world=worlds, change=st.tuples(unit_numbers, a_unit), rules=rules, is_meant_for_newcomers=st.booleans())
def test_a_newcomer_gets_what_the_oracle_says_of_the_world_as_it_is_then(
    cast, world, change, rules, is_meant_for_newcomers, days
):
    """One unit changes after the delivery: it alone is sent what is meant for it now, and nobody loses anything."""
    units, _clerks, colleague = cast
    Delivery.objects.all().delete()
    NoticePage.objects.update(live=False)
    for unit, facts in zip(units, world, strict=True):
        become(unit, facts, colleague)
    asks = {"receipt_kind": "attendance", "deadline": in_days(days), "deliver_to_newcomers": is_meant_for_newcomers}
    page = ask(rules, units, **asks)
    actions.deliver(page)
    at_first = oracle(world, rules)

    number, later = change
    become(units[number], later, colleague)
    now = oracle([*world[:number], later, *world[number + 1 :]], rules)
    new = {number} & now - at_first if is_meant_for_newcomers and days > 0 else set()

    assert actions.deliver_open_notices(units[number]) == len(new)
    assert delivered(page, units) == at_first | new
    before = rows()
    assert actions.deliver_open_notices(units[number]) == 0
    assert rows() == before


@random_worlds
@given(world=worlds, moments=st.lists(st.booleans(), min_size=UNITS, max_size=UNITS), rules=rules)
def test_those_certified_at_one_moment_get_what_the_oracle_says_and_the_others_nothing(cast, world, moments, rules):
    """As after an import: the notice was written before anybody was there."""
    units, _clerks, colleague = cast
    Delivery.objects.all().delete()
    NoticePage.objects.update(live=False)
    for unit, facts in zip(units, world, strict=True):
        become(unit, facts, colleague)
    imported_at = in_days(-1)
    chosen = {number for number, is_imported in enumerate(moments) if is_imported}
    imported = Membership.objects.filter(unit__in=[units[number] for number in chosen], decided_at__isnull=False)
    imported.filter(body__kind=BodyKind.ASSOCIATION).update(decided_at=imported_at)
    page = ask(rules, units)
    expected = oracle(world, rules) & chosen

    assert actions.deliver_open_notices_to_newcomers(imported_at) == len(expected)
    assert delivered(page, units) == expected
    before = rows()
    assert actions.deliver_open_notices_to_newcomers(imported_at) == 0
    assert rows() == before
