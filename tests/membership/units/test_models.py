"""Which rows a person may see, what the database refuses, what lists load."""

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.files.storage import storages
from django.db.models import ProtectedError
from django.utils import timezone
from wagtail.documents.models import AbstractDocument
from wagtail.images.models import AbstractImage

from membership.units.models import Body, BodyStaff, Document, Level, Membership, Seat, Unit
from membership.units.states import DocumentKind
from membership.units.states import MembershipState as S
from tests.factories import MembershipFactory, UnitFactory, UserFactory, clerk, uscc
from tests.files import pdf, pdf_bytes
from tests.membership.units.conftest import Refused, branch, in_state, level, secretary

pytestmark = pytest.mark.django_db


# --- Who sees which rows (decisions 6) ------------------------------------------------------------------------------
@pytest.fixture
def rows(people):
    """`unit` is certified, a member of the quality branch and applying to safety; `other` only drafts for quality."""
    in_state(people.unit, "active")
    in_state(people.unit, "active", body=branch("quality"))
    in_state(people.unit, "draft", body=branch("testing"))
    in_state(people.other, "draft", body=branch("quality"))
    people.nobody = AnonymousUser()
    people.stranger = UserFactory()
    people.newcomer = UserFactory(staff=True)
    for unit, owner in ((people.unit, people.owner), (people.other, people.outsider)):
        for kind in (DocumentKind.BUSINESS_LICENSE, DocumentKind.RECEIPT):
            store(unit, owner, kind)
    return people


def store(unit, by, kind):
    document = Document(unit=unit, kind=kind, original_name=kind, size=1, sha256="0" * 64, mime="x", uploaded_by=by)
    document.file.save("x.pdf", pdf())
    return document


BOTH, OURS, THEIRS, NONE = {"示范建设", "旁观建设"}, {"示范建设"}, {"旁观建设"}, set()
UNITS = {
    "owner": OURS,
    "agent": OURS,
    "outsider": THEIRS,
    "reviewer": BOTH,
    "secretary": OURS,
    "other_secretary": NONE,
    "finance": BOTH,
    "secretary_general": BOTH,
    "administrator": BOTH,
    "root": BOTH,
    "editor": NONE,
    "newcomer": NONE,
    "stranger": NONE,
    "nobody": NONE,
}


@pytest.mark.parametrize("who", UNITS)
def test_units_for_user(rows, who):
    assert sorted(unit.name for unit in Unit.objects.for_user(getattr(rows, who))) == sorted(UNITS[who])


ALL_MEMBERSHIPS = {
    ("示范建设", "association"),
    ("示范建设", "quality"),
    ("示范建设", "testing"),
    ("旁观建设", "association"),
    ("旁观建设", "quality"),
}
ONE = {
    "owner": {row for row in ALL_MEMBERSHIPS if row[0] == "示范建设"},
    "outsider": {row for row in ALL_MEMBERSHIPS if row[0] == "旁观建设"},
    "secretary": {("示范建设", "quality")},
}


@pytest.mark.parametrize("who", UNITS)
def test_memberships_for_user(rows, who):
    expected = ONE.get(who) or {
        "agent": ONE["owner"],
        **dict.fromkeys(["reviewer", "finance", "secretary_general", "administrator", "root"], ALL_MEMBERSHIPS),
    }.get(who, set())
    seen = Membership.objects.for_user(getattr(rows, who)).values_list("unit__name", "body__slug")
    assert sorted(seen) == sorted(expected)


LICENCE, RECEIPT = "business_license", "receipt"
DOCUMENTS = {
    "owner": {("示范建设", LICENCE), ("示范建设", RECEIPT)},
    "agent": {("示范建设", LICENCE), ("示范建设", RECEIPT)},
    "outsider": {("旁观建设", LICENCE), ("旁观建设", RECEIPT)},
    "secretary": {("示范建设", LICENCE)},
    "editor": {("示范建设", RECEIPT), ("旁观建设", RECEIPT)},
    **dict.fromkeys(
        ["reviewer", "secretary_general", "administrator", "root"],
        {(unit, kind) for unit in BOTH for kind in (LICENCE, RECEIPT)},
    ),
}


