"""对账导入 and 未匹配流水 as finance works with them, as the secretary-general reads them, and closed to all others."""

from decimal import Decimal

import pytest
from django.test import Client

from membership.dues import actions
from membership.dues.models import BankEntry, BankStatement, Payment
from membership.jobs.models import Job
from tests.files import upload
from tests.membership.dues.bank import booked, entry, even, newest, row, table, uploaded
from tests.membership.dues.conftest import place, snapshot, years_of
from tests.worker import work

pytestmark = pytest.mark.django_db

STATEMENTS, DESK = "/cms/bank/statements/", "/cms/bank/desk/"
FULL = Decimal("2000.00")


@pytest.fixture
def finance(client, desk):
    client.force_login(desk.finance)
    return desk.finance


@pytest.fixture
def worker_elsewhere(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def page(statement, part=""):
    return f"{STATEMENTS}{statement.pk}/{part}"


def at(credit, part=""):
    return f"{DESK}{credit.pk}/{part}"


def said(response):
    return [str(message).strip() for message in response.context["messages"]]


def html(response):
    return response.content.decode()


# --- The way of a statement -----------------------------------------------------------------------------------------
def test_statement_is_uploaded_watched_looked_at_and_booked(client, finance, ours, worker_elsewhere):
    order = place(ours.unit, ours.clerk)
    rows = [row(memo=order.remittance_code), row("77.00"), row("两千"), row("", debit="5.00")]
    response = client.post(STATEMENTS, {"file": table(*rows)})
    statement = BankStatement.objects.get()
    assert (response.status_code, response["Location"]) == (302, page(statement))
    assert f'data-progress="/cms/jobs/{statement.job_id}/part/"' in html(client.get(page(statement)))
    work()
    shown = client.get(page(statement))
    assert [(item["key"], item["count"], item["yuan"]) for item in shown.context["counts"]] == [
        ("matched", 1, "2,000.00"), ("suggested", 0, "0.00"), ("mismatch", 0, "0.00"), ("unmatched", 1, "77.00"),
        ("known", 0, "0.00"),
    ]  # fmt: skip
    assert "收款 2 笔，合计 2,077.00 元：新增 2 笔，已有 0 笔。另有支出 1 笔，不处理。" in html(shown)
    assert ("“两千”不是金额。" in html(shown), "确认入账" in html(shown)) == (True, True)
    assert [line["number"] for line in client.get(page(statement), {"rows": "unmatched"}).context["rows"]] == [3]
    assert [line["number"] for line in client.get(page(statement), {"rows": "'--"}).context["rows"]] == [2]

    assert client.post(page(statement, "confirm/"))["Location"] == page(statement)
    assert "正在入账" in html(client.get(page(statement))) or "入账中" in html(client.get(page(statement)))
    work()
    result = client.get(page(statement))
    assert [yuan for _label, yuan in result.context["sums"]] == ["0.00", "2,000.00", "77.00", "0.00", "0.00"]
    assert (result.context["total"], result.context["is_even"]) == ("2,077.00", True)
    assert years_of(ours.unit) == [2026]
    even()


def test_same_file_again_says_that_nothing_is_new(client, finance):
    booked(finance, row(), row("5.00"))
    client.post(STATEMENTS, {"file": table(row(), row("5.00"))})
    shown = html(client.get(page(newest())))
    assert ("新增 0 笔，已有 2 笔" in shown, "confirm/" in shown) == (True, False)
    assert said(client.post(page(newest(), "confirm/"), follow=True)) == ["此文件中的收款流水均已导入，没有新增。"]


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (None, "请选择银行流水文件。"),
        (lambda: upload("a.csv", b""), "文件为空。"),
        (lambda: upload("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600), "这是旧版 Excel 文件"),
        (lambda: upload("a.xlsx", b"\0\1\2"), "无法识别为表格"),
    ],
    ids=["none", "empty", "old", "binary"],
)
def test_unusable_file_is_refused_beside_the_field(client, finance, file, sentence):
    response = client.post(STATEMENTS, {"file": file()} if file else {})
    assert response.status_code == 422
    [problem] = response.context["form"].errors["file"]
    assert problem.startswith(sentence)
    assert (BankStatement.objects.count(), Job.objects.count()) == (0, 0)


def test_columns_are_chosen_on_the_first_rows(client, finance, ours):
    order = place(ours.unit, ours.clerk)
    rows = [["2026-06-01", order.remittance_code, "2000.00"], ["2026-06-02", "", "5.00"]]
    client.post(STATEMENTS, {"file": table(*rows, head=["甲", "乙", "丙"])})
    statement = newest()
    assert "未找到表头行。" in html(client.get(page(statement)))
    form = html(client.get(page(statement, "columns/")))
    assert (form.count("<select"), "2000.00" in form) == (3, True)
    wrong = [
        ({}, "请指定表头所在的行。"),
        ({"header_row": "1"}, "请指定交易日期列。"),
        ({"header_row": "1", "column-1": "date"}, "请指定收入金额列"),
        ({"header_row": "1", "column-1": "date", "column-2": "date"}, "有两列都指定为“交易日期”"),
        ({"header_row": "1", "column-1": "date", "column-2": "amount", "column-3": "credit"}, "只能指定其一"),
        ({"header_row": "x", "column-1": "\0", "column-3": "credit"}, "请从列表中选择。"),
    ]
    for posted, sentence in wrong:
        response = client.post(page(statement, "columns/"), posted)
        assert (response.status_code, sentence in html(response)) == (422, True)
    kept = html(client.post(page(statement, "columns/"), {"header_row": "1", "column-1": "date"}))
    assert '<option value="date" selected>' in kept
    chosen = {"header_row": "1", "column-1": "date", "column-2": "memo", "column-3": "credit"}
    client.post(page(statement, "columns/"), chosen)
    statement.refresh_from_db()
    assert (statement.state, statement.credit_total, statement.columns["memo"]) == ("read", Decimal("2005.00"), [2])


def test_file_without_titles_is_read_from_its_first_row(client, finance):
    client.post(STATEMENTS, {"file": table(["2026-06-02", "5.00", "甲"], head=["2026-06-01", "2000.00", "乙"])})
    chosen = {"header_row": "0", "column-1": "date", "column-2": "credit", "column-3": "payer"}
    client.post(page(newest(), "columns/"), chosen)
    assert (newest().state, newest().credit_count) == ("read", 2)


# --- The desk -------------------------------------------------------------------------------------------------------
def test_desk_lists_by_state_and_narrows(client, finance, ours):
    order = place(ours.unit, ours.clerk)
    booked(
        finance,
        row(memo=order.remittance_code, day="2026-06-01"),
        row("77.00", payer="甲公司", memo="培训费", account="622001", serial="S1", day="2026-06-02"),
        row("88.00", payer="乙公司", day="2026-06-03", serial="S2"),
    )

    def listed(**asked):
        return [line.figures for line in client.get(DESK, asked).context["entries"]]

    assert listed() == ["88.00", "77.00"]
    assert listed(state="matched") == ["2,000.00"]
    assert listed(state="all") == ["88.00", "77.00", "2,000.00"]
    for words in ("甲公司", "培训", "622001", "S1", "77", "７７.00"):
        assert listed(q=words, state="all") == ["77.00"], words
    assert listed(**{"from": "2026-06-02", "to": "2026-06-02"}) == ["77.00"]
    assert listed(**{"from": "2026-13-01", "to": "x", "state": "nonsense", "p": "9"}) == ["88.00", "77.00"]
    assert listed(q="甲" * 500) == []
    tabs = {key: number for key, _label, number, _active in client.get(DESK).context["tabs"]}
    assert (tabs["desk"], tabs["unmatched"], tabs["matched"], tabs["all"]) == (2, 2, 1, 3)
    sums = [yuan for _label, yuan in client.get(DESK).context["balance"]]
    assert sums == ["2,165.00", "2,000.00", "165.00", "0.00", "0.00"]


def test_suggestion_is_accepted_with_one_click(client, finance, ours):
    order = place(ours.unit, ours.clerk)
    credit = entry(finance, payer=order.payer_name)
    assert 'value="2000.00"' in html(client.get(DESK))
    click = {"order": order.pk, "yuan": "2000.00", "rest": "2000.00"}
    response = client.post(at(credit, "accept/"), click, follow=True)
    assert said(response) == [f"已为订单 {order.number} 入账 2,000.00 元。"]
    assert years_of(ours.unit) == [2026]
    again = client.post(at(credit, "accept/"), click, follow=True)
    assert said(again) == ["其他同事刚刚处理过此笔流水，请刷新页面。"]
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    "posted", [{}, {"order": "x", "yuan": "\0", "rest": "9" * 5000}, {"order": 9**30, "yuan": "1"}]
)
def test_click_that_is_none_changes_nothing(client, finance, ours, posted):
    order = place(ours.unit, ours.clerk)
    credit = entry(finance, payer=order.payer_name)
    before = snapshot()
    assert client.post(at(credit, "accept/"), posted).status_code == 302
    assert snapshot() == before


