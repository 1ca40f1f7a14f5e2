"""Files of many invoices at once: each finds its order, what is certain is entered, the rest is kept or named."""

from dataclasses import dataclass, field, replace

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from membership.dues import permissions
from membership.dues.actions.invoice_files import digest_of, store_invoice_file
from membership.dues.actions.invoices import add_invoice_file, issue_invoice
from membership.dues.invoice_facts import Facts, facts_of_name, facts_of_xml, same_name
from membership.dues.models import DuesOrder, Invoice
from membership.dues.states import InvoiceKind, OrderState
from membership.exceptions import Refusal
from membership.units import uploads as judged
from membership.units.permissions import require

FILES_AT_ONCE = 50


@dataclass
class Sheet:
    """One uploaded file and what it says about itself."""

    upload: object
    facts: Facts

    @property
    def name(self):
        return judged.clean_name(self.upload.name)


@dataclass
class Kept:
    """Files that are stored for an order and wait for a person: `problem` says why nothing was entered."""

    order: DuesOrder
    documents: list
    facts: Facts
    problem: str


@dataclass
class Outcome:
    """What became of every file: invoices entered, files added to others, files kept, and {name, problem} refused."""

    issued: list = field(default_factory=list)
    added: list = field(default_factory=list)
    kept: list = field(default_factory=list)
    refused: list = field(default_factory=list)

    def refuse(self, sheets, problem):
        self.refused += [{"name": sheet.name, "problem": problem} for sheet in sheets]


def file_invoices(files, *, by, issued_on):
    """Enter the invoices that these uploads are; returns the Outcome.

    Files with the same number or order form one invoice. The order is found by its number in a name, by the number of
    an invoice that is entered already, or by title and amount in the XML, if one order alone waits with these.
    `issued_on` counts where a file names no day. Each invoice is entered by itself: one that fails stops no other.
    Raises Refusal for none or more than fifty files.
    """
    require(permissions.may_issue(by))
    if not files:
        raise Refusal(_("Choose the files of the invoices."), code="no_file")
    if len(files) > FILES_AT_ONCE:
        raise Refusal(_("At most %(count)s files can be sent at once.") % {"count": FILES_AT_ONCE}, code="too_many")
    outcome, good = Outcome(), []
    for upload in files:
        try:
            good.append(_sheet(upload))
        except ValidationError as refused:
            outcome.refuse([Sheet(upload, Facts())], " ".join(refused.messages))
    for sheets in _groups(good):
        try:
            _file(sheets, outcome, by=by, issued_on=issued_on)
        except Refusal as refusal:
            outcome.refuse(sheets, str(refusal))
    return outcome


def _sheet(upload):
    by_name = facts_of_name(upload.name)
    if judged.kind_of(upload, judged.INVOICES) != judged.XML:
        return Sheet(upload, by_name)
    said = facts_of_xml(upload.read())
    upload.seek(0)
    # Its own words count for more than its name.
    number, day = said.number or by_name.number, said.day or by_name.day
    return Sheet(upload, replace(by_name, number=number, day=day, buyer=said.buyer, amount=said.amount))


def _groups(sheets):
    """Lists of files that belong together, in the order in which they came; one that says nothing is alone."""
    order_of = {s.facts.number: s.facts.order for s in sheets if s.facts.number and s.facts.order}
    groups = {}
    for position, sheet in enumerate(sheets):
        facts = sheet.facts
        key = facts.order or order_of.get(facts.number) or facts.number or position
        groups.setdefault(key, []).append(sheet)
    return groups.values()


def _file(sheets, outcome, *, by, issued_on):
    facts = _together([sheet.facts for sheet in sheets])
    entered = Invoice.objects.for_user(by).holding(facts.number).first() if facts.number else None
    order = _order_of(facts, entered, by)
    if order.invoice_kind == InvoiceKind.FISCAL and not facts.number:
        facts = replace(facts, number=facts.fiscal)
    _require_fitting(facts, order)
    standing = order.invoices.standing().first()
    if standing and standing.number != facts.number:
        raise Refusal(_("Order %(order)s has an invoice already.") % {"order": order.number})
    known = set(standing.files.values_list("document__sha256", flat=True)) if standing else set()
    documents = _stored(sheets, order, outcome, by=by, known=known)
    if not documents:
        return
    if standing:
        outcome.added += [add_invoice_file(standing, by=by, document=document) for document in documents]
    else:
        _issue(order, documents, facts, outcome, by=by, issued_on=issued_on)


