"""Orders of dues: one to three calendar years of one unit, their prices as they were when it ordered."""

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.dues.amounts import in_words
from membership.dues.codes import codes_in, in_groups
from membership.dues.models.settings import YEARS_MAX
from membership.dues.models.sums import or_nil, sum_of
from membership.dues.states import OPEN, InvoiceKind, OrderState
from membership.units.models import Document, Level, Membership, Unit
from membership.units.states import MembershipState


class Billing(models.Model):
    """填写发票信息 (guide 三.(三)): who transfers, whom to ask, and what the invoice says."""

    payer_name = models.CharField(_("payer"), max_length=100)
    contact_name = models.CharField(_("contact person"), max_length=50)
    contact_phone = models.CharField(_("contact phone"), max_length=30)
    invoice_kind = models.CharField(_("kind of invoice"), max_length=8, choices=InvoiceKind.choices)
    invoice_title = models.CharField(_("title of the invoice"), max_length=100)
    tax_no = models.CharField(_("tax number"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail for the invoice"), blank=True)
    reg_address = models.CharField(_("registered address"), max_length=100, blank=True)
    reg_phone = models.CharField(_("registered telephone"), max_length=30, blank=True)
    bank_name = models.CharField(_("bank of the buyer"), max_length=100, blank=True)
    bank_account = models.CharField(_("account of the buyer"), max_length=40, blank=True)
    remark = models.CharField(_("remark on the invoice"), max_length=100, blank=True)

    class Meta:
        abstract = True


BILLING = tuple(field.name for field in Billing._meta.local_fields)


class BillingProfile(Billing):
    """What the unit wrote last, for the next time."""

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="billing_profile", verbose_name=_("unit"))

    class Meta:
        verbose_name = _("usual invoice data")
        verbose_name_plural = _("usual invoice data")
        default_permissions = ()

    def __str__(self):
        return self.invoice_title


class DuesOrderQuerySet(models.QuerySet):
    def for_user(self, user):
        """Orders of the own unit; staff by permission; anyone else none."""
        if not user.is_authenticated:
            return self.none()
        if not user.is_staff:
            return self.filter(unit__seats__user=user)
        return self if user.has_perm("dues.view_duesorder") else self.none()

    def open(self):
        """Waiting for their money."""
        return self.filter(state__in=OPEN)

    def paid(self):
        return self.filter(state=OrderState.PAID)

    def overdue(self, today):
        """Open beyond the day until which they wait."""
        return self.open().filter(pay_by__lt=today)

    def awaiting_invoice(self):
        """Paid and without an invoice that stands (待开票)."""
        invoices = self.model._meta.get_field("invoices").related_model.objects
        return self.paid().filter(~Exists(invoices.standing().filter(order=OuterRef("pk"))))

    def with_received(self):
        """Annotate `received`: the yuan booked for the order, less what was taken back."""
        return self.annotate(received=or_nil(Subquery(self._sums().values("total"))))

    def part_paid(self):
        """Open, and some of their money has come (金额不符)."""
        return self.open().filter(Exists(self._sums().filter(total__gt=0)))

    def _sums(self):
        """For a subquery: what the payments of the order add up to, as `total`."""
        payments = self.model._meta.get_field("payments").related_model.objects
        return payments.filter(order=OuterRef("pk")).order_by().values("order").annotate(total=sum_of("amount"))

    def covering(self, year):
        """Those that hold this dues year."""
        return self.filter(first_year__lte=year, first_year__gt=year - F("years"))

    def with_invoices(self):
        """Each with `standing_invoices`: none or the one that stands, with its files. Three queries more."""
        invoice = self.model._meta.get_field("invoices").related_model
        standing = invoice.objects.standing().prefetch_related("files__document")
        return self.prefetch_related(models.Prefetch("invoices", standing, to_attr="standing_invoices"))

    def matching(self, text):
        """Those with these words in their number or code, or in the name of the unit or the payer."""
        words = text.strip()
        found = Q(number__icontains=words) | Q(unit__name__icontains=words) | Q(payer_name__icontains=words)
        codes = codes_in(words)
        return self.filter(found | Q(remittance_code__in=codes) if codes else found)

    def narrowed(self, *, q="", state="", year=None, level=None, body=None, only=""):
        """As the list of the office is narrowed: `body` to its active members, `only` to "overdue" or "part_paid"."""
        wanted = {name: value for name, value in {"state": state, "level": level}.items() if value}
        found = self.filter(**wanted)
        if q:
            found = found.matching(q)
        if year:
            found = found.covering(year)
        if body:
            members = Membership.objects.filter(body=body, state=MembershipState.ACTIVE)
            found = found.filter(unit__in=Unit.objects.standing_in(members))
        if only == "overdue":
            return found.overdue(timezone.localdate())
        return found.part_paid() if only == "part_paid" else found

    def for_list(self):
        """With unit and level, the newest first."""
        return self.select_related("unit", "level").order_by("-placed_at", "-pk")

    def counts_by_state(self):
        """{state: how many}. One query."""
        found = dict(self.order_by().values_list("state").annotate(number=Count("pk")))
        return {state: found.get(state.value, 0) for state in OrderState}


class DuesOrder(Billing):
    """What a unit ordered. Prices, years and level never change; what happens to it are moves and payments."""

    number = models.CharField(_("order number"), max_length=20, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="dues_orders", verbose_name=_("unit"))
    state = models.CharField(
        _("state"), max_length=24, choices=OrderState.choices, default=OrderState.AWAITING_PAYMENT, editable=False
    )
    level = models.ForeignKey(Level, models.PROTECT, related_name="+", verbose_name=_("level"))
    first_year = models.PositiveSmallIntegerField(_("first year"))
    years = models.PositiveSmallIntegerField(_("number of years"))
    amount = models.DecimalField(_("amount in yuan"), max_digits=12, decimal_places=2)
    remittance_code = models.CharField(_("remittance code"), max_length=12, unique=True)
    pay_by = models.DateField(_("to be paid by"))
    placed_at = models.DateTimeField(_("ordered"), default=timezone.now)
    placed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("ordered by")
    )
    proof = models.ForeignKey(
        Document, models.PROTECT, null=True, related_name="+", editable=False, verbose_name=_("proof of transfer")
    )
    paid_on = models.DateField(_("money arrived on"), null=True, editable=False)
    told_at = models.DateTimeField(_("unit told of the payment"), null=True, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    close_reason = models.CharField(_("reason"), max_length=200, blank=True, editable=False)

    objects = DuesOrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("dues order")
        verbose_name_plural = _("dues orders")
        default_permissions = ("view",)
        permissions = [("manage_duesorder", _("Can book payments, cancel orders and issue invoices"))]
        constraints = [
            models.UniqueConstraint(fields=["unit"], condition=Q(state__in=OPEN), name="dues_order_one_open"),
            models.CheckConstraint(condition=Q(years__gte=1, years__lte=YEARS_MAX), name="dues_order_years"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="dues_order_amount_positive"),
            models.CheckConstraint(
                condition=Q(state__in=[OrderState.PAID, OrderState.REVERSED], paid_on__isnull=False)
                | (~Q(state__in=[OrderState.PAID, OrderState.REVERSED]) & Q(paid_on=None)),
                name="dues_order_paid_has_day",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[OrderState.CANCELLED, OrderState.EXPIRED, OrderState.REVERSED])
                | Q(closed_at__isnull=False),
                name="dues_order_closed_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "-placed_at"], name="dues_order_by_unit"),
            models.Index(fields=["state", "-placed_at"], name="dues_order_by_state"),
            models.Index(fields=["-placed_at", "-id"], name="dues_order_by_time"),
        ]

    def __str__(self):
        return self.number

    @property
    def last_year(self):
        return self.first_year + self.years - 1

    @property
    def period(self):
        """2027-01-01 ～ 2029-12-31"""
        return f"{self.first_year}-01-01 ～ {self.last_year}-12-31"

    @property
    def amount_in_words(self):
        """大写: 陆仟元整."""
        return in_words(self.amount)

    @property
    def printed_code(self):
        return in_groups(self.remittance_code)

    @property
    def is_open(self):
        return self.state in OPEN


class OrderYear(models.Model):
    """One year of an order at the price of the day it was ordered."""

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    order = models.ForeignKey(DuesOrder, models.CASCADE, related_name="lines", verbose_name=_("dues order"))
    year = models.PositiveSmallIntegerField(_("dues year"))
    price = models.DecimalField(_("yuan"), max_digits=10, decimal_places=2)

    class Meta:
        verbose_name = _("year of an order")
        verbose_name_plural = _("years of orders")
        default_permissions = ()
        ordering = ["year"]
        constraints = [
            models.UniqueConstraint(fields=["order", "year"], name="order_year_once"),
            models.CheckConstraint(condition=Q(price__gt=0), name="order_year_price_positive"),
        ]

    def __str__(self):
        return f"{self.order} {self.year}"
