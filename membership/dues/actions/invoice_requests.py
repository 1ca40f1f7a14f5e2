"""Verbs on invoices that stand: ask for another one, refuse that, send the files by e-mail, fetch a file."""

from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from membership.audit.actions import record
from membership.audit.models import AuditEntry
from membership.dues import permissions
from membership.dues.actions.invoices import REASON_MAX, attachments_of
from membership.dues.models import DuesOrder, Invoice, ReissueRequest
from membership.dues.states import OrderState
from membership.exceptions import Refusal
from membership.messaging import actions as messaging
from membership.units.actions import tell_owner, unless_taken
from membership.units.permissions import require

SENT_A_DAY = 5  # e-mails by hand for one order


def request_reissue(invoice, *, by, reason):
    """申请换开: the unit asks for another invoice; returns the request.

    Raises Refusal without words, for an invoice that does not stand or whose payment was taken back, and while a
    request is open.
    """
    require(permissions.may_order(by, invoice.order.unit))
    if not reason.strip():
        raise Refusal(_("Say what is wrong with the invoice."), code="no_words")
    with unless_taken(_("You have asked for another invoice already."), code="open_request"), transaction.atomic():
        order = _with_invoice(invoice)
        if order.state != OrderState.PAID:
            raise Refusal(_("The payment of this order was taken back: ask the association."), code="not_paid")
        asked = ReissueRequest.objects.create(invoice=invoice, reason=reason.strip()[:REASON_MAX], asked_by=by)
        record("dues.request_reissue", invoice, by=by, unit_id=order.unit_id, after={"request": asked.pk})
    return asked


def refuse_reissue(request, *, by, answer):
    """The invoice stays as it is; the unit reads why. Raises Refusal without words, and once it is answered."""
    require(permissions.may_issue(by))
    answer = answer.strip()[:REASON_MAX]
    if not answer:
        raise Refusal(_("Say why there is no other invoice: the unit reads it."), code="no_words")
    with transaction.atomic():
        rows = ReissueRequest.objects.open().filter(pk=request.pk)
        if not rows.update(closed_at=timezone.now(), closed_by=by, answer=answer):
            raise Refusal(_("This request has been answered already."), code="stale")
        unit = request.invoice.order.unit
        tell_owner(unit, "reissue_refused", by=by, reason=answer)
        record("dues.refuse_reissue", request.invoice, by=by, unit_id=unit.pk, after={"request": request.pk})


def send_invoice(invoice, *, by, email):
    """Send the files of an invoice to an address; that address stands in the message, not in the trail.

    Raises ValidationError for what is no address; Refusal for an invoice that does not stand, and after five for the
    order on one day.
    """
    require(permissions.may_send_invoice(by, invoice))
    validate_email(email)
    with transaction.atomic():
        order = _with_invoice(invoice)
        if _sent_today(order) >= SENT_A_DAY:
            sentence = _("The invoice has been sent %(count)s times today: download it, or try again tomorrow.")
            raise Refusal(sentence % {"count": SENT_A_DAY}, code="too_often")
        attachments = attachments_of(invoice)
        messaging.post("email", "invoice_issued", email, by=by, attachments=attachments, unit=order.unit.name)
        record("dues.send_invoice", invoice, by=by, unit_id=order.unit_id, after={"files": len(attachments)})


def download_invoice(invoice_file, *, by):
    """Somebody fetches a file of an invoice, which leaves a line in the trail; returns the document."""
    invoice, document = invoice_file.invoice, invoice_file.document
    require(permissions.may_see_invoice(by, invoice))
    after = {"number": invoice.number, "mime": document.mime}
    record("dues.download_invoice", invoice, by=by, unit_id=invoice.order.unit_id, after=after, in_history=False)
    return document


def _with_invoice(invoice):
    """Its order, locked, while the invoice stands."""
    order = DuesOrder.objects.select_for_update(of=("self",)).select_related("unit").get(pk=invoice.order_id)
    if not Invoice.objects.standing().filter(pk=invoice.pk).exists():
        raise Refusal(_("This invoice has been replaced or voided. Reload the page."), code="stale")
    return order


def _sent_today(order):
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    invoices = [str(pk) for pk in order.invoices.values_list("pk", flat=True)]
    sent = AuditEntry.objects.filter(object_type=Invoice._meta.label_lower, object_id__in=invoices)
    return sent.filter(verb="dues.send_invoice", at__gte=midnight).count()