def test_money_is_divided_among_searched_orders(client, finance, ours, outsider):
    order, other = place(ours.unit, ours.clerk), place(outsider.unit, outsider.clerk)
    credit = entry(finance, "4500.00", payer="总公司")
    found = client.get(at(credit), {"q": order.number, "order": [other.pk]})
    assert [each for each, _with in found.context["found"]] == [order]
    assert [each for each, _field in found.context["parts_form"].lines] == [other]
    for words in (order.printed_code, ours.unit.name, order.payer_name):
        assert order in [each for each, _with in client.get(at(credit), {"q": words}).context["found"]]
    parts = {
        "order": [order.pk, other.pk],
        f"yuan-{order.pk}": "２，０００",
        f"yuan-{other.pk}": "2000",
        "rest": "4500.00",
    }
    response = client.post(at(credit, "assign/"), parts)
    assert response["Location"] == at(credit)
    assert (years_of(ours.unit), years_of(outsider.unit)) == ([2026], [2026])
    assert "余额待处理" in html(client.get(at(credit)))
    client.post(at(credit, "discard/"), {"reason": "多付退款", "rest": "500.00"})
    assert BankEntry.objects.get().state == "discarded"
    assert "多付退款" in html(client.get(DESK, {"state": "discarded"}))
    client.post(at(credit, "restore/"))
    assert BankEntry.objects.get().state == "mismatch"
    even()


