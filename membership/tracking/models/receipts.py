"""What a unit returns: receipts in versions, opinions, attendees, and the draft of a receipt."""

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.tracking.states import Accommodation, Gender, OpinionChoice, ReceiptOrigin
from membership.units.models import Document

SEARCH_WORDS = 5
# What makes a receipt count in a deliberation: it is current, in time and was not sent back; one of a delivery at most.
COUNTING = {"superseded_at": None, "is_late": False, "sent_back_at": None}


class ReceiptQuerySet(models.QuerySet):
    def current(self):
        """The version that counts."""
        return self.filter(superseded_at__isnull=True)

    def counting(self):
        """Those that a deliberation counts: current, in time, not sent back."""
        return self.filter(**COUNTING)

    def for_user(self, user):
        """Receipts of the own unit; staff by permission."""
        if not user.is_authenticated:
            return self.none()
        if not user.is_staff:
            return self.filter(delivery__unit__seats__user=user)
        return self if user.has_perm("tracking.view_receipt") else self.none()

    def with_answers(self):
        """Load opinions with their items, attendees, document and person. Three queries."""
        opinions = models.Prefetch("opinions", Opinion.objects.select_related("item"))
        return self.select_related("document", "submitted_by").prefetch_related(opinions, "attendees")


class Receipt(models.Model):
    """One version of a unit's answer to a notice; a revision supersedes the version before and keeps it.

    The keys of delivery here and of receipt in `Opinion` have no index of their own: another begins with them.
    """

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    delivery = models.ForeignKey(
        "tracking.Delivery", models.PROTECT, db_index=False, related_name="receipts", verbose_name=_("delivery")
    )
    version = models.PositiveIntegerField(_("version"))
    submitted_at = models.DateTimeField(_("returned"), default=timezone.now)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("returned by")
    )
    superseded_at = models.DateTimeField(_("superseded"), null=True)
    origin = models.CharField(
        _("came by"), max_length=8, choices=ReceiptOrigin.choices, default=ReceiptOrigin.PORTAL, editable=False
    )
    is_late = models.BooleanField(_("after the deadline"), default=False, editable=False)
    declined_because = models.CharField(_("does not come because"), max_length=200, blank=True)
    sent_back_at = models.DateTimeField(_("sent back"), null=True, editable=False)
    sent_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    sent_back_because = models.CharField(_("sent back because"), max_length=200, blank=True, editable=False)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, related_name="receipts", verbose_name=_("receipt file")
    )

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        default_permissions = ("view",)
        permissions = [("manage_receipt", _("Can send receipts back, enter them and give more time"))]
        ordering = ["version"]
        indexes = [models.Index(fields=["delivery", "id"], condition=Q(**COUNTING), name="receipt_counting")]
        constraints = [
            models.UniqueConstraint(fields=["delivery", "version"], name="receipt_version_once"),
            models.UniqueConstraint(
                fields=["delivery"], condition=Q(superseded_at__isnull=True), name="receipt_one_current"
            ),
            models.CheckConstraint(
                condition=Q(sent_back_at__isnull=True, sent_back_by__isnull=True, sent_back_because="")
                | (Q(sent_back_at__isnull=False, sent_back_by__isnull=False) & ~Q(sent_back_because="")),
                name="receipt_sent_back_with_words",
            ),
        ]

    def __str__(self):
        return f"{self.delivery} v{self.version}"


class OpinionQuerySet(models.QuerySet):
    def by_choice(self):
        """(id of the agenda item, choice, how many chose it). One query."""
        return self.order_by().values_list("item_id", "choice").annotate(number=Count("*"))


