"""The receipt honours what the notice says: options, columns, lateness, acknowledgement, who cannot come."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cms.models import NoticePage
from membership.audit.models import AuditEntry
from membership.tracking import actions
from membership.tracking.models import Receipt
from membership.tracking.states import ReceiptKind, ReceiptState
from tests.factories import UserFactory, notice
from tests.portal.conftest import LI, deliberation, in_days, line, look, meeting, opinions, rows
from tests.portal.test_receipts import Asked, cells, refused, summary

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(db):
    return UserFactory(is_staff=True, is_superuser=True)


def past(asked):
    NoticePage.objects.filter(pk=asked.page.pk).update(deadline=in_days(-1))
    asked.delivery.refresh_from_db()


def test_a_matter_with_own_options_takes_one_of_them_and_no_other(ours, outsider):
    asked = Asked(deliberation(), ours.unit)
    first, second = asked.items
    first.options = "成都、重庆"
    first.save()

    page = look(ours.client, asked.url)
    assert [radio["value"] for radio in page.select(f"input[name=opinion_{first.pk}]")] == ["成都", "重庆"]
    page = refused(ours.client, asked, {"version": 0, f"opinion_{first.pk}": "agree", f"opinion_{second.pk}": "agree"})
    assert summary(page) == [(f"#id_opinion_{first.pk}_0", "请选择对“修订章程”的审议意见")]

    data = {"version": 0, f"opinion_{first.pk}": "重庆", f"opinion_{second.pk}": "agree"}
    assert ours.client.post(asked.submit, data)["Location"] == asked.done
    assert [o.label for o in Receipt.objects.get().opinions.all()] == ["重庆", "同意"]


def test_only_the_asked_columns_are_shown_and_accepted(ours, outsider):
    asked = Asked(meeting(attendee_columns=["accommodation"]), ours.unit)
    page = look(ours.client, asked.url)
    names = [cell["name"] for cell in page.select("tbody [data-rows-row] [name]")]
    assert names == [f"attendees-0-{n}" for n in ("name", "position", "mobile", "accommodation", "DELETE")]

    typed = LI | {"accommodation": "single", "email": "li@example.com", "remark": "素食", "gender": "male"}
    assert ours.client.post(asked.submit, {"version": 0, **rows(typed)})["Location"] == asked.done
    person = Receipt.objects.get().attendees.get()
    assert (person.accommodation, person.email, person.remark, person.gender) == ("single", "", "", "")
    assert "单间" in look(ours.client, asked.url).select_one("#receipt").text


def test_an_accommodation_that_is_no_choice_is_refused_at_its_cell(ours, outsider):
    asked = Asked(meeting(attendee_columns=["accommodation"]), ours.unit)
    page = refused(ours.client, asked, {"version": 0, **rows(LI | {"accommodation": "suite"})})
    assert [link for link, _words in summary(page)] == ["#id_attendees-0-accommodation"]


def test_the_notice_says_how_many_may_come(ours, outsider):
    asked = Asked(meeting(max_attendees=2), ours.unit)
    page = look(ours.client, asked.url)
    assert page.select_one("[data-rows]")["data-max"] == "2"
    page = refused(ours.client, asked, {"version": 0, **rows(LI, LI, LI)})
    assert summary(page) == [("", "参会人员最多 2 人。")]
    assert len(cells(page, "name")) == 3


@pytest.mark.parametrize("make", [deliberation, meeting], ids=["deliberation", "meeting"])
@pytest.mark.parametrize(
    ("seconds", "allow_late", "expected"),
    [(-1, False, None), (0, False, False), (1, False, False), (-1, True, True), (0, True, False), (1, True, False)],
)
def test_the_second_of_the_deadline(ours, outsider, monkeypatch, make, seconds, allow_late, expected):
    """`expected` is whether the receipt is late; None: refused. The deadline lies `seconds` after the submission."""
    asked = Asked(make(allow_late=allow_late), ours.unit)
    answers = {"version": 0, **(opinions(asked.page) if asked.items else rows(LI))}
    now = timezone.now()
    NoticePage.objects.filter(pk=asked.page.pk).update(deadline=now + timedelta(seconds=seconds))
    monkeypatch.setattr(timezone, "now", lambda: now)

    if expected is None:
        refused(ours.client, asked, answers, status=409)
        return
    assert ours.client.post(asked.submit, answers)["Location"] == asked.done
    assert Receipt.objects.get().is_late is expected
    asked.delivery.refresh_from_db()
    assert asked.delivery.receipt_state == ReceiptState.SUBMITTED


def test_late_is_said_before_sending_and_shown_after(ours, outsider):
    asked = Asked(deliberation(allow_late=True), ours.unit)
    past(asked)
    form = look(ours.client, asked.url).select_one("#receipt-form")
    words = form.select_one(".banner-warn p").text
    assert words.startswith("回执已于 ")
    assert words.endswith(" 截止，现仍可补交，提交后将标注“逾期”")
    assert {button["data-confirm"] for button in form.select("[data-confirm]")} == {words}

    ours.client.post(asked.submit, asked.answers())
    assert "逾期" in [tag.text for tag in look(ours.client, asked.url).select("#receipt .facts .tag")]
    assert line(look(ours.client, "/portal/messages/"), asked.page.title)[2] == ["已回执（逾期）"]


def test_a_receipt_in_time_stays_in_time_when_the_deadline_passes(ours, outsider):
    asked = Asked(deliberation(allow_late=True), ours.unit)
    ours.client.post(asked.submit, asked.answers())
    past(asked)
    assert line(look(ours.client, "/portal/messages/"), asked.page.title)[2] == ["已回执"]


def test_a_receipt_in_time_is_settled_when_the_deadline_passes(ours, outsider):
    """Even where late receipts are taken: a revision would come late and no longer count."""
    asked = Asked(deliberation(allow_late=True), ours.unit)
    ours.client.post(asked.submit, asked.answers())
    past(asked)
    receipt = look(ours.client, asked.url).select_one("#receipt")
    assert receipt.select("a[href$='#receipt-form']") == []
    assert "已按时提交" in receipt.text
    assert look(ours.client, f"{asked.url}?revise=1").select("#receipt-form") == []

    before = list(Receipt.objects.values())
    page = refused(ours.client, asked, asked.answers(version=1), status=409)
    assert "已按时提交" in page.select_one("#receipt-form .banner").text
    assert list(Receipt.objects.values()) == before


def test_an_acknowledgement_is_one_button_without_file(ours, outsider):
    page = notice(receipt_kind=ReceiptKind.ACKNOWLEDGEMENT, upload_required=True, deadline=in_days(1))
    asked = Asked(page, ours.unit)
    form = look(ours.client, asked.url).select_one("#receipt-form")
    assert [button.text for button in form.select(".form-actions button[data-confirm]")] == ["我已阅知"]
    assert form.select("input[type=file]") == []

    assert ours.client.post(asked.submit, {"version": 0})["Location"] == asked.done
    receipt = Receipt.objects.get()
    assert (receipt.document, receipt.opinions.count(), receipt.attendees.count()) == (None, 0, 0)
    assert look(ours.client, asked.url).select("#receipt a.btn[href$='#receipt-form']") == []


def test_a_unit_that_cannot_come_says_why_and_owes_nothing_else(ours, outsider):
    asked = Asked(meeting(upload_required=True), ours.unit)
    page = refused(ours.client, asked, {"version": 0, "attending": "no", "declined_because": "  ", **rows({})})
    assert summary(page) == [("#id_declined_because", "请填写不能参会的原因")]

    data = {"version": 0, "attending": "no", "declined_because": "同期有评审", **rows(LI)}
    assert ours.client.post(asked.submit, data)["Location"] == asked.done
    receipt = Receipt.objects.get()
    assert (receipt.declined_because, receipt.attendees.count(), receipt.document) == ("同期有评审", 0, None)
    assert "同期有评审" in look(ours.client, asked.url).select_one("#receipt").text
    again = look(ours.client, f"{asked.url}?revise=1")
    assert again.select_one("input[name=attending][checked]")["value"] == "no"


@pytest.mark.parametrize("reason", ["一\x00二", "一\u202e二", "字" * 201])
def test_a_reason_that_cannot_be_kept_is_refused_beside_it(ours, outsider, reason):
    asked = Asked(meeting(), ours.unit)
    page = refused(ours.client, asked, {"version": 0, "attending": "no", "declined_because": reason})
    assert [link for link, _words in summary(page)] == ["#id_declined_because"]


def test_a_reason_is_no_reason_for_those_who_come(ours, outsider):
    asked = Asked(meeting(), ours.unit)
    data = {"version": 0, "attending": "yes", "declined_because": "误填", **rows(LI)}
    assert ours.client.post(asked.submit, data)["Location"] == asked.done
    receipt = Receipt.objects.get()
    assert (receipt.declined_because, receipt.attendees.count()) == ("", 1)


def test_what_was_sent_back_is_open_again_with_the_reason(ours, outsider, staff):
    asked = Asked(deliberation(), ours.unit)
    ours.client.post(asked.submit, asked.answers())
    actions.send_back_receipt(Receipt.objects.get(), by=staff, reason="缺少公章")

    page = look(ours.client, asked.url)
    assert page.select_one("#receipt-form .banner-warn").get_text(" ", strip=True) == "协会已退回贵单位的回执 缺少公章"
    assert page.select_one("#receipt-form input[name=version]")["value"] == "1"
    assert ours.client.post(asked.submit, asked.answers(version=1))["Location"] == asked.done
    assert "缺少公章" not in look(ours.client, asked.url).select_one("#receipt").text.split("此前版本")[0]


def test_what_was_sent_back_after_the_deadline_says_whom_to_ask(ours, outsider, staff):
    asked = Asked(deliberation(), ours.unit)
    ours.client.post(asked.submit, asked.answers())
    actions.send_back_receipt(Receipt.objects.get(), by=staff, reason="缺少公章")
    past(asked)

    page = look(ours.client, asked.url)
    assert page.select("#receipt-form") == []
    assert [banner.p.text for banner in page.select("#receipt .banner-warn")] == ["缺少公章"]
    assert "028-86000000" in page.select(".with-aside__main > .banner-warn")[0].text


def test_a_paper_receipt_is_marked_as_entered_by_the_association(ours, outsider, staff):
    asked = Asked(meeting(), ours.unit)
    actions.enter_receipt(asked.delivery, by=staff, version=0, attendees=[LI])
    assert [tag.text for tag in look(ours.client, asked.url).select("#receipt .facts .tag")] == ["协会代录"]
    assert AuditEntry.objects.filter(verb="tracking.enter_receipt").count() == 1
