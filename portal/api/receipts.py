"""The receipt that a unit returns: the same form and the same verb as on the page of the message."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, File, Router, Schema
from ninja.files import UploadedFile
from ninja.responses import Status
from pydantic import ConfigDict

from membership.exceptions import Refusal
from membership.tracking import actions
from membership.tracking.forms import LAST_VERSION, MAX_ROWS_SHOWN, ReceiptForm, as_posted
from membership.tracking.states import Accommodation, AttendeeColumn, Gender
from membership.units.actions import store_document
from membership.units.states import DocumentKind
from portal.api.files import FILE_EXAMPLE, MessageId, StoredFile
from portal.api.ids import LARGEST_ID
from portal.api.problems import ProblemError, answers
from portal.mailbox import agenda_of, current_receipt, delivery_or_404, repeated_receipt

router = Router(tags=["receipts"])

OPINIONS_MAX = 500


class Opinion(Schema):
    model_config = ConfigDict(extra="forbid")

    item: int = Field(ge=1, le=LARGEST_ID, description="`id` of the agenda item.", examples=[3])
    choice: str = Field(max_length=50, description="`value` of one of the matter's choices.", examples=["agree"])
    comment: str = Field("", description="Required to disagree; up to 500 characters.")


class Attendee(Schema):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(examples=["李四"])
    gender: Literal["", *Gender.values] = ""
    position: str = Field(examples=["总工程师"])
    mobile: str = Field(description="A mainland mobile number.", examples=["13811138111"])
    email: str = ""
    accommodation: Literal["", *Accommodation.values] = ""
    remark: str = ""


class NewReceipt(Schema):
    """The whole receipt: what it leaves out is not in the new version."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "version": 0,
                    "document": "5a0cbd5e-0e61-4b4e-9f42-7f1c3c6f0d0a",
                    "opinions": [{"item": 3, "choice": "disagree", "comment": "第十二条建议保留原文。"}],
                }
            ]
        },
    )

    version: int = Field(ge=0, le=LAST_VERSION, description="`receipt_version` of the message as the person saw it.")
    document: UUID | None = Field(None, description="`id` of a file uploaded before.")
    opinions: list[Opinion] = Field([], max_length=OPINIONS_MAX, description="Deliberation: one for each agenda item.")
    attendees: list[Attendee] = Field([], max_length=MAX_ROWS_SHOWN, description="Meeting: whom the unit sends.")
    declined_because: str = Field("", description="Meeting: the unit sends nobody, and why; up to 200 characters.")


