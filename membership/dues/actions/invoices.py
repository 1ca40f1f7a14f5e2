"""Verbs on invoices: enter one, add a file, put another in its place, void it. What is issued is never edited."""

from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from membership.audit.actions import record
from membership.dues import permissions
from membership.dues.calendar import dues_year
from membership.dues.invoice_numbers import clean_number, number_problem
from membership.dues.models import DuesOrder, Invoice, InvoiceFile, NumberSeries
from membership.dues.models.numbers import Series
from membership.dues.states import OrderState
from membership.exceptions import Refusal
from membership.messaging import actions as messaging
from membership.units.actions import tell_owner
from membership.units.permissions import require

FILES_MAX = 10  # of one invoice
REASON_MAX = 200


def issue_invoice(order, *, by, number, issued_on, kind, files, title=None, tax_no=None):
    """Enter the invoice that was issued for a paid order, and send it to the unit; returns the invoice.

    `files` are documents of the kind invoice, stored for the unit of the order; title and tax number are those of the
    order unless given. Raises Refusal for an order that is not paid or has an invoice, for a number that is taken or
    no number, for a day to come, and without files.
    """
    require(permissions.may_issue(by))
    require(all(permissions.may_file_invoice(by, order, file) for file in files))
    title = order.invoice_title if title is None else title
    facts = _facts(number, issued_on, kind, title, order.tax_no if tax_no is None else tax_no)
    with _numbered_once(facts["number"]):
        fresh = _paid(order)
        if Invoice.objects.standing().filter(order=fresh).exists():
            raise _has_invoice()
        invoice = _enter(fresh, facts, files, by=by)
        record("dues.issue_invoice", invoice, by=by, unit_id=fresh.unit_id, after=_told(invoice))
    return invoice


def replace_invoice(invoice, *, by, reason, red_number, number, issued_on, kind, files, title=None, tax_no=None):
    """换开: void an invoice and enter another one in its place, for the same amount; returns the new one.

    An open request of the unit is answered by it. Raises Refusal like `issue_invoice`, without words, and when the old
    one does not stand any more.
    """
    require(permissions.may_issue(by))
    require(all(permissions.may_file_invoice(by, invoice.order, file) for file in files))
    title = invoice.title if title is None else title
    facts = _facts(number, issued_on, kind, title, invoice.tax_no if tax_no is None else tax_no)
    with _numbered_once(facts["number"]):
        order = _paid(invoice.order)
        _void(invoice, by=by, reason=reason, red_number=red_number)
        fresh = _enter(order, facts, files, by=by, replaces=invoice)
        _answer_requests(invoice, by, _("Another invoice has been issued: %(number)s.") % {"number": fresh.number})
        record(
            "dues.replace_invoice",
            fresh,
            by=by,
            unit_id=order.unit_id,
            before=_told(invoice),
            after=_told(fresh),
        )
    return fresh


def void_invoice(invoice, *, by, reason, red_number=""):
    """红冲: an invoice stands no longer, as after a payment was taken back; a paid order then waits for another one.

    `red_number` is empty when no red invoice exists because the entry itself was a mistake. Raises Refusal without
    words, for a red number that is none, and when it does not stand any more.
    """
    require(permissions.may_issue(by))
    with transaction.atomic():
        _locked(invoice.order)
        _void(invoice, by=by, reason=reason, red_number=red_number)
        _answer_requests(invoice, by, reason.strip()[:REASON_MAX])
        record(
            "dues.void_invoice",
            invoice,
            by=by,
            unit_id=invoice.order.unit_id,
            before=_told(invoice),
            after={"red_number": invoice.red_number},
        )


def add_invoice_file(invoice, *, by, document):
    """One more file of an invoice that stands, such as the OFD that came later. Nothing is sent.

    Raises Refusal for a file that belongs to an invoice already, and with more than ten.
    """
    require(permissions.may_file_invoice(by, invoice.order, document))
    with transaction.atomic():
        _locked(invoice.order)
        if not Invoice.objects.standing().filter(pk=invoice.pk).exists():
            raise _stands_no_longer()
        known = list(invoice.files.values_list("document__sha256", flat=True))
        if document.sha256 in known:
            raise Refusal(_("The invoice has this file already."), code="file_known")
        _require_files([document], known)
        added = InvoiceFile.objects.create(invoice=invoice, document=document)
        after = {"mime": document.mime, "sha256": document.sha256}
        record("dues.add_invoice_file", invoice, by=by, unit_id=invoice.order.unit_id, after=after)
    return added


