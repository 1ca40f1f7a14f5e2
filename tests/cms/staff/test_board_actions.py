"""What the staff does from the board: more time, back to the unit, from paper; refused forms keep what was typed."""

import pytest
from django.urls import reverse
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.tracking import actions as tracking
from membership.tracking.models import Attendee, DeliberationResult, Delivery, Opinion, Receipt, ReceiptDraft
from membership.units.models import Document
from tests.cms.conftest import GROUPS, in_days, staff
from tests.cms.staff.test_board import answer, board, listed, sent_to
from tests.factories import UnitFactory
from tests.files import pdf, pdf_text

pytestmark = pytest.mark.django_db
MANAGERS = {"编辑", "系统管理员"}


def everything():
    nouns = (Delivery, Receipt, Opinion, Attendee, AuditEntry, Document, DeliberationResult)
    return {noun.__name__: list(noun.objects.order_by("pk").values()) for noun in nouns}


def typed(moment):
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


@pytest.fixture
def deliberation():
    """甲 and 乙 were asked, 丙 answered; 局外 was asked something else and answered that."""
    units = [UnitFactory(certified=True, name=name) for name in ("甲建设", "乙检测", "丙监理")]
    page = sent_to(*units, receipt_kind="deliberation", deadline=in_days(3), items=["章程修订案"])
    outside = UnitFactory(certified=True, name="局外建设")
    answer(sent_to(outside, receipt_kind="deliberation", deadline=in_days(3), items=["别的"]), outside)
    answer(page, units[2])
    return page


def of(page, name):
    return page.deliveries.get(unit__name=name)


def deadlines(page):
    return {d.unit.name: d.deadline_override is not None for d in page.deliveries.select_related("unit")}


# --- 延长截止时间 -----------------------------------------------------------------------------------------------------
def test_all_units_get_more_time(client, editor, deliberation):
    url = reverse("notices:extend_deadline", args=[deliberation.pk])
    assert "适用于该通知的全部 3 家单位。" in client.get(url).content.decode()
    assert client.post(url, {"until": typed(in_days(9))}).url == board(deliberation)
    assert deadlines(deliberation) == {"甲建设": True, "乙检测": True, "丙监理": True}
    assert Delivery.objects.filter(unit__name="局外建设", deadline_override=None).count() == 1


@pytest.mark.parametrize("chosen", [{"unit": "ticked"}, {"q": "乙检"}])
def test_chosen_units_get_more_time(client, editor, deliberation, chosen):
    if "unit" in chosen:
        outside = Delivery.objects.get(unit__name="局外建设").unit_id
        chosen = {"unit": [of(deliberation, "乙检测").unit_id, outside, "x", "9" * 30]}
    url = reverse("notices:extend_deadline", args=[deliberation.pk])
    asked = client.get(url, chosen)
    assert (asked.context["number"], asked.context["units"]) == (1, ["乙检测"])
    client.post(url, {"until": typed(in_days(9)), **chosen})
    assert deadlines(deliberation) == {"甲建设": False, "乙检测": True, "丙监理": False}
    assert Delivery.objects.filter(unit__name="局外建设", deadline_override=None).count() == 1


@pytest.mark.parametrize(
    ("until", "words"),
    [
        ("", "请填写新的截止时间。"),
        ("明天", "请填写日期和时间，例如 2026-12-01 18:00。"),
        ("2020-01-01T00:00", "新的截止时间已过，请选择更晚的时间。"),
        ("in a day", "新的截止时间应晚于原截止时间"),
    ],
)
def test_a_deadline_that_is_none_comes_back_with_words(client, editor, deliberation, until, words):
    until = typed(in_days(1)) if until == "in a day" else until
    before = everything()
    answered = client.post(reverse("notices:extend_deadline", args=[deliberation.pk]), {"until": until, "q": "乙"})
    assert (answered.status_code, everything()) == (422, before)
    shown = answered.context["form"]
    assert shown.errors["until"][0].startswith(words)
    assert answered.context["carried"] == [("q", "乙")]
    assert str(shown["until"].value() or "") == until


