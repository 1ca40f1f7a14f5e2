"""Verbs of an import of members: upload a table, check it, confirm what the check showed, forget it in time."""

import hashlib
from datetime import timedelta
from itertools import islice

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from membership import spreadsheets
from membership.audit.actions import record
from membership.exceptions import Refusal
from membership.jobs import actions as jobs
from membership.moves import move_rows
from membership.units import permissions
from membership.units.import_columns import EXAMPLE, MAX_ROWS, columns, headings
from membership.units.import_plan import Judge
from membership.units.models import ImportRow, UnitImport
from membership.units.states import IMPORT_MOVES, RowVerdict
from membership.units.storage import kept
from membership.units.uploads import clean_name

AT_ONCE = 500  # rows
KEPT_FOR = timedelta(days=30)


def start_import(upload, *, by):
    """Keep an uploaded table and have it checked in the background (会员导入, domain §3). Returns the UnitImport.

    Raises ValidationError in words when it is no table, lacks columns or has no rows or more than 10,000.
    """
    permissions.require(permissions.may_import(by))
    count = spreadsheets.count_rows(upload, headings(columns()), limit=MAX_ROWS)
    upload.seek(0)
    name = clean_name(upload.name)
    digest = hashlib.file_digest(upload, "sha256").hexdigest()
    upload.seek(0)
    unit_import = UnitImport(original_name=name, sha256=digest, row_count=count, created_by=by)
    with kept(unit_import.file, name, upload), transaction.atomic():
        unit_import.save(force_insert=True)
        record("units.start_import", unit_import, by=by, after={"rows": count, "sha256": digest}, in_history=False)
        title = _("Checking %(name)s") % {"name": name}
        job = jobs.enqueue("units.check_import", by=by, title=title[:150], import_id=str(unit_import.pk))
        UnitImport.objects.filter(pk=unit_import.pk).update(job=job)
    unit_import.refresh_from_db()
    return unit_import


def check_import(unit_import, *, job):
    """Judge every row against the register and write nothing there: the dry run. The work of the background job.

    A file that turns out unreadable ends the import with a sentence (Refusal).
    """
    ImportRow.objects.filter(unit_import=unit_import).delete()
    known = columns()
    judge = Judge(known)
    done = 0
    try:
        with unit_import.file.open("rb") as file, spreadsheets.table(file, headings(known), limit=MAX_ROWS) as table:
            while rows := list(islice(table, AT_ONCE)):
                ImportRow.objects.bulk_create(_judged(unit_import, rows, known, judge))
                done += len(rows)
                jobs.report_progress(job, done, max(unit_import.row_count, done))
    except ValidationError as unreadable:
        sentence = " ".join(unreadable.messages)
        give_up_check(unit_import.pk, sentence)
        raise Refusal(sentence, code="unreadable") from unreadable
    mine = UnitImport.objects.filter(pk=unit_import.pk)
    move_rows(mine, IMPORT_MOVES, "finish_check", remarks=_remarks(table), row_count=mine.get().rows.count())


def give_up_check(pk, sentence=""):
    """The check has failed for good."""
    sentence = sentence or _("The file could not be checked. Upload it again.")
    move_rows(UnitImport.objects.filter(pk=pk), IMPORT_MOVES, "give_up_check", refusal=sentence[:500])


def confirm_import(unit_import, *, by):
    """Have that written which the check has shown, by a background job; returns the UnitImport.

    Raises Refusal when somebody has confirmed it already or there is nothing to write. Its record is that of the
    writing, which names who confirmed.
    """
    permissions.require(permissions.may_import(by))
    if not unit_import.rows.to_write().exists():
        raise Refusal(_("There is nothing to write: the register says all this already."), code="nothing_to_write")
    with transaction.atomic():
        mine = UnitImport.objects.filter(pk=unit_import.pk)
        if not move_rows(mine, IMPORT_MOVES, "confirm", confirmed_by=by, confirmed_at=timezone.now()):
            raise Refusal(_("This import has been confirmed already, or is out of date."), code="already_confirmed")
        title = _("Writing %(name)s to the register") % {"name": unit_import.original_name}
        job = jobs.enqueue("units.write_import", by=by, title=title[:150], import_id=str(unit_import.pk))
        mine.update(job=job)
    unit_import.refresh_from_db()
    return unit_import


def forget_imports():
    """Delete files and rows of imports after 30 days: they hold data of persons. That there was one stays on record."""
    for unit_import in UnitImport.objects.from_before(timezone.now() - KEPT_FOR):
        with transaction.atomic():
            ImportRow.objects.filter(unit_import=unit_import).delete()
            UnitImport.objects.filter(pk=unit_import.pk).update(file="")
        unit_import.file.storage.delete(unit_import.file.name)


def _judged(unit_import, rows, known, judge):
    """ImportRows of some rows of the file: understood cell by cell, then judged together."""
    made = [_understood(unit_import, row, known) for row in rows]
    made = [row for row in made if not row.texts["name"].startswith(EXAMPLE)]
    sound = {row.number: row for row in made if not row.problems}
    for plan in judge.judge([(number, row.facts) for number, row in sound.items()]):
        row = sound[plan.number]
        row.verdict, row.problems, row.changes, row.plan = plan.verdict, plan.problems, plan.changes, plan.as_json()
    return made


def _understood(unit_import, row, known):
    texts, facts, problems = {}, {}, []
    for column in known:
        raw = row.values.get(column.key)
        try:
            facts[column.key] = column.clean(raw)
        except ValidationError as wrong:
            problems.append([column.key, " ".join(wrong.messages)])
        texts[column.key] = _shown(raw)
    return ImportRow(
        unit_import=unit_import,
        number=row.number,
        verdict=RowVerdict.REJECTED,
        texts=texts,
        facts={} if problems else facts,
        problems=problems,
    )


def _shown(raw):
    """A cell as the person sees it in the file."""
    try:
        return spreadsheets.as_text(raw)[:500]
    except ValidationError:
        return str(raw).strip()[:500] if isinstance(raw, int | float | str) else ""


def _remarks(table):
    remarks = []
    if table.unknown:
        words = {"titles": "、".join(table.unknown[:20])}
        remarks.append(_("These columns are not known and were passed over: %(titles)s.") % words)
    if table.merged:
        words = {"cells": "、".join(table.merged[:20])}
        remarks.append(_("Merged cells (%(cells)s) count for their first row only.") % words)
    return remarks
