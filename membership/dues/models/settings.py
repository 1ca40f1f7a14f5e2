"""What the association decides about dues: data, never code."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import register_setting

from membership.dues.states import InvoiceKind
from membership.office_settings import OfficeSetting

YEARS_MAX = 3  # calendar years of one order (guide 三.(二))


@register_setting(icon="tag", order=230)
class DuesSettings(OfficeSetting):
    """The association's account, how long an order waits for its money, which invoices are offered."""

    account_name = models.CharField(_("account holder"), max_length=100, blank=True)
    account_number = models.CharField(_("account number"), max_length=40, blank=True)
    bank_name = models.CharField(_("bank and branch"), max_length=100, blank=True)
    bank_code = models.CharField(_("bank code (CNAPS)"), max_length=20, blank=True)
    max_years = models.PositiveSmallIntegerField(
        _("years of one order at most"),
        default=YEARS_MAX,
        validators=[MinValueValidator(1), MaxValueValidator(YEARS_MAX)],
    )
    arrears_first = models.BooleanField(
        _("arrears are paid first"),
        default=False,
        help_text=_("If ticked, an order begins with the earliest year that is owed."),
    )
    order_days = models.PositiveSmallIntegerField(
        _("days until an unpaid order expires"),
        default=30,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )
    confirm_days = models.PositiveSmallIntegerField(
        _("working days until a transfer is confirmed"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    invoice_days = models.PositiveSmallIntegerField(
        _("working days until the invoice is issued"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
    )
    suspend_years = models.PositiveSmallIntegerField(
        _("years in arrears after which a member may be suspended"),
        default=2,
        validators=[MinValueValidator(1), MaxValueValidator(10)],
        help_text=_("As the statutes say. Members that owe so many years are marked in the list of dues receivable."),
    )
    offers_normal = models.BooleanField(InvoiceKind.NORMAL.label, default=True)
    offers_special = models.BooleanField(InvoiceKind.SPECIAL.label, default=False)
    offers_fiscal = models.BooleanField(InvoiceKind.FISCAL.label, default=True)

    class Meta:
        verbose_name = _("dues and account")

    @property
    def invoice_kinds(self):
        """The kinds of invoice that a unit may choose from."""
        return [kind for kind in InvoiceKind if getattr(self, f"offers_{kind}")]

    @property
    def takes_transfers(self):
        """Whether units can be told where to pay."""
        return bool(self.account_name and self.account_number and self.bank_name)
