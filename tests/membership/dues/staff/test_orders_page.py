"""订单 in the office: who sees it, how orders are found, what stands on the page of one, what leaves as a workbook."""

from decimal import Decimal
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from membership.audit.models import AuditEntry
from membership.dues import actions
from membership.dues.staff import orders
from membership.jobs.models import Job
from membership.units import actions as units
from membership.units.models import Body
from tests.factories import MembershipFactory, UserFactory, clerk
from tests.files import cells, pdf_bytes
from tests.membership.dues.conftest import pay, place
from tests.membership.dues.staff.conftest import EVERYBODY, SEES, browser, facts, member, order_page, page_of
from tests.membership.units.conftest import secretary
from tests.worker import work

pytestmark = pytest.mark.django_db
LIST = "/cms/dues/orders/"


def numbers(client, **query):
    return [order.number for order in client.get(LIST, query).context["object_list"]]


def test_who_sees_orders(ours, outsider, desk):
    order = place(ours.unit, ours.clerk)
    desk.secretary = secretary("quality")
    for name in [*EVERYBODY, "secretary"]:
        client = browser(getattr(desk, name))
        answers = [client.get(LIST), client.get(order_page(order))]
        assert [answer.status_code for answer in answers] == ([200, 200] if name in SEES else [302, 302]), name
        assert [order.number in answer.content.decode() for answer in answers] == [name in SEES] * 2
    for person in (ours.clerk, outsider.clerk):
        assert browser(person).get(order_page(order)).status_code == 302


@pytest.mark.parametrize("name", ["finance", "root"])
def test_orders_are_not_written_there(ours, desk, name):
    order = place(ours.unit, ours.clerk)
    client = browser(UserFactory(root=True) if name == "root" else desk.finance)
    for view, args in (("create", []), ("edit", [order.pk]), ("delete", [order.pk])):
        address = reverse(f"dues_orders_modeladmin_{view}", args=args)
        assert client.post(address, {"amount": "1"}).status_code == 302
    order.refresh_from_db()
    assert (order.amount, order.state) == (2000, "awaiting_payment")
    assert 'name="amount"' not in client.get(order_page(order)).content.decode()


@pytest.fixture
def several(ours, outsider, desk, clock):
    """ours: cancelled in May, then three years paid in part; outsider: paid; a third one late."""
    clock.move_to("2026-04-01T12:00:00+08:00")
    first = place(ours.unit, ours.clerk)
    actions.cancel_order(first, by=ours.clerk)
    third = member("迟缴建设", level="council")
    late = place(third, clerk(third))
    clock.move_to("2026-06-01T12:00:00+08:00")
    part, paid = place(ours.unit, ours.clerk, years=3), place(outsider.unit, outsider.clerk, payer_name="旁观集团财务")
    pay(part, desk.finance, Decimal(1000))
    pay(paid, desk.finance)
    return {"cancelled": first, "late": late, "part": part, "paid": paid}


def test_orders_are_found_by_words_and_filters(several, ours, desk):
    client = browser(desk.finance)

    def found(**query):
        names = {order.number: name for name, order in several.items()}
        return [names[number] for number in numbers(client, **query)]

    assert found() == ["paid", "part", "late", "cancelled"]
    assert found(state="paid") == ["paid"]
    assert found(state="awaiting_payment") == ["part", "late"]
    assert found(only="overdue") == ["late"]
    assert found(only="part_paid") == ["part"]
    branch = Body.objects.get(slug="quality")
    MembershipFactory(unit=ours.unit, body=branch, active=True)
    MembershipFactory(unit=several["paid"].unit, body=branch)  # has applied
    MembershipFactory(unit=several["late"].unit, body=Body.objects.exclude(pk=branch.pk).filter(kind="branch")[0])
    assert found(body=str(branch.pk)) == ["part", "cancelled"]
    assert found(body=str(branch.pk), state="cancelled") == ["cancelled"]
    assert found(year="2028") == ["part"]
    assert found(year="2025") == []
    assert found(level=str(several["late"].level_id)) == ["late"]
    assert found(q="迟缴") == ["late"]
    assert found(q="旁观集团") == ["paid"]
    assert found(q=several["part"].number) == ["part"]
    assert found(q=several["part"].printed_code.lower()) == ["part"]
    assert found(q="没有") == []


@pytest.mark.parametrize(
    "query",
    [
        {"state": "nothing"},
        {"year": "99999999999999999999"},
        {"level": "x"},
        {"only": "0"},
        {"q": "字" * 101},
        {"amount__gt": "1"},
        {"p": "x"},
        {"o": "99"},
    ],
)
def test_what_cannot_be_asked_is_no_error(several, desk, query):
    response = browser(desk.finance).get(LIST, query, follow=True)
    assert response.status_code == 200


def test_what_the_list_shows(several, desk):
    page = page_of(browser(desk.finance).get(LIST))
    rows = [[" ".join(cell.text.split()) for cell in row("td")][1:] for row in page.select("tbody tr")]
    assert rows[1][1:] == [
        "普通会员",
        "2026–2028",
        "6,000.00",
        "1,000.00 不符",
        "待缴费",
        "2026-06-01 12:00",
        "2026-07-01",
    ]
    assert rows[2][-2:] == ["2026-04-01 12:00", "2026-05-01 已逾期"]
    tabs = [" ".join(tab.text.split()) for tab in page.select(".unit-register__tabs a")]
    assert tabs == ["全部订单 4", "待确认 0", "待缴费 2", "已缴费 1"]


