"""What the association has sent to the unit: list, detail, mark as read."""

from datetime import datetime
from typing import Literal

from django.http import JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Field, Query, Router, Schema
from ninja.responses import NinjaJSONEncoder, Status
from pydantic import ConfigDict

from cms.models import NoticeCategory
from membership.tracking import actions
from membership.tracking.forms import MAX_ATTENDEES
from membership.tracking.models import Listed
from membership.tracking.states import FORMAL_RECEIPTS, ReceiptKind, ReceiptState
from portal.api.files import MessageId
from portal.api.paging import Page, PageQuery, cut, listed, place
from portal.api.problems import ProblemError, answers
from portal.api.receipts import Receipt
from portal.mailbox import FILTERS, Lines, agenda_of, current_receipt, delivery_or_404, sent_to
from portal.marks import Message
from portal.shell import Shell

router = Router(tags=["messages"])

SLUG = r"^[-a-zA-Z0-9_]{1,50}$"
ROW_EXAMPLE = {
    "id": 17,
    "title": "关于审议《章程》修订案的通知",
    "category": {"slug": "receipt", "name": "回执通知"},
    "published_at": "2026-11-20T01:30:00Z",
    "pinned": True,
    "is_unread": True,
    "receipt_kind": "deliberation",
    "receipt_state": "awaiting",
    "deadline": "2026-11-28T10:00:00Z",
    "is_open": True,
    "kind_label": "会议审议回执",
    "mark": "未回执",
    "due_label": "截止 11-28 18:00，剩 7 天",
}


class Category(Schema):
    slug: str
    name: str


class MessageRow(Schema):
    """A message as the list shows it; labels are the words of the screen, in the language of the request."""

    model_config = ConfigDict(json_schema_extra={"examples": [ROW_EXAMPLE]})

    id: int
    title: str
    category: Category
    published_at: datetime
    pinned: bool
    is_unread: bool = Field(description="Nobody of the unit has opened it yet.")
    receipt_kind: str = Field(json_schema_extra={"enum": ReceiptKind.values})
    receipt_state: str = Field(json_schema_extra={"enum": ReceiptState.values})
    deadline: datetime | None = Field(
        description="Until when the receipt may be returned; the moment itself is in time."
    )
    is_open: bool = Field(description="A receipt may be returned or revised now.")
    kind_label: str = Field(description="Before the title; empty without receipt.")
    mark: str = Field(description="After the title: 未读, 未回执, 已回执, 已截止 or empty.")
    due_label: str = Field(description="The deadline in words, or when the receipt was returned; may be empty.")

    @classmethod
    def facts(cls, message):
        """The fields of a row, from a delivery with its marks."""
        delivery, notice = message.delivery, message.notice
        mark, due = message.mark, message.due
        return {
            "id": delivery.pk,
            "title": notice.title,
            "category": {"slug": delivery.category.slug, "name": delivery.category.name},
            "published_at": notice.published_at,
            "pinned": delivery.pinned,
            "is_unread": message.is_unread,
            "receipt_kind": str(delivery.receipt_kind),
            "receipt_state": str(delivery.receipt_state),
            "deadline": delivery.deadline,
            "is_open": message.is_open,
            "kind_label": str(message.kind),
            "mark": str(mark["label"]) if mark else "",
            "due_label": str(due["label"]) if due else "",
        }


class MessageList(Page):
    model_config = listed(ROW_EXAMPLE)

    items: list[MessageRow]


class MessageQuery(PageQuery):
    category: str | None = Field(None, pattern=SLUG, description="Slug of a category.")
    state: Literal["unread", "awaiting", "closed"] | None = Field(
        None, description="Not opened yet; receipt awaited and still in time; receipt missing and too late."
    )


class Choice(Schema):
    value: str
    label: str


class AgendaItem(Schema):
    id: int
    title: str
    choices: list[Choice] = Field(description="Among which the unit chooses one.")

    @classmethod
    def of(cls, item):
        choices = [Choice(value=str(value), label=str(label)) for value, label in item.choices]
        return cls(id=item.pk, title=item.title, choices=choices)


class Activity(Schema):
    starts_at: datetime
    ends_at: datetime
    venue: str
    quota: int | None = Field(description="Places; null if they are not limited.")


class NoticeFile(Schema):
    id: int
    title: str
    name: str
    size: int = Field(description="Bytes.")
    type: str = Field(description="Media type.")
    is_receipt_form: bool = Field(
        description="To be filled in, stamped if asked, and returned with the receipt. "
        "A form in Word may come with the facts of the unit in it: its size then differs."
    )
    url: str = Field(description="Where it can be downloaded, with the same session.")

    @classmethod
    def of(cls, delivery, placement):
        file = placement.attachment
        return cls(
            id=placement.pk,
            title=file.title,
            name=file.original_name,
            size=file.size,
            type=file.mime,
            is_receipt_form=placement.is_receipt_form,
            url=reverse("member-api:attachment", args=[delivery.pk, placement.pk]),
        )


