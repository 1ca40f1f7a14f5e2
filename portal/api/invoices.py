"""Invoices of paid orders: the list, their files, sent by e-mail, another one asked for."""

from datetime import date, datetime
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from ninja import Field, P, PathEx, Query, Router, Schema
from ninja.responses import Status
from pydantic import ConfigDict

from membership.dues import actions
from membership.dues.forms import ReissueForm, SendInvoiceForm
from membership.dues.models import Invoice as IssuedInvoice
from membership.dues.models import InvoiceFile as IssuedFile
from membership.dues.states import InvoiceKind
from portal.api.dues import yuan
from portal.api.files import hand_over_invoice
from portal.api.openapi import download
from portal.api.paging import Page, PageQuery, listed, paged
from portal.api.problems import answers
from portal.api.unit import Text, invalid
from portal.books import order_or_404, own_orders
from portal.dues_marks import OrderView

router = Router(tags=["invoices"])

Number = PathEx[
    str, P(description="`number` of the order.", example="DD2026000123", max_length=20, pattern=r"^[A-Za-z0-9-]+$")
]
EXAMPLE = {
    "order": "DD2026000123",
    "kind": "normal",
    "kind_label": "数电发票（普通发票）",
    "number": "26512000000012345678",
    "issued_on": "2026-12-01",
    "title": "示范工程检测有限公司",
    "tax_no": "91510100MA00000017",
    "amount": "6000.00",
    "files": [
        {
            "id": "5a0cbd5e-0e61-4b4e-9f42-7f1c3c6f0d0a",
            "name": "发票_DD2026000123.pdf",
            "type": "application/pdf",
            "size": 41230,
            "url": "/api/member/v1/orders/DD2026000123/invoice/files/5a0cbd5e-0e61-4b4e-9f42-7f1c3c6f0d0a",
        }
    ],
    "reissue_asked_at": None,
}


class InvoiceFile(Schema):
    """One file of an invoice: PDF, OFD or XML."""

    id: UUID
    name: str = Field(description="Under which it is downloaded.")
    type: str = Field(description="Media type.")
    size: int = Field(description="Bytes.")
    url: str = Field(description="Where it can be downloaded, with the same session.")

    @classmethod
    def of(cls, file, order):
        stored = file.document
        return cls(
            id=stored.pk,
            name=file.download_name,
            type=stored.mime,
            size=stored.size,
            url=reverse("member-api:invoice-file", args=[order.number, stored.pk]),
        )


class Invoice(Schema):
    """An invoice or fiscal receipt that stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    order: str = Field(description="Number of the order.")
    kind: str = Field(json_schema_extra={"enum": InvoiceKind.values})
    kind_label: str
    number: str
    issued_on: date
    title: str
    tax_no: str
    amount: str = Field(description="Yuan.")
    files: list[InvoiceFile]
    reissue_asked_at: datetime | None = Field(description="When another one was asked for, while nobody has answered.")

    @classmethod
    def of(cls, invoice, order):
        invoice.order = order
        files = list(invoice.files.all())
        for file in files:
            file.invoice = invoice
        asked = next((asked for asked in invoice.requests.all() if asked.closed_at is None), None)
        return cls(
            order=order.number,
            kind=invoice.kind,
            kind_label=str(invoice.get_kind_display()),
            number=invoice.number,
            issued_on=invoice.issued_on,
            title=invoice.title,
            tax_no=invoice.tax_no,
            amount=yuan(invoice.amount),
            files=[InvoiceFile.of(file, order) for file in files],
            reissue_asked_at=asked.asked_at if asked else None,
        )


class InvoiceList(Page):
    model_config = listed(EXAMPLE)

    items: list[Invoice]


class Address(Schema):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"email": "caiwu@example.com"}]})

    email: Text


class Reissue(Schema):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "抬头有误，请换开。"}]})

    reason: Text = Field(description="What is wrong with the invoice; up to 200 characters.")


@router.get(
    "/invoices", response={200: InvoiceList, **answers(422)}, operation_id="invoices", summary="Invoices of the unit"
)
def invoices(request, query: Query[PageQuery]):
    """Those that stand, the newest first. What was replaced or voided is in the events of its order."""
    mine = IssuedInvoice.objects.for_user(request.user).filter(order__in=own_orders(request)).standing()
    rows = mine.select_related("order").prefetch_related("files__document", "requests")
    page, next_cursor = paged(rows, query, "invoices", "-pk")
    return InvoiceList(items=[Invoice.of(each, each.order) for each in page], next_cursor=next_cursor)


@router.get(
    "/orders/{number}/invoice/files/{uuid:file_id}",
    response=answers(404, 422),
    operation_id="invoice_file",
    summary="Download a file of an invoice",
    url_name="invoice-file",
    openapi_extra=download("The file, named by the order."),
)
def invoice_file(request, number: Number, file_id: PathEx[UUID, P(description="`id` of the file.")]):
    """Of the invoice that stands. That it was fetched is recorded."""
    order = order_or_404(request, number)
    return hand_over_invoice(request, IssuedFile.objects.filter(invoice__order=order, document=file_id))


@router.post(
    "/orders/{number}/invoice/send",
    response={204: None, **answers(404, 409, 413, 415, 422)},
    operation_id="send_invoice",
    summary="Have the invoice sent by e-mail",
)
def send_invoice(request, number: Number, address: Address):
    """Five times a day for an order (409 `too_often`)."""
    _order, invoice = _with_invoice(request, number)
    form = SendInvoiceForm(address.model_dump())
    if not form.is_valid():
        raise invalid(form)
    actions.send_invoice(invoice, by=request.user, email=form.cleaned_data["email"])
    return Status(204, None)


@router.post(
    "/orders/{number}/invoice/reissue",
    response={200: Invoice, **answers(404, 409, 413, 415, 422)},
    operation_id="reissue_invoice",
    summary="Ask for another invoice",
)
def reissue_invoice(request, number: Number, wanted: Reissue):
    """申请换开. The association answers; meanwhile this one stands. 409 `open_request` while a request is open."""
    _order, invoice = _with_invoice(request, number)
    form = ReissueForm(wanted.model_dump())
    if not form.is_valid():
        raise invalid(form)
    actions.request_reissue(invoice, by=request.user, reason=form.cleaned_data["reason"])
    order, invoice = _with_invoice(request, number)
    return Invoice.of(invoice, order)


def _with_invoice(request, number):
    order = order_or_404(request, number)
    invoice = OrderView(order).invoice
    if invoice is None:
        raise Http404
    return order, invoice
