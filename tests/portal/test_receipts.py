"""Returning a receipt over HTTP: what is refused is said in words, nothing is lost, nothing is half-written."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from cms.models import NoticePage
from membership.audit.models import AuditEntry
from membership.tracking import actions
from membership.tracking.forms import MAX_ATTENDEES
from membership.tracking.models import Attendee, Delivery, Opinion, Receipt
from membership.units.actions import store_document
from membership.units.models import Document
from membership.units.states import DocumentKind
from tests.factories import clerk, notice
from tests.files import docx_bytes, heavy_pdf, pdf, pdf_bytes, upload
from tests.portal.conftest import LI, deliberation, deliver, in_days, look, meeting, opinions, rows

pytestmark = pytest.mark.django_db


class Asked:
    """A notice delivered to our unit and to the outsider, with the addresses of ours."""

    def __init__(self, page, unit):
        self.page = page
        self.delivery = deliver(page)[unit]
        self.url = f"/portal/messages/{self.delivery.pk}/"
        self.submit, self.done = f"{self.url}receipt/", f"{self.url}receipt/done/"
        self.items = list(page.agenda_items.all())

    def answers(self, version=0, **more):
        return {"version": version, **opinions(self.page), **more}


@pytest.fixture
def asked(ours, outsider):
    return Asked(deliberation(upload_required=True), ours.unit)


@pytest.fixture
def invited(ours, outsider):
    return Asked(meeting(), ours.unit)


def written():
    """All that a receipt writes; the same before and after a refusal."""
    return (
        list(Delivery.objects.order_by("pk").values()),
        list(Receipt.objects.order_by("pk").values()),
        list(Opinion.objects.order_by("pk").values()),
        list(Attendee.objects.order_by("pk").values()),
        list(AuditEntry.objects.exclude(verb="units.store_document").order_by("pk").values()),
    )


def refused(client, asked, data, status=422):
    """Post what must be refused; the page that answers. Nothing of the receipt has changed."""
    before = written()
    response = client.post(asked.submit, data)
    assert response.status_code == status
    assert written() == before
    return BeautifulSoup(response.content, "html.parser")


def summary(page):
    """The error summary: [(link, words)]."""
    return [(item.a["href"] if item.a else "", item.text) for item in page.select("#error-summary li")]


def chosen(page):
    """{name: value} of the radio buttons that are ticked."""
    return {radio["name"]: radio["value"] for radio in page.select("input[type=radio][checked]")}


def cells(page, name):
    return [cell.get("value", "") for cell in page.select(f"tbody [data-rows-row] input[name$=-{name}]")]


# --- Files ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (
            lambda: upload("回执.pdf", docx_bytes(), "application/pdf"),
            "“回执.pdf”不符合要求：文件必须是真正的 PDF 文件，不能只更改扩展名",
        ),
        (lambda: pdf(password="1234"), "文件“回执.pdf”有密码保护，请取消密码后上传"),
        (lambda: upload("回执.pdf", b"", "application/pdf"), "文件“回执.pdf”是空的"),
        (lambda: pdf(pages=0), "PDF 文件“回执.pdf”已损坏或没有页面，请重新扫描或导出后上传"),
        (lambda: heavy_pdf(21), "文件“大文件.pdf”超过 20 MB，文件必须小于 20 MB"),
        (lambda: None, "请上传盖章扫描的 PDF 回执文件"),
    ],
    ids=["docx", "encrypted", "empty", "no-page", "21MB", "missing"],
)
def test_a_bad_file_is_refused_in_words_and_the_answers_stay(ours, asked, make, words):
    file = make()
    page = refused(ours.client, asked, asked.answers(**({"file": file} if file else {})))

    assert summary(page) == [("#id_file", words)]
    assert page.select_one("#id_file_error").get_text(" ", strip=True) == f"错误： {words}"
    assert page.title.text.startswith("错误：")
    assert chosen(page) == opinions_only(asked)
    assert Document.objects.count() == 0
    assert AuditEntry.objects.filter(verb="units.store_document").count() == 0


def opinions_only(asked, choice="agree"):
    return {f"opinion_{item.pk}": choice for item in asked.items}


def test_an_upload_survives_the_refusal_of_the_rest(ours, asked):
    page = refused(ours.client, asked, {"version": 0, "file": pdf("盖章.pdf")})
    document = Document.objects.get()
    assert page.select_one("input[name=document]")["value"] == str(document.pk)
    assert page.select_one("#receipt-form .files .file__name").contents[0] == "盖章.pdf"

    response = ours.client.post(asked.submit, asked.answers(document=str(document.pk)))
    assert (response.status_code, response["Location"]) == (302, asked.done)
    assert Receipt.objects.get().document == document == Document.objects.get()


def test_the_document_of_another_unit_is_no_file(ours, outsider, asked):
    theirs = store_document(pdf(), unit=outsider.unit, kind=DocumentKind.RECEIPT, by=outsider.user)
    page = refused(ours.client, asked, asked.answers(document=str(theirs.pk)))
    assert summary(page) == [("#id_file", "请上传盖章扫描的 PDF 回执文件")]
    assert page.select("input[name=document]") == []


# --- Opinions -------------------------------------------------------------------------------------------------------


def test_a_missing_opinion_is_named_and_linked(ours, asked):
    first, second = asked.items
    page = refused(ours.client, asked, {"version": 0, f"opinion_{first.pk}": "abstain", "file": pdf()})
    assert summary(page) == [(f"#id_opinion_{second.pk}_0", "请选择对“增补理事”的审议意见")]
    assert chosen(page) == {f"opinion_{first.pk}": "abstain"}


def test_an_item_of_another_notice_is_refused(ours, asked):
    foreign = deliberation().agenda_items.first()
    page = refused(ours.client, asked, asked.answers(file=pdf(), **{f"opinion_{foreign.pk}": "agree"}))
    assert summary(page) == [("", "审议事项在您打开页面后有变更，请重新核对后提交")]
    assert chosen(page) == opinions_only(asked)


def test_a_notice_corrected_meanwhile_is_read_again_before_it_is_answered(ours, asked):
    """The page that was open knows the text before; the next try is made from the new one."""
    opened = look(ours.client, asked.url).select_one("#receipt-form [name=edition]")["value"]
    NoticePage.objects.update(correction="地点改为三号会议室", corrected_at=timezone.now())

    page = refused(ours.client, asked, asked.answers(file=pdf(), edition=opened))

    assert summary(page) == [("", "通知在您打开页面后有更正，请重新阅读后再提交")]
    assert "地点改为三号会议室" in page.select_one(".callout").text
    assert chosen(page) == opinions_only(asked)
    form = page.select_one("#receipt-form")
    again = {name: form.select_one(f"[name={name}]")["value"] for name in ("edition", "document")}
    assert ours.client.post(asked.submit, asked.answers(**again)).url == asked.done


def test_disagreeing_without_a_reason_is_refused_at_its_field(ours, asked):
    first, second = asked.items
    data = asked.answers(file=pdf(), **{f"opinion_{second.pk}": "disagree"})
    page = refused(ours.client, asked, data)
    assert summary(page) == [(f"#id_comment_{second.pk}", "选择“不同意”时请填写意见说明")]
    assert chosen(page) == {f"opinion_{first.pk}": "agree", f"opinion_{second.pk}": "disagree"}


@pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "\x00"])
def test_a_form_that_does_not_say_what_it_was_made_from_is_refused(ours, asked, version):
    page = refused(ours.client, asked, asked.answers(version=version, file=pdf()))
    assert summary(page) == [("", "页面已过期，请刷新后核对填写内容并重新提交回执")]


# --- Attendees ------------------------------------------------------------------------------------------------------


def test_a_bad_mobile_in_row_seven_is_said_at_its_cell(ours, invited):
    people = [LI | {"name": f"甲{n}"} for n in range(1, 10)]
    people[6] = people[6] | {"mobile": "0755-123"}
    page = refused(ours.client, invited, {"version": 0, **rows(*people)})

    assert summary(page) == [("#id_attendees-6-mobile", "第 7 行：请填写 11 位手机号码")]
    assert cells(page, "name") == [f"甲{n}" for n in range(1, 10)]
    assert cells(page, "mobile")[6] == "0755-123"
    bad = page.select("[data-rows-row] .is-invalid")
    assert [cell["id"] for cell in bad] == ["id_attendees-6-mobile"]


def test_more_attendees_than_allowed_all_come_back(ours, invited):
    page = refused(ours.client, invited, {"version": 0, **rows(*[LI] * (MAX_ATTENDEES + 1))})
    assert summary(page) == [("", "参会人员最多 50 人。")]
    assert len(cells(page, "name")) == MAX_ATTENDEES + 1


def test_forged_keys_and_counts_of_rows_touch_nothing(ours, outsider, invited):
    theirs = Asked(meeting(), outsider.unit)
    outsider.client.post(theirs.submit, {"version": 0, **rows(LI | {"name": "外人"})})
    foreign = Attendee.objects.get()
    forged = rows(LI) | {
        "attendees-INITIAL_FORMS": 1,
        "attendees-0-id": foreign.pk,
        "attendees-0-receipt": foreign.receipt_id,
        "attendees-MIN_NUM_FORMS": 0,
    }
    assert ours.client.post(invited.submit, {"version": 0, **forged}).status_code == 302
    foreign.refresh_from_db()
    assert foreign.name == "外人"
    assert list(Receipt.objects.get(delivery=invited.delivery).attendees.values_list("name", flat=True)) == ["李四"]


def test_nobody_is_no_attendance(ours, invited):
    page = refused(ours.client, invited, {"version": 0, **rows({})})
    assert summary(page) == [("", "请至少填写 1 位参会人员")]


def test_without_scripts_the_button_adds_a_row_and_keeps_everything(ours, invited):
    before = written()
    response = ours.client.post(
        invited.submit, {"version": 0, **rows({"name": "王五"}), "add_row": "1", "file": pdf("参会表.pdf")}
    )
    page = BeautifulSoup(response.content, "html.parser")

    assert response.status_code == 200
    assert written() == before
    assert cells(page, "name") == ["王五", ""]
    assert summary(page) == []
    assert page.select_one("[name=add_row]").name == "button"
    document = page.select_one("input[name=document]")["value"]

    data = {"version": 0, **rows(LI, LI | {"name": "王五"}), "document": document}
    assert ours.client.post(invited.submit, data)["Location"] == invited.done
    receipt = Receipt.objects.get()
    assert [a.name for a in receipt.attendees.all()] == ["李四", "王五"]
    assert str(receipt.document_id) == document


# --- Deadline and recall --------------------------------------------------------------------------------------------


def test_after_the_deadline_nothing_is_written_and_what_was_typed_is_shown(ours, asked):
    form = look(ours.client, asked.url)
    assert form.select_one("#receipt-form") is not None
    kept = store_document(pdf("盖章.pdf"), unit=ours.unit, kind=DocumentKind.RECEIPT, by=ours.user)
    NoticePage.objects.filter(pk=asked.page.pk).update(deadline=timezone.now() - timedelta(seconds=1))
    first, _second = asked.items

    data = asked.answers(document=str(kept.pk), file=pdf(), **{f"comment_{first.pk}": "已征求意见"})
    page = refused(ours.client, asked, data, status=409)

    assert page.select_one("#receipt-form .banner-warn").p.text.startswith("回执已于 ")
    assert chosen(page) == opinions_only(asked)
    assert page.select_one(f"#id_comment_{first.pk}").text.strip() == "已征求意见"
    assert page.select_one("#receipt-form .file__name").contents[0] == "盖章.pdf"
    assert page.select_one("#receipt-form > .card__body > fieldset").has_attr("disabled")
    assert page.select("#receipt-form button[data-confirm]") == []
    assert summary(page) == []
    assert list(Document.objects.all()) == [kept]


def test_after_the_deadline_attendees_stay_on_the_page(ours, invited):
    NoticePage.objects.filter(pk=invited.page.pk).update(deadline=in_days(-1))
    page = refused(ours.client, invited, {"version": 0, **rows(LI, {"name": "王五"})}, status=409)
    assert cells(page, "name") == ["李四", "王五"]


def test_a_recalled_notice_takes_no_receipt(ours, asked):
    actions.recall(asked.page)
    page = refused(ours.client, asked, asked.answers(file=pdf()), status=409)
    assert page.select_one("[role=alert]").get_text(" ", strip=True) == "回执未提交 该通知已撤回，无需回执。"
    assert Document.objects.count() == 0


def test_a_notice_that_asks_for_nothing_takes_no_receipt(ours, outsider):
    plain = Asked(notice(), ours.unit)
    page = refused(ours.client, plain, {"version": 0}, status=409)
    assert page.select_one("[role=alert]").get_text(" ", strip=True) == "回执未提交 此通知无需回执。"


# --- Twice, together, again -----------------------------------------------------------------------------------------


def test_the_same_button_twice_leads_to_the_same_page(ours, asked):
    file = pdf_bytes()
    for _press in range(2):
        response = ours.client.post(asked.submit, asked.answers(file=upload("回执.pdf", file, "application/pdf")))
        assert (response.status_code, response["Location"]) == (302, asked.done)
    assert Receipt.objects.count() == 1
    assert AuditEntry.objects.filter(verb="tracking.submit_receipt").count() == 1


def test_a_colleague_who_comes_second_sees_both_and_may_then_replace(ours, asked):
    ours.client.post(asked.submit, asked.answers(file=pdf("甲.pdf")))
    colleague = Client()
    colleague.force_login(clerk(ours.unit, duty="agent", name="王五"))
    first, second = asked.items
    late = asked.answers(file=pdf("乙.pdf", pages=2), **{f"opinion_{second.pk}": "abstain"})

    page = refused(colleague, asked, late, status=409)

    alert = page.select_one("[role=alert]").get_text(" ", strip=True)
    assert alert.startswith("回执未提交 李四 已于 ")
    stands = [[cell.text for cell in row.select("th, td")] for row in page.select("#receipt tbody tr")]
    assert stands == [["修订章程", "同意", ""], ["增补理事", "同意", ""]]
    assert chosen(page) == {f"opinion_{first.pk}": "agree", f"opinion_{second.pk}": "abstain"}
    assert page.select_one("#receipt-form input[name=version]")["value"] == "1"

    again = {name: value for name, value in late.items() if name != "file"}
    again |= {"version": 1, "document": page.select_one("#receipt-form input[name=document]")["value"]}
    assert colleague.post(asked.submit, again)["Location"] == asked.done
    assert [(r.version, r.superseded_at is None) for r in Receipt.objects.order_by("version")] == [
        (1, False),
        (2, True),
    ]


def test_a_receipt_can_be_revised_until_the_deadline_and_every_version_is_kept(ours, asked):
    first, second = asked.items
    ours.client.post(asked.submit, asked.answers(file=pdf()))
    shown = look(ours.client, asked.url)
    assert shown.select("#receipt-form") == []
    assert shown.select_one("#receipt a.btn[href$='#receipt-form']").text.strip() == "修改回执"

    form = look(ours.client, f"{asked.url}?revise=1")
    assert chosen(form) == opinions_only(asked)
    document = form.select_one("#receipt-form input[name=document]")["value"]
    changed = asked.answers(version=1, document=document, **{f"opinion_{first.pk}": "abstain"})
    assert ours.client.post(asked.submit, changed)["Location"] == asked.done

    versions = Receipt.objects.order_by("version")
    assert [{o.item_id: o.choice for o in receipt.opinions.all()} for receipt in versions] == [
        {first.pk: "agree", second.pk: "agree"},
        {first.pk: "abstain", second.pk: "agree"},
    ]
    assert [receipt.superseded_at is None for receipt in versions] == [False, True]
    assert "第 2 版" in look(ours.client, asked.url).select_one("#receipt").text
    assert AuditEntry.objects.filter(verb="tracking.submit_receipt").count() == 2

    NoticePage.objects.filter(pk=asked.page.pk).update(deadline=in_days(-1))
    late = look(ours.client, f"{asked.url}?revise=1")
    assert (late.select("#receipt-form"), late.select("#receipt a.btn[href$='#receipt-form']")) == ([], [])
    refused(ours.client, asked, changed | {"version": 2}, status=409)


def test_the_confirmation_needs_a_receipt_and_a_standing_notice(ours, asked):
    assert ours.client.get(asked.done)["Location"] == asked.url
    ours.client.post(asked.submit, asked.answers(file=pdf()))
    shown = look(ours.client, asked.done)
    assert [link.text.strip() for link in shown.select(".form-actions a")][-1] == "返回消息列表"
    facts = {row.dt.text: row.dd.text.strip() for row in shown.select("dl > div")}
    assert list(facts) == ["回执编号", "提交时间", "提交人", "可修改至"]
    assert (facts["回执编号"], facts["提交人"]) == (asked.delivery.receipt_number, "李四")
    actions.recall(asked.page)
    assert ours.client.get(asked.done)["Location"] == asked.url