@pytest.mark.parametrize(
    ("yuan", "sentence"),
    [
        ("", "请选择订单并填写入账金额。"),
        ("2000.01", "此订单仅差 2,000.00 元。"),
        ("9000", "合计超过此笔流水的余额 4500.00 元。"),
        ("0", "请填写金额，例如 2000.00。"),
        ("-5", "请填写金额，例如 2000.00。"),
        ("贰仟", "请填写金额，例如 2000.00。"),
        ("1.234,5", "请填写金额，例如 2000.00。"),
        ("9" * 5000, "请填写金额，例如 2000.00。"),
        ("\0", "请填写金额，例如 2000.00。"),
    ],
)
def test_amounts_that_cannot_be_assigned_are_answered_beside_the_field(client, finance, ours, yuan, sentence):
    order = place(ours.unit, ours.clerk)
    credit = entry(finance, "4500.00")
    before = snapshot()
    posted = {"order": [order.pk], f"yuan-{order.pk}": yuan, "rest": "4500.00"}
    response = client.post(at(credit, "assign/"), posted)
    assert (response.status_code, sentence in html(response)) == (422, True)
    assert snapshot() == before


@pytest.mark.parametrize("key", ["", "x", "0", "9" * 30, "-1"])
def test_keys_that_are_no_orders_choose_none(client, finance, key):
    credit = entry(finance)
    assert client.get(at(credit), {"order": key}).context["parts_form"].lines == []
    assert client.post(at(credit, "assign/"), {"order": key, "rest": "2000.00"}).status_code == 422


