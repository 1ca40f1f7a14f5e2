"""Orders of dues: placing one, paying it, what became of it."""

from datetime import date, datetime

from django.utils.translation import gettext as _
from ninja import Field, File, P, PathEx, Query, Router, Schema
from ninja.files import UploadedFile
from ninja.responses import Status
from pydantic import ConfigDict

from membership.dues import actions
from membership.dues.amounts import parse
from membership.dues.forms import BillingForm, YearsForm
from membership.dues.models import DuesSettings
from membership.dues.models.orders import BILLING
from membership.dues.models.settings import YEARS_MAX
from membership.dues.states import OrderState
from membership.exceptions import Refusal
from membership.units.states import DocumentKind
from portal.api.dues import BILLING_EXAMPLE, Billing, yuan
from portal.api.files import StoredFile, paper
from portal.api.invoices import Invoice
from portal.api.openapi import download
from portal.api.paging import Page, PageQuery, listed, paged
from portal.api.problems import answers
from portal.api.unit import invalid
from portal.api.unit_documents import stored_or_invalid
from portal.books import account_of, order_or_404, own_orders, shared_address, slip_or_404
from portal.dues_marks import OrderView, story

router = Router(tags=["orders"])

Number = PathEx[
    str, P(description="`number` of the order.", example="DD2026000123", max_length=20, pattern=r"^[A-Za-z0-9-]+$")
]
ROW_EXAMPLE = {
    "number": "DD2026000123",
    "state": "awaiting_payment",
    "state_label": "待缴费",
    "is_open": True,
    "years": 3,
    "first_year": 2027,
    "last_year": 2029,
    "period": "2027-01-01 ～ 2029-12-31",
    "amount": "6000.00",
    "received": "0.00",
    "pay_by": "2026-12-26",
    "placed_at": "2026-11-26T01:30:00Z",
    "paid_on": None,
    "has_invoice": False,
}


class NewOrder(Schema):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"years": 3, "amount": "6000.00", "billing": BILLING_EXAMPLE, "title_confirmed": False}]
        },
    )

    years: int = Field(ge=1, le=YEARS_MAX)
    amount: str = Field(max_length=20, description="Of the offer that the person was shown, in yuan.")
    billing: Billing
    title_confirmed: bool = Field(False, description="The invoice shall bear another name than the transferring unit.")


class OrderRow(Schema):
    """An order as the list shows it."""

    model_config = ConfigDict(json_schema_extra={"examples": [ROW_EXAMPLE]})

    number: str
    state: str = Field(json_schema_extra={"enum": OrderState.values})
    state_label: str = Field(description="As the page says it: also 已开票 and 金额不符.")
    is_open: bool = Field(description="Waits for its money.")
    years: int
    first_year: int
    last_year: int
    period: str
    amount: str = Field(description="Yuan.")
    received: str = Field(description="Yuan booked so far.")
    pay_by: date
    placed_at: datetime
    paid_on: date | None
    has_invoice: bool

    @classmethod
    def facts(cls, order):
        view = OrderView(order)
        same = ("number", "is_open", "years", "first_year", "last_year", "period", "pay_by", "placed_at", "paid_on")
        return {
            **{name: getattr(order, name) for name in same},
            "state": order.state,
            "state_label": str(view.mark.label),
            "amount": yuan(order.amount),
            "received": yuan(order.received),
            "has_invoice": view.invoice is not None,
        }


class OrderList(Page):
    model_config = listed(ROW_EXAMPLE)

    items: list[OrderRow]


class Payee(Schema):
    """The association's account."""

    account_name: str
    account_number: str
    bank_name: str
    bank_code: str


class Event(Schema):
    at: datetime
    title: str
    words: str