def attachments_of(invoice):
    """The files of an invoice as messaging takes them."""
    files = invoice.files.select_related("document", "invoice__order")
    return [{"name": file.download_name, "key": file.document.file.name, "mime": file.document.mime} for file in files]


def _facts(number, issued_on, kind, title, tax_no):
    number = clean_number(number)
    if problem := number_problem(kind, number):
        raise Refusal(problem, code="number")
    if issued_on > timezone.localdate():
        raise Refusal(_("The day of the invoice has not come yet."), code="issued_on")
    if not title.strip():
        raise Refusal(_("Say what the title of the invoice is."), code="title")
    return {"number": number, "issued_on": issued_on, "kind": kind, "title": title.strip(), "tax_no": tax_no.strip()}


@contextmanager
def _numbered_once(number):
    """A transaction in which the constraints decide: of what stands, a number has one invoice and an order one."""
    taken = Invoice.objects.holding(number)
    try:
        with transaction.atomic():
            if taken.exists():
                raise _number_taken(number)
            yield
    except IntegrityError as clash:
        raise (_number_taken(number) if taken.all().exists() else _has_invoice()) from clash


def _locked(order):
    return DuesOrder.objects.select_for_update(of=("self",)).select_related("unit").get(pk=order.pk)


def _paid(order):
    fresh = _locked(order)
    if fresh.state != OrderState.PAID:
        raise Refusal(
            _("An invoice is issued for a paid order; this one is: %(state)s.") % {"state": fresh.get_state_display()},
            code="not_paid",
        )
    return fresh


def _enter(order, facts, files, *, by, replaces=None):
    """The row with the next number of ours, its files, and what the unit is told."""
    _require_files(files)
    now = timezone.now()
    invoice = Invoice.objects.create(
        serial=NumberSeries.objects.next(Series.INVOICE, dues_year(now)),
        order=order,
        amount=order.amount,
        replaces=replaces,
        recorded_at=now,
        recorded_by=by,
        **facts,
    )
    InvoiceFile.objects.bulk_create(InvoiceFile(invoice=invoice, document=file) for file in files)
    tell_owner(order.unit, "invoice_issued", by=by)
    if order.email:
        attachments = attachments_of(invoice)
        messaging.post("email", "invoice_issued", order.email, by=by, attachments=attachments, unit=order.unit.name)
    return invoice


def _require_files(files, known=()):
    if not files:
        raise Refusal(_("Upload at least one file of the invoice."), code="no_file")
    if len(files) + len(known) > FILES_MAX:
        raise Refusal(_("An invoice has at most %(count)s files.") % {"count": FILES_MAX}, code="too_many_files")
    if InvoiceFile.objects.filter(document__in=files).exists():
        raise Refusal(_("One of these files belongs to an invoice already."), code="file_used")


def _void(invoice, *, by, reason, red_number):
    """One conditional UPDATE; the given object follows."""
    reason, red_number = reason.strip(), clean_number(red_number)
    if not reason:
        raise Refusal(_("Say why the invoice is voided."), code="no_words")
    if red_number and (problem := number_problem(invoice.kind, red_number)):
        raise Refusal(problem, code="red_number")
    changes = {
        "voided_at": timezone.now(),
        "voided_by": by,
        "void_reason": reason[:REASON_MAX],
        "red_number": red_number,
    }
    if not Invoice.objects.standing().filter(pk=invoice.pk).update(**changes):
        raise _stands_no_longer()
    for name, value in changes.items():
        setattr(invoice, name, value)


def _answer_requests(invoice, by, answer):
    invoice.requests.open().update(closed_at=timezone.now(), closed_by=by, answer=answer[:REASON_MAX])


def _told(invoice):
    return {
        "order": invoice.order.number,
        "serial": invoice.serial,
        "number": invoice.number,
        "amount": str(invoice.amount),
    }


def _number_taken(number):
    return Refusal(_("An invoice with the number %(number)s is entered already.") % {"number": number}, code="taken")


def _has_invoice():
    return Refusal(_("This order has an invoice already: replace it if it is wrong."), code="has_invoice")


def _stands_no_longer():
    return Refusal(_("This invoice has been replaced or voided. Reload the page."), code="stale")
