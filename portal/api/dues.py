"""How the unit stands with its dues, what it may order and at which price."""

from datetime import date

from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Field, P, PathEx, Router, Schema
from pydantic import ConfigDict

from membership.dues.amounts import in_words
from membership.dues.forms import BillingForm
from membership.dues.models import DuesStandard
from membership.dues.models.orders import BILLING
from membership.dues.models.settings import YEARS_MAX
from membership.dues.states import InvoiceKind, Standing
from membership.private_files import as_download
from membership.units import uploads
from portal.api.branches import Obstacle
from portal.api.ids import LARGEST_ID
from portal.api.openapi import download
from portal.api.problems import ProblemError, answers
from portal.api.unit import Text
from portal.books import account_of
from portal.dues_marks import standing_mark

router = Router(tags=["dues"])

BILLING_EXAMPLE = {
    "payer_name": "示范工程检测有限公司",
    "contact_name": "李四",
    "contact_phone": "13811138111",
    "invoice_kind": "normal",
    "invoice_title": "示范工程检测有限公司",
    "tax_no": "91510100MA00000017",
    "email": "caiwu@example.com",
    "reg_address": "",
    "reg_phone": "",
    "bank_name": "",
    "bank_account": "",
    "remark": "",
}
OFFER_EXAMPLE = {
    "years": 3,
    "first_year": 2027,
    "last_year": 2029,
    "period": "2027-01-01 ～ 2029-12-31",
    "amount": "6000.00",
    "amount_in_words": "陆仟元整",
    "lines": [{"year": year, "price": "2000.00"} for year in (2027, 2028, 2029)],
}


class Billing(Schema):
    """Who transfers, whom to ask, and what the invoice says."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [BILLING_EXAMPLE]})

    payer_name: Text = Field(description="Exactly the holder of the account that pays.")
    contact_name: Text
    contact_phone: Text
    invoice_kind: Text = Field(description="`value` of one of the `invoice_kinds`.")
    invoice_title: Text
    tax_no: Text = Field("", description="15 to 20 digits and capitals; needed for a special VAT invoice.")
    email: Text = ""
    reg_address: Text = ""
    reg_phone: Text = ""
    bank_name: Text = ""
    bank_account: Text = ""
    remark: Text = Field("", description="Printed on the invoice.")


class YearPrice(Schema):
    year: int
    price: str = Field(description="Yuan.", examples=["2000.00"])


class Offer(Schema):
    """What an order of so many years would cover and cost."""

    model_config = ConfigDict(json_schema_extra={"examples": [OFFER_EXAMPLE]})

    years: int = Field(ge=1, le=YEARS_MAX)
    first_year: int
    last_year: int
    period: str
    amount: str = Field(description="Yuan; to be named by the order.")
    amount_in_words: str
    lines: list[YearPrice]

    @classmethod
    def of(cls, choice):
        return cls(
            years=choice.years,
            first_year=choice.first_year,
            last_year=choice.last_year,
            period=choice.period,
            amount=yuan(choice.amount),
            amount_in_words=in_words(choice.amount),
            lines=[YearPrice(year=year, price=yuan(price)) for year, price in choice.lines],
        )


class InvoiceChoice(Schema):
    value: str = Field(json_schema_extra={"enum": InvoiceKind.values})
    label: str


class Standard(Schema):
    """The standard of this year, and where its resolution can be downloaded."""

    title: str
    document_no: str
    first_year: int
    url: str


class Dues(Schema):
    """会费缴纳: standing and quote. Amounts are yuan with two places."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "state": "ending",
                    "state_label": "即将到期",
                    "paid_through": "2026-12-31",
                    "arrears": [],
                    "this_year": 2026,
                    "level": "普通会员",
                    "yearly": "2000.00",
                    "standard": {
                        "title": "会费标准决议",
                        "document_no": "",
                        "first_year": 2026,
                        "url": "/api/member/v1/dues/standards/1/resolution",
                    },
                    "offers": [OFFER_EXAMPLE],
                    "obstacle": None,
                    "open_order": None,
                    "invoice_kinds": [{"value": "normal", "label": "数电发票（普通发票）"}],
                    "billing": BILLING_EXAMPLE,
                }
            ]
        }
    )

    state: str = Field(json_schema_extra={"enum": Standing.values})
    state_label: str = Field(description="With the years owed, if any.")
    paid_through: date | None = Field(description="会费到期日期")
    arrears: list[int] = Field(description="Unpaid years up to this one.")
    this_year: int
    level: str
    yearly: str | None = Field(description="Yuan for this year; null where no standard says it.")
    standard: Standard | None
    offers: list[Offer] = Field(description="One year, two, three; fewer where a price or a free year is missing.")
    obstacle: Obstacle | None = Field(description="Why nothing can be ordered now.")
    open_order: str | None = Field(description="Number of the order that waits for its money.")
    invoice_kinds: list[InvoiceChoice]
    billing: dict[str, str] = Field(description="What the unit wrote last, else its own facts.")


@router.get("/dues", response={200: Dues, **answers()}, operation_id="dues", summary="Standing, price and quote")
def dues(request):
    """Years are calendar years. An order names the `amount` of its offer, so that nobody pays a price not seen."""
    account = account_of(request)
    standing = account.standing
    standard = account.standard_of(standing.this_year)
    form = BillingForm(unit=account.unit)
    code, sentence = account.obstacle or ("", "")
    return Dues(
        state=standing.state.value,
        state_label=str(standing_mark(standing).label),
        paid_through=standing.paid_through,
        arrears=standing.arrears,
        this_year=standing.this_year,
        level=account.level.name if account.level else "",
        yearly=yuan(account.yearly) if account.yearly is not None else None,
        standard=_standard(standard) if standard else None,
        offers=[Offer.of(choice) for choice in account.choices],
        obstacle=Obstacle(code=code, sentence=sentence) if code else None,
        open_order=account.open_order.number if account.open_order else None,
        invoice_kinds=[
            InvoiceChoice(value=str(value), label=str(label)) for value, label in form.fields["invoice_kind"].choices
        ],
        billing={name: str(form.initial.get(name) or "") for name in BILLING},
    )


@router.get(
    "/dues/standards/{int:standard_id}/resolution",
    response=answers(404, 422),
    operation_id="resolution",
    summary="Download the resolution of a standard",
    url_name="resolution",
    openapi_extra=download("The file, under its own name."),
)
def resolution(
    request, standard_id: PathEx[int, P(description="As in `standard.url`.", example=1, ge=1, le=LARGEST_ID)]
):
    """收费依据: of a standard in force."""
    standard = get_object_or_404(DuesStandard.objects.in_force(), pk=standard_id)
    try:
        mime = uploads.media_type(standard.resolution) or "application/octet-stream"
        return as_download(standard.resolution, name=standard.resolution_name, mime=mime)
    except FileNotFoundError:
        raise ProblemError("file_missing") from None


def yuan(amount):
    """Figures of two places, such as 6000.00."""
    return f"{amount:.2f}"


def _standard(standard):
    url = reverse("member-api:resolution", args=[standard.pk])
    return Standard(title=standard.title, document_no=standard.document_no, first_year=standard.first_year, url=url)
