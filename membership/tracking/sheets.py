"""The tables made of receipts: what units answered, who comes, who is missing, and the result of a deliberation."""

from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from membership.accounts.phones import national
from membership.spreadsheets import Column, Sheet
from membership.tracking.models import Attendee, Delivery, Receipt
from membership.tracking.results import late_receipts, outcome, tallies
from membership.tracking.states import ReceiptKind, ReceiptOrigin
from membership.units.models import Membership
from membership.units.states import BodyKind

CHUNK = 500
NAME, CODE, TEXT, MOMENT = 30, 22, 40, 18


def of_receipts(notice, *, progress=None):
    """The three sheets of a notice: receipts, attendees, not yet. Rows are read in portions while they are written."""
    deliveries = Delivery.objects.standing().of_members().filter(notice=notice)
    items = list(notice.agenda_items.all()) if notice.receipt_kind == ReceiptKind.DELIBERATION else []
    steps = _Steps(deliveries.count(), progress)
    sheets = [Sheet(_("Receipts"), _receipt_columns(items), _receipt_rows(deliveries.receipted(), items, steps))]
    sheets.append(Sheet(_("Attendees"), _attendee_columns(), _attendee_rows(notice)))
    return [*sheets, Sheet(_("Not yet"), _missing_columns(), _missing_rows(deliveries.awaiting_receipt(), steps))]


def of_result(result, *, progress=None):
    """The two sheets of a frozen result: what came of each matter, and what every unit said."""
    rule = outcome(result)
    rows = [
        (number, tally.item.title, line.label, line.number, f"{line.percent}%", words_for(tally))
        for number, tally in enumerate(tallies(result, rule), start=1)
        for line in tally.lines
    ]
    facts = [
        (_("Notice"), result.notice.title),
        (_("Deadline"), result.deadline),
        (_("Frozen at"), result.frozen_at),
        (_("Units entitled"), rule.entitled),
        (_("Units that answered"), rule.present),
        (_("Needed for the quorum"), rule.needed_present or "--"),
        (_("Quorum"), _("Reached") if rule.has_quorum else _("Not reached")),
        (_("Votes needed"), rule.needed_votes or "--"),
    ]
    titles = ("#", _("Matter"), _("Opinion"), _("Units"), _("Of those that answered"), _("Result"))
    matters = [Column(title, width) for title, width in zip(titles, (6, NAME, 14, 10, 14, 14), strict=True)]
    steps = _Steps(rule.entitled, progress)
    return [
        Sheet(_("Summary"), [Column(_("Fact"), 20), Column(_("Value"), TEXT)], facts),
        Sheet(_("Matters"), matters, rows),
        _every_opinion(result, steps),
    ]


def words_for(tally):
    """What came of a matter: carried or not, which option was decided, or nothing where no rule says."""
    if tally.passed is None:
        return _("No majority rule")
    if tally.passed:
        return tally.decided if tally.has_options else _("Carried")
    return _("Not carried")


def marks(receipt):
    """How a receipt came, in words: late, on paper, revised."""
    found = []
    if receipt.is_late:
        found.append(_("Late"))
    if receipt.origin == ReceiptOrigin.PAPER:
        found.append(_("On paper"))
    if receipt.version > 1:
        found.append(_("Version %(number)d") % {"number": receipt.version})
    return " · ".join(found)


class _Steps:
    """Counts rows and tells now and then how many are done."""

    def __init__(self, total, progress):
        self.done, self.total, self.progress = 0, total, progress

    def one(self):
        self.done += 1
        if self.progress and (self.done % CHUNK == 0 or self.done == self.total):
            self.progress(self.done, self.total)


def _with_level(deliveries):
    level = Membership.objects.filter(unit=OuterRef("unit"), body__kind=BodyKind.ASSOCIATION).values("level__name")
    rows = deliveries.with_deadline().select_related("unit", "read_by").annotate(level_name=Subquery(level[:1]))
    return rows.order_by("unit__name", "pk")


def _receipt_columns(items):
    columns = [
        Column("#", 6),
        Column(_("Receipt number"), CODE),
        Column(_("Unit"), NAME),
        Column(_("Credit code"), CODE),
        Column(_("Level"), 16),
        Column(_("Read at"), MOMENT),
        Column(_("Returned at"), MOMENT),
        Column(_("Returned by"), 12),
        Column(_("Note"), 16),
    ]
    for item in items:
        columns += [Column(item.title, TEXT), Column(_("Explanation"), TEXT)]
    return [*columns, Column(_("Persons"), 8), Column(_("Does not come because"), TEXT), Column(_("File"), TEXT)]


