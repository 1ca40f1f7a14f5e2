"""退款: money that went back to whoever paid. A row of its own; a mistake is a counter-entry, never an edit."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.dues.models.bank import BankEntry
from membership.dues.models.ledger import Payment
from membership.dues.models.orders import DuesOrder
from membership.dues.models.sums import to_fen
from membership.private_files import private


def refund_key(refund, filename):
    """A random key without names."""
    return f"refunds/{timezone.localdate():%Y/%m}/{uuid.uuid4().hex}"


class RefundQuerySet(models.QuerySet):
    def for_user(self, user):
        """Those of orders of the own unit; staff by permission; anyone else none."""
        if not user.is_authenticated:
            return self.none()
        if not user.is_staff:
            return self.filter(order__in=DuesOrder.objects.for_user(user))
        return self if user.has_perm("dues.view_duesorder") else self.none()

    def standing(self):
        """No counter-entries, nothing that has one."""
        return self.filter(reverses=None, reversal=None)

    def total(self):
        """Yuan, less counter-entries, exact to the fen."""
        return to_fen(self.aggregate(total=Sum("amount"))["total"])


class Refund(models.Model):
    """Yuan that were paid back, out of a credit of the bank that no order took or a payment that was taken back.

    What a statement brought lies on the desk until it is booked, so it is refunded from there (`entry`); what was
    entered by hand and taken back is refunded from its payment.
    """

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    entry = models.ForeignKey(
        BankEntry, models.PROTECT, null=True, related_name="refunds", verbose_name=_("credit of the bank")
    )
    payment = models.ForeignKey(
        Payment, models.PROTECT, null=True, related_name="refunds", verbose_name=_("payment taken back")
    )
    order = models.ForeignKey(
        DuesOrder, models.PROTECT, null=True, related_name="refunds", verbose_name=_("dues order")
    )
    amount = models.DecimalField(_("yuan"), max_digits=12, decimal_places=2)
    paid_on = models.DateField(_("paid back on"))
    payee = models.CharField(_("payee"), max_length=100)
    account = models.CharField(_("account of the payee"), max_length=50, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    document = models.FileField(_("document"), storage=private, upload_to=refund_key, blank=True)
    document_name = models.CharField(_("file name"), max_length=150, blank=True)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversal", verbose_name=_("takes back")
    )
    recorded_at = models.DateTimeField(_("booked"), default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("booked by")
    )

    objects = RefundQuerySet.as_manager()

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        default_permissions = ()
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, reverses=None) | Q(amount__lt=0, reverses__isnull=False),
                name="refund_or_counter_entry",
            ),
            models.CheckConstraint(
                condition=Q(entry=None, payment__isnull=False, order__isnull=False)
                | Q(entry__isnull=False, payment=None),
                name="refund_of_one_source",
            ),
            models.CheckConstraint(condition=~Q(reason="") & ~Q(payee=""), name="refund_has_payee_and_reason"),
        ]
        indexes = [models.Index(fields=["paid_on"], name="refund_by_day")]

    def __str__(self):
        return f"{self.payee} {self.amount}"