def test_several_codes_fill_the_form_in(client, finance, ours, outsider):
    order, other = place(ours.unit, ours.clerk), place(outsider.unit, outsider.clerk)
    credit = entry(finance, "4000.00", memo=f"{order.remittance_code} {other.remittance_code}")
    lines = client.get(at(credit)).context["parts_form"].lines
    assert [(each, field.value()) for each, field in lines] == [(order, "2000.00"), (other, "2000.00")]


def test_discarding_needs_a_reason(client, finance):
    credit = entry(finance)
    for reason in ("", "   ", "长" * 201):
        response = client.post(at(credit, "discard/"), {"reason": reason, "rest": "2000.00"})
        assert response.status_code == 422
    assert BankEntry.objects.get().state == "unmatched"


def test_a_comment_is_written_found_and_guarded(client, finance, desk):
    credit, other = entry(finance), entry(finance, "5.00")
    response = client.post(at(credit, "comment/"), {"words": "已致电，总公司代付", "shown": ""}, follow=True)
    assert (response.redirect_chain[-1][0], said(response)) == (at(credit), ["批注已保存。"])
    listed = html(client.get(DESK, {"q": "总公司代付"}))
    assert (at(credit) in listed, at(other) in listed, "已致电，总公司代付" in listed) == (True, False, True)
    stale = client.post(at(credit, "comment/"), {"words": "另有说法", "shown": ""}, follow=True)
    assert said(stale) == ["其他同事刚刚处理过此笔流水，请刷新页面。"]
    assert client.post(at(credit, "comment/"), {"words": "长" * 201, "shown": "已致电，总公司代付"}).status_code == 422
    assert BankEntry.objects.get(pk=credit.pk).comment == "已致电，总公司代付"
    client.force_login(desk.secretary_general)
    assert "已致电，总公司代付" in html(client.get(at(credit)))


def test_payment_is_taken_back_after_reading_what_that_means(client, finance, ours):
    order = place(ours.unit, ours.clerk)
    credit = entry(finance, memo=order.remittance_code)
    address = at(credit, f"reverse/{order.pk}/")
    assert address in html(client.get(at(credit)))
    assert "所含年度恢复为未缴" in html(client.get(address))
    assert client.post(address, {"reason": " "}).status_code == 422
    response = client.post(address, {"reason": "记错单位"}, follow=True)
    assert said(response) == [f"订单 {order.number} 的到账已冲正。"]
    credit.refresh_from_db()
    assert (credit.state, years_of(ours.unit)) == ("unmatched", [])
    assert client.get(address).status_code == 404
    even()


def test_matching_again_says_what_came_of_it(client, finance, ours):
    credit = entry(finance, payer=ours.unit.name)
    place(ours.unit, ours.clerk)
    assert said(client.post(f"{DESK}retry/", follow=True)) == ["已入账 0 笔。 新增建议 1 笔。"]
    credit.refresh_from_db()
    assert credit.state == "suggested"


