"""Tables of banks: the files of the folder as expected.json says, and every oddity that a row can have."""

import json
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import File

from membership import spreadsheets
from membership.dues.codes import check_character, codes_in
from membership.dues.models import BankEntry, BankStatement
from membership.dues.statement_columns import Column, find
from membership.dues.statements import MAX_ROWS, read
from tests.files import pdf, upload, workbook
from tests.membership.dues.bank import HEAD, faults, newest, row, sheet, table, uploaded

FOLDER = Path(__file__).parent / "statements"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
# Two more, written with what they hold by somebody who had not read the importer.
STRANGE = json.loads((FOLDER / "stranger_expected.json").read_text(encoding="utf-8"))


def reading(file):
    with spreadsheets.rows(File(file), limit=MAX_ROWS + 100) as raw:
        rows = list(raw)
    layout = find(rows)
    assert not layout.doubt, layout
    return read(rows, layout)


@pytest.mark.parametrize("facts", EXPECTED, ids=lambda facts: facts["file"])
def test_file_of_a_bank_is_read_as_expected(facts):
    with (FOLDER / facts["file"]).open("rb") as file:
        found = reading(file)
    first = found.credits[0]
    assert {
        "file": facts["file"],
        "transactions": len(found),
        "credits": len(found.credits),
        "debits": found.debits,
        "stopped": [fault["row"] for fault in found.faulty],
        "total": str(found.total),
        "first": {name: str(getattr(first, name)) for name in facts["first"]} | {"row": first.row},
    } == facts


@pytest.mark.parametrize("name", sorted(STRANGE))
def test_file_of_a_stranger_is_read_as_its_writer_says(name):
    facts = STRANGE[name]
    with (FOLDER / name).open("rb") as file:
        found = reading(file)
    assert (len(found.credits), found.debits, str(found.total), found.faulty) == (
        facts["credits"],
        facts["debits"],
        facts["credit_total"],
        [],
    )
    for credit, said in ((found.credits[0], facts["first"]), (found.credits[-1], facts["last"])):
        memo = said.pop("memo_contains")
        assert {field: str(getattr(credit, field)) for field in said} == said
        assert memo in credit.memo


def test_every_file_of_the_folder_is_expected():
    files = {path.name for path in FOLDER.iterdir() if path.suffix in {".csv", ".xlsx"}}
    assert files == {facts["file"] for facts in EXPECTED} | set(STRANGE)


def test_codes_survive_what_banks_do_to_notes():
    with (FOLDER / "boc.csv").open("rb") as file:
        [wide, _plain] = reading(file).credits
    body = "MNPH67"
    assert codes_in(wide.memo) == [f"HF{body}{check_character(body)}"]


# --- Cells ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "day",
    [
        "2026-03-01",
        "2026/3/1",
        "2026.03.01",
        "20260301",
        "20260301 10:11:12",
        "20260301101112",
        "2026-03-01 10:11:12",
        "2026-03-01T10:11:12",
        "2026-03-01-10.11.12.123456",
        "2026年3月1日",
        "2026年03月01日 10:11",
        "２０２６-０３-０１",
        "2026-03-01 10:11:12.0",
    ],
)
def test_days_in_all_their_forms(day):
    [credit] = reading(table(row(day=day))).credits
    assert credit.booked_on.isoformat() == "2026-03-01"


def test_days_and_amounts_that_excel_keeps_as_numbers():
    def cells(book, page):
        page["A2"].number_format = "yyyy-mm-dd"

    rows = [HEAD, [46082, "a", "甲", "1", "", 2000.1, None], [20260301, "b", "甲", "1", "", 0.3, None]]
    found = reading(workbook(rows, name="x.xlsx", before=cells))
    assert [(c.booked_on.isoformat(), c.amount) for c in found.credits] == [
        ("2026-03-01", Decimal("2000.10")),
        ("2026-03-01", Decimal("0.30")),
    ]


@pytest.mark.parametrize(
    ("text", "yuan"),
    [
        ("2000", "2000.00"),
        ("23,000.00", "23000.00"),
        ("２３，０００．００", "23000.00"),
        ("¥2,000.5", "2000.50"),
        (" 2000.00 \t", "2000.00"),
        ("+2000.00", "2000.00"),
    ],
)
def test_amounts_in_all_their_forms(text, yuan):
    [credit] = reading(table(row(text))).credits
    assert credit.amount == Decimal(yuan)


@pytest.mark.parametrize(
    ("amount", "problem"),
    [
        ("贰仟元", "“贰仟元”不是金额。"),
        ("1.234,56", "“1.234,56”不是金额。"),
        ("2000.001", "“2000.001”不是金额。"),
        ("1,2", "“1,2”不是金额。"),
        ("1E+5", "“1E+5”不是金额。"),
        ("99999999999", "“99999999999”不是金额。"),
        ("0.00", "金额为 0"),
        ("-2000.00", "收入金额为负数"),
        ("(2000.00)", "收入金额为负数"),
        ("", "缺少金额。"),
    ],
)
def test_amount_that_cannot_be_read_stops_its_row_and_is_never_nil(db, desk, amount, problem):
    statement = uploaded(desk.finance, row(amount), row("2000.00"))
    assert list(faults(statement)) == [2]
    assert faults(statement)[2].startswith(problem)
    assert (statement.state, statement.credit_count, statement.credit_total) == ("read", 1, Decimal("2000.00"))


