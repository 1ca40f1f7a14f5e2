"""Reviews, notes, certificates and terms: who sees which rows, what lists load, what the database refuses."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from membership.units.models import (
    LevelTerm,
    Membership,
    Qualification,
    QualificationCategory,
    Review,
    ReviewNote,
    Unit,
)
from membership.units.states import MembershipState as S
from tests.factories import MembershipFactory, UnitFactory, UserFactory, document, qualification, review
from tests.membership.units.conftest import PEOPLE, Refused, branch, handed_in, in_state, level

pytestmark = pytest.mark.django_db


def start_term(membership, since=date(2012, 3, 6), until=None):
    return LevelTerm.objects.create(
        membership=membership,
        level=membership.level,
        since=since,
        until=until,
        decided_by=membership.decided_by,
        decided_at=timezone.now(),
    )


# --- Who sees which rows --------------------------------------------------------------------------------------------
@pytest.fixture
def rows(people):
    """`unit` is certified and in the quality branch, `other` certified and in the safety branch; one draft of each."""
    for unit, slug in ((people.unit, "quality"), (people.other, "safety")):
        certification = in_state(unit, "active")
        for membership in (certification, in_state(unit, "active", branch(slug))):
            start_term(membership)
            made = review(membership, "leave", reason=f"{unit} {membership.body.slug}")
            ReviewNote.objects.create(review=made, text=made.reason, written_by=people.reviewer)
        qualification(unit, certificate_no=unit.name)
    withdrawn = in_state(people.other, "draft", branch("quality"))
    review(withdrawn, state="void", reason="旁观建设 quality")
    people.nobody = AnonymousUser()
    people.stranger = UserFactory()
    return people


ALL = {"示范建设 association", "示范建设 quality", "旁观建设 association", "旁观建设 safety", "旁观建设 quality"}
OURS = {reason for reason in ALL if reason.startswith("示范建设")}
READERS = dict.fromkeys(["reviewer", "finance", "secretary_general", "administrator", "root"], ALL)
BRANCHES = {"secretary": {"示范建设 quality"}, "other_secretary": {"旁观建设 safety"}}
REVIEWS = {**READERS, **BRANCHES, "owner": OURS, "agent": OURS, "outsider": ALL - OURS}
EVERYBODY = [*PEOPLE.split(), "nobody", "stranger"]


@pytest.mark.parametrize("who", EVERYBODY)
def test_reviews_for_user(rows, who):
    seen = list(Review.objects.for_user(getattr(rows, who)).values_list("reason", flat=True))
    assert sorted(seen) == sorted(REVIEWS.get(who, set()))


@pytest.mark.parametrize("who", EVERYBODY)
def test_notes_are_for_the_staff_alone(rows, who):
    expected = ({**READERS, **BRANCHES}.get(who, set())) - {"旁观建设 quality"}  # nobody wrote one about the draft
    seen = list(ReviewNote.objects.for_user(getattr(rows, who)).values_list("text", flat=True))
    assert sorted(seen) == sorted(expected)


@pytest.mark.parametrize("who", EVERYBODY)
def test_terms_for_user(rows, who):
    seen = LevelTerm.objects.for_user(getattr(rows, who)).values_list(
        "membership__unit__name", "membership__body__slug"
    )
    expected = REVIEWS.get(who, set()) - {"旁观建设 quality"}
    assert sorted(f"{unit} {slug}" for unit, slug in seen) == sorted(expected)


@pytest.mark.parametrize("who", EVERYBODY)
def test_certificates_for_user(rows, who):
    seen = Qualification.objects.for_user(getattr(rows, who)).values_list("certificate_no", flat=True)
    assert sorted(seen) == sorted({reason.split()[0] for reason in REVIEWS.get(who, set())})


# --- Querysets ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", [1, 50])
def test_queue_is_one_query_and_the_longest_waiting_come_first(people, size, django_assert_num_queries):
    now = timezone.now()
    for days in range(size):
        membership = MembershipFactory(unit=UnitFactory(certified=True), body=branch())
        review(membership, handed_in_at=now - timedelta(days=days), assigned_to=people.reviewer)
    with django_assert_num_queries(1):
        found = [
            (
                (now - made.handed_in_at).days,
                made.membership.unit.name[:4],
                made.membership.body.short_name,
                made.assigned_to.name != "",
            )
            for made in Review.objects.open().for_queue()
        ]
    assert found == [(days, "测试建设", "质量分会", True) for days in reversed(range(size))]


def test_queues_of_association_and_branches(people):
    there = handed_in(people.unit, "pending", branch())
    here = review(people.other.certification, "change")
    assert (list(Review.objects.about_association()), list(Review.objects.about_branches())) == ([here], [there])


def test_reference_tells_subject_year_and_number(people):
    new_year = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)  # half past midnight in China
    for subject, letters in (("application", "RZ"), ("change", "BG"), ("leave", "TH")):
        made = review(people.certification, subject, handed_in_at=new_year)
        assert str(made) == f"{letters}-2027-{made.pk:06d}"


def test_held_by_others(people):
    now = timezone.now()
    made = handed_in(people.unit)
    held = [
        Review.objects.filter(pk=made.pk).update(claimed_by=by, claimed_until=until)
        and Review.objects.held_by_others(people.reviewer, now).count()
        for by, until in (
            (None, None),
            (people.reviewer, now + timedelta(minutes=1)),
            (people.administrator, now + timedelta(minutes=1)),
            (people.administrator, now),
        )
    ]
    assert held == [0, 0, 1, 0]


@pytest.mark.parametrize(("days_left", "is_named"), [(-400, True), (0, True), (30, True), (31, False), (None, False)])
def test_certificates_that_run_out(people, days_left, is_named):
    today = timezone.localdate()
    valid_until = None if days_left is None else today + timedelta(days=days_left)
    theirs = qualification(people.other, valid_until=valid_until)
    qualification(people.unit, valid_until=today)  # of a unit that is no member
    assert list(Qualification.objects.expiring(today, 30)) == ([theirs] if is_named else [])


@pytest.mark.parametrize("state", sorted(set(S.values) - {"active"}))
def test_certificates_of_certified_units_alone_run_out(people, state):
    qualification(people.unit, valid_until=timezone.localdate())
    in_state(people.unit, state)
    in_state(people.unit, "active", branch())
    assert Qualification.objects.expiring(timezone.localdate(), 30).count() == 0


@pytest.mark.parametrize("size", [1, 50])
def test_certificates_are_listed_in_one_query(people, size, django_assert_num_queries):
    paper = document(people.unit, "qualification")
    for number in range(size):
        qualification(people.unit, document=paper, sort_order=size - number, certificate_no=f"{number}")
    with django_assert_num_queries(1):
        found = [(str(one), one.document.original_name) for one in people.unit.qualifications.all().for_list()]
    assert found == [("施工总承包 · 建筑工程一级", "qualification.pdf")] * size


def test_categories_are_offered_with_their_grades():
    category = QualificationCategory.objects.get(group="施工总承包", name="建筑工程")
    assert category.grade_list == ["特级", "一级", "二级", "三级"]
    QualificationCategory.objects.exclude(pk=category.pk).update(is_open=False)
    assert list(QualificationCategory.objects.offered()) == [category]
    category.grades = " 甲级、、乙级 "
    assert category.grade_list == ["甲级", "乙级"]
    assert QualificationCategory(grades="").grade_list == []


def test_every_unit_has_a_code_of_its_own():
    codes = [UnitFactory().certificate_code for _ in range(20)]
    assert len(set(codes)) == 20
    assert {len(code) for code in codes} == {16}
    assert set("".join(codes)) <= set("23456789ABCDEFGHJKMNPQRSTUVWXYZ")


# --- What the database refuses --------------------------------------------------------------------------------------
def test_round_is_reviewed_once(people):
    made = handed_in(people.unit, "returned", review_state="void")
    with Refused("review_once_per_round", "units_review.membership_id"):
        review(made.membership, round=made.round)


@pytest.mark.parametrize("subject", ["application", "change", "leave"])
def test_one_review_of_a_subject_is_open(people, subject):
    made = handed_in(people.unit, subject=subject)
    review(made.membership, subject, state="void")
    with Refused("review_one_open", "units_review.membership_id"):
        review(made.membership, subject)


@pytest.mark.parametrize("half", ["decided_at", "decided_by", None])
@pytest.mark.parametrize("state", ["approved", "returned", "rejected"])
def test_decided_review_has_its_person_and_its_moment(people, state, half):
    made = handed_in(people.unit)
    whole = {"decided_at": timezone.now(), "decided_by": people.reviewer}
    with Refused("review_decision_paired"):
        Review.objects.filter(pk=made.pk).update(state=state, **({half: whole[half]} if half else {}))
    assert Review.objects.filter(pk=made.pk).update(state=state, **whole) == 1


@pytest.mark.parametrize("state", ["open", "void"])
def test_undecided_review_has_no_decision(people, state):
    made = handed_in(people.unit)
    with Refused("review_decision_paired"):
        Review.objects.filter(pk=made.pk).update(state=state, decided_at=timezone.now(), decided_by=people.reviewer)


def test_claim_has_its_end(people):
    made = handed_in(people.unit)
    with Refused("review_claim_paired"):
        Review.objects.filter(pk=made.pk).update(claimed_by=people.reviewer)


@pytest.mark.parametrize("subject", ["application", "change"])
def test_waiver_of_papers_is_not_approved_unchecked(people, subject):
    """T37, whatever a verb may forget."""
    made = handed_in(people.unit, subject=subject, waives_papers=True)
    decided = {"decided_at": timezone.now(), "decided_by": people.reviewer}
    with Refused("review_waiver_checked"):
        Review.objects.filter(pk=made.pk).update(state="approved", **decided)
    reviews = Review.objects.filter(pk=made.pk)
    assert reviews.update(state="rejected", **decided) == 1
    assert reviews.update(state="approved", waiver_reason="已核对会员名册", **decided) == 1


def test_member_has_one_level_at_a_time(people):
    membership = in_state(people.unit, "active")
    start_term(membership, until=date(2020, 1, 1))
    start_term(membership, since=date(2020, 1, 1))
    with Refused("level_term_one_current", "units_levelterm.membership_id"):
        start_term(membership, since=date(2024, 1, 1))


def test_term_does_not_end_before_it_begins(people):
    membership = in_state(people.unit, "active")
    start_term(membership, date(2020, 1, 1), date(2020, 1, 1))
    with Refused("level_term_in_order"):
        start_term(membership, date(2020, 1, 2), date(2020, 1, 1))


@pytest.mark.parametrize("state", ["active", "suspended"])
def test_member_has_a_date(people, state):
    membership = in_state(people.unit, state)
    with Refused("membership_active_has_date"):
        Membership.objects.filter(pk=membership.pk).update(since=None)


def test_member_number_is_given_once_in_a_body(people):
    mine, theirs = in_state(people.unit, "active"), people.other.certification
    Membership.objects.filter(pk=theirs.pk).update(member_no="HY00001")
    with Refused("membership_number_once_per_body", "units_membership.member_no"):
        Membership.objects.filter(pk=mine.pk).update(member_no="HY00001")
    there = in_state(people.unit, "active", branch())
    assert Membership.objects.filter(pk=there.pk).update(member_no="HY00001") == 1
    assert Membership.objects.exclude(pk__in=[theirs.pk, there.pk]).update(member_no="") >= 1


def test_category_stands_once_in_its_group():
    known = QualificationCategory.objects.first()
    QualificationCategory.objects.create(group="别的", name=known.name)
    with Refused("qualification_category_once", "units_qualificationcategory.group"):
        QualificationCategory.objects.create(group=known.group, name=known.name)


def test_code_of_a_certificate_is_unique(people):
    with Refused("certificate_code"):
        Unit.objects.filter(pk=people.unit.pk).update(certificate_code=people.other.certificate_code)


def test_terms_stay_in_order_with_their_words(people):
    term = start_term(in_state(people.unit, "active"))
    assert str(term) == "示范建设 · 大协会 · 普通会员 2012-03-06"
    assert term.level == level()
