"""What the database refuses, and what the speaking querysets of deliveries and receipts say."""

import pytest
from django.contrib.auth.models import AnonymousUser, Permission
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from cms.models import NoticeCategory
from membership.tracking import actions
from membership.tracking.models import Attendee, Delivery, Opinion, Receipt
from membership.tracking.states import ReceiptKind, ReceiptState
from tests.factories import UnitFactory, UserFactory, clerk, notice
from tests.membership.tracking.conftest import in_days, sent

pytestmark = pytest.mark.django_db


def violates(name, act):
    """`act` is stopped by this constraint (SQLite names columns, not constraints, for unique ones)."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        act()
    if connection.vendor == "postgresql" or "CHECK" in str(caught.value):
        assert name in str(caught.value)


# --- constraints ----------------------------------------------------------------------------------------------------
def test_one_delivery_of_a_notice_to_a_unit(delivery):
    delivery.pk = None
    violates("delivery_once", lambda: delivery.save(force_insert=True))


@pytest.mark.parametrize(
    ("constraint", "changes"),
    [
        ("delivery_read_paired", {"read_at": timezone.now()}),
        ("delivery_receipt_as_asked", {"receipt_kind": ReceiptKind.NONE}),
        ("delivery_receipt_as_asked", {"receipt_state": ReceiptState.NONE}),
        ("delivery_receipt_has_time", {"receipted_at": timezone.now()}),
        ("delivery_receipt_has_time", {"receipt_state": ReceiptState.SUBMITTED, "receipt_version": 1}),
        ("delivery_receipt_has_time", {"receipt_state": ReceiptState.SUBMITTED, "receipted_at": timezone.now()}),
    ],
)
def test_facts_of_a_delivery_hold_together(constraint, changes, delivery):
    violates(constraint, lambda: Delivery.objects.filter(pk=delivery.pk).update(**changes))


def test_a_reader_has_a_time(delivery, ours):
    rows = Delivery.objects.filter(pk=delivery.pk)
    violates("delivery_read_paired", lambda: rows.update(read_by=ours.clerk))


@pytest.fixture
def receipt(delivery, ours):
    return actions.submit_receipt(delivery, by=ours.clerk, version=0)


def test_one_receipt_of_a_version(receipt, ours):
    again = {"delivery": receipt.delivery, "version": 1, "submitted_by": ours.clerk, "superseded_at": timezone.now()}
    violates("receipt_version_once", lambda: Receipt.objects.create(**again))


def test_one_current_receipt(receipt, ours):
    second = {"delivery": receipt.delivery, "version": 2, "submitted_by": ours.clerk}
    violates("receipt_one_current", lambda: Receipt.objects.create(**second))


def test_what_is_sent_back_says_why_and_by_whom(receipt, ours):
    rows = Receipt.objects.filter(pk=receipt.pk)
    violates("receipt_sent_back_with_words", lambda: rows.update(sent_back_because="请重新盖章"))
    violates("receipt_sent_back_with_words", lambda: rows.update(sent_back_at=timezone.now(), sent_back_by=ours.clerk))


@pytest.fixture
def item():
    return notice(receipt_kind=ReceiptKind.DELIBERATION, items=["修订章程"]).agenda_items.get()


def test_one_opinion_on_a_matter(receipt, item):
    Opinion.objects.create(receipt=receipt, item=item, choice="agree")
    violates("opinion_once_per_item", lambda: Opinion.objects.create(receipt=receipt, item=item, choice="abstain"))


def test_who_disagrees_says_why(receipt, item):
    violates("opinion_disagree_says_why", lambda: Opinion.objects.create(receipt=receipt, item=item, choice="disagree"))


@pytest.mark.parametrize("field", ["receipt", "name", "position", "mobile"])
def test_attendee_lacks_nothing(field, receipt):
    facts = {"receipt": receipt, "name": "王五", "position": "总工", "mobile": "+8613811138111"} | {field: None}
    violates(field, lambda: Attendee.objects.create(**facts))


def test_every_constraint_of_the_room_is_named_here():
    """A new constraint needs a test above."""
    named = {c.name for model in (Delivery, Receipt, Opinion, Attendee) for c in model._meta.constraints}
    assert named == {
        "delivery_once",
        "delivery_read_paired",
        "delivery_receipt_as_asked",
        "delivery_receipt_has_time",
        "receipt_version_once",
        "receipt_one_current",
        "receipt_sent_back_with_words",
        "opinion_once_per_item",
        "opinion_disagree_says_why",
    }


# --- who sees what --------------------------------------------------------------------------------------------------
def test_for_user_shows_the_own_unit_only(ours, outsider, meeting, receipt):
    theirs = actions.submit_receipt(sent(meeting, outsider.unit), by=outsider.clerk, version=0)

    for person, delivery, answer in [
        (ours.clerk, sent(meeting, ours.unit), receipt),
        (ours.colleague, sent(meeting, ours.unit), receipt),
        (outsider.clerk, sent(meeting, outsider.unit), theirs),
    ]:
        assert list(Delivery.objects.for_user(person)) == [delivery]
        assert list(Receipt.objects.for_user(person)) == [answer]


@pytest.mark.parametrize("who", [AnonymousUser, UserFactory, lambda: UserFactory(staff=True)])
def test_for_user_shows_nothing_to_visitors_people_without_unit_and_staff_without_permission(who, receipt):
    person = who()
    assert (Delivery.objects.for_user(person).count(), Receipt.objects.for_user(person).count()) == (0, 0)


@pytest.mark.parametrize(("permission", "seen"), [("view_delivery", (2, 0)), ("view_receipt", (0, 1)), (None, (0, 0))])
def test_for_user_shows_staff_what_their_permissions_name(permission, seen, receipt):
    person = UserFactory(staff=True)
    if permission:
        person.user_permissions.add(Permission.objects.get(codename=permission, content_type__app_label="tracking"))
    assert (Delivery.objects.for_user(person).count(), Receipt.objects.for_user(person).count()) == seen


def test_a_branch_permission_of_staff_does_not_count_for_a_member(ours, outsider, meeting):
    permission = Permission.objects.get(codename="view_delivery", content_type__app_label="tracking")
    ours.clerk.user_permissions.add(permission)
    assert list(Delivery.objects.for_user(ours.clerk)) == [sent(meeting, ours.unit)]


# --- adjectives and counts ------------------------------------------------------------------------------------------
@pytest.fixture
def board():
    """Five units and one notice: unread · read · read and receipted · extended, unread · recalled one by one."""
    units = [UnitFactory(certified=True) for _ in range(5)]
    page = notice(receipt_kind=ReceiptKind.ATTENDANCE, deadline=in_days(2))
    actions.deliver(page)
    rows = [sent(page, unit) for unit in units]
    actions.mark_read(rows[1], by=clerk(units[1]))
    actions.submit_receipt(rows[2], by=clerk(units[2]), version=0)
    Delivery.objects.filter(pk=rows[3].pk).update(deadline_override=in_days(30))
    Delivery.objects.filter(pk=rows[4].pk).update(recalled_at=timezone.now())
    return page, rows


def test_adjectives(board):
    page, rows = board
    unread, read, receipted, extended, recalled = rows
    now, later = timezone.now(), in_days(3)
    of = Delivery.objects.filter(notice=page).order_by("pk")

    assert list(of.standing()) == rows[:4]
    assert list(of.recalled()) == [recalled]
    assert list(of.unread()) == [unread, extended]
    assert list(of.read()) == [read, receipted]
    assert list(of.awaiting_receipt()) == [unread, read, extended]
    assert list(of.receipted()) == [receipted]
    assert list(of.overdue(now)) == []
    assert list(of.overdue(later)) == [unread, read]
    assert list(of.open_for_receipt(now)) == [unread, read, receipted, extended]
    assert list(of.open_for_receipt(later)) == [extended]
    assert [row.is_open_for_receipt(later) for row in of.with_deadline()] == [False, False, False, True, False]


def test_counts(board, django_assert_num_queries):
    page, _rows = board
    other = notice()
    actions.deliver(other)
    expected = {"sent": 5, "read": 2, "asked": 5, "receipted": 1, "overdue": 0}

    with django_assert_num_queries(1):
        assert Delivery.objects.filter(notice=page).counts(timezone.now()) == expected
    assert Delivery.objects.filter(notice=page).counts(in_days(3)) == expected | {"overdue": 2}
    with django_assert_num_queries(2):
        assert Delivery.objects.counts_by_notice(in_days(3)) == {
            page.pk: expected | {"overdue": 2},
            other.pk: {"sent": 5, "read": 0, "asked": 0, "receipted": 0, "overdue": 0},
        }
    assert Delivery.objects.none().counts(timezone.now()) == dict.fromkeys(expected, 0)


def test_unread_by_category_is_the_red_badge(ours, outsider, meeting, delivery):
    pages = [notice(), notice(), notice(category="training")]
    for page in pages:
        actions.deliver(page)
    keys = {slug: NoticeCategory.objects.get(slug=slug).pk for slug in ("notice", "training", "receipt")}
    mine = Delivery.objects.for_user(ours.clerk)
    assert mine.unread_by_category() == {keys["notice"]: 2, keys["training"]: 1, keys["receipt"]: 1}

    actions.mark_read(sent(pages[0], ours.unit), by=ours.clerk)
    actions.mark_read(delivery, by=ours.clerk)
    actions.recall(pages[2])
    assert mine.unread_by_category() == {keys["notice"]: 1}
    assert Delivery.objects.for_user(outsider.clerk).unread_by_category() == {keys["notice"]: 2, keys["receipt"]: 1}


def test_list_has_pinned_first_then_the_newest(ours):
    old, pinned, new = notice(), notice(pinned=True), notice()
    for age, page in enumerate((new, pinned, old)):
        actions.deliver(page)
        Delivery.objects.filter(notice=page).update(delivered_at=in_days(-age))
    assert [row.notice_id for row in Delivery.objects.for_user(ours.clerk).for_list()] == [pinned.pk, new.pk, old.pk]


@pytest.mark.parametrize("number", [1, 50])
def test_list_is_one_query(number, ours, django_assert_num_queries):
    for _ in range(number):
        actions.deliver(notice())
    with django_assert_num_queries(1):
        rows = list(Delivery.objects.for_user(ours.clerk).for_list())
        assert {(row.notice.title != "", row.category.slug, row.deadline) for row in rows} == {(True, "notice", None)}
    assert len(rows) == number