class MessageDetail(MessageRow):
    """A message with all that its page shows."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **ROW_EXAMPLE,
                    "document_no": "示建质安协〔2026〕18号",
                    "contact": "秘书处 028-86000000",
                    "body": "<p>各会员单位：</p>",
                    "activity": None,
                    "agenda": [{"id": 3, "title": "修订章程", "choices": [{"value": "agree", "label": "同意"}]}],
                    "attendee_columns": [],
                    "max_attendees": None,
                    "attachments": [],
                    "upload_required": True,
                    "receipt_version": 0,
                    "receipt": None,
                }
            ]
        }
    )

    document_no: str
    contact: str
    body: str = Field(description="HTML.")
    activity: Activity | None = Field(description="When and where, if the notice announces an activity.")
    agenda: list[AgendaItem] = Field(description="The matters that the receipt gives an opinion on.")
    attendee_columns: list[str] = Field(
        description="Meeting: what is asked about attendees beside name, position and mobile number."
    )
    max_attendees: int | None = Field(description="Meeting: how many attendees at most; null otherwise.")
    attachments: list[NoticeFile]
    upload_required: bool = Field(description="The receipt needs a file.")
    receipt_version: int = Field(description="To be named by the next receipt: 0 as long as none was returned.")
    receipt: Receipt | None = Field(description="The unit's receipt as it counts now.")

    @classmethod
    def of(cls, message):
        delivery, notice = message.delivery, message.notice
        asks = delivery.receipt_kind in FORMAL_RECEIPTS
        meets = delivery.receipt_kind == ReceiptKind.ATTENDANCE
        activity, receipt = getattr(notice, "activitypage", None), current_receipt(delivery)
        return cls(
            **cls.facts(message),
            document_no=notice.document_no,
            contact=notice.contact,
            body=str(notice.body.render_as_block()).strip(),
            activity=Activity.from_orm(activity) if activity else None,
            agenda=[AgendaItem.of(item) for item in agenda_of(delivery)],
            attendee_columns=notice.attendee_columns if meets else [],
            max_attendees=min(notice.max_attendees or MAX_ATTENDEES, MAX_ATTENDEES) if meets else None,
            attachments=[NoticeFile.of(delivery, place) for place in notice.attachments.select_related("attachment")],
            upload_required=asks and notice.upload_required,
            receipt_version=delivery.receipt_version,
            receipt=Receipt.of(delivery, receipt) if receipt else None,
        )


@router.get(
    "/messages",
    response={200: MessageList, **answers(422)},
    operation_id="messages",
    summary="Messages of the unit",
)
def messages(request, query: Query[MessageQuery]):
    """Pinned ones first, then the newest; recalled ones are left out. An unknown category has no messages."""
    now = timezone.now()
    page, next_cursor = cut(
        _rows(request, query, now),
        query.limit,
        "messages",
        lambda row: (row.pinned, row.delivered_at.isoformat(), row.pk),
    )
    items = [MessageRow.facts(Message(delivery, now)) for delivery in page]
    # Facts as they are: to look through every row twice takes longer than to find it.
    told = {"items": items, "next_cursor": next_cursor}
    return JsonResponse(told, encoder=NinjaJSONEncoder, content_type="application/json; charset=utf-8")


def _rows(request, query, now):
    """What is asked for, one row more than shall be shown. The list as it is needs no query put together."""
    state, category, cursor, most = query.state or "", query.category, query.cursor, query.limit + 1
    if not (state or category or cursor or request.user.is_staff):
        return Lines(most, unit=Shell.of(request).unit.pk, user=request.user.pk)
    sent = FILTERS[state][1](sent_to(request), now)
    sent = sent.filter(category__slug=category) if category else sent
    sent = sent.listed_after(*place(cursor, "messages")) if cursor else sent
    return [Listed(*row) for row in sent.as_listed()[:most]]


@router.get(
    "/messages/{int:message_id}",
    response={200: MessageDetail, **answers(404, 410)},
    operation_id="message",
    summary="One message",
)
def message(request, message_id: MessageId):
    """Changes nothing: a client says that a person has opened the message by `POST …/read`."""
    return MessageDetail.of(Message(standing_or_gone(request, message_id), timezone.now()))


@router.post(
    "/messages/{int:message_id}/read",
    response={204: None, **answers(404, 410)},
    operation_id="mark_read",
    summary="A person of the unit has opened the message",
)
def mark_read(request, message_id: MessageId):
    """Read is a fact of the unit: whoever is first counts, and saying it again changes nothing."""
    actions.mark_read(standing_or_gone(request, message_id), by=request.user)
    return Status(204, None)


class Everything(Schema):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"category": "notice"}]})

    category: str | None = Field(None, pattern=SLUG, description="Slug of a category; null for all.")


class Marked(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [{"marked": 3}]})

    marked: int = Field(description="How many messages were unread until now.")


@router.post(
    "/messages/read",
    response={200: Marked, **answers(413, 415, 422)},
    operation_id="mark_all_read",
    summary="Mark all messages as read",
)
def mark_all_read(request, which: Everything):
    """All of a category, or all. What wants a receipt stays unread until it is opened."""
    category = None
    if which.category is not None:
        category = NoticeCategory.objects.filter(slug=which.category).first()
        if category is None:
            raise ProblemError("invalid", errors=[("category", _("There is no such category."))])
    return Marked(marked=actions.mark_all_read(request.auth.unit, by=request.user, category=category))


def standing_or_gone(request, message_id):
    """The delivery; a recalled one is gone, as its page says."""
    delivery = delivery_or_404(request, message_id)
    if delivery.recalled_at:
        raise ProblemError("recalled")
    return delivery
