"""What the staff decides on: each round of an application, each request for a change or to leave."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.units.models.memberships import Membership
from membership.units.states import BodyKind, ReviewState, ReviewSubject

CLAIM_LIFETIME = timedelta(minutes=30)
CLOSED = [state for state in ReviewState if state != ReviewState.OPEN]
OF_PERSONS = ("name", "phone", "closed_at")
SHOWN_IN_QUEUE = [
    *("state", "subject", "round", "handed_in_at", "claimed_until"),
    *("membership__unit__name", "membership__unit__uscc", "membership__unit__unit_type"),
    *("membership__body__name", "membership__body__short_name", "membership__body__kind"),
    *(f"{person}__{fact}" for person in ("assigned_to", "claimed_by") for fact in OF_PERSONS),
]
DECIDED = [ReviewState.APPROVED, ReviewState.RETURNED, ReviewState.REJECTED]


class ReviewQuerySet(models.QuerySet):
    def for_user(self, user):
        """Those about memberships that this person may see: a branch secretary's are those of own bodies."""
        if self.are_all_seen_by(user):
            return self
        return self.filter(membership__in=Membership.objects.for_user(user))

    @staticmethod
    def are_all_seen_by(user):
        """Whether this person reads the whole register."""
        return user.is_authenticated and user.is_staff and user.has_perm("units.view_unit")

    def open(self):
        """Waiting for a decision."""
        return self.filter(state=ReviewState.OPEN)

    def about_association(self):
        return self.filter(membership__body__kind=BodyKind.ASSOCIATION)

    def about_branches(self):
        return self.filter(membership__body__kind=BodyKind.BRANCH)

    def in_order(self):
        """The longest waiting first."""
        return self.order_by("handed_in_at", "pk")

    def for_queue(self):
        """What a row of the queue shows, the longest waiting first; what was handed in stays behind."""
        related = ("membership__unit", "membership__body", "assigned_to", "claimed_by")
        return self.select_related(*related).only(*SHOWN_IN_QUEUE).in_order()

    def held_by_others(self, user, now):
        """Claimed by somebody else, and the claim has not run out."""
        return self.filter(claimed_until__gt=now).exclude(claimed_by=user)


class Review(models.Model):
    """One thing handed in for a decision, as it was handed in, with the verdicts and the decision on it.

    A round of an application, a change of certified facts or a request to leave (`subject`). A new round voids the one
    before it, so that nobody decides on what has changed meanwhile.
    """

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="reviews", verbose_name=_("membership"))
    subject = models.CharField(_("subject"), max_length=12, choices=ReviewSubject.choices)
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    state = models.CharField(
        _("state"), max_length=12, choices=ReviewState.choices, default=ReviewState.OPEN, editable=False
    )
    snapshot = models.JSONField(_("as handed in"), default=dict)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    document = models.ForeignKey("units.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("file"))
    handed_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("handed in by")
    )
    handed_in_at = models.DateTimeField(_("handed in"), default=timezone.now)
    opened_at = models.DateTimeField(_("first opened"), null=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("reviewer")
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("being reviewed by")
    )
    claimed_until = models.DateTimeField(_("claimed until"), null=True)
    verdicts = models.JSONField(_("verdicts"), default=dict)
    waives_papers = models.BooleanField(_("old membership waives papers"), default=False)
    waiver_reason = models.CharField(_("how the old membership was checked"), max_length=200, blank=True)
    remark = models.CharField(_("words to the unit"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        default_permissions = ()
        ordering = ["handed_in_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["membership", "subject", "round"], name="review_once_per_round"),
            models.UniqueConstraint(
                fields=["membership", "subject"], condition=Q(state=ReviewState.OPEN), name="review_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state__in=DECIDED, decided_at__isnull=False, decided_by__isnull=False)
                | (~Q(state__in=DECIDED) & Q(decided_at__isnull=True, decided_by__isnull=True)),
                name="review_decision_paired",
            ),
            models.CheckConstraint(
                condition=Q(claimed_by__isnull=True) | Q(claimed_until__isnull=False), name="review_claim_paired"
            ),
            models.CheckConstraint(
                condition=~Q(waives_papers=True, state=ReviewState.APPROVED) | ~Q(waiver_reason=""),
                name="review_waiver_checked",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "subject", "handed_in_at"], name="review_queue"),
            models.Index(fields=["membership", "handed_in_at"], name="review_by_membership"),
        ]

    def __str__(self):
        return self.reference

    @property
    def reference(self):
        """The number that the unit is given: RZ-2026-000123."""
        return f"{ReviewSubject(self.subject).prefix}-{timezone.localtime(self.handed_in_at):%Y}-{self.pk:06d}"

    @property
    def marked(self):
        """{item key: verdict} of what needs a change."""
        return {key: verdict for key, verdict in self.verdicts.items() if not verdict["ok"]}


class ReviewNoteQuerySet(models.QuerySet):
    def for_user(self, user):
        """Staff who see the review; never the unit."""
        if not (user.is_authenticated and user.is_staff):
            return self.none()
        return self.filter(review__in=Review.objects.for_user(user))


class ReviewNote(models.Model):
    """A word among the staff about a review."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="notes", verbose_name=_("review"))
    text = models.CharField(_("note"), max_length=500)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("written"), auto_now_add=True)

    objects = ReviewNoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note on a review")
        verbose_name_plural = _("notes on reviews")
        default_permissions = ()
        ordering = ["written_at", "pk"]

    def __str__(self):
        return self.text[:40]