# --- Who ------------------------------------------------------------------------------------------------------------
def test_secretary_general_reads_and_decides_nothing(client, desk, ours):
    order = place(ours.unit, ours.clerk)
    credit, statement = entry(desk.finance, payer=order.payer_name), uploaded(desk.finance, row("5.00"))
    client.force_login(desk.secretary_general)
    for address in (STATEMENTS, page(statement), page(credit.statement), DESK, at(credit)):
        response = client.get(address)
        assert response.status_code == 200
        body = html(response).split("</header>")[-1]
        assert ('method="post"' in body.split("<main")[-1], "accept/" in body, "confirm/" in body) == (False,) * 3, (
            address
        )
    before = snapshot()
    posts = [
        (STATEMENTS, {"file": table(row())}),
        (page(statement, "confirm/"), {}),
        (page(statement, "columns/"), {"header_row": "1", "column-1": "date"}),
        (at(credit, "accept/"), {"order": order.pk, "yuan": "2000.00", "rest": "2000.00"}),
        (at(credit, "assign/"), {"order": order.pk, f"yuan-{order.pk}": "1", "rest": "2000.00"}),
        (at(credit, "discard/"), {"reason": "x", "rest": "2000.00"}),
        (at(credit, "restore/"), {}),
        (at(credit, "comment/"), {"words": "x", "shown": ""}),
        (f"{DESK}retry/", {}),
    ]
    for address, posted in posts:
        assert client.post(address, posted).status_code == 302, address  # Wagtail's way of saying no
    assert client.get(page(statement, "columns/")).status_code == 302
    assert snapshot() == before


def test_all_others_are_kept_out(client, desk, ours):
    order = place(ours.unit, ours.clerk)
    credit = entry(desk.finance, memo=order.remittance_code)
    addresses = [STATEMENTS, page(credit.statement), DESK, at(credit), at(credit, f"reverse/{order.pk}/")]
    for person in (desk.reviewer, desk.editor):
        client.force_login(person)
        assert [client.get(address).status_code for address in addresses] == [302] * 5
        assert "会费" not in html(client.get("/cms/")).split("<main")[0]
    inside = Client()
    inside.force_login(ours.clerk)
    for address in addresses:
        assert Client().get(address).status_code == 302
        assert inside.get(address, follow=True).status_code == 403


def test_verbs_are_no_links(client, finance, ours):
    credit = entry(finance)
    statement = uploaded(finance, row("5.00"))
    assert client.get(page(statement, "confirm/")).status_code == 405
    assert client.get(f"{DESK}retry/").status_code == 405
    for part in ("accept/", "assign/", "discard/", "restore/", "comment/"):
        assert client.get(at(credit, part))["Location"] == at(credit)
    assert BankEntry.objects.get(pk=credit.pk).state == "unmatched"


def test_what_a_payer_wrote_is_shown_as_text(client, finance):
    credit = entry(finance, payer="<script>alert(1)</script>", memo='"><img src=x onerror=alert(1)>')
    for address in (DESK, at(credit), page(uploaded(finance, row("5.00", payer="<script>alert(1)</script>")))):
        assert ("<script>alert(1)" in html(client.get(address)), "<img src=x" in html(client.get(address))) == (
            False,
        ) * 2


# --- Lists ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 50])
def test_desk_asks_the_same_number_of_questions(client, finance, count, django_assert_num_queries):
    booked(finance, *(row(serial=str(number)) for number in range(count)))
    client.get(DESK)
    with django_assert_num_queries(15):
        assert len(client.get(DESK).context["entries"]) == count


@pytest.mark.parametrize("count", [1, 50])
def test_statements_ask_the_same_number_of_questions(client, finance, count, django_assert_num_queries):
    for number in range(count):
        BankStatement.objects.create(original_name=f"{number}.csv", sha256="0", created_by=finance, state="read")
    client.get(STATEMENTS)
    with django_assert_num_queries(10):
        assert len(client.get(STATEMENTS).context["statements"]) == min(count, 20)


@pytest.mark.parametrize("count", [1, 50])
def test_preview_and_result_ask_the_same_number_of_questions(client, finance, count, django_assert_num_queries):
    statement = uploaded(finance, *(row(serial=str(number)) for number in range(count)))
    client.get(page(statement))
    with django_assert_num_queries(9):
        assert len(client.get(page(statement)).context["rows"]) == count
    actions.confirm_statement(statement, by=finance)
    with django_assert_num_queries(13):
        client.get(page(statement))
