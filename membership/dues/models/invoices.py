"""Invoices and fiscal receipts as they were issued, their files, and requests for another one."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.dues.models.orders import DuesOrder
from membership.dues.states import InvoiceKind, OrderState
from membership.units.models import Document
from membership.units.uploads import EXTENSIONS


class InvoiceQuerySet(models.QuerySet):
    def for_user(self, user):
        """Those of orders that this person may see."""
        return self.filter(order__in=DuesOrder.objects.for_user(user))

    def standing(self):
        """Neither replaced nor void."""
        return self.filter(voided_at=None)

    def holding(self, number):
        """Those because of which this number cannot be entered: one that stands, or one that a red invoice reversed.

        A number that was voided without a red invoice was entered by mistake, for instance for the wrong order.
        """
        return self.filter(Q(voided_at=None) | ~Q(red_number=""), number=number)

    def awaiting_red(self):
        """Standing though the payment was taken back (待红冲)."""
        return self.standing().filter(order__state=OrderState.REVERSED)

    def matching(self, text):
        """Those with these words in a number or the title, or in the name of the unit."""
        words = text.strip()
        return self.filter(
            Q(number__icontains=words)
            | Q(serial__icontains=words)
            | Q(title__icontains=words)
            | Q(order__number__icontains=words)
            | Q(order__unit__name__icontains=words)
        )

    def for_list(self):
        """With order, unit, successor and files, the newest first."""
        files = models.Prefetch("files", InvoiceFile.objects.select_related("document"))
        rows = self.select_related("order__unit", "replaced_by", "replaces", "recorded_by", "voided_by")
        return rows.prefetch_related(files).order_by("-pk")


class Invoice(models.Model):
    """Issued elsewhere (tax office, treasury) for a paid order; never edited, only voided and replaced."""

    serial = models.CharField(_("own number"), max_length=20, unique=True)
    order = models.ForeignKey(DuesOrder, models.PROTECT, related_name="invoices", verbose_name=_("dues order"))
    kind = models.CharField(_("kind of invoice"), max_length=8, choices=InvoiceKind.choices)
    number = models.CharField(_("invoice number"), max_length=30)
    issued_on = models.DateField(_("issued on"))
    title = models.CharField(_("title of the invoice"), max_length=100)
    tax_no = models.CharField(_("tax number"), max_length=20, blank=True)
    amount = models.DecimalField(_("amount in yuan"), max_digits=12, decimal_places=2)
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    recorded_at = models.DateTimeField(_("entered"), default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    voided_at = models.DateTimeField(_("voided"), null=True)
    voided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    void_reason = models.CharField(_("why it was voided"), max_length=200, blank=True)
    red_number = models.CharField(_("number of the red invoice"), max_length=30, blank=True)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        default_permissions = ("view",)
        permissions = [("issue_invoice", _("Can enter, replace and void invoices"))]
        ordering = ["-recorded_at", "-pk"]
        indexes = [models.Index(fields=["number"], name="invoice_by_number")]
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(voided_at=None), name="invoice_one_standing"),
            models.UniqueConstraint(fields=["number"], condition=Q(voided_at=None), name="invoice_number_standing"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="invoice_amount_positive"),
            models.CheckConstraint(
                condition=Q(voided_at=None, voided_by=None, void_reason="")
                | (Q(voided_at__isnull=False, voided_by__isnull=False) & ~Q(void_reason="")),
                name="invoice_voided_with_reason",
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def is_standing(self):
        return self.voided_at is None

    @property
    def successor(self):
        """The invoice in its place, or None."""
        return getattr(self, "replaced_by", None)


class InvoiceFileQuerySet(models.QuerySet):
    def for_user(self, user):
        """Those of invoices that this person may see."""
        return self.filter(invoice__in=Invoice.objects.for_user(user))


class InvoiceFile(models.Model):
    """One file of an invoice: PDF, OFD or XML, stored as a document of the unit."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="files", verbose_name=_("invoice"))
    document = models.OneToOneField(
        Document, models.PROTECT, related_name="invoice_file", verbose_name=_("unit document")
    )

    objects = InvoiceFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of an invoice")
        verbose_name_plural = _("files of invoices")
        default_permissions = ()
        ordering = ["pk"]

    def __str__(self):
        return str(self.document)

    @property
    def ending(self):
        """PDF, OFD or XML."""
        return EXTENSIONS[self.document.mime][0][1:].upper()

    @property
    def download_name(self):
        """What people find in their folder: 发票_DD2026000123.pdf"""
        stem = _("receipt_%(order)s") if self.invoice.kind == InvoiceKind.FISCAL else _("invoice_%(order)s")
        return stem % {"order": self.invoice.order.number} + EXTENSIONS[self.document.mime][0]


class ReissueRequestQuerySet(models.QuerySet):
    def for_user(self, user):
        return self.filter(invoice__in=Invoice.objects.for_user(user))

    def open(self):
        return self.filter(closed_at=None)

    def matching(self, text):
        """Those whose invoice has these words in a number or the title, or in the name of the unit."""
        return self.filter(invoice__in=Invoice.objects.matching(text))

    def for_list(self):
        """With invoice, order and unit; who has waited longest stands first."""
        return self.select_related("invoice__order__unit", "asked_by").order_by("asked_at", "pk")


class ReissueRequest(models.Model):
    """申请换开: the unit asks for another invoice in the place of one that is wrong."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="requests", verbose_name=_("invoice"))
    reason = models.CharField(_("reason"), max_length=200)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answer = models.CharField(_("answer"), max_length=200, blank=True)

    objects = ReissueRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for another invoice")
        verbose_name_plural = _("requests for another invoice")
        default_permissions = ()
        ordering = ["asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["invoice"], condition=Q(closed_at=None), name="reissue_one_open"),
        ]

    def __str__(self):
        return f"{self.invoice} {self.asked_at:%Y-%m-%d}"