class OrderDetail(OrderRow):
    """An order with all that its pages show."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **ROW_EXAMPLE,
                    "level": "普通会员",
                    "amount_in_words": "陆仟元整",
                    "remittance_code": "K7M4P2XW",
                    "payee": {
                        "account_name": "示范协会",
                        "account_number": "6222000011112222333",
                        "bank_name": "示范银行成都分行",
                        "bank_code": "",
                    },
                    "shared_url": "https://example.org/portal/orders/shared/DD2026000123.x7Yd/",
                    "placed_by": "李四",
                    "billing": BILLING_EXAMPLE,
                    "proof": None,
                    "close_reason": "",
                    "invoice": None,
                    "events": [{"at": "2026-11-26T01:30:00Z", "title": "订单已提交", "words": "李四"}],
                }
            ]
        }
    )

    level: str
    amount_in_words: str = Field(description="大写")
    remittance_code: str = Field(description="To be written into the note of the transfer.")
    payee: Payee | None = Field(description="To which account; null once nothing is to be paid.")
    shared_url: str | None = Field(
        description="The payment slip for whoever pays, without a login, as long as the order is open."
    )
    placed_by: str
    billing: Billing
    proof: StoredFile | None = Field(description="Proof of the transfer.")
    close_reason: str
    invoice: Invoice | None = Field(description="The one that stands.")
    events: list[Event] = Field(description="What has happened, the latest first.")

    @classmethod
    def of(cls, order):
        invoice, rules = OrderView(order).invoice, DuesSettings.current()
        return cls(
            **cls.facts(order),
            level=order.level.name,
            amount_in_words=order.amount_in_words,
            remittance_code=order.remittance_code,
            payee=Payee(**{name: getattr(rules, name) for name in Payee.model_fields}) if order.is_open else None,
            shared_url=shared_address(order) if order.is_open else None,
            placed_by=str(order.placed_by),
            billing=Billing(**{name: getattr(order, name) for name in BILLING}),
            proof=StoredFile.of(order.proof) if order.proof else None,
            close_reason=order.close_reason,
            invoice=Invoice.of(invoice, order) if invoice else None,
            events=[Event(at=event.at, title=str(event.title), words=str(event.words)) for event in story(order)],
        )


@router.get("/orders", response={200: OrderList, **answers(422)}, operation_id="orders", summary="Orders of the unit")
def orders(request, query: Query[PageQuery]):
    """The newest first."""
    rows = own_orders(request).with_received().with_invoices()
    page, next_cursor = paged(rows, query, "orders", "-placed_at", "-pk")
    return OrderList(items=[OrderRow(**OrderRow.facts(order)) for order in page], next_cursor=next_cursor)


@router.post(
    "/orders",
    response={201: OrderDetail, **answers(409, 413, 415, 422)},
    operation_id="place_order",
    summary="Order dues for one to three years",
)
def place_order(request, order: NewOrder):
    """For the years and at the amount of an offer of `/dues`.

    409 by `code`: `order_open` (pay or cancel it first), `amount_changed` (ask the person again), `years`,
    `no_account`, `no_standard`.
    """
    account = account_of(request)
    if account.obstacle:
        code, sentence = account.obstacle
        raise Refusal(sentence, code=code)
    years = YearsForm({"years": str(order.years)}, account=account)
    if not years.is_valid():
        raise Refusal(_("So many years cannot be ordered now. Choose anew."), code="years")
    billing = order.billing.model_dump() | ({"title_confirmed": "on"} if order.title_confirmed else {})
    form = BillingForm(billing, unit=account.unit)
    if not form.is_valid():
        raise invalid(form, {name: f"billing.{name}" for name in BILLING})
    facts = {"years": order.years, "amount": parse(order.amount), "billing": form.billing()}
    placed = actions.place_order(account.unit, by=request.user, **facts)
    return Status(201, OrderDetail.of(order_or_404(request, placed.number)))


@router.get(
    "/orders/{number}", response={200: OrderDetail, **answers(404, 422)}, operation_id="order", summary="One order"
)
def order(request, number: Number):
    """How much, to which account, with which code, until when; what has happened, and the invoice."""
    return OrderDetail.of(order_or_404(request, number))


@router.post(
    "/orders/{number}/cancel",
    response={200: OrderDetail, **answers(404, 409, 422)},
    operation_id="cancel_order",
    summary="Cancel an order",
)
def cancel_order(request, number: Number):
    """As long as no money has been booked for it (409 `has_payment`)."""
    actions.cancel_order(order_or_404(request, number), by=request.user)
    return OrderDetail.of(order_or_404(request, number))


@router.post(
    "/orders/{number}/proof",
    response={200: OrderDetail, **answers(404, 409, 413, 415, 422)},
    operation_id="upload_proof",
    summary="Upload the proof of the transfer",
)
def upload_proof(request, number: Number, file: File[UploadedFile]):
    """PDF, JPG or PNG up to 20 MB. A newer proof takes the place of the one before."""
    order = order_or_404(request, number)
    if not order.is_open:
        raise Refusal(_("The order is closed: a proof can no longer be uploaded."), code="wrong_state")
    document = stored_or_invalid(request, file, DocumentKind.PAYMENT_PROOF)
    actions.upload_proof(order, by=request.user, document=document)
    return OrderDetail.of(order_or_404(request, number))


@router.get(
    "/orders/{number}/slip",
    response=answers(404, 422, 503),
    operation_id="payment_slip",
    summary="Download the payment slip",
    openapi_extra=download("缴费通知单 as PDF."),
)
def payment_slip(request, number: Number):
    """For as long as there is something to pay. 503 `paper_unavailable` where the machine can make no PDF."""
    order = slip_or_404(request, number)
    context = {"order": order, "account": DuesSettings.current()}
    return paper("pdf/payment_slip.html", context, _("Payment slip") + f"_{order.number}")