def _receipt_rows(deliveries, items, steps):
    for number, delivery in enumerate(deliveries.for_board().iterator(chunk_size=CHUNK), start=1):
        receipt = next(iter(delivery.current_receipts), None)
        steps.one()
        if receipt is None:
            continue
        said = []
        for opinion in opinions_of(receipt, items):
            said += [opinion.label, opinion.comment] if opinion else ["", ""]
        yield (
            number,
            delivery.receipt_number,
            delivery.unit.name,
            delivery.unit.uscc,
            delivery.level_name,
            delivery.read_at,
            receipt.submitted_at,
            str(receipt.submitted_by),
            marks(receipt),
            *said,
            len(receipt.attendees.all()) or None,
            receipt.declined_because,
            receipt.document.original_name if receipt.document else "",
        )


def _attendee_columns():
    titles = (
        (_("Unit"), NAME),
        (_("Full name"), 12),
        (_("Gender"), 8),
        (_("Position"), 16),
        (_("Mobile number"), 16),
        (_("E-mail"), 26),
        (_("Accommodation"), 12),
        (_("Remark"), TEXT),
        (_("Attendance"), 10),
    )
    return [Column("#", 6), *(Column(title, width) for title, width in titles)]


def _attendee_rows(notice):
    came = {True: _("Came"), False: _("Did not come"), None: ""}
    persons = Attendee.objects.expected(notice).by_unit()
    for number, person in enumerate(persons.iterator(chunk_size=CHUNK), start=1):
        yield (
            number,
            person.receipt.delivery.unit.name,
            person.name,
            person.get_gender_display(),
            person.position,
            national(person.mobile),
            person.email,
            person.get_accommodation_display(),
            person.remark,
            came[person.attended],
        )


def _missing_columns():
    titles = (
        (_("Unit"), NAME),
        (_("Credit code"), CODE),
        (_("Level"), 16),
        (_("Contact person"), 14),
        (_("Contact phone"), 16),
        (_("Sent at"), MOMENT),
        (_("Read at"), MOMENT),
        (_("Deadline"), MOMENT),
        (_("Note"), TEXT),
    )
    return [Column("#", 6), *(Column(title, width) for title, width in titles)]


def _missing_rows(deliveries, steps):
    now = timezone.now()
    back = Receipt.objects.current().filter(delivery=OuterRef("pk"), sent_back_at__isnull=False)
    rows = _with_level(deliveries).annotate(was_sent_back=Exists(back), why=Subquery(back.values("sent_back_because")))
    for number, delivery in enumerate(rows.iterator(chunk_size=CHUNK), start=1):
        steps.one()
        notes = [_("Overdue")] if delivery.is_late_at(now) else []
        if delivery.was_sent_back:
            notes.append(_("Sent back: %(reason)s") % {"reason": delivery.why})
        unit = delivery.unit
        yield (
            number,
            unit.name,
            unit.uscc,
            delivery.level_name,
            unit.contact_name,
            unit.contact_phone,
            delivery.delivered_at,
            delivery.read_at,
            delivery.deadline,
            " · ".join(notes),
        )


def _every_opinion(result, steps):
    items = list(result.notice.agenda_items.all())
    columns = [Column("#", 6), Column(_("Unit"), NAME), Column(_("Level"), 16), Column(_("Returned at"), MOMENT)]
    columns.append(Column(_("Note"), 16))
    for item in items:
        columns += [Column(item.title, TEXT), Column(_("Explanation"), TEXT)]

    def rows():
        late = late_receipts(result)
        for number, entitled in enumerate(result.entitled.with_answers().iterator(chunk_size=CHUNK), start=1):
            steps.one()
            receipt, note = answer_of(entitled, late)
            said = []
            for opinion in opinions_of(receipt, items):
                said += [opinion.label, opinion.comment] if opinion else ["", ""]
            yield number, entitled.unit_name, entitled.level_name, receipt and receipt.submitted_at, note, *said

    return Sheet(_("Opinions"), columns, rows())


def answer_of(entitled, late):
    """(receipt, note) of a unit that was asked: the one that counts, else that of `late`, which does not; or None."""
    if entitled.receipt:
        return entitled.receipt, marks(entitled.receipt)
    receipt = late.get(entitled.unit_id)
    return receipt, _("Too late, not counted") if receipt else _("Receipt awaited")


def opinions_of(receipt, items):
    """The opinion of a receipt on each matter, None where it has none."""
    found = {opinion.item_id: opinion for opinion in receipt.opinions.all()} if receipt else {}
    return [found.get(item.pk) for item in items]
