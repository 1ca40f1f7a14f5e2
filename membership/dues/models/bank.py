"""Statements of the bank and their credits: what came in, whose it is, and what of it is still on the desk."""

import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.dues.amounts import parse
from membership.dues.models.orders import DuesOrder
from membership.dues.models.sums import NIL, or_nil, sum_of, to_fen
from membership.dues.states import ON_DESK, EntryState, Ground, StatementState
from membership.jobs.models import Job
from membership.private_files import private


@dataclass(frozen=True)
class Balance:
    """Where the yuan of some credits are."""

    credits: Decimal
    booked: Decimal
    on_desk: Decimal
    discarded: Decimal
    refunded: Decimal

    @property
    def is_even(self):
        """False when a credit counts as fully booked or refunded and is not."""
        return self.credits == self.booked + self.on_desk + self.discarded + self.refunded


def statement_key(statement, filename):
    """A random key without names."""
    return f"statements/{timezone.localdate():%Y/%m}/{uuid.uuid4().hex}"


def _finance(rows, user):
    may = user.is_authenticated and user.is_active and user.is_staff and user.has_perm("dues.view_bankentry")
    return rows if may else rows.none()


class BankStatementQuerySet(models.QuerySet):
    def for_user(self, user):
        """Finance and whoever reads its books; nobody else."""
        return _finance(self, user)

    def for_list(self):
        """The newest first, without the rows of their outlook."""
        return self.select_related("created_by").defer("outlook", "sample", "faulty_rows")


class BankStatement(models.Model):
    """One uploaded statement: read, shown, then booked. A credit is kept once, in however many files it comes."""

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.FileField(_("file"), storage=private, upload_to=statement_key)
    original_name = models.CharField(_("file name"), max_length=150)
    sha256 = models.CharField(_("sha256"), max_length=64)
    state = models.CharField(
        _("state"), max_length=12, choices=StatementState.choices, default=StatementState.READING, editable=False
    )
    # {field: column number from 1; of memo a list of them} and the header's row number from 1, found or chosen.
    columns = models.JSONField(_("columns"), default=dict)
    header_row = models.PositiveIntegerField(_("header in row"), null=True)
    # The first rows as they stand in the file, for whoever chooses columns: [[row number, {column: text}], …].
    sample = models.JSONField(_("first rows"), default=list)
    # [{"row": n, "problem": sentence, "texts": [...]}] of rows that stopped: amount or date that cannot be read.
    faulty_rows = models.JSONField(_("rows that cannot be read"), default=list)
    credit_count = models.PositiveIntegerField(_("credits"), default=0)
    credit_total = models.DecimalField(_("credits in yuan"), max_digits=14, decimal_places=2, default=0)
    # What booking would do, while nothing is booked: see membership.dues.actions.statements.
    outlook = models.JSONField(_("what booking would do"), default=dict)
    known_count = models.PositiveIntegerField(_("known before"), default=0)
    debit_count = models.PositiveIntegerField(_("debits, left aside"), default=0)
    refusal = models.CharField(_("why it went no further"), max_length=500, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    booked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("booked by")
    )
    booked_at = models.DateTimeField(_("booked"), null=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", verbose_name=_("background job"))

    objects = BankStatementQuerySet.as_manager()

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        default_permissions = ()
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=StatementState.BOOKED, booked_at__isnull=False)
                | (~Q(state=StatementState.BOOKED) & Q(booked_at=None)),
                name="bank_statement_booked_has_time",
            ),
        ]
        indexes = [models.Index(fields=["-created_at"], name="bank_statement_by_time")]

    def __str__(self):
        return self.original_name


