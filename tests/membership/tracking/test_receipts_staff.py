"""What the staff does with receipts: enter one from paper with its file, send one back, give more time."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.tracking import actions
from membership.tracking.models import Delivery, Receipt, ReceiptDraft
from membership.tracking.states import ReceiptOrigin, ReceiptState
from membership.units.actions import store_document
from membership.units.models import Document
from membership.units.states import PAPERS, DocumentKind
from tests.files import pdf, private_files
from tests.membership.tracking.conftest import everything, in_days, sent
from tests.membership.units.conftest import employee

pytestmark = pytest.mark.django_db
PERSON = {"name": "王五", "position": "经理", "mobile": "+8613900000000"}
MANAGERS = ["编辑", "系统管理员"]
OTHERS = ["会员审核", "分会秘书", "财务", "秘书长"]


@pytest.fixture
def editor(db):
    return employee("编辑")


def paper(unit, by):
    return store_document(pdf("纸质回执.pdf"), unit=unit, kind=DocumentKind.RECEIPT, by=by)


@pytest.mark.parametrize("role", MANAGERS)
def test_managers_keep_a_file_for_a_unit_and_enter_its_receipt(delivery, role):
    person = employee(role)
    document = paper(delivery.unit, person)
    receipt = actions.enter_receipt(delivery, by=person, version=0, document=document, attendees=[PERSON])
    delivery.refresh_from_db()
    assert (receipt.origin, receipt.submitted_by, receipt.document, receipt.is_late) == (
        ReceiptOrigin.PAPER,
        person,
        document,
        False,
    )
    assert (delivery.receipt_state, delivery.receipt_version, delivery.read_at) == (ReceiptState.SUBMITTED, 1, None)
    entry = AuditEntry.objects.get(verb="tracking.enter_receipt")
    assert (entry.actor, entry.unit_id) == (person, delivery.unit_id)


@pytest.mark.parametrize("role", OTHERS)
def test_other_roles_keep_no_file_and_enter_nothing(delivery, role):
    person, before = employee(role), everything()
    with pytest.raises(PermissionDenied):
        paper(delivery.unit, person)
    with pytest.raises(PermissionDenied):
        actions.enter_receipt(delivery, by=person, version=0, attendees=[PERSON])
    assert everything() == before
    assert (Document.objects.count(), private_files()) == (0, [])


@pytest.mark.parametrize("kind", [*PAPERS, DocumentKind.QUALIFICATION])
def test_managers_keep_no_other_file_for_a_unit(delivery, editor, kind):
    with pytest.raises(PermissionDenied):
        store_document(pdf(), unit=delivery.unit, kind=kind, by=editor)
    assert Document.objects.count() == 0


def test_a_member_keeps_none_for_another_unit(delivery, outsider):
    with pytest.raises(PermissionDenied):
        paper(delivery.unit, outsider.clerk)
    assert Document.objects.count() == 0


def test_a_file_of_another_unit_is_refused(delivery, outsider, editor):
    foreign, before = paper(outsider.unit, editor), everything()
    with pytest.raises(PermissionDenied):
        actions.enter_receipt(delivery, by=editor, version=0, document=foreign)
    assert everything() == before


def test_after_the_deadline_it_is_taken_and_marked_late(delivery, editor):
    Delivery.objects.filter(pk=delivery.pk).update(deadline_override=in_days(-1))
    assert actions.enter_receipt(delivery, by=editor, version=0, attendees=[PERSON]).is_late is True


def test_it_takes_the_place_of_the_units_own(delivery, ours, editor):
    mine = actions.submit_receipt(delivery, by=ours.clerk, version=0, attendees=[PERSON])
    actions.enter_receipt(delivery, by=editor, version=1, attendees=[{**PERSON, "name": "赵六"}])
    mine.refresh_from_db()
    assert mine.superseded_at is not None
    assert list(Receipt.objects.current().values_list("version", "origin")) == [(2, "paper")]


@pytest.mark.parametrize("case", ["stale", "recalled"])
def test_refusals_change_nothing(delivery, ours, editor, meeting, case):
    if case == "stale":
        actions.submit_receipt(delivery, by=ours.clerk, version=0, attendees=[PERSON])
    else:
        actions.recall(meeting)
    before = everything()
    with pytest.raises(Refusal):
        actions.enter_receipt(delivery, by=editor, version=0, attendees=[PERSON])
    assert everything() == before


def test_sent_back_with_words_the_unit_is_asked_again(delivery, ours, outsider, meeting, editor):
    other = actions.submit_receipt(sent(meeting, outsider.unit), by=outsider.clerk, version=0, attendees=[PERSON])
    receipt = actions.submit_receipt(delivery, by=ours.clerk, version=0, attendees=[PERSON])
    actions.send_back_receipt(receipt, by=editor, reason=" 未盖章 ")
    delivery.refresh_from_db()
    receipt.refresh_from_db()
    assert (delivery.receipt_state, delivery.receipt_version) == (ReceiptState.AWAITING, 1)
    assert (receipt.sent_back_by, receipt.sent_back_because) == (editor, "未盖章")
    other.refresh_from_db()
    assert (other.sent_back_at, sent(meeting, outsider.unit).receipt_state) == (None, ReceiptState.SUBMITTED)


@pytest.mark.parametrize("case", ["no_words", "stale", "twice"])
def test_sending_back_may_be_refused(delivery, ours, editor, case):
    receipt = actions.submit_receipt(delivery, by=ours.clerk, version=0, attendees=[PERSON])
    if case == "stale":
        actions.submit_receipt(delivery, by=ours.clerk, version=1, attendees=[PERSON])
    if case == "twice":
        actions.send_back_receipt(receipt, by=editor, reason="未盖章")
    before = everything()
    with pytest.raises(Refusal) as refused:
        actions.send_back_receipt(receipt, by=editor, reason="  " if case == "no_words" else "未盖章")
    assert (refused.value.code, everything()) == ("no_words" if case == "no_words" else "stale", before)


@pytest.mark.parametrize("role", OTHERS)
def test_other_roles_send_nothing_back_and_give_no_time(delivery, ours, meeting, role):
    receipt = actions.submit_receipt(delivery, by=ours.clerk, version=0, attendees=[PERSON])
    person, before = employee(role), everything()
    with pytest.raises(PermissionDenied):
        actions.send_back_receipt(receipt, by=person, reason="未盖章")
    with pytest.raises(PermissionDenied):
        actions.extend_deadline(meeting, by=person, until=in_days(10))
    assert everything() == before


def test_more_time_for_all_or_for_some(delivery, meeting, ours, outsider, editor):
    until, later = in_days(10), in_days(12)
    assert actions.extend_deadline(meeting, by=editor, until=until) == 2
    assert actions.extend_deadline(meeting, by=editor, until=later, units=[ours.unit]) == 1
    given = dict(Delivery.objects.values_list("unit_id", "deadline_override"))
    assert given == {ours.unit.pk: later, outsider.unit.pk: until}
    assert AuditEntry.objects.filter(verb="tracking.extend_deadline").count() == 2


def test_more_time_for_all_takes_none_from_who_has_longer(delivery, meeting, ours, outsider, editor):
    longer, until = in_days(20), in_days(10)
    actions.extend_deadline(meeting, by=editor, until=longer, units=[ours.unit])
    assert actions.extend_deadline(meeting, by=editor, until=until) == 1
    given = dict(Delivery.objects.values_list("unit_id", "deadline_override"))
    assert given == {ours.unit.pk: longer, outsider.unit.pk: until}

    before = everything()
    with pytest.raises(Refusal) as refused:
        actions.extend_deadline(meeting, by=editor, until=in_days(15), units=[ours.unit])
    assert (refused.value.code, everything()) == ("not_later", before)


@pytest.mark.parametrize("until", [timedelta(days=-1), timedelta(days=6)])
def test_less_time_is_refused(meeting, editor, until):
    before = everything()
    with pytest.raises(Refusal) as refused:
        actions.extend_deadline(meeting, by=editor, until=timezone.now() + until)
    assert (refused.value.code, everything()) == ("not_later", before)


# --- What a receipt from paper finds there ------------------------------------------------------------------------
def test_the_draft_of_the_unit_is_obsolete_and_the_notice_stays_unread(delivery, ours, outsider, meeting, editor):
    others = sent(meeting, outsider.unit)
    for one, by in ((delivery, ours.clerk), (others, outsider.clerk)):
        actions.save_receipt_draft(one, by=by, version=0, values={"attendees-0-name": "王五"})
    actions.enter_receipt(delivery, by=editor, version=0, attendees=[PERSON])
    assert list(ReceiptDraft.objects.values_list("delivery", flat=True)) == [others.pk]
    delivery.refresh_from_db()
    assert (delivery.read_at, delivery.is_unread) == (None, True)


def test_a_refused_one_leaves_the_draft(delivery, ours, editor):
    actions.save_receipt_draft(delivery, by=ours.clerk, version=0, values={})
    with pytest.raises(Refusal):
        actions.enter_receipt(delivery, by=editor, version=7, attendees=[PERSON])
    assert ReceiptDraft.objects.filter(delivery=delivery).exists()


@pytest.mark.parametrize("way", ["portal", "paper"])
def test_what_came_in_time_is_not_replaced_after_the_deadline(delivery, ours, outsider, meeting, editor, way):
    """Late receipts are for those who have not answered: the opinion that counts is not lost to a corrected number."""
    type(meeting).objects.filter(pk=meeting.pk).update(allow_late=True)
    mine = actions.submit_receipt(delivery, by=ours.clerk, version=0, attendees=[PERSON])
    Delivery.objects.update(deadline_override=in_days(-1))
    before = everything()
    verb, by = (actions.submit_receipt, ours.clerk) if way == "portal" else (actions.enter_receipt, editor)
    with pytest.raises(Refusal) as refused:
        verb(delivery, by=by, version=1, attendees=[PERSON])
    assert (refused.value.code, everything()) == ("closed", before)
    assert list(Receipt.objects.counting()) == [mine]

    others = sent(meeting, outsider.unit)
    assert actions.submit_receipt(others, by=outsider.clerk, version=0, attendees=[PERSON]).is_late is True
    assert actions.submit_receipt(others, by=outsider.clerk, version=1, attendees=[PERSON]).is_late is True


def test_more_time_opens_it_again(delivery, ours, editor, meeting):
    actions.submit_receipt(delivery, by=ours.clerk, version=0, attendees=[PERSON])
    Delivery.objects.update(deadline_override=in_days(-1))
    Delivery.objects.update(deadline_override=in_days(1))
    assert actions.enter_receipt(delivery, by=editor, version=1, attendees=[PERSON]).is_late is False


def test_one_sent_back_may_come_again_late(delivery, ours, editor, meeting):
    type(meeting).objects.filter(pk=meeting.pk).update(allow_late=True)
    receipt = actions.submit_receipt(delivery, by=ours.clerk, version=0, attendees=[PERSON])
    actions.send_back_receipt(receipt, by=editor, reason="未盖章")
    Delivery.objects.update(deadline_override=in_days(-1))
    assert actions.submit_receipt(delivery, by=ours.clerk, version=1, attendees=[PERSON]).is_late is True
