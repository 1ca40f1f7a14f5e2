"""Verbs of bank statements: upload, read, choose columns, confirm, book. Booking does what was shown before."""

import hashlib

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from membership import spreadsheets
from membership.audit.actions import record
from membership.dues import permissions
from membership.dues.actions.settling import AT_ONCE, known_among, take_in
from membership.dues.claims import verdicts
from membership.dues.models import BankEntry, BankStatement
from membership.dues.statement_columns import Column, Layout, find, text_of
from membership.dues.statements import MAX_RAW_ROWS, read
from membership.dues.states import STATEMENT_MOVES, EntryState
from membership.exceptions import Refusal
from membership.jobs import actions as jobs
from membership.moves import move_rows
from membership.private_files import kept
from membership.units.permissions import require
from membership.units.uploads import clean_name

KNOWN = "known"
SAMPLE_ROWS, WIDEST, SAMPLE_LETTERS = 20, 40, 60


def upload_statement(upload, *, by):
    """Keep a bank's table and have it read in the background; returns the BankStatement.

    Raises ValidationError in words when it is no table, is empty or has too many rows.
    """
    require(permissions.may_work_the_desk(by))
    with spreadsheets.rows(upload, limit=MAX_RAW_ROWS) as rows:
        count = sum(1 for _row in rows)
    if not count:
        raise ValidationError(_("The file is empty."), code="empty")
    upload.seek(0)
    digest = hashlib.file_digest(upload, "sha256").hexdigest()
    upload.seek(0)
    name = clean_name(upload.name)
    statement = BankStatement(original_name=name, sha256=digest, created_by=by)
    with kept(statement.file, name, upload), transaction.atomic():
        statement.save(force_insert=True)
        record("dues.upload_statement", statement, by=by, after={"rows": count, "sha256": digest}, in_history=False)
        _read_later(statement, by)
    statement.refresh_from_db()
    return statement


def choose_columns(statement, *, by, header_row, columns):
    """Say which column is what, {Column: number from 1, of memo a list}, and have the file read so."""
    require(permissions.may_work_the_desk(by))
    with transaction.atomic():
        chosen = {"header_row": header_row, "columns": columns, "refusal": "", "outlook": {}}
        _move(statement, "choose_columns", **chosen)
        record("dues.choose_columns", statement, by=by, after={"columns": columns}, in_history=False)
        _read_later(statement, by)
    statement.refresh_from_db()


def _read_later(statement, by):
    title = _("Reading %(name)s") % {"name": statement.original_name}
    job = jobs.enqueue("dues.read_statement", by=by, title=title[:150], statement_id=str(statement.pk))
    BankStatement.objects.filter(pk=statement.pk).update(job=job)


def read_statement(statement, *, job):
    """Read the file and foretell what booking would do; writes nothing to the books. The work of the background job.

    A file that turns out unreadable ends with a sentence (Refusal); one whose columns are not sure waits for a person.
    """
    try:
        rows = _raw_rows(statement)
        layout = Layout.stored(statement.header_row, statement.columns) if statement.columns else find(rows)
        jobs.report_progress(job, 0, len(rows))
        reading = None if layout.doubt else read(rows, layout)
    except ValidationError as unreadable:
        sentence = " ".join(unreadable.messages)
        give_up_reading(statement.pk, sentence)
        raise Refusal(sentence, code="unreadable") from unreadable
    found = {"columns": layout.columns, "header_row": layout.header_row, "sample": _sample(rows)}
    mine = BankStatement.objects.filter(pk=statement.pk)
    if reading is None:
        move_rows(mine, STATEMENT_MOVES, "doubt", refusal=layout.doubt[:500], **found)
        return
    outlook = _outlook(reading)
    jobs.report_progress(job, len(rows), len(rows))
    move_rows(
        mine,
        STATEMENT_MOVES,
        "finish_reading",
        **found,
        refusal="",
        faulty_rows=reading.faulty,
        credit_count=len(reading.credits),
        credit_total=reading.total,
        known_count=outlook["counts"][KNOWN][0],
        debit_count=reading.debits,
        outlook=outlook,
    )


def give_up_reading(pk, sentence=""):
    """The reading has failed for good."""
    sentence = sentence or _("The file could not be read. Upload it again.")
    move_rows(BankStatement.objects.filter(pk=pk), STATEMENT_MOVES, "give_up_reading", refusal=sentence[:500])