# --- 退回重填 --------------------------------------------------------------------------------------------------------
def test_a_receipt_goes_back_with_a_reason(client, editor, deliberation):
    receipt = of(deliberation, "丙监理").receipts.get()
    url = reverse("notices:receipt", args=[receipt.pk])
    assert "退回重填" in client.get(url).content.decode()
    assert client.post(url, {"reason": "扫描件未盖章"}).url == board(deliberation)
    receipt.refresh_from_db()
    assert (receipt.sent_back_because, receipt.sent_back_by) == ("扫描件未盖章", editor)
    shown = client.get(board(deliberation, list="awaiting"))
    assert listed(shown) == ["丙监理"]
    assert [(kind, words) for kind, words, _more in shown.context["rows"][0]["marks"]] == [("warn", "已退回")]
    html = client.get(url).content.decode()
    assert ("扫描件未盖章" in html, 'name="reason"' in html) == (True, False)


@pytest.mark.parametrize(("reason", "status"), [("", 422), ("   ", 422), ("长" * 201, 422)])
def test_without_a_reason_nothing_goes_back(client, editor, deliberation, reason, status):
    receipt, before = of(deliberation, "丙监理").receipts.get(), everything()
    answered = client.post(reverse("notices:receipt", args=[receipt.pk]), {"reason": reason})
    assert (answered.status_code, everything()) == (status, before)
    assert answered.context["form"]["reason"].value() == reason


def test_a_receipt_that_was_revised_meanwhile_does_not_go_back(client, editor, deliberation):
    delivery = of(deliberation, "丙监理")
    first = delivery.receipts.get()
    tracking.submit_receipt(delivery, by=first.submitted_by, version=1, opinions=[])
    before = everything()
    answered = client.post(reverse("notices:receipt", args=[first.pk]), {"reason": "未盖章"})
    assert (answered.status_code, everything()) == (409, before)
    assert answered.context["form"].errors["reason"] == ["该回执已被单位修改，或已退回。请刷新页面后查看。"]


# --- 代录 -----------------------------------------------------------------------------------------------------------
def opinion_on(page, choice="agree", comment="", **more):
    item = page.agenda_items.get()
    return {"version": 0, f"opinion_{item.pk}": choice, f"comment_{item.pk}": comment, **more}


def test_a_receipt_from_paper_is_entered_with_its_file(client, editor, deliberation):
    delivery = of(deliberation, "乙检测")
    Delivery.objects.filter(notice=deliberation).update(deadline_override=in_days(-1))
    url = reverse("notices:enter_receipt", args=[delivery.pk])
    assert "乙检测" in client.get(url).content.decode()
    answered = client.post(url, opinion_on(deliberation, file=pdf("纸质.pdf")))
    assert answered.url == f"{board(deliberation)}?list=receipted"
    receipt = delivery.receipts.get()
    assert (receipt.origin, receipt.is_late, receipt.submitted_by) == ("paper", True, editor)
    assert (receipt.document.unit_id, receipt.document.uploaded_by) == (delivery.unit_id, editor)
    rows = {r["delivery"].unit.name: r["marks"] for r in client.get(answered.url).context["rows"]}
    assert [words for _kind, words, _more in rows["乙检测"]] == ["逾期", "代录"]


def test_an_incomplete_one_comes_back_with_what_was_typed_and_its_file(client, editor, deliberation):
    url = reverse("notices:enter_receipt", args=[of(deliberation, "乙检测").pk])
    answered = client.post(url, opinion_on(deliberation, choice="disagree", file=pdf("纸质.pdf")))
    form = answered.context["form"]
    assert (answered.status_code, Receipt.objects.filter(origin="paper").count()) == (422, 0)
    assert form.agenda[0].choice.value() == "disagree"
    assert "纸质.pdf" in answered.content.decode()
    kept = Document.objects.get(original_name="纸质.pdf")
    posted = opinion_on(deliberation, choice="disagree", comment="标准过高", document=str(kept.pk))
    assert client.post(url, posted).status_code == 302
    assert Receipt.objects.get(origin="paper").document == kept