@pytest.mark.parametrize("who", UNITS)
def test_documents_for_user(rows, who):
    seen = Document.objects.for_user(getattr(rows, who)).values_list("unit__name", "kind")
    assert sorted(seen) == sorted(DOCUMENTS.get(who, set()))


def test_secretary_sees_a_unit_that_drafts_for_another_branch(people):
    """A draft somewhere else must not hide the application that is hers to decide."""
    in_state(people.unit, "pending", body=branch("quality"))
    in_state(people.unit, "draft", body=branch("safety"))
    assert list(Unit.objects.for_user(people.secretary)) == [people.unit]


def test_unit_in_two_own_branches_is_listed_once(people):
    both = secretary("quality", "safety")
    for slug in ("quality", "safety"):
        in_state(people.unit, "pending", body=branch(slug))
    assert list(Unit.objects.for_user(both)) == [people.unit]


# --- Querysets ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", S.values)
def test_certified_units_are_active_in_the_association(people, state):
    in_state(people.unit, state)
    in_state(people.unit, "active", body=branch())
    assert (people.unit in Unit.objects.certified()) == (state == "active")
    assert list(Unit.objects.certified().filter(pk=people.other.pk)) == [people.other]


def test_open_branches_stand_in_the_order_of_the_association():
    Body.objects.filter(slug="safety").update(is_open=False)
    assert [body.slug for body in Body.objects.open_branches()] == ["testing", "supervision", "appraisal", "quality"]
    assert Body.objects.association().slug == "association"


@pytest.mark.parametrize("size", [1, 50])
def test_memberships_are_loaded_in_two_queries(size, django_assert_num_queries):
    for _ in range(size):
        MembershipFactory(unit=UnitFactory(certified=True), body=branch(), active=True)
    with django_assert_num_queries(2):
        lines = {
            tuple(m.standing_line for m in unit.memberships.all()) for unit in Unit.objects.all().with_memberships()
        }
    assert lines == {("大协会普通会员", "质量分会普通会员")}


def test_seeded_bodies_and_levels():
    assert list(Body.objects.values_list("short_name", flat=True)) == [
        "大协会",
        "检测分会",
        "安全分会",
        "监理分会",
        "鉴定分会",
        "质量分会",
    ]
    names = {kind: [lv.name for lv in Level.objects.filter(body_kind=kind)] for kind in ("association", "branch")}
    assert names == {
        "association": ["会长单位", "副会长单位", "常务理事单位", "理事单位", "普通会员"],
        "branch": ["会长", "副会长", "常务理事", "理事", "普通会员"],
    }


def test_words_of_the_nouns(people):
    people.unit.name = "示范建设"
    membership = in_state(people.unit, "active", body=branch())
    seat = people.owner.seat
    assert [str(noun) for noun in (people.unit, branch(), level(), membership, seat)] == [
        "示范建设",
        "质量分会",
        "协会 · 普通会员",
        "示范建设 · 质量分会",
        f"{people.owner.name} · 示范建设",
    ]


# --- What the database refuses --------------------------------------------------------------------------------------
def test_one_association():
    with Refused("body_one_association", "units_body.kind"):
        Body.objects.create(kind="association", name="另一个", short_name="另一个", slug="second")


def test_slug_of_a_body_is_unique():
    with Refused("slug"):
        Body.objects.create(kind="branch", name="质量二", short_name="质量二", slug="quality")


@pytest.mark.parametrize(("field", "value"), [("slug", "ordinary"), ("rank", 1)])
def test_level_once_per_kind(field, value):
    facts = {"slug": "honorary", "rank": 9, "name": "名誉", field: value}
    with Refused(f"level_{field}_per_kind", f"units_level.{field}"):
        Level.objects.create(body_kind="branch", **facts)