class Opinion(models.Model):
    """What the unit thinks of one agenda item."""

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    receipt = models.ForeignKey(
        Receipt, models.CASCADE, db_index=False, related_name="opinions", verbose_name=_("receipt")
    )
    item = models.ForeignKey("cms.AgendaItem", models.PROTECT, related_name="+", verbose_name=_("agenda item"))
    choice = models.CharField(_("opinion"), max_length=50)
    comment = models.CharField(_("comment"), max_length=500, blank=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = _("opinion")
        verbose_name_plural = _("opinions")
        ordering = ["item__sort_order", "pk"]
        indexes = [models.Index(fields=["receipt", "item", "choice"], name="opinion_counted")]
        constraints = [
            models.UniqueConstraint(fields=["receipt", "item"], name="opinion_once_per_item"),
            models.CheckConstraint(
                condition=~Q(choice=OpinionChoice.DISAGREE) | ~Q(comment=""), name="opinion_disagree_says_why"
            ),
        ]

    def __str__(self):
        return self.label

    @property
    def label(self):
        """The opinion in words: 同意, 不同意, 弃权, or the option of the matter itself."""
        return str(OpinionChoice(self.choice).label) if self.choice in OpinionChoice.values else self.choice


class AttendeeQuerySet(models.QuerySet):
    def for_user(self, user):
        """Those of receipts that this person may see."""
        return self.filter(receipt__in=Receipt.objects.for_user(user))

    def of_meeting(self, notice):
        """Whom the units of a notice send, by the receipts that count; also those whose data have been erased since.

        A unit that has left sends nobody; whoever of it was there, was.
        """
        counting = {"superseded_at": None, "sent_back_at": None, "delivery__recalled_at": None}
        counting = {f"receipt__{name}": value for name, value in counting.items()}
        comes = Q(receipt__delivery__left_at=None) | Q(attended=True)
        return self.filter(comes, receipt__delivery__notice=notice, **counting)

    def expected(self, notice):
        """Those of a meeting who are still known by name."""
        return self.of_meeting(notice).filter(erased_at__isnull=True)

    def matching(self, text):
        """Those whose name or unit holds every word of the text."""
        for word in text.split()[:SEARCH_WORDS]:
            self = self.filter(Q(name__icontains=word) | Q(receipt__delivery__unit__name__icontains=word))
        return self

    def by_unit(self):
        """In the order of the units, each with its unit."""
        return self.select_related("receipt__delivery__unit").order_by("receipt__delivery__unit__name", "pk")

    def counts(self):
        """{announced, came, absent, open}: how many are announced, were there, were not, or are not recorded."""
        return self.aggregate(
            announced=Count("pk"),
            came=Count("pk", filter=Q(attended=True)),
            absent=Count("pk", filter=Q(attended=False)),
            open=Count("pk", filter=Q(attended=None)),
        )


class Attendee(models.Model):
    """A person whom the unit sends to a meeting."""

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    receipt = models.ForeignKey(Receipt, models.CASCADE, related_name="attendees", verbose_name=_("receipt"))
    name = models.CharField(_("name"), max_length=50)
    gender = models.CharField(_("gender"), max_length=8, choices=Gender.choices, blank=True)
    position = models.CharField(_("position"), max_length=50)
    mobile = models.CharField(_("mobile number"), max_length=16)
    email = models.EmailField(_("e-mail"), blank=True)
    accommodation = models.CharField(_("accommodation"), max_length=8, choices=Accommodation.choices, blank=True)
    remark = models.CharField(_("remark"), max_length=200, blank=True)
    attended = models.BooleanField(_("was there"), null=True, editable=False)
    attendance_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    attendance_at = models.DateTimeField(_("attendance recorded"), null=True, editable=False)
    erased_at = models.DateTimeField(_("personal data erased"), null=True, editable=False)

    objects = AttendeeQuerySet.as_manager()

    class Meta:
        verbose_name = _("attendee")
        verbose_name_plural = _("attendees")
        ordering = ["pk"]

    def __str__(self):
        return self.name


class ReceiptDraft(models.Model):
    """What a unit has typed into a receipt and not yet returned, as it was typed; `version` counts the savings."""

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    delivery = models.OneToOneField(
        "tracking.Delivery", models.CASCADE, related_name="draft", verbose_name=_("delivery")
    )
    values = models.JSONField(_("entries"), default=dict)
    version = models.PositiveIntegerField(_("version"), default=0)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("saved by"))
    saved_at = models.DateTimeField(_("saved"))

    class Meta:
        verbose_name = _("draft of a receipt")
        verbose_name_plural = _("drafts of receipts")
        default_permissions = ()

    def __str__(self):
        return f"{self.delivery} v{self.version}"