def test_rows_of_attendees_are_added_without_a_script(client, editor, unit):
    page = sent_to(unit, receipt_kind="attendance", deadline=in_days(3), upload_required=False)
    url = reverse("notices:enter_receipt", args=[page.deliveries.get().pk])
    person = {"attendees-0-name": "王五", "attendees-0-position": "经理", "attendees-0-mobile": "13900000000"}
    posted = {"version": 0, "attendees-TOTAL_FORMS": 1, "attendees-INITIAL_FORMS": 0, **person}
    more = client.post(url, {**posted, "add_row": "1"})
    assert (more.status_code, len(more.context["form"].attendees.forms), Receipt.objects.count()) == (200, 2, 0)
    assert client.post(url, posted).status_code == 302
    assert list(Attendee.objects.values_list("name", "mobile")) == [("王五", "+8613900000000")]


def test_what_the_unit_returned_meanwhile_is_not_overwritten(client, editor, deliberation):
    delivery = of(deliberation, "乙检测")
    answer(deliberation, delivery.unit)
    url = reverse("notices:enter_receipt", args=[delivery.pk])
    answered = client.post(url, opinion_on(deliberation, choice="abstain", file=pdf("纸质.pdf")))
    assert (answered.status_code, delivery.receipts.count()) == (409, 1)
    assert answered.context["form"]["version"].value() == 1
    assert client.post(url, opinion_on(deliberation, "abstain", version=1, file=pdf("纸质.pdf"))).status_code == 302
    assert list(delivery.receipts.order_by("version").values_list("origin", flat=True)) == ["portal", "paper"]


def test_what_came_in_time_is_not_replaced_after_the_deadline(client, editor, deliberation):
    delivery = of(deliberation, "乙检测")
    answer(deliberation, delivery.unit)
    Delivery.objects.filter(pk=delivery.pk).update(deadline_override=in_days(-1))
    url = reverse("notices:enter_receipt", args=[delivery.pk])
    page = client.get(url).content.decode()
    assert "该单位的回执已按时提交" in page
    assert f'href="{reverse("notices:extend_deadline", args=[deliberation.pk])}?unit={delivery.unit_id}"' in page
    assert 'name="version"' not in page
    answered = client.post(url, opinion_on(deliberation, "abstain", version=1, file=pdf("纸质.pdf")))
    assert (answered.status_code, delivery.receipts.count()) == (409, 1)
    assert "以该回执为准，不再修改" in answered.content.decode()


def test_a_draft_of_the_unit_is_announced_before_it_goes(client, editor, deliberation):
    delivery, other = of(deliberation, "乙检测"), of(deliberation, "甲建设")
    url = reverse("notices:enter_receipt", args=[delivery.pk])
    words = "该单位存有回执草稿"
    ReceiptDraft.objects.create(delivery=other, saved_by=editor, saved_at=timezone.now())
    assert words not in client.get(url).content.decode()
    ReceiptDraft.objects.create(delivery=delivery, saved_by=editor, saved_at=timezone.now())
    assert words in client.get(url).content.decode()
    client.post(url, opinion_on(deliberation, file=pdf("纸质.pdf")))
    assert [draft.delivery for draft in ReceiptDraft.objects.all()] == [other]


def test_a_notice_that_asks_nothing_takes_no_receipt(client, editor, unit):
    page = sent_to(unit)
    assert client.get(reverse("notices:enter_receipt", args=[page.deliveries.get().pk])).status_code == 404
    assert client.get(reverse("notices:enter_receipt", args=[999999])).status_code == 404


# --- 审议结果 --------------------------------------------------------------------------------------------------------
def test_the_result_page_before_and_after_the_deadline(client, editor, deliberation):
    url = reverse("notices:result", args=[deliberation.pk])
    early = client.get(url).content.decode()
    assert ("截止前以下数字仍会变化" in early, "立即统计" in early) == (True, False)
    before = everything()
    assert client.post(url).status_code == 302
    assert everything() == before
    type(deliberation).objects.filter(pk=deliberation.pk).update(deadline=in_days(-1))
    assert "立即统计" in client.get(url).content.decode()
    assert client.post(url).url == url
    result = DeliberationResult.objects.get()
    shown = client.get(url)
    assert (result.frozen_by, shown.context["rule"].present, shown.context["rule"].entitled) == (editor, 1, 3)
    assert [row["entitled"].unit_name for row in shown.context["rows"]] == sorted(["甲建设", "乙检测", "丙监理"])
    html = shown.content.decode()
    assert ("局外建设" in html, "未通过" in html, "审议结果 XLSX" in html) == (False, True, True)