def test_credit_code_is_unique_among_submitted_units_only():
    code = uscc(700)
    UnitFactory(uscc=code)
    draft = UnitFactory(uscc=code, submitted_at=None)
    UnitFactory(uscc=code, submitted_at=None)
    with Refused("unit_uscc_once_submitted", "units_unit.uscc"):
        Unit.objects.filter(pk=draft.pk).update(submitted_at=timezone.now())


def test_user_has_one_seat(people):
    with Refused("user_id"):
        Seat.objects.create(user=people.agent, unit=people.other, duty="agent")


def test_unit_has_one_owner_and_many_agents(people):
    clerk(people.unit, duty="agent")
    with Refused("seat_one_owner", "units_seat.unit_id"):
        clerk(people.unit, duty="owner")


def test_secretary_of_a_branch_once(people):
    with Refused("body_staff_once", "units_bodystaff.user_id"):
        BodyStaff.objects.create(user=people.secretary, body=branch())


def test_unit_is_in_a_body_once(people):
    with Refused("membership_once_per_body", "units_membership.unit_id"):
        MembershipFactory(unit=people.unit, body=Body.objects.association())


@pytest.mark.parametrize("half", ["decided_at", "decided_by"])
def test_decision_has_its_person_and_its_moment(people, half):
    membership = in_state(people.unit, "pending")
    whole = {"decided_at": timezone.now(), "decided_by": people.reviewer}
    with Refused("membership_decision_paired"):
        Membership.objects.filter(pk=membership.pk).update(**{half: whole[half]})


@pytest.mark.parametrize("state", ["active", "suspended"])
@pytest.mark.parametrize("missing", [{"level": None}, {"decided_at": None, "decided_by": None}])
def test_member_has_level_and_decision(people, state, missing):
    membership = in_state(people.unit, state)
    with Refused("membership_active_has_level"):
        Membership.objects.filter(pk=membership.pk).update(**missing)


@pytest.mark.parametrize("state", sorted(set(S.values) - {"draft"}))
def test_what_is_no_draft_was_submitted(people, state):
    membership = in_state(people.unit, state)
    with Refused("membership_submitted_has_time"):
        Membership.objects.filter(pk=membership.pk).update(submitted_at=None)


def test_body_level_and_person_stay_while_a_membership_names_them(people):
    membership = in_state(people.unit, "active")
    for noun in (membership.body, membership.level, membership.decided_by):
        with pytest.raises(ProtectedError):
            noun.delete()


def test_unit_with_documents_stays(people):
    store(people.unit, people.owner, DocumentKind.RECEIPT)
    with pytest.raises(ProtectedError):
        people.unit.delete()


# --- Private storage (threats T02, T03) -----------------------------------------------------------------------------
def test_private_storage_has_no_url_and_lies_outside_the_public_one(people):
    document = store(people.unit, people.owner, DocumentKind.RECEIPT)
    with pytest.raises(NotImplementedError):
        _ = document.file.url
    with document.file.open() as file:
        assert file.read() == pdf_bytes()
    options = settings.STORAGES["private"]["OPTIONS"]
    assert options == {"location": str(settings.BASE_DIR / "media" / "private")}
    assert not storages["private"].location.startswith(settings.MEDIA_ROOT)


def test_name_of_a_stored_file_says_nothing_about_it(people):
    key = store(people.unit, people.owner, DocumentKind.RECEIPT).file.name
    assert key.split("/")[0] == "documents"
    assert len(key.rsplit("/", 1)[1]) == 32


@pytest.mark.parametrize("path", ["/media/", "/media/private/", "/media/documents/"])
def test_no_address_leads_to_uploads(client, path):
    assert client.get(path).status_code == 404


def test_private_file_is_served_at_no_media_address(client, people):
    document = store(people.unit, people.owner, DocumentKind.RECEIPT)
    client.force_login(people.owner)
    for prefix in ("/media/", "/media/private/", "/media/../private/", "/static/"):
        assert client.get(prefix + document.file.name, follow=True).status_code == 404


def test_member_files_are_no_documents_or_images_of_wagtail():
    assert not issubclass(Document, (AbstractDocument, AbstractImage))
