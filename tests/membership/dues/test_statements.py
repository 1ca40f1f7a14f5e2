"""The way of a statement: uploaded, read, foretold, confirmed, booked once. What is not sure waits on the desk."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from membership.audit.models import AuditEntry
from membership.dues import actions
from membership.dues.actions import statements
from membership.dues.models import BankEntry, BankStatement, Payment
from membership.jobs import actions as jobs
from membership.jobs.models import Job
from membership.messaging.models import OutboundMessage
from tests.factories import UnitFactory, clerk
from tests.membership.dues.bank import (
    booked,
    entry,
    even,
    newest,
    row,
    run_again,
    states,
    table,
    uploaded,
)
from tests.membership.dues.conftest import pay, place, refused_with, snapshot, years_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker_elsewhere(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def test_statement_is_foretold_then_booked_and_the_unit_is_told_once(
    ours, outsider, desk, django_capture_on_commit_callbacks
):
    order, other = place(ours.unit, ours.clerk), place(outsider.unit, outsider.clerk)
    rows = [
        row(memo=f"会费 {order.printed_code}", payer="总公司", account="622"),
        row(payer=other.payer_name),
        row("1.50", memo=other.remittance_code),
        row("77.00"),
        row("", debit="9.00"),
    ]
    statement = uploaded(desk.finance, *rows)
    assert (statement.state, statement.credit_count, statement.known_count, statement.debit_count) == ("read", 4, 0, 1)
    assert statement.credit_total == Decimal("4078.50")
    counts = {key: value for key, value in statement.outlook["counts"].items() if value[0]}
    assert counts == {
        "matched": [1, "2000.00"],
        "suggested": [1, "2000.00"],
        "mismatch": [1, "1.50"],
        "unmatched": [1, "77.00"],
    }
    assert not BankEntry.objects.exists()

    with django_capture_on_commit_callbacks(execute=True):
        actions.confirm_statement(statement, by=desk.finance)
    assert (statement.state, statement.outlook, statement.booked_by) == ("booked", {}, desk.finance)
    assert states(statement) == [
        ("matched", "code"),
        ("suggested", "name"),
        ("mismatch", "code_amount"),
        ("unmatched", "nothing"),
    ]
    [payment] = Payment.objects.all()
    assert (payment.order, payment.amount, payment.origin, payment.payer_name) == (
        order, Decimal("2000.00"), "statement", "总公司",
    )  # fmt: skip
    assert (years_of(ours.unit), years_of(outsider.unit)) == ([2026], [])
    assert OutboundMessage.objects.filter(template="dues_paid").count() == 1
    balance = even()
    assert (balance.credits, balance.booked, balance.on_desk, balance.discarded) == (
        Decimal("4078.50"), Decimal("2000.00"), Decimal("2078.50"), Decimal("0.00"),
    )  # fmt: skip
    record = AuditEntry.objects.get(verb="dues.book_statement")
    assert (record.actor, record.after) == (desk.finance, {"new": 4, "known": 0, "yuan": "4078.50"})
    assert AuditEntry.objects.get(verb="dues.record_payment").actor == desk.finance


def test_head_office_pays_for_a_unit_by_its_code(ours, desk):
    order = place(ours.unit, ours.clerk)
    assert entry(desk.finance, memo=order.remittance_code, payer="中国示范总公司").state == "matched"


@pytest.mark.parametrize("memo", ["{0}", "会费\n{1}", "{2}", "{3} 谢谢"])
def test_code_is_found_however_it_was_typed(ours, desk, memo):
    order = place(ours.unit, ours.clerk)
    code = order.remittance_code
    spelled = [code, f"{code[:4]} \n {code[4:]}", "".join(chr(ord(c) + 0xFEE0) for c in code), code.lower()]
    assert entry(desk.finance, "２，０００．００", memo=memo.format(*spelled)).state == "matched"
    even()


# --- Twice ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("serial", ["", "S1"])
def test_same_file_twice_books_once_and_says_so(ours, desk, serial):
    order = place(ours.unit, ours.clerk)
    rows = [row(memo=order.remittance_code, serial=serial and "S1"), row("5.00", serial=serial and "S2")]
    booked(desk.finance, *rows)
    before = even()
    again = uploaded(desk.colleague, *rows)
    assert (again.state, again.credit_count, again.known_count) == ("read", 2, 2)
    assert again.outlook["counts"]["known"] == [2, "2005.00"]
    refused_with("nothing_new", lambda: actions.confirm_statement(again, by=desk.colleague))
    assert even() == before


def test_overlapping_files_bring_only_what_is_new(ours, desk):
    first = booked(desk.finance, row(serial="1"), row(serial="2"))
    second = booked(desk.finance, row(serial="2"), row(serial="3"))
    assert (first.entries.count(), second.entries.count(), second.known_count) == (2, 1, 1)
    assert even().credits == Decimal("6000.00")


def test_five_readings_of_one_file_confirmed_one_after_the_other_book_once(ours, desk):
    order = place(ours.unit, ours.clerk)
    readings = [uploaded(desk.finance, row(memo=order.remittance_code), row("3.00")) for _time in range(5)]
    for statement in readings:
        actions.confirm_statement(statement, by=desk.finance)
    assert [(s.entries.count(), s.known_count) for s in readings] == [(2, 0)] + [(0, 2)] * 4
    assert (Payment.objects.count(), even().credits) == (1, Decimal("2003.00"))


def test_confirmed_twice_is_refused_and_job_run_again_does_nothing(ours, desk):
    statement = booked(desk.finance, row(), row("3.00"))
    stale = BankStatement.objects.get(pk=statement.pk)
    refused_with("stale", lambda: actions.confirm_statement(stale, by=desk.colleague))
    before = snapshot()
    job = Job.objects.get(pk=statement.job_id)
    statements.book_statement(stale, job=job)
    run_again(statement)
    assert snapshot() == before


def test_job_that_dies_in_the_middle_writes_nothing_and_can_be_confirmed_again(ours, desk, monkeypatch):
    order = place(ours.unit, ours.clerk)
    statement = uploaded(desk.finance, row(memo=order.remittance_code))

    def dies(*_args, **_options):
        raise RuntimeError("the machine went off")

    with monkeypatch.context() as broken:
        broken.setattr(statements, "_prove", dies)
        actions.confirm_statement(statement, by=desk.finance)
    assert (statement.state, statement.refusal) == ("read", "未能入账，未写入任何内容，请再次确认。")
    assert (BankEntry.objects.count(), Payment.objects.count(), years_of(ours.unit)) == (0, 0, [])
    actions.confirm_statement(statement, by=desk.colleague)
    assert (statement.state, statement.booked_by, years_of(ours.unit)) == ("booked", desk.colleague, [2026])
    even()


def test_sums_that_do_not_agree_stop_the_booking(ours, desk, monkeypatch):
    statement = uploaded(desk.finance, row(), row("3.00"))
    take_in = statements.take_in
    monkeypatch.setattr(statements, "take_in", lambda s, credits, by: take_in(s, credits[1:], by=by))
    actions.confirm_statement(statement, by=desk.finance)
    assert (statement.state, BankEntry.objects.count()) == ("read", 0)


# --- What the books say meanwhile -----------------------------------------------------------------------------------
def test_order_cancelled_before_its_money_came_stays_cancelled(ours, desk):
    order = place(ours.unit, ours.clerk)
    actions.cancel_order(order, by=ours.clerk)
    assert states(booked(desk.finance, row(memo=order.remittance_code))) == [("unmatched", "order_cancelled")]
    order.refresh_from_db()
    assert (order.state, Payment.objects.count()) == ("cancelled", 0)


def test_order_paid_between_preview_and_booking_is_not_paid_twice(ours, desk):
    order = place(ours.unit, ours.clerk)
    statement = uploaded(desk.finance, row(memo=order.remittance_code))
    assert statement.outlook["counts"]["matched"][0] == 1
    pay(order, desk.finance)
    actions.confirm_statement(statement, by=desk.finance)
    assert states(statement) == [("unmatched", "order_paid")]
    assert even().booked == 0


def test_year_paid_otherwise_does_not_stop_the_other_rows(ours, outsider, desk):
    order, other = place(ours.unit, ours.clerk), place(outsider.unit, outsider.clerk)
    actions.enter_paid_years(ours.unit, [2026], by=desk.finance, note="线下")
    statement = booked(desk.finance, row(memo=order.remittance_code), row(memo=other.remittance_code))
    assert states(statement) == [("unmatched", "year_paid"), ("matched", "code")]
    even()


def test_money_that_completes_an_order_is_booked_and_two_parts_are_not(ours, desk):
    order = place(ours.unit, ours.clerk)
    halves = booked(desk.finance, row("1000.00", memo=order.remittance_code, serial="1"),
                    row("1000.00", memo=order.remittance_code, serial="2"))  # fmt: skip
    assert states(halves) == [("mismatch", "code_amount")] * 2
    pay(order, desk.finance, Decimal(500))
    assert entry(desk.finance, "1500.00", memo=order.remittance_code).state == "matched"
    even()


def test_account_that_paid_before_is_known_but_only_suggested(ours, outsider, desk):
    first = place(ours.unit, ours.clerk)
    booked(desk.finance, row(memo=first.remittance_code, account="6222 0001", payer="张三"))
    place(ours.unit, ours.clerk), place(outsider.unit, outsider.clerk)
    later = entry(desk.finance, account="62220001", payer="李四", day="2026-07-01")
    assert (later.state, later.ground, later.suggestion.unit) == ("suggested", "account", ours.unit)
    even()


# --- Columns --------------------------------------------------------------------------------------------------------
def test_columns_that_a_person_chose_are_read(ours, desk):
    order = place(ours.unit, ours.clerk)
    rows = [["2026-06-01", "2000.00", order.remittance_code], ["2026-06-02", "3.00", ""]]
    statement = uploaded(desk.finance, file=table(*rows, head=["甲", "乙", "丙"]))
    assert statement.state == "unsure"
    refused_with("stale", lambda: actions.confirm_statement(_counted(statement), by=desk.finance))
    chosen = {"date": 1, "credit": 2, "memo": [3]}
    actions.choose_columns(statement, by=desk.finance, header_row=1, columns=chosen)
    assert (statement.state, statement.credit_count, statement.columns) == ("read", 2, chosen)
    actions.confirm_statement(statement, by=desk.finance)
    assert [state for state, _ground in states(statement)] == ["matched", "unmatched"]
    refused_with("stale", lambda: actions.choose_columns(statement, by=desk.finance, header_row=1, columns={"date": 1}))


def _counted(statement):
    statement.credit_count = 1
    return statement


# --- Who ------------------------------------------------------------------------------------------------------------
def test_only_finance_and_administrators_import(ours, desk):
    statement = uploaded(desk.finance, row())
    before = snapshot()
    for person in (desk.secretary_general, desk.reviewer, desk.editor, ours.clerk):
        for call in (
            lambda by=person: actions.upload_statement(table(row()), by=by),
            lambda by=person: actions.choose_columns(statement, by=by, header_row=1, columns={}),
            lambda by=person: actions.confirm_statement(statement, by=by),
        ):
            with pytest.raises(PermissionDenied):
                call()
    assert snapshot() == before
    assert uploaded(desk.administrator, row()).state == "read"


def test_statements_and_credits_are_seen_by_finance_and_readers_only(ours, desk):
    made = entry(desk.finance)
    for model in (BankStatement, BankEntry):
        people = {name: person for name, person in vars(desk).items() if name != "standard"}
        seen = {name for name, person in people.items() if model.objects.for_user(person).exists()}
        assert seen == {"finance", "colleague", "secretary_general", "administrator"}
        assert not model.objects.for_user(ours.clerk).exists()
    assert made.statement == newest()


# --- Scale and exactness --------------------------------------------------------------------------------------------
def questions(call):
    with CaptureQueriesContext(connection) as asked:
        call()
    return len(asked)


def _rows_for(desk, count):
    """As many that are booked as that are not."""
    units = [UnitFactory(certified=True, joined_on=date(2020, 5, 1)) for _number in range(count)]
    orders = [place(unit, clerk(unit)) for unit in units]
    rows = [row(serial=f"{count}-{number}", memo=order.remittance_code) for number, order in enumerate(orders)]
    return rows + [row("7.00", serial=f"{count}x{number}") for number in range(count)]


@pytest.mark.parametrize("count", [1, 25])
def test_booking_asks_the_same_number_of_questions_for_any_number_of_rows(desk, worker_elsewhere, count):
    statement = uploaded(desk.finance, *_rows_for(desk, count))
    run_again(statement)
    actions.confirm_statement(BankStatement.objects.get(), by=desk.finance)
    job = Job.objects.get(name="dues.book_statement")
    assert questions(lambda: jobs.run_job.call(job.pk)) == 36
    assert statement.entries.counts()["matched"] == count