class BankEntryQuerySet(models.QuerySet):
    def for_user(self, user):
        """Finance and whoever reads its books; nobody else."""
        return _finance(self, user)

    def on_desk(self):
        """What a person has to decide on."""
        return self.filter(state__in=ON_DESK)

    def with_booked(self):
        """Annotate what went away of this credit, less what was taken back: `booked` for orders, `refunded`."""
        refunds = self.model._meta.get_field("refunds").related_model.objects.filter(entry=OuterRef("pk"))
        refunded = refunds.order_by().values("entry").annotate(total=sum_of("amount")).values("total")
        return self.annotate(booked=or_nil(sum_of("payments__amount")), refunded=or_nil(Subquery(refunded)))

    def untouched(self):
        """On the desk, and nothing of them is booked or refunded."""
        return self.on_desk().with_booked().filter(booked=0, refunded=0)

    def matching(self, text):
        """Those with these words in payer, account, note, comment or serial number, or with this amount."""
        words = text.strip()
        found = (
            Q(payer_name__icontains=words)
            | Q(memo__icontains=words)
            | Q(comment__icontains=words)
            | Q(payer_account__contains=words)
            | Q(serial_no__contains=words)
        )
        amount = parse(words)
        return self.filter(found if amount is None else found | Q(amount=amount))

    def counts(self):
        """{state: rows}, also those with none. One query."""
        found = dict(self.order_by().values_list("state").annotate(number=Count("pk")))
        return {state: found.get(state.value, 0) for state in EntryState}

    def balance(self):
        """贷方合计 = 已入账 + 未匹配 + 已搁置 + 已退款, to the fen: where their yuan are. Three queries."""
        credits, booked = self._by_state("amount"), self._by_state("payments__amount")
        refunded = self._by_state("refunds__amount")
        rest = {
            state: credits.get(state, NIL) - booked.get(state, NIL) - refunded.get(state, NIL)
            for state in EntryState.values
        }
        return Balance(
            credits=sum(credits.values(), NIL),
            booked=sum(booked.values(), NIL),
            on_desk=sum((rest[state] for state in ON_DESK), NIL),
            discarded=rest[EntryState.DISCARDED],
            refunded=sum(refunded.values(), NIL),
        )

    def total(self):
        """Yuan of these credits, exact to the fen."""
        return to_fen(self.aggregate(yuan=Sum("amount"))["yuan"])

    def _by_state(self, amount):
        rows = self.order_by().values_list("state").annotate(yuan=Sum(amount))
        return {state: to_fen(yuan) for state, yuan in rows}


class BankEntry(models.Model):
    """One credit of the bank, as the bank wrote it."""

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    statement = models.ForeignKey(
        BankStatement, models.PROTECT, related_name="entries", verbose_name=_("bank statement")
    )
    row = models.PositiveIntegerField(_("row"))
    # By serial number, day, amount and payer, else by day, amount, payer, memo and the how-manieth of its like.
    fingerprint = models.CharField(_("fingerprint"), max_length=64, unique=True)
    booked_on = models.DateField(_("day"))
    serial_no = models.CharField(_("serial number"), max_length=80, blank=True)
    payer_name = models.CharField(_("payer"), max_length=150, blank=True)
    payer_account = models.CharField(_("account of the payer"), max_length=50, blank=True)
    memo = models.CharField(_("note of the transfer"), max_length=300, blank=True)
    amount = models.DecimalField(_("yuan"), max_digits=12, decimal_places=2)
    state = models.CharField(
        _("state"), max_length=12, choices=EntryState.choices, default=EntryState.UNMATCHED, editable=False
    )
    suggestion = models.ForeignKey(
        DuesOrder, models.SET_NULL, null=True, related_name="+", verbose_name=_("suggested order")
    )
    ground = models.CharField(_("why"), max_length=20, choices=Ground.choices, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    comment = models.CharField(_("office note"), max_length=200, blank=True)  # of the office, for the office

    objects = BankEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("credit of the bank")
        verbose_name_plural = _("credits of the bank")
        default_permissions = ("view",)
        permissions = [("manage_bankentry", _("Can import bank statements and book their rows"))]
        ordering = ["-booked_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="bank_entry_is_credit"),
            models.CheckConstraint(
                condition=~Q(state=EntryState.DISCARDED) | ~Q(reason=""), name="bank_entry_discarded_with_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state=EntryState.SUGGESTED) | Q(suggestion__isnull=False),
                name="bank_entry_suggests_an_order",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-booked_on", "-id"], name="bank_entry_by_state"),
            models.Index(fields=["-booked_on", "-id"], name="bank_entry_by_day"),
            models.Index(fields=["statement", "row"], name="bank_entry_by_statement"),
            models.Index(fields=["payer_account"], name="bank_entry_by_account"),
        ]

    def __str__(self):
        return f"{self.booked_on:%Y-%m-%d} {self.amount}"

    @property
    def rest(self):
        """Yuan that are neither booked nor refunded; of an entry loaded `with_booked`."""
        return self.amount - self.booked - self.refunded
