"""What is forgotten when a meeting is long over: persons, and the files and drafts that name them; nothing else."""

from datetime import timedelta

import pytest
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.tracking import actions
from membership.tracking.models import Attendee, Receipt, ReceiptDraft, ReminderSettings
from membership.tracking.states import ReceiptKind
from membership.units.actions import store_document
from membership.units.models import Document
from membership.units.states import DocumentKind
from tests.factories import notice
from tests.files import page_files, pdf, private_files
from tests.membership.tracking.conftest import everything, in_days, sent

pytestmark = pytest.mark.django_db
WANG = {"name": "王五", "position": "经理", "mobile": "+8613900000000"}


def stored(who, name, kind=DocumentKind.RECEIPT):
    return store_document(pdf(name, pages=2), unit=who.unit, kind=kind, by=who.clerk)


@pytest.fixture
def over(meeting):
    """The moment from which the persons of the meeting are to be forgotten."""
    return meeting.deadline + timedelta(days=ReminderSettings.current().attendee_days, seconds=1)


@pytest.fixture
def files(ours, outsider, meeting, over):
    """{name: file}: returned with two versions for the meeting, of a deliberation, of a meeting to come, a licence."""
    made = {name: stored(ours, name) for name in ("第一版.pdf", "第二版.pdf", "审议.pdf", "草稿.pdf")}
    made["来年.pdf"] = stored(outsider, "来年.pdf")
    made["执照.pdf"] = stored(ours, "执照.pdf", DocumentKind.BUSINESS_LICENSE)
    for version, name in enumerate(("第一版.pdf", "第二版.pdf")):
        answer = {"document": made[name], "attendees": [WANG]}
        actions.submit_receipt(sent(meeting, ours.unit), by=ours.clerk, version=version, **answer)
    vote = notice(receipt_kind=ReceiptKind.DELIBERATION, deadline=in_days(7), items=["章程"])
    later = notice(receipt_kind=ReceiptKind.ATTENDANCE, deadline=over + timedelta(days=1))
    for page in (vote, later):
        actions.deliver(page)
    opinions = [{"item": vote.agenda_items.get(), "choice": "agree", "comment": ""}]
    actions.submit_receipt(
        sent(vote, ours.unit), by=ours.clerk, version=0, document=made["审议.pdf"], opinions=opinions
    )
    answer = {"document": made["来年.pdf"], "attendees": [WANG | {"name": "钱八"}]}
    actions.submit_receipt(sent(later, outsider.unit), by=outsider.clerk, version=0, **answer)
    drafts = [
        (meeting, outsider, {"attendees-0-name": "赵六"}),
        (later, ours, {"attendees-0-name": "孙七", "document": str(made["草稿.pdf"].pk)}),
    ]
    for page, who, values in drafts:
        actions.save_receipt_draft(sent(page, who.unit), by=who.clerk, version=0, values=values)
    Document.objects.update(uploaded_at=timezone.now() - timedelta(days=1))
    return made


def test_files_and_drafts_go_with_the_persons(files, meeting, over):
    kept = {"审议.pdf", "草稿.pdf", "来年.pdf", "执照.pdf"}
    assert (len(private_files()), len(page_files())) == (6, 12)

    assert actions.erase_attendees(over) == 2

    assert set(Document.objects.values_list("original_name", flat=True)) == kept
    assert (len(private_files()), len(page_files())) == (4, 8)
    assert sorted(Attendee.objects.values_list("name", flat=True)) == ["—", "—", "钱八"]
    [draft] = ReceiptDraft.objects.values_list("values__attendees-0-name", flat=True)
    assert draft == "孙七"
    erased = AuditEntry.objects.filter(verb="units.erase_document")
    gone = {files[name].sha256 for name in ("第一版.pdf", "第二版.pdf")}
    assert {(entry.unit_id, entry.after["sha256"]) for entry in erased} == {
        (files["第一版.pdf"].unit_id, sha256) for sha256 in gone
    }
    assert AuditEntry.objects.filter(verb="units.store_document").count() == 6
    receipts = Receipt.objects.filter(delivery__notice=meeting).values_list("version", "document")
    assert list(receipts) == [(1, None), (2, None)]

    before = everything()
    assert actions.erase_attendees(over) == 0
    assert everything() == before


@pytest.mark.parametrize("days", [180, 0])
def test_before_that_and_without_the_rule_everything_stays(files, over, days):
    settings = ReminderSettings.load()
    settings.attendee_days = days
    settings.save()
    moment = over + timedelta(days=800) if days == 0 else over - timedelta(seconds=2)
    before = everything()
    assert actions.erase_attendees(moment) == 0
    assert everything() == before
    assert (Document.objects.count(), len(private_files()), ReceiptDraft.objects.count()) == (6, 6, 2)


def test_what_was_uploaded_and_never_returned_goes_when_it_is_as_old(ours, over):
    document = stored(ours, "没有提交.pdf")
    days = ReminderSettings.current().attendee_days
    old = document.uploaded_at + timedelta(days=days)
    assert (actions.erase_attendees(old), Document.objects.count()) == (0, 1)
    actions.erase_attendees(old + timedelta(seconds=1))
    assert (Document.objects.count(), private_files()) == (0, [])


def test_a_broken_trail_keeps_the_row_for_the_next_run(files, over, request):
    request.getfixturevalue("broken_audit")
    with pytest.raises(RuntimeError, match="audit"):
        actions.erase_attendees(over)
    assert Document.objects.count() == 6