@pytest.mark.parametrize("day", ["2026/13/01", "2026-02-30", "三月", "2026-03", "46082"])
def test_day_that_does_not_exist_stops_its_row(db, desk, day):
    statement = uploaded(desk.finance, row(day=day), row(), row())
    assert list(faults(statement)) == [2]
    assert (statement.credit_count, statement.credit_total) == (2, Decimal("4000.00"))


def test_row_without_a_day_stops(db, desk):
    assert faults(uploaded(desk.finance, row(day=""), row())) == {2: "缺少日期。"}


def test_formula_without_a_value_and_cell_in_error_stop_their_rows(db, desk):
    file = sheet(row("=1000+1000"), row("2000.00"), row("#N/A"))
    found = faults(uploaded(desk.finance, file=file))
    assert found[2].startswith("单元格是没有计算结果的公式")
    assert list(found) == [2, 4]


def test_debits_sums_repeated_titles_footers_and_blank_rows_are_passed_over():
    rows = [
        row("", debit="35.00"),
        row("2000.00", debit="0.00"),
        row("0.00", debit="12.00"),
        [],
        ["本页合计", "", "", "", "", "2000.00", "47.00"],
        HEAD,
        row("4000.00", serial="2"),
        ["2026-06-30", "", "", "", "期末余额", "", ""],
        ["总计", "", "", "", "", "6,000.00", "47.00"],
        ["打印时间：2026-07-01"],
    ]
    found = reading(table(*rows))
    assert (len(found.credits), found.debits, found.total, found.faulty) == (2, 2, Decimal("6000.00"), [])


def test_row_with_both_directions_stops_and_so_does_a_debit_that_comes_back(db, desk):
    found = faults(uploaded(desk.finance, row("5.00", debit="6.00"), row("", debit="-6.00"), row()))
    assert list(found) == [2, 3]


def test_other_currency_stops_its_row(db, desk):
    head = [*HEAD, "币种"]
    rows = [[*row(), "美元"], [*row(serial="2"), "人民币"], [*row(serial="3"), "CNY"]]
    statement = uploaded(desk.finance, file=table(*rows, head=head))
    assert (list(faults(statement)), statement.credit_count) == ([2], 2)


@pytest.mark.parametrize(
    ("flag", "is_credit"),
    [("贷", 1), ("C", 1), ("收入", 1), ("+", 1), ("来账", 1), ("借", 0), ("D", 0), ("支出", 0), ("-", 0), ("−", 0)],
)
def test_direction_is_said_by_a_column(flag, is_credit):
    head = ["交易日期", "借贷标志", "金额", "对方户名"]
    found = reading(table(["2026-03-01", flag, "2000.00", "甲"], ["2026-03-02", "贷", "1.00", "乙"], head=head))
    assert (len(found.credits), found.debits) == (1 + is_credit, 1 - is_credit)


def test_unknown_direction_stops_its_row(db, desk):
    head = ["交易日期", "借贷标志", "金额", "对方户名"]
    rows = [["2026-03-01", word, "2000.00", "甲"] for word in ("贷", "借", "冲")]
    assert faults(uploaded(desk.finance, file=table(*rows, head=head))) == {4: "“冲”不能判断是收入还是支出。"}


def test_a_table_that_names_no_payer_is_asked_about():
    rows = ["2026-03-01", "2000.00", "甲"], ["2026-03-02", "-1.00", "乙"]
    with spreadsheets.rows(File(table(*rows, head=["日期", "发生额", "客户"])), limit=MAX_ROWS) as raw:
        layout = find(list(raw))
    assert (set(layout.columns), layout.doubt) == (
        {Column.DATE, Column.AMOUNT},
        "没有列标题指明付款方。请选择该列，或不选此列直接继续。",
    )


def test_direction_is_said_by_signs():
    head = ["日期", "发生额", "对方户名"]
    found = reading(table(["2026-03-01", "2000.00", "甲"], ["2026-03-02", "-1.00", "乙"], head=head))
    assert (found.total, found.debits) == (Decimal("2000.00"), 1)


def test_control_characters_and_long_texts_do_no_harm(db, desk):
    file = sheet(row(memo="会\n费\t_x0000_ " + "长" * 500, payer="甲" * 300, serial="9" * 200))
    statement = uploaded(desk.finance, file=file)
    assert (statement.state, statement.credit_count) == ("read", 1)
    [[_row, _day, payer, memo, *_more]] = statement.outlook["rows"]
    assert (len(payer), memo.startswith("会 费"), "\0" in memo) == (150, True, False)


# --- Fingerprints ---------------------------------------------------------------------------------------------------
def prints(*rows):
    return [credit.fingerprint for credit in reading(table(*rows)).credits]