class Receipt(Schema):
    """The version of the unit's receipt that counts."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "number": "HZ-2026-000017",
                    "version": 1,
                    "submitted_at": "2026-11-21T02:00:00Z",
                    "submitted_by": "李四",
                    "document": FILE_EXAMPLE,
                    "opinions": [{"item": 3, "choice": "disagree", "comment": "第十二条建议保留原文。"}],
                    "attendees": [],
                    "declined_because": "",
                    "is_late": False,
                }
            ]
        }
    )

    number: str = Field(description="To quote when asking the association about it.", examples=["HZ-2026-000017"])
    version: int
    submitted_at: datetime
    submitted_by: str = Field(description="Name of the person.")
    document: StoredFile | None
    opinions: list[Opinion]
    attendees: list[Attendee]
    declined_because: str = Field(description="Why the unit sends nobody; otherwise empty.")
    is_late: bool = Field(description="Returned after the deadline.")

    @classmethod
    def of(cls, delivery, receipt):
        return cls(
            number=delivery.receipt_number,
            version=receipt.version,
            submitted_at=receipt.submitted_at,
            submitted_by=str(receipt.submitted_by),
            document=StoredFile.of(receipt.document) if receipt.document else None,
            opinions=[Opinion(item=o.item_id, choice=o.choice, comment=o.comment) for o in receipt.opinions.all()],
            attendees=[
                Attendee(**{name: getattr(person, name) for name in Attendee.model_fields})
                for person in receipt.attendees.all()
            ],
            declined_because=receipt.declined_because,
            is_late=receipt.is_late,
        )


@router.put(
    "/messages/{int:message_id}/receipt",
    response={200: Receipt, 201: Receipt, **answers(404, 409, 413, 415, 422)},
    operation_id="return_receipt",
    summary="Return or revise the receipt",
)
def return_receipt(request, message_id: MessageId, receipt: NewReceipt):
    """Until the deadline; later, if the notice takes late receipts, unless one came in time.

    201 for the first version, 200 for a revision and for the same receipt sent twice.

    409 says by its `code` why not now: `closed`, `recalled`, `no_receipt`, or that somebody else was faster
    (`already_submitted`, `stale`): read the message again and name its new `receipt_version`.
    """
    delivery = open_or_refused(request, message_id)
    form = valid_form(delivery, receipt, by=request.user)
    try:
        actions.submit_receipt(delivery, by=request.user, **form.answers())
    except Refusal:
        returned = repeated_receipt(delivery_or_404(request, message_id), form, request.user)
        if returned is None:
            raise
        return Status(200, Receipt.of(delivery, returned))
    returned = current_receipt(delivery_or_404(request, message_id))
    return Status(201 if returned.version == 1 else 200, Receipt.of(delivery, returned))


@router.post(
    "/messages/{int:message_id}/receipt/files",
    response={201: StoredFile, **answers(404, 409, 413, 415, 422)},
    operation_id="upload_receipt_file",
    summary="Upload the file of a receipt",
)
def upload_receipt_file(request, message_id: MessageId, file: File[UploadedFile]):
    """Judged by its content: a deliberation takes a PDF, a meeting also Word, Excel, JPG and PNG; up to 20 MB.

    The file belongs to the receipt only once `PUT …/receipt` names its `id` as `document`.
    """
    delivery = open_or_refused(request, message_id)
    form = ReceiptForm.for_delivery(delivery, ())
    if not form.takes_file:
        raise ProblemError("invalid", errors=[("file", _("This notice asks for no file."))])
    try:
        stored = store_document(
            file, unit=delivery.unit, kind=DocumentKind.RECEIPT, by=request.user, accept=form.accept
        )
    except ValidationError as error:
        code = "too_large" if error.code == "too_large" else "invalid"
        raise ProblemError(code, errors=[("file", words) for words in error.messages]) from None
    return Status(201, StoredFile.of(stored))


def open_or_refused(request, message_id):
    """The delivery, if a receipt may be returned now; otherwise the refusal of the verb, before anything is kept."""
    delivery = delivery_or_404(request, message_id)
    if not delivery.is_open_for_receipt(timezone.now()):
        raise actions.refusal_to_submit(delivery, delivery.receipt_version)
    return delivery


def valid_form(delivery, receipt, *, by):
    """The form of the page, filled in with `receipt`; its errors become those of our fields."""
    posted = as_posted(**receipt.model_dump())
    form = ReceiptForm.for_delivery(delivery, agenda_of(delivery), posted, {}, by=by)
    errors = [*_unfit(form, receipt), *([] if form.is_valid() else _errors_of(form, receipt))]
    if not errors and receipt.document and form.kept is None:
        errors = [("document", _("This file was not found. Upload it again."))]
    if errors:
        raise ProblemError("invalid", errors=errors)
    return form


def _unfit(form, receipt):
    """What a browser could not have sent."""
    if len({opinion.item for opinion in receipt.opinions}) < len(receipt.opinions):
        yield "opinions", _("Give one opinion on each matter.")
    if receipt.document and not form.takes_file:
        yield "document", _("This notice asks for no file.")
    if form.attendees is None:
        if receipt.attendees:
            yield "attendees", _("This notice does not ask for attendees.")
        if receipt.declined_because:
            yield "declined_because", _("This notice does not ask for attendees.")
        return
    if receipt.attendees and receipt.declined_because:
        yield "attendees", _("Name attendees or the reason why nobody comes, not both.")
    columns = set(AttendeeColumn.values) - set(form.delivery.notice.attendee_columns)
    for number, person in enumerate(receipt.attendees):
        for name in sorted(columns):
            if getattr(person, name):
                yield f"attendees.{number}.{name}", _("This notice does not ask for this.")


def _errors_of(form, receipt):
    given = {opinion.item: number for number, opinion in enumerate(receipt.opinions)}
    for name, messages in form.errors.items():
        yield from ((_field(name, given), message) for message in messages)
    if form.attendees is not None and not form.declines:
        yield from (("attendees", message) for message in form.attendees.non_form_errors())
        for number, row in enumerate(form.attendees.errors):
            for name, messages in row.items():
                yield from ((f"attendees.{number}.{name}", message) for message in messages)


def _field(name, given):
    """How the API calls a field of the form; `given` says where in `opinions` a matter stands."""
    question, _line, item = name.partition("_")
    if question in {"opinion", "comment"} and item.isdigit():
        part = "choice" if question == "opinion" else question
        return f"opinions.{given[int(item)]}.{part}" if int(item) in given else "opinions"
    return {"__all__": "", "file": "document"}.get(name, name)
