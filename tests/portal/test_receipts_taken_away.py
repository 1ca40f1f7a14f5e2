"""After returning: the copy as PDF, the calendar file, earlier versions."""

from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from cms.calendar_file import calendar_of
from cms.models import ActivityPage
from membership.tracking import actions
from membership.tracking.models import Receipt
from membership.tracking.states import ReceiptKind
from tests.factories import notice
from tests.files import pdf, pdf_text
from tests.portal.conftest import LI, deliberation, look, meeting, rows
from tests.portal.test_receipts import Asked

pytestmark = pytest.mark.django_db

WHEN = {"starts_at": datetime(2026, 12, 1, 1, 30, tzinfo=UTC), "ends_at": datetime(2026, 12, 1, 9, 0, tzinfo=UTC)}


def activity(**fields):
    kind = {"receipt_kind": ReceiptKind.ATTENDANCE, "upload_required": False}
    return notice(model=ActivityPage, **WHEN, **{"venue": "成都；A座, 3楼", **kind, **fields})


def body(response):
    return b"".join(response.streaming_content)


def unfolded(content):
    return content.decode().replace("\r\n ", "").split("\r\n")


@pytest.fixture
def asked(ours, outsider):
    return Asked(deliberation(), ours.unit)


@pytest.mark.usefixtures("press")
def test_the_copy_says_what_was_returned(ours, asked):
    first, _second = asked.items
    answers = asked.answers(
        **{f"opinion_{first.pk}": "disagree", f"comment_{first.pk}": "费用过高"}, file=pdf("盖章.pdf")
    )
    ours.client.post(asked.submit, answers)
    response = ours.client.get(f"{asked.submit}copy/")
    name = f"回执副本_{asked.delivery.receipt_number}.pdf"
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert response["Content-Disposition"] == f"attachment; filename*=utf-8''{quote(name)}"
    text = "".join(pdf_text(body(response)))
    missing = {"示范工程检测有限公司", asked.delivery.receipt_number, "李四", "费用过高", "不同意", "盖章.pdf"}
    assert {words for words in missing if words not in text} == set()


@pytest.mark.usefixtures("press")
def test_the_copy_of_a_meeting_names_the_attendees(ours, outsider):
    invited = Asked(meeting(), ours.unit)
    ours.client.post(invited.submit, {"version": 0, **rows(LI | {"name": "钱七"})})
    assert "钱七" in "".join(pdf_text(body(ours.client.get(f"{invited.submit}copy/"))))


def test_no_copy_before_a_receipt_for_an_outsider_or_of_a_recalled_notice(ours, outsider, asked):
    copy = f"{asked.submit}copy/"
    assert ours.client.get(copy).status_code == 404
    ours.client.post(asked.submit, asked.answers())
    assert outsider.client.get(copy).status_code == 404
    actions.recall(asked.page)
    assert ours.client.get(copy).status_code == 404


def test_the_calendar_file_is_one_event_in_utc(ours, outsider):
    asked = Asked(activity(title="年会, 第二次; 成都"), ours.unit)
    response = ours.client.get(f"{asked.url}calendar.ics")
    content = body(response)
    lines = unfolded(content)
    assert (response.status_code, response["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert [lines[0], lines[1], lines[-3], lines[-2], lines[-1]] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]
    facts = dict(line.split(":", 1) for line in lines if ":" in line)
    assert (facts["DTSTART"], facts["DTEND"]) == ("20261201T013000Z", "20261201T090000Z")
    assert facts["SUMMARY"] == "年会\\, 第二次\\; 成都"
    assert facts["LOCATION"] == "成都；A座\\, 3楼"
    assert facts["URL"].endswith(asked.url)
    assert f'href="{asked.url}calendar.ics"' in ours.client.get(asked.url).content.decode()


def test_lines_are_folded_between_characters_and_say_the_same_unfolded(ours, outsider):
    page = activity(title="关于召开全省工程质量安全检测技术交流会暨示范项目现场观摩会的通知" * 3)
    content = calendar_of(page, uid="1@x", organizer="协会", address="https://example.com/")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    assert f"SUMMARY:{page.title}" in unfolded(content)


def test_a_line_end_in_a_title_forges_no_line(ours, outsider):
    page = activity(title="会\r\nATTENDEE:x\\n")
    page.venue = "\x00\x1b楼"  # PostgreSQL keeps no NUL
    lines = unfolded(calendar_of(page, uid="1@x", organizer="协会", address="https://example.com/"))
    assert "SUMMARY:会\\nATTENDEE:x\\\\n" in lines
    assert "LOCATION:楼" in lines


def test_no_calendar_for_a_notice_without_time_an_outsider_or_a_recalled_one(ours, outsider, asked):
    assert ours.client.get(f"{asked.url}calendar.ics").status_code == 404
    dated = Asked(activity(), ours.unit)
    assert outsider.client.get(f"{dated.url}calendar.ics").status_code == 404
    actions.recall(dated.page)
    assert ours.client.get(f"{dated.url}calendar.ics").status_code == 404


def test_earlier_versions_are_listed_with_their_files(ours, asked):
    ours.client.post(asked.submit, asked.answers(file=pdf("甲.pdf")))
    assert look(ours.client, asked.url).select("#earlier-versions") == []
    ours.client.post(asked.submit, asked.answers(version=1))
    [old] = look(ours.client, asked.url).select("#earlier-versions li")
    document = Receipt.objects.get(version=1).document
    assert old.text.startswith("第 1 版")
    assert (old.a.text, old.a["href"]) == ("甲.pdf", f"/portal/documents/{document.pk}/")
