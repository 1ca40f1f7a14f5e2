"""The books: payments and the years paid or waived. Nothing is edited or deleted; a mistake is a counter-entry."""

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.dues.models.bank import BankEntry
from membership.dues.models.orders import DuesOrder
from membership.dues.models.sums import to_fen
from membership.dues.models.waivers import DuesWaiver
from membership.dues.states import PaymentOrigin
from membership.units.models import Level, Unit


class PaymentQuerySet(models.QuerySet):
    def for_user(self, user):
        """Those of orders that this person may see."""
        return self.filter(order__in=DuesOrder.objects.for_user(user))

    def standing(self):
        """Money that came and was not taken back: no counter-entries, nothing that has one."""
        return self.filter(reverses=None, reversal=None)

    def refundable(self):
        """Entered by hand and taken back: money of a statement lies on the desk and is refunded from there."""
        return self.filter(origin=PaymentOrigin.HAND, reversal__isnull=False)

    def total(self):
        """Yuan, less counter-entries, exact to the fen."""
        return to_fen(self.aggregate(total=Sum("amount"))["total"])


class Payment(models.Model):
    """Money booked for an order, or with a negative amount the counter-entry that takes one back."""

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    order = models.ForeignKey(DuesOrder, models.PROTECT, related_name="payments", verbose_name=_("dues order"))
    amount = models.DecimalField(_("yuan"), max_digits=12, decimal_places=2)
    received_on = models.DateField(_("money arrived on"))
    payer_name = models.CharField(_("payer"), max_length=100, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    origin = models.CharField(_("came by"), max_length=12, choices=PaymentOrigin.choices)
    entry = models.ForeignKey(
        BankEntry, models.PROTECT, null=True, related_name="payments", verbose_name=_("row of the bank statement")
    )
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversal", verbose_name=_("takes back")
    )
    recorded_at = models.DateTimeField(_("booked"), default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("booked by")
    )

    objects = PaymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        default_permissions = ("view",)
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, reverses=None) | (Q(amount__lt=0, reverses__isnull=False) & ~Q(note="")),
                name="payment_or_counter_entry",
            ),
            models.CheckConstraint(
                condition=Q(origin=PaymentOrigin.HAND, entry=None)
                | Q(origin=PaymentOrigin.STATEMENT, entry__isnull=False),
                name="payment_origin_paired",
            ),
        ]
        indexes = [models.Index(fields=["received_on"], name="payment_by_day")]

    def __str__(self):
        return f"{self.order} {self.amount}"


class PaidYearQuerySet(models.QuerySet):
    def for_user(self, user):
        """Years of the own unit; staff by permission; anyone else none."""
        if not user.is_authenticated:
            return self.none()
        if not user.is_staff:
            return self.filter(unit__seats__user=user)
        return self if user.has_perm("dues.view_duesorder") else self.none()

    def standing(self):
        """Not given back."""
        return self.filter(ended_at=None)

    def waived(self):
        """In order without money, by a resolution."""
        return self.filter(waiver__isnull=False)

    def by_unit(self):
        """{unit id: set of years}. One query."""
        found = {}
        for unit, year in self.standing().values_list("unit_id", "year"):
            found.setdefault(unit, set()).add(year)
        return found


class PaidYear(models.Model):
    """That a unit has a dues year in order, at which level and price.

    By an order; by a waiver, for no money; with neither it was paid before this system.
    """

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="paid_years", verbose_name=_("unit"))
    year = models.PositiveSmallIntegerField(_("dues year"))
    level = models.ForeignKey(Level, models.PROTECT, related_name="+", verbose_name=_("level"))
    price = models.DecimalField(_("yuan"), max_digits=10, decimal_places=2)
    order = models.ForeignKey(
        DuesOrder, models.PROTECT, null=True, related_name="paid_years", verbose_name=_("dues order")
    )
    waiver = models.ForeignKey(
        DuesWaiver, models.PROTECT, null=True, related_name="paid_years", verbose_name=_("waiver of dues")
    )
    # What the standard asked for the year when it was waived; no income and not due.
    waived = models.DecimalField(_("yuan waived"), max_digits=10, decimal_places=2, default=0)
    note = models.CharField(_("note"), max_length=200, blank=True)
    recorded_at = models.DateTimeField(_("booked"), default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("booked by")
    )
    ended_at = models.DateTimeField(_("given back"), null=True)
    ended_because = models.CharField(_("why it was given back"), max_length=200, blank=True)

    objects = PaidYearQuerySet.as_manager()

    class Meta:
        verbose_name = _("paid year")
        verbose_name_plural = _("paid years")
        default_permissions = ()
        ordering = ["unit", "year"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "year"], condition=Q(ended_at=None), name="paid_year_once"),
            models.CheckConstraint(
                condition=Q(order__isnull=False) | Q(waiver__isnull=False) | ~Q(note=""), name="paid_year_has_ground"
            ),
            models.CheckConstraint(
                condition=Q(waiver=None, waived=0) | Q(waiver__isnull=False, order=None, price=0, waived__gt=0),
                name="paid_year_waived_is_free",
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_because="") | (Q(ended_at__isnull=False) & ~Q(ended_because="")),
                name="paid_year_ended_with_reason",
            ),
            models.CheckConstraint(condition=Q(price__gte=0), name="paid_year_price"),
        ]
        indexes = [models.Index(fields=["year", "level"], name="paid_year_by_year")]

    def __str__(self):
        return f"{self.unit} {self.year}"


def units_that_paid(year):
    """Units with this dues year in order."""
    rows = PaidYear.objects.standing().filter(unit=OuterRef("pk"), year=year)
    return Unit.objects.filter(Exists(rows))