def _issue(order, documents, facts, outcome, *, by, issued_on):
    """Enter the invoice; what stops that leaves the files with the order."""
    problem = "" if facts.number else _("No file says the number of the invoice.")
    if not problem:
        day = facts.day or issued_on
        try:
            chosen = {"number": facts.number, "issued_on": day, "kind": order.invoice_kind, "files": documents}
            outcome.issued.append(issue_invoice(order, by=by, **chosen))
        except Refusal as refusal:
            problem = str(refusal)
    if problem:
        outcome.kept.append(Kept(order, documents, facts, problem))


def _together(all_facts):
    """One set of facts for one invoice. Raises Refusal where its files contradict each other."""

    def the(name):
        values = {getattr(facts, name) for facts in all_facts} - {"", None}
        if len(values) > 1 and name in ("order", "number", "amount", "buyer"):
            shown = "、".join(sorted(map(str, values)))
            raise Refusal(_("The files of this invoice contradict each other: %(values)s.") % {"values": shown})
        return min(values) if values else getattr(Facts(), name)

    return Facts(**{name: the(name) for name in Facts.__dataclass_fields__})


def _order_of(facts, entered, by):
    orders = DuesOrder.objects.for_user(by).select_related("unit")
    if entered and not entered.is_standing:
        raise Refusal(_("The invoice %(number)s has been replaced or voided.") % {"number": entered.number})
    if facts.order:
        order = orders.filter(number=facts.order).first()
        if order is None:
            raise Refusal(_("There is no order %(order)s.") % {"order": facts.order})
        if entered and entered.order_id != order.pk:
            raise Refusal(_("The invoice %(number)s belongs to another order.") % {"number": entered.number})
        return order
    if entered:
        return orders.get(pk=entered.order_id)
    if not facts.buyer or facts.amount is None:
        raise Refusal(_("Neither the name nor the content says which order it is for."))
    waiting = orders.awaiting_invoice().filter(amount=facts.amount)
    found = [order for order in waiting if same_name(order.invoice_title, facts.buyer)]
    if len(found) != 1:
        raise Refusal(
            _("%(count)s orders wait with the title %(title)s and %(amount)s yuan: put the order number into the name.")
            % {"count": len(found), "title": facts.buyer, "amount": facts.amount}
        )
    return found[0]


def _require_fitting(facts, order):
    """Raises Refusal when the invoice is for other money or another buyer, or the order is not paid."""
    if order.state != OrderState.PAID:
        raise Refusal(
            _("Order %(order)s is not paid: %(state)s.") % {"order": order.number, "state": order.get_state_display()}
        )
    if facts.amount is not None and facts.amount != order.amount:
        raise Refusal(
            _("The invoice is about %(invoice)s yuan, order %(order)s about %(amount)s yuan.")
            % {"invoice": facts.amount, "order": order.number, "amount": order.amount}
        )
    if facts.buyer and not same_name(facts.buyer, order.invoice_title):
        raise Refusal(
            _("The invoice is made out to %(buyer)s, order %(order)s asks for %(title)s.")
            % {"buyer": facts.buyer, "order": order.number, "title": order.invoice_title}
        )


def _stored(sheets, order, outcome, *, by, known):
    """Documents of the files that are good and new; the others are named with what is wrong."""
    documents, known = [], set(known)
    for sheet in sheets:
        digest = digest_of(sheet.upload)
        if digest in known:
            outcome.refuse([sheet], _("The invoice has this file already."))
            continue
        known.add(digest)
        try:
            documents.append(store_invoice_file(sheet.upload, order, by=by))
        except ValidationError as refused:
            outcome.refuse([sheet], " ".join(refused.messages))
    return documents
