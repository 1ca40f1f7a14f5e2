"""The verbs by which receipts leave the house; each leaves a record of who took what."""

from django.db import transaction
from django.utils.translation import gettext as _

from membership.audit.actions import record
from membership.exceptions import Refusal
from membership.jobs import actions as jobs
from membership.tracking import permissions
from membership.tracking.models import DeliberationResult, Delivery
from membership.tracking.states import Export, ReceiptState
from membership.units.permissions import require


def request_export(notice, *, by, what):
    """Ask the worker for a file made of the receipts of this notice; returns the Job that keeps it.

    Raises Refusal when the notice asks for no receipt, and for a result that is not frozen yet.
    """
    what = Export(what)
    require(permissions.may_take(by, what))
    if what == Export.RESULT:
        if not DeliberationResult.objects.filter(notice=notice).exists():
            raise Refusal(_("The result has not been frozen yet."), code="no_result")
    elif not Delivery.objects.filter(notice=notice).exclude(receipt_state=ReceiptState.NONE).exists():
        raise Refusal(_("This notice asks for no receipt."), code="no_receipt")
    with transaction.atomic():
        record("tracking.export", notice, by=by, after={"what": str(what)})
        return jobs.enqueue(
            "tracking.export",
            by=by,
            title=f"{what.label} · {notice.title[:80]}",
            notice_id=notice.pk,
            what=str(what),
        )


def note_paper(notice, *, by, what):
    """Somebody takes a paper that is made at once: the sign-in sheet, or the result of a deliberation as PDF."""
    record("tracking.export", notice, by=by, after={"what": what})