@pytest.mark.parametrize("address", [LIST, "/cms/dues/reminder-rules/"])
def test_each_cell_says_what_it_holds_where_rows_are_cards(several, desk, address):
    page = page_of(browser(desk.finance).get(address))
    heads = [" ".join(head.text.split()).lower() for head in page.select(".dues-cards thead th")]
    [first, *_rows] = page.select(".dues-cards tbody tr")
    assert [cell["data-label"].lower() for cell in first("td")] == heads != []


@pytest.mark.parametrize("count", [1, 50])
def test_the_list_costs_the_same_for_one_order_and_fifty(desk, django_assert_num_queries, count):
    for number in range(count):
        unit = member(f"单位{number:02d}")
        order = place(unit, clerk(unit))
        pay(order, desk.finance, Decimal(500))
    client = browser(desk.finance)
    client.get(LIST)
    with django_assert_num_queries(14):
        response = client.get(LIST)
    assert len(response.context["object_list"]) == min(count, 20)


def test_the_page_of_an_order(ours, desk):
    order = place(ours.unit, ours.clerk, years=2, payer_name="示范集团财务公司")
    upload = SimpleUploadedFile("回单.pdf", pdf_bytes(), "application/pdf")
    proof = units.store_document(upload, unit=ours.unit, kind="payment_proof", by=ours.clerk)
    actions.upload_proof(order, by=ours.clerk, document=proof)
    pay(order, desk.finance, Decimal(1500), payer_name="示范集团财务公司", note="首付")
    pay(order, desk.finance, Decimal(2500))
    actions.reverse_payments(order, by=desk.colleague, reason="银行退汇")
    page = page_of(browser(desk.finance).get(order_page(order)))
    told = facts(page)
    assert told["订单金额（元）"] == "4,000.00 肆仟元整"
    assert told["期间"] == "2026-01-01 ～ 2027-12-31"
    assert told["转账单位"] == "示范集团财务公司"
    assert told["转账备注码"] == order.printed_code
    assert told["已冲正"].endswith("银行退汇")
    tables = page.select("table.listing")
    assert [row.td.text for row in tables[0].select("tbody tr")] == ["2026", "2027"]
    amounts = [row("td")[1].text for row in tables[1].select("tbody tr")]
    assert sorted(amounts) == ["-1,500.00", "-2,500.00", "1,500.00", "2,500.00"]
    assert page.select_one("[data-viewer-box]")["aria-label"] == "回单.pdf"
    steps = [step.strong.text for step in page.select(".dues-steps li")]
    assert steps == ["下单", "上传转账凭证", "到账", "到账", "冲正", "冲正", "已冲正"]
    assert [link.text for link in page.select(".unit-register__verbs a")] == []


def test_a_reader_may_open_the_proof_and_not_act(ours, desk):
    order = place(ours.unit, ours.clerk)
    page = page_of(browser(desk.secretary_general).get(order_page(order)))
    assert page.select(".unit-register__verbs") == []
    assert len(page.select("table.listing")) == 2  # with the trail
    mine = page_of(browser(desk.finance).get(order_page(order)))
    assert len(mine.select("table.listing")) == 1  # finance did nothing about it, and reads no trail of others


def test_an_order_that_is_not_there(desk):
    assert browser(desk.finance).get(order_page(type("Nothing", (), {"pk": 999}))).status_code == 404


def workbook(response):
    [rows] = cells(BytesIO(b"".join(response))).values()
    return rows


def test_the_workbook_holds_what_the_list_shows_and_no_formula(several, desk):
    unit = member("=1+1危险")
    place(unit, clerk(unit), payer_name="@SUM(A1)")
    response = browser(desk.secretary_general).get(LIST, {"state": "awaiting_payment", "export": "xlsx"})
    rows = workbook(response)
    assert [row[1] for row in rows[1:]] == ["'=1+1危险", several["part"].unit.name, "迟缴建设"]
    assert [row[7] for row in rows[1:]] == [0, 1000, 0]
    assert rows[1][13] == "'@SUM(A1)"
    entry = AuditEntry.objects.get(verb="dues.export_orders")
    assert (entry.actor, entry.after) == (desk.secretary_general, {"rows": 3})


def test_a_long_workbook_is_made_by_the_worker(several, desk, monkeypatch):
    monkeypatch.setattr(orders, "WHILE_WAITING", 1)
    response = browser(desk.finance).get(LIST, {"state": "awaiting_payment", "year": "2028", "export": "xlsx"})
    assert response.status_code == 200  # one order: at once
    b"".join(response)
    response = browser(desk.finance).get(LIST, {"state": "awaiting_payment", "export": "xlsx"})
    job = Job.objects.get(name="dues.export_orders")
    assert response["Location"] == reverse("job_progress", args=[job.pk])
    work()
    job.refresh_from_db()
    assert (job.state, job.created_by) == ("succeeded", desk.finance)
    with job.result.open("rb") as file:
        [rows] = cells(file).values()
    assert [row[0] for row in rows[1:]] == [several["part"].number, several["late"].number]