def confirm_statement(statement, *, by):
    """Have that booked which the reading has shown, by a background job.

    Raises Refusal when somebody has confirmed it already or every credit is known. Its record is that of the booking,
    which names who confirmed.
    """
    require(permissions.may_work_the_desk(by))
    if statement.credit_count <= statement.known_count:
        raise Refusal(_("There is nothing new in this file: every credit is known."), code="nothing_new")
    with transaction.atomic():
        _move(statement, "book", booked_by=by, refusal="")
        title = _("Booking %(name)s") % {"name": statement.original_name}
        job = jobs.enqueue("dues.book_statement", by=by, title=title[:150], statement_id=str(statement.pk))
        BankStatement.objects.filter(pk=statement.pk).update(job=job)
    statement.refresh_from_db()


def book_statement(statement, *, job):
    """Take the new credits in and book what is sure, all or nothing; the work of the background job.

    Run again after it died, it begins anew when nothing was written, and does nothing when all was.
    """
    reading = read(_raw_rows(statement), Layout.stored(statement.header_row, statement.columns))
    count = len(reading.credits)
    jobs.report_progress(job, 0, count)
    with transaction.atomic():
        mine = BankStatement.objects.filter(pk=statement.pk)
        if not move_rows(mine, STATEMENT_MOVES, "finish_booking", booked_at=timezone.now(), outlook={}):
            return
        entries = take_in(statement, reading.credits, by=statement.booked_by)
        _prove(statement, reading)
        mine.update(credit_count=count, credit_total=reading.total, known_count=count - len(entries))
        after = {"new": len(entries), "known": count - len(entries), "yuan": str(sum(e.amount for e in entries))}
        record("dues.book_statement", statement, by=statement.booked_by, after=after, in_history=False)
    jobs.report_progress(job, count, count)


def _prove(statement, reading):
    """Every fen of the file is in the books once, and of the new ones each is booked, on the desk or set aside."""
    prints = sorted(known_among(reading.credits))
    chunks = (prints[start : start + AT_ONCE] for start in range(0, len(prints), AT_ONCE))
    total = sum(BankEntry.objects.filter(fingerprint__in=chunk).total() for chunk in chunks)
    if total != reading.total or not statement.entries.all().balance().is_even:
        raise ValueError("the credits of the file and those of the books differ")


def give_up_booking(pk):
    """The booking has failed for good; nothing was written, and it can be confirmed again."""
    sentence = _("It could not be booked: nothing was written. Confirm once more.")
    move_rows(BankStatement.objects.filter(pk=pk), STATEMENT_MOVES, "give_up_booking", refusal=sentence)


def _move(statement, verb, **changes):
    if not move_rows(BankStatement.objects.filter(pk=statement.pk), STATEMENT_MOVES, verb, **changes):
        raise Refusal(_("Somebody else has just dealt with this file. Reload the page."), code="stale")


def _raw_rows(statement):
    with statement.file.open("rb") as file, spreadsheets.rows(file, limit=MAX_RAW_ROWS) as rows:
        return list(rows)


def _sample(rows):
    def shown(cells):
        return {str(column): text_of(value)[:SAMPLE_LETTERS] for column, value in cells.items() if column <= WIDEST}

    return [[number, shown(cells)] for number, cells in rows[:SAMPLE_ROWS]]


def _outlook(reading):
    """What booking would do now: {"counts": {state or "known": [rows, yuan]}, "rows": [[…], …]}, as in the file.

    A row is [number, day, payer, memo, yuan, state or "known", ground, number of the order].
    """
    known = known_among(reading.credits)
    judged = verdicts([credit for credit in reading.credits if credit.fingerprint not in known])
    counts, rows = {key: [0, 0] for key in (*EntryState.values, KNOWN)}, []
    for credit in reading.credits:
        verdict = judged.get(credit.row)
        state = str(verdict.state) if verdict else KNOWN
        counts[state][0] += 1
        counts[state][1] += credit.amount
        ground, order = (str(verdict.ground), verdict.claim.number if verdict.claim else "") if verdict else ("", "")
        day, yuan = credit.booked_on.isoformat(), str(credit.amount)
        rows.append([credit.row, day, credit.payer_name, credit.memo[:100], yuan, state, ground, order])
    return {"counts": {key: [number, str(yuan)] for key, (number, yuan) in counts.items()}, "rows": rows}


def chosen_columns(columns):
    """What is wrong with this choice of columns, in a sentence; empty when it can be read so."""
    if Column.DATE not in columns:
        return _("Say which column holds the day.")
    if Column.CREDIT not in columns and Column.AMOUNT not in columns:
        return _("Say which column holds the credits, or the amounts of either direction.")
    if Column.CREDIT in columns and Column.AMOUNT in columns:
        return _("Choose either a column of credits or one of amounts of either direction.")
    return ""