def test_only_a_deliberation_has_a_result(client, editor, unit):
    page = sent_to(unit, receipt_kind="attendance", deadline=in_days(3))
    assert client.get(reverse("notices:result", args=[page.pk])).status_code == 404
    assert client.get(reverse("notices:result", args=[999999])).status_code == 404


@pytest.mark.parametrize("number", [1, 50])
def test_the_result_runs_a_constant_number_of_queries(client, editor, django_assert_num_queries, number):
    units = [UnitFactory(certified=True) for _number in range(number)]
    page = sent_to(*units, receipt_kind="deliberation", deadline=in_days(3), items=["章程", "会费"])
    for unit in units:
        answer(page, unit)
    type(page).objects.filter(pk=page.pk).update(deadline=in_days(-1))
    page.refresh_from_db()
    tracking.freeze_result(page)
    url = reverse("notices:result", args=[page.pk])
    client.get(url)
    with django_assert_num_queries(22):
        assert len(client.get(url).context["rows"]) == number


# --- Roles ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("group", [*GROUPS, "member", "visitor"])
def test_who_may_do_what(client, deliberation, group):
    receipt, delivery = of(deliberation, "丙监理").receipts.get(), of(deliberation, "乙检测")
    if group == "member":
        client.force_login(receipt.submitted_by)
    elif group != "visitor":
        client.force_login(staff(group))
    pages = {
        "extend": reverse("notices:extend_deadline", args=[deliberation.pk]),
        "paper": reverse("notices:enter_receipt", args=[delivery.pk]),
        "remind": reverse("notices:remind", args=[deliberation.pk]),
    }
    assert {client.get(url).status_code for url in pages.values()} == {200 if group in MANAGERS else 302}
    result = client.get(reverse("notices:result", args=[deliberation.pk]))
    assert result.status_code == (200 if group in {*MANAGERS, "会员审核", "秘书长"} else 302)
    if group in MANAGERS:
        return
    before = everything()
    client.post(pages["extend"], {"until": typed(in_days(9))})
    client.post(pages["paper"], opinion_on(deliberation, file=pdf("纸质.pdf")))
    client.post(reverse("notices:receipt", args=[receipt.pk]), {"reason": "未盖章"})
    client.post(reverse("notices:result", args=[deliberation.pk]))
    assert everything() == before


def test_the_result_is_handed_out_as_a_paper_once_it_is_frozen(client, editor, deliberation):
    url = reverse("notices:result_paper", args=[deliberation.pk])
    assert client.get(url).status_code == 404
    type(deliberation).objects.filter(pk=deliberation.pk).update(deadline=in_days(-1))
    deliberation.refresh_from_db()
    tracking.freeze_result(deliberation)
    answered = client.get(url)
    text = "".join(pdf_text(b"".join(answered.streaming_content)))
    assert (answered["Content-Type"], answered.status_code) == ("application/pdf", 200)
    words = ["审议结果", "关于看板的通知", "甲建设", "乙检测", "丙监理", "章程修订案", "未通过", "局外建设"]
    assert [word in text for word in words] == [True] * 7 + [False]
    assert client.post(url).status_code == 405


@pytest.mark.parametrize("group", ["分会秘书", "财务"])
def test_others_get_no_paper(client, deliberation, group):
    type(deliberation).objects.filter(pk=deliberation.pk).update(deadline=in_days(-1))
    deliberation.refresh_from_db()
    tracking.freeze_result(deliberation)
    client.force_login(staff(group))
    assert client.get(reverse("notices:result_paper", args=[deliberation.pk])).status_code == 302