def test_rows_alike_without_a_serial_number_are_several_transfers():
    once, twice = prints(row()), prints(row(), row())
    assert (twice[0], len(set(twice))) == (once[0], 2)


def test_same_serial_number_of_another_day_amount_or_payer_is_another_transfer():
    rows = [
        row(serial="7"),
        row(serial="7", day="2026-06-02"),
        row("2000.01", serial="7"),
        row(serial="7", payer="另一公司"),
    ]
    assert len(set(prints(*rows))) == 4


def test_note_and_account_do_not_matter_where_there_is_a_serial_number():
    assert prints(row(serial="7", memo="甲", account="1")) == prints(row(serial="7", memo="乙", account="2"))


def test_same_transfer_twice_in_a_file_counts_once(db, desk):
    statement = uploaded(desk.finance, row(serial="7"), row(serial="7"))
    assert (statement.credit_count, faults(statement)) == (1, {3: "与第 2 行是同一笔流水，只计一次。"})


def test_serial_number_that_lost_digits_is_none(db):
    rows = [row(serial=123456789012345678), row(serial=123456789012345679)]
    credits = reading(sheet(*rows)).credits
    assert [credit.serial_no for credit in credits] == ["", ""]
    assert len({credit.fingerprint for credit in credits}) == 2


# --- Files ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(encoding):
    [credit] = reading(table(row(payer="𠮷林公司"), encoding=encoding)).credits
    assert credit.payer_name == "𠮷林公司"


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (lambda: upload("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600), "这是旧版 Excel 文件"),
        (pdf, "无法识别为表格"),
        (lambda: upload("a.xls", b"<html><table><tr><td>1</td></tr></table></html>"), "这是网页格式的文件"),
        (lambda: upload("a.csv", b"\0\1\2\xff"), "无法识别为表格"),
        (lambda: upload("a.csv", table(row(), encoding="gb18030").read()[:-20] + b"\x81"), "无法识别为表格"),
        (lambda: upload("a.xlsx", sheet(row()).read()[:900]), "无法识别为表格"),
        (lambda: upload("a.csv", b" , , \r\n"), "文件为空。"),
    ],
    ids=["xls", "pdf", "web page", "binary", "cut csv", "cut xlsx", "blank"],
)
def test_what_is_no_table_is_refused_in_words(db, desk, file, sentence):
    with pytest.raises(ValidationError) as refused:
        uploaded(desk.finance, file=file())
    assert refused.value.messages[0].startswith(sentence)
    assert not BankStatement.objects.exists()


def test_file_that_ends_within_a_row_stops_that_row(db, desk):
    text = table(row(serial="1"), row(serial="2")).read().decode()
    file = upload("a.csv", text[: text.rindex("2000.00")].encode())
    statement = uploaded(desk.finance, file=file)
    assert (statement.credit_count, faults(statement)) == (1, {3: "缺少金额。"})


def test_five_thousand_rows_are_read_and_one_more_is_not(db, desk):
    rows = [row(serial=str(number)) for number in range(MAX_ROWS)]
    statement = uploaded(desk.finance, *rows, ["合计", "", "", "", "", "10,000,000.00"])
    assert (statement.state, statement.credit_total) == ("read", Decimal(10_000_000))
    uploaded(desk.finance, *rows, row(serial="more"))
    assert (newest().state, newest().refusal) == ("failed", "文件超过 5000 行，请拆分为多个文件。")
    assert not BankEntry.objects.exists()


# --- Columns --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("head", "cells", "doubt"),
    [
        (["甲", "乙", "丙"], ["2026-03-01", "2000", "某公司"], "未找到表头行"),
        (["交易日期", "金额", "对方户名"], ["2026-03-01", "2000", "某公司"], "无法判断金额是收入还是支出"),
        (["交易日期", "收入", "贷方发生额"], ["2026-03-01", "2000", "2000"], "有几列都可能是“收入金额"),
        (["交易日期", "支出金额", "对方户名"], ["2026-03-01", "2000", "某公司"], "未找到收入金额列"),
    ],
)
def test_doubt_waits_for_a_person_with_the_first_rows(db, desk, head, cells, doubt):
    statement = uploaded(desk.finance, file=table(cells, head=head))
    assert (statement.state, statement.credit_count, statement.outlook) == ("unsure", 0, {})
    assert statement.refusal.startswith(doubt)
    assert [texts for _row, texts in statement.sample] == [
        {str(n): text for n, text in enumerate(line, start=1)} for line in (head, cells)
    ]


def test_titles_are_taken_by_what_stands_below_them():
    head = ["交易时间", "记账日期", "业务类型", "金额", "借贷", "对方户名"]
    rows = [["10:11:12", "20260301", "转账", "2000", "贷", "甲"], ["10:11:13", "20260302", "转账", "5", "借", "乙"]]
    with spreadsheets.rows(table(*rows, head=head), limit=99) as raw:
        columns = find(list(raw)).columns
    assert (columns[Column.DATE], columns[Column.FLAG]) == (2, 5)
