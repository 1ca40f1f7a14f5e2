"""The draft of a receipt: what a person has typed so far, right or wrong, for all who act for the unit."""

from datetime import datetime

from django.http import Http404
from django.utils import timezone
from ninja import Field, Router, Schema
from pydantic import ConfigDict

from membership.tracking import actions
from membership.tracking.forms import LAST_VERSION, MAX_ROWS_SHOWN, ReceiptForm, as_posted
from portal.api.files import MessageId
from portal.api.ids import LARGEST_ID
from portal.api.messages import standing_or_gone
from portal.api.problems import answers
from portal.api.receipts import OPINIONS_MAX
from portal.mailbox import agenda_of, delivery_or_404

router = Router(tags=["receipts"])

PERSON = ("name", "gender", "position", "mobile", "email", "accommodation", "remark")
EXAMPLE = {
    "document": None,
    "opinions": [{"item": 3, "choice": "disagree", "comment": "第十二条建议"}],
    "attendees": [],
    "declined_because": "",
}


class DraftOpinion(Schema):
    model_config = ConfigDict(extra="forbid")

    item: int = Field(ge=1, le=LARGEST_ID)
    choice: str = Field("", max_length=1000)
    comment: str = Field("", max_length=1000)


class DraftAttendee(Schema):
    model_config = ConfigDict(extra="forbid")

    name: str = Field("", max_length=1000)
    gender: str = Field("", max_length=1000)
    position: str = Field("", max_length=1000)
    mobile: str = Field("", max_length=1000)
    email: str = Field("", max_length=1000)
    accommodation: str = Field("", max_length=1000)
    remark: str = Field("", max_length=1000)


class DraftEntries(Schema):
    """A receipt as far as it goes. Nothing is judged."""

    document: str | None = Field(None, max_length=36, description="`id` of a file uploaded before.")
    opinions: list[DraftOpinion] = Field([], max_length=OPINIONS_MAX)
    attendees: list[DraftAttendee] = Field([], max_length=MAX_ROWS_SHOWN)
    declined_because: str = Field("", max_length=1000)


class NewReceiptDraft(DraftEntries):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"version": 0, "receipt_version": 0, **EXAMPLE}]}
    )

    version: int = Field(ge=0, le=LAST_VERSION, description="That of the draft as the person saw it; 0 for none.")
    receipt_version: int = Field(ge=0, le=LAST_VERSION, description="`receipt_version` of the message.")


class ReceiptDraft(DraftEntries):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"version": 1, "saved_at": "2026-11-21T02:00:00Z", "saved_by": "李四", **EXAMPLE}]
        }
    )

    version: int
    saved_at: datetime
    saved_by: str = Field(description="Name of the person.")

    @classmethod
    def of(cls, draft):
        values = draft.values
        return cls(
            version=draft.version,
            saved_at=draft.saved_at,
            saved_by=str(draft.saved_by),
            document=values.get("document") or None,
            opinions=[
                DraftOpinion(item=int(item), choice=text, comment=values.get(f"comment_{item}", ""))
                for item, text in _numbered(values)
            ],
            attendees=list(_attendees(values)),
            declined_because=values.get("declined_because", ""),
        )


@router.get(
    "/messages/{int:message_id}/receipt/draft",
    response={200: ReceiptDraft, **answers(404, 410)},
    operation_id="receipt_draft",
    summary="The draft of the receipt",
)
def receipt_draft(request, message_id: MessageId):
    """404 where nobody has saved one, or since the receipt was returned."""
    draft = getattr(standing_or_gone(request, message_id), "draft", None)
    if draft is None:
        raise Http404
    return ReceiptDraft.of(draft)


@router.put(
    "/messages/{int:message_id}/receipt/draft",
    response={200: ReceiptDraft, **answers(404, 409, 413, 415, 422)},
    operation_id="save_receipt_draft",
    summary="Keep what was typed so far",
)
def save_receipt_draft(request, message_id: MessageId, entries: NewReceiptDraft):
    """Replaces the draft. 409 `stale` when a colleague has saved or returned it meanwhile; nothing is overwritten."""
    delivery = delivery_or_404(request, message_id)
    if entries.receipt_version != delivery.receipt_version or not delivery.is_open_for_receipt(timezone.now()):
        raise actions.refusal_to_submit(delivery, entries.receipt_version)
    typed = entries.model_dump(exclude={"version", "receipt_version"})
    posted = as_posted(version=entries.receipt_version, **typed)
    form = ReceiptForm.for_delivery(delivery, agenda_of(delivery), posted, {}, by=request.user)
    form.forget_errors()
    draft = actions.save_receipt_draft(delivery, by=request.user, version=entries.version, values=form.entries)
    return ReceiptDraft.of(draft)


def _numbered(values):
    """(number of the matter, choice) of every matter that the draft knows."""
    for name, text in values.items():
        question, _line, number = name.partition("_")
        if question == "opinion" and number.isdigit():
            yield number, text


def _attendees(values):
    total = str(values.get("attendees-TOTAL_FORMS") or 0)
    for number in range(min(int(total), MAX_ROWS_SHOWN) if total.isdigit() else 0):
        yield DraftAttendee(**{name: values.get(f"attendees-{number}-{name}", "") for name in PERSON})
