"""The books of the demo association: a standard, its account, and units that have paid, wait, owe or gave up."""

from datetime import date, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from config.demo.files import printed_text
from config.demo.papers import DUES_RULES
from membership.dues import actions
from membership.dues.models import DuesOrder, DuesSettings, DuesStandard, DuesWaiver
from membership.dues.standing import Account
from membership.units.models import Level, Unit
from membership.units.states import BodyKind, Duty, MembershipState

# Yuan a year; every amount is an example.
AMOUNTS = {"president": 10000, "vice_president": 10000, "standing_council": 6000, "council": 4000, "ordinary": 2000}
ACCOUNT = {
    "account_name": "示范省建设工程质量安全协会",
    "account_number": "0000 1001 2000 3000 456",
    "bank_name": "示范银行示范市建设路支行",
    "bank_code": "000000000001",
}
FIRST_YEARS_BACK = 1  # the standard holds from last year on


class Bookkeeper:
    """Keeps the demo's books for one person of the finance department."""

    def __init__(self, finance, today):
        self.finance, self.today = finance, today

    def open_books(self, named):
        """Set the standard, then let the certified units pay; 0 if there is a standard, else how many orders."""
        if DuesStandard.objects.exists():
            return 0
        self._name_account()
        self._set_standard()
        plans = {plan.facts["uscc"]: number for number, plan in enumerate(named)}
        certified = Unit.objects.filter(
            memberships__body__kind=BodyKind.ASSOCIATION, memberships__state=MembershipState.ACTIVE
        )
        for number, unit in enumerate(certified.order_by("pk")):
            self._account_for(unit, plans.get(unit.uscc), number)
        return DuesOrder.objects.count()

    def _name_account(self):
        rules = DuesSettings.load()
        for field, value in ACCOUNT.items():
            setattr(rules, field, value)
        rules.save()

    def _set_standard(self):
        levels = Level.objects.filter(body_kind=BodyKind.ASSOCIATION)
        title, paragraphs = DUES_RULES
        first_year = self.today.year - FIRST_YEARS_BACK
        actions.set_standard(
            by=self.finance,
            first_year=first_year,
            rates={level.pk: Decimal(AMOUNTS[level.slug]) for level in levels},
            resolution=SimpleUploadedFile(f"{title}.pdf", printed_text(title, paragraphs), "application/pdf"),
            title=f"关于通过《{title}》的决议",
            document_no=f"示范质安协〔{first_year - 1}〕18号",
            decided_on=date(first_year - 1, 11, 20),
        )

    def _account_for(self, unit, named, number):
        """The first named unit has an open order, the third owes and let one expire, the school gave one up."""
        if named == 2:
            self._let_expire(self._order(unit, 1))
            return
        self._pay_last_year(unit, number)
        if named == 0:
            self._pay(self._order(unit, 1))
            self._order(unit, 3)
        elif named == 4:
            actions.cancel_order(self._order(unit, 2), by=unit.seats.get(duty=Duty.OWNER).user)
        elif named is not None or number % 3:
            self._pay(self._order(unit, 1 + number % 3))
        elif number % 2:
            self._order(unit, 1)

    def _pay_last_year(self, unit, number):
        if unit.joined_on.year < self.today.year and number % 9 != 8:
            actions.enter_paid_years(unit, [self.today.year - 1], by=self.finance, note="旧系统缴费记录")
        elif unit.joined_on.year < self.today.year and not DuesWaiver.objects.exists():
            self._waive_last_year(unit)

    def _waive_last_year(self, unit):
        title = "关于减免困难会员单位会费的决议"
        paragraphs = [f"{unit.name}因生产经营困难，经理事会审议，同意减免其{self.today.year - 1}年度会费。"]
        actions.grant_waiver(
            unit,
            [self.today.year - 1],
            by=self.finance,
            title=title,
            document_no=f"示范质安协〔{self.today.year}〕6号",
            decided_on=date(self.today.year, 3, 10) if self.today.month > 3 else self.today,
            resolution=SimpleUploadedFile(f"{title}.pdf", printed_text(title, paragraphs), "application/pdf"),
            reason="生产经营困难",
        )

    def _order(self, unit, years):
        owner = unit.seats.get(duty=Duty.OWNER).user
        choice = Account(unit).choices[years - 1]
        billing = {
            "payer_name": unit.name,
            "contact_name": unit.contact_name,
            "contact_phone": unit.contact_phone,
            "invoice_kind": DuesSettings.current().invoice_kinds[0],
            "invoice_title": unit.name,
            "tax_no": unit.uscc,
            "email": unit.email,
        }
        return actions.place_order(unit, by=owner, years=choice.years, amount=choice.amount, billing=billing)

    def _pay(self, order):
        """The money has come some weeks ago."""
        ordered = timezone.now() - timedelta(days=20 + order.pk % 40)
        DuesOrder.objects.filter(pk=order.pk).update(placed_at=ordered)
        received_on = timezone.localdate(ordered) + timedelta(days=3)
        actions.record_payment(
            order, by=self.finance, amount=order.amount, received_on=received_on, payer_name=order.payer_name
        )
        actions.tell_paid(order)

    def _let_expire(self, order):
        ordered = timezone.now() - timedelta(days=80)
        waited = self.today - timedelta(days=50)
        DuesOrder.objects.filter(pk=order.pk).update(placed_at=ordered, pay_by=waited)
        actions.expire_orders(self.today)
