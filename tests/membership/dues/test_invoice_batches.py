"""Files of many invoices at once: each finds its order or is named with the reason; nothing that fits is lost."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from membership.audit.models import AuditEntry
from membership.dues import actions
from membership.dues.actions.invoice_batches import FILES_AT_ONCE
from membership.dues.invoice_facts import Facts, facts_of_name, facts_of_xml, same_name
from membership.dues.models import DuesOrder, Invoice
from membership.units.models import Document
from tests.files import cells, docx_bytes, einvoice_xml, ofd_bytes, pdf_bytes, upload
from tests.membership.dues.conftest import issue, pay, place, refused_with

pytestmark = pytest.mark.django_db

NUMBER, OTHER = "26512000000012345678", "26512000000012345679"
DAY = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-06-10T12:00:00+08:00", tick=False) as traveller:
        yield traveller


def paid(member, desk, **fields):
    order = place(member.unit, member.clerk, **fields)
    pay(order, desk.finance)
    return order


@pytest.fixture
def order(ours, desk):
    return paid(ours, desk)


def xml(order, number=NUMBER, **fields):
    return einvoice_xml(**{"number": number, "buyer": order.invoice_title, "amount": f"{order.amount}"} | fields)


def ofd(name, letter="a"):
    return upload(name, ofd_bytes(**{"content.txt": letter}))


def file(desk, *files):
    return actions.file_invoices(list(files), by=desk.finance, issued_on=DAY)


def only_refused(outcome):
    """What was refused, when nothing else happened."""
    assert (outcome.issued, outcome.added, outcome.kept) == ([], [], [])
    assert not Document.objects.filter(kind="invoice").exists()
    return [(row["name"], row["problem"]) for row in outcome.refused]


# --- What a file says -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "facts"),
    [
        (f"DD2026000001_{NUMBER}.pdf", Facts(order="DD2026000001", number=NUMBER)),
        (f"dzfp_{NUMBER}_示范公司_20260601120000.pdf", Facts(number=NUMBER, day=DAY)),
        ("ｄｄ２０２６０００００１.ofd", Facts(order="DD2026000001")),
        ("DD2026000001-0012345678.pdf", Facts(order="DD2026000001", fiscal="0012345678")),
        ("DD20260000012.pdf", Facts()),
        (f"{NUMBER}1.pdf", Facts()),
        ("发票_20261301120000.pdf", Facts()),
        ("会费发票.pdf", Facts()),
    ],
)
def test_facts_by_name(name, facts):
    assert facts_of_name(name) == facts


def test_facts_by_content():
    known = facts_of_xml(einvoice_xml(NUMBER, "示范公司", "2,000.00", "2026-06-02 10:00:00"))
    assert known == Facts(number=NUMBER, buyer="示范公司", amount=Decimal(2000), day=date(2026, 6, 2))
    fiscal = (
        b'<?xml version="1.0"?><EInvoice><EInvoiceNumber>0012345678</EInvoiceNumber><PayerPartyName>A</PayerPartyName>'
        b"<TotalAmount>6000</TotalAmount><IssueDate>20260602</IssueDate></EInvoice>"
    )
    assert facts_of_xml(fiscal) == Facts(number="0012345678", buyer="A", amount=Decimal(6000), day=date(2026, 6, 2))


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1E+999999999", "免税", ""])
def test_amounts_that_are_none_are_not_taken_for_zero(amount):
    assert facts_of_xml(einvoice_xml(amount=amount)).amount is None


def test_titles_are_compared_without_width_case_and_blanks():
    assert same_name("示范（四川）Co.  Ltd", "示范(四川)CO. LTD")
    assert not same_name("示范建设集团", "示范建设")


# --- What becomes of it ---------------------------------------------------------------------------------------------
def test_files_of_one_number_find_their_order_by_title_and_amount(order, outsider, desk):
    other = paid(outsider, desk)
    outcome = file(
        desk,
        upload(f"dzfp_{NUMBER}_甲_20260602120000.pdf", pdf_bytes()),
        ofd(f"dzfp_{NUMBER}_甲_20260602120000.ofd"),
        upload("dzfp.xml", xml(order)),
        upload("另一张.xml", xml(other, OTHER, day="2026-06-03")),
    )
    assert (outcome.added, outcome.kept, outcome.refused) == ([], [], [])
    found = [(i.order, i.number, i.issued_on, sorted(f.ending for f in i.files.all())) for i in outcome.issued]
    assert found == [
        (order, NUMBER, date(2026, 6, 2), ["OFD", "PDF", "XML"]),
        (other, OTHER, date(2026, 6, 3), ["XML"]),
    ]
    assert {i.amount for i in outcome.issued} == {order.amount}


def test_the_number_of_the_order_in_the_name_is_enough_and_the_day_is_that_of_the_form(order, desk):
    outcome = file(desk, ofd(f"{order.number}_{NUMBER}.ofd"), ofd(f"{NUMBER}.ofd", "b"))
    [made] = outcome.issued
    assert (made.order, made.issued_on, made.files.count()) == (order, DAY, 2)


def test_what_lacks_a_number_is_kept_with_its_order(order, desk):
    outcome = file(desk, ofd(f"{order.number}.ofd"), ofd(f"{order.number}(1).ofd", "b"))
    [kept] = outcome.kept
    assert (kept.order, len(kept.documents), kept.problem) == (order, 2, "文件名与文件内容中均未见发票号码。")
    assert (outcome.issued, outcome.refused, Invoice.objects.count()) == ([], [], 0)
    [again] = file(desk, ofd(f"{order.number}.ofd")).kept
    assert again.documents[0] in kept.documents
    made = issue(order, desk.finance, NUMBER, kept.documents)
    assert made.files.count() == 2


def test_a_fiscal_receipt_has_ten_digits_in_its_name(ours, desk):
    order = paid(ours, desk, invoice_kind="fiscal")
    [made] = file(desk, ofd(f"{order.number}_0012345678.ofd")).issued
    assert (made.number, made.kind) == ("0012345678", "fiscal")


def test_ten_digits_are_no_number_of_an_electronic_invoice(order, desk):
    [kept] = file(desk, ofd(f"{order.number}_0012345678.ofd")).kept
    assert kept.facts.number == ""


def test_files_that_come_later_are_added_once(order, desk):
    made = issue(order, desk.finance, NUMBER)
    outcome = file(desk, ofd(f"{NUMBER}.ofd"), ofd("again_" + NUMBER + ".ofd"))
    assert ([added.invoice for added in outcome.added], len(outcome.refused)) == ([made], 1)
    again = file(desk, ofd(f"{NUMBER}.ofd"))
    assert (again.added, [row["problem"] for row in again.refused]) == ([], ["该发票已有此文件。"])
    assert made.files.count() == 2


def test_one_bad_file_stops_no_other(order, desk):
    outcome = file(
        desk,
        ofd(f"{order.number}_{NUMBER}.ofd"),
        upload(f"{order.number}.pdf", docx_bytes()),
        upload("setup.exe", b"MZ" + b"\0" * 80),
        upload("会费发票.pdf", pdf_bytes()),
    )
    assert [made.order for made in outcome.issued] == [order]
    assert [row["name"] for row in outcome.refused] == [f"{order.number}.pdf", "setup.exe", "会费发票.pdf"]
    assert "文件必须是真正的 PDF / OFD / XML 文件" in outcome.refused[1]["problem"]
    assert Document.objects.filter(kind="invoice").count() == 1


def test_an_invoice_for_other_money_or_another_buyer_goes_nowhere(order, desk):
    name = f"{order.number}.xml"
    refused = only_refused(file(desk, upload(name, xml(order, amount="1999.99"))))
    assert refused == [(name, f"发票金额为1999.99元，订单{order.number}金额为2000.00元，不一致。")]
    [(_name, problem)] = only_refused(file(desk, upload(name, xml(order, amount="-2000.00"))))
    assert "-2000.00" in problem
    [(_name, problem)] = only_refused(file(desk, upload(name, xml(order, buyer="别的公司"))))
    assert problem == f"发票抬头为“别的公司”，订单{order.number}的抬头为“{order.invoice_title}”，不一致。"


def test_files_that_contradict_each_other_are_refused_together(order, desk):
    files = [upload(f"{order.number}_{OTHER}.ofd", ofd_bytes()), upload(f"{order.number}.xml", xml(order))]
    refused = only_refused(file(desk, *files))
    assert [problem for _name, problem in refused] == [f"同一张发票的文件内容不一致：{NUMBER}、{OTHER}。"] * 2


def test_two_orders_with_the_same_title_and_amount_are_left_to_a_person(order, outsider, desk):
    paid(outsider, desk, invoice_title=order.invoice_title)
    [(_name, problem)] = only_refused(file(desk, upload("a.xml", xml(order))))
    assert "待开票订单有2个" in problem


@pytest.mark.parametrize("state", ["awaiting", "reversed", "invoiced", "voided", "unknown"])
def test_orders_that_wait_for_no_invoice(order, ours, desk, state):
    name = f"{order.number}_{NUMBER}.ofd"
    if state == "awaiting":
        actions.reverse_payments(order, by=desk.finance, reason="退汇")
        name = f"{place(ours.unit, ours.clerk).number}_{NUMBER}.ofd"
    if state == "reversed":
        actions.reverse_payments(order, by=desk.finance, reason="退汇")
    if state == "invoiced":
        issue(order, desk.finance, OTHER)
    if state == "voided":
        reversed_by = {"reason": "开票有误", "red_number": "26512000000099999999"}
        actions.void_invoice(issue(order, desk.finance, NUMBER), by=desk.finance, **reversed_by)
    if state == "unknown":
        name = f"DD2026999999_{NUMBER}.ofd"
    before = list(Invoice.objects.values())
    outcome = file(desk, ofd(name))
    assert (outcome.issued, outcome.added, outcome.kept, len(outcome.refused)) == ([], [], [], 1)
    assert list(Invoice.objects.values()) == before


def test_how_many_and_who(order, ours, outsider, desk):
    refused_with("no_file", lambda: file(desk))
    refused_with("too_many", lambda: file(desk, *[ofd(f"{n}.ofd") for n in range(FILES_AT_ONCE + 1)]))
    for person in (ours.clerk, outsider.clerk, desk.secretary_general, desk.reviewer, desk.editor):
        with pytest.raises(PermissionDenied):
            actions.file_invoices([ofd(f"{order.number}_{NUMBER}.ofd")], by=person, issued_on=DAY)
    assert not Document.objects.filter(kind="invoice").exists()


# --- The list for whoever issues them -------------------------------------------------------------------------------
def test_the_list_has_fixed_columns_and_no_formula(ours, outsider, desk):
    account = {"bank_name": "示范银行", "bank_account": "622200", "reg_address": "成都", "reg_phone": "028-1"}
    order = paid(ours, desk, years=3, invoice_title="=1+1", remark="项目 2026-01", **account)
    plain = paid(outsider, desk, invoice_kind="fiscal")
    waiting = DuesOrder.objects.awaiting_invoice().order_by("pk")
    with actions.export_awaiting_invoice(waiting, by=desk.finance) as workbook:
        title, *lines = cells(workbook)["待开票"]
    assert title == [
        "订单号",
        "抬头",
        "税号",
        "金额",
        "项目",
        "票据类型",
        "地址电话",
        "开户行账号",
        "邮箱",
        "手机",
        "备注",
    ]
    assert lines[0][:6] == [order.number, "'=1+1", order.tax_no, 6000, "会费 2026-2028", "数电普票"]
    account = ["成都 028-1", "示范银行 622200", "caiwu@example.com", "13811138111", f"项目 2026-01；{ours.unit.name}"]
    assert lines[0][6:] == account
    assert (lines[1][0], lines[1][4], lines[1][10]) == (plain.number, "会费 2026", None)
    assert AuditEntry.objects.get(verb="dues.export_awaiting_invoice").after == {"rows": 2}
    for person in (desk.secretary_general, ours.clerk, desk.reviewer):
        with pytest.raises(PermissionDenied):
            actions.export_awaiting_invoice(waiting, by=person)
