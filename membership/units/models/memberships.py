"""A unit in a body, and the levels that it has had there."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from membership.units.models.bodies import Body, Level
from membership.units.states import BodyKind, MembershipState


class MembershipQuerySet(models.QuerySet):
    def for_user(self, user):
        """Memberships of the units that this person may see; a branch secretary sees only those in own bodies."""
        if not user.is_authenticated:
            return self.none()
        if not user.is_staff:
            return self.filter(unit__seats__user=user)
        if user.has_perm("units.view_unit"):
            return self
        return self.filter(body__body_staff__user=user).exclude(state=MembershipState.DRAFT)

    def for_register(self, user):
        """Those that this person may see, and of every unit its certification, which branches depend on."""
        if user.has_perm("units.view_unit"):
            return self
        return self.filter(
            Q(pk__in=self.model.objects.for_user(user).values("pk")) | Q(body__kind=BodyKind.ASSOCIATION)
        )

    def certifications(self):
        """The memberships of the association: what screens call the state of a unit."""
        return self.filter(body__kind=BodyKind.ASSOCIATION)

    def for_list(self):
        """With body and level, in the order of the identity card."""
        return self.select_related("body", "level").order_by("body__sort_order", "body_id")

    def in_force(self):
        """Members now: certified by the association, approved by a branch."""
        return self.filter(state=MembershipState.ACTIVE)

    def counts_by(self, field):
        """{value of the field: memberships}, most first; `field` may lead to the unit or the level. One query."""
        counted = self.order_by().values(field).annotate(number=models.Count("pk")).order_by("-number", field)
        return {row[field]: row["number"] for row in counted}

    def counts_by_month(self):
        """{first day of the month in which they joined: memberships}, the earliest first. One query."""
        dated = self.order_by().exclude(since=None).annotate(month=TruncMonth("since"))
        counted = dated.values("month").annotate(number=models.Count("pk")).order_by("month")
        return {row["month"]: row["number"] for row in counted}


class Membership(models.Model):
    """A unit in a body. That of the association is the certification of the unit."""

    unit = models.ForeignKey("units.Unit", models.CASCADE, related_name="memberships", verbose_name=_("unit"))
    body = models.ForeignKey(Body, models.PROTECT, related_name="memberships", verbose_name=_("association body"))
    state = models.CharField(
        _("state"), max_length=16, choices=MembershipState.choices, default=MembershipState.DRAFT, editable=False
    )
    level = models.ForeignKey(Level, models.PROTECT, null=True, blank=True, verbose_name=_("level"))
    member_no = models.CharField(_("member number"), max_length=30, blank=True)
    since = models.DateField(_("member of the body since"), null=True, editable=False)
    round = models.PositiveSmallIntegerField(_("round of the application"), default=0, editable=False)
    answers = models.JSONField(_("answers to the questions of the branch"), default=list, editable=False)
    contact_department = models.CharField(_("contact department"), max_length=50, blank=True)
    contact_name = models.CharField(_("contact person"), max_length=50, blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=30, blank=True)
    qq = models.CharField(_("QQ"), max_length=12, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    submitted_at = models.DateTimeField(_("submitted"), null=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("decided by"),
    )
    remark = models.CharField(_("remark"), max_length=500, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        permissions = [
            ("review_membership", _("Can decide on applications")),
            ("review_branch_membership", _("Can decide on applications to own branches")),
            ("grant_level", _("Can change the level of a member")),
        ]
        constraints = [
            models.UniqueConstraint(fields=["unit", "body"], name="membership_once_per_body"),
            models.CheckConstraint(
                condition=Q(decided_at__isnull=True, decided_by__isnull=True)
                | Q(decided_at__isnull=False, decided_by__isnull=False),
                name="membership_decision_paired",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[MembershipState.ACTIVE, MembershipState.SUSPENDED])
                | Q(level__isnull=False, decided_at__isnull=False),
                name="membership_active_has_level",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[MembershipState.ACTIVE, MembershipState.SUSPENDED]) | Q(since__isnull=False),
                name="membership_active_has_date",
            ),
            models.UniqueConstraint(
                fields=["body", "member_no"], condition=~Q(member_no=""), name="membership_number_once_per_body"
            ),
            models.CheckConstraint(
                condition=Q(state=MembershipState.DRAFT) | Q(submitted_at__isnull=False),
                name="membership_submitted_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["body", "state", "level"], name="membership_by_body"),
            models.Index(fields=["body", "since"], name="membership_by_date"),
        ]

    def __str__(self):
        return f"{self.unit} · {self.body}"

    @property
    def standing_line(self):
        """One line of the identity card: 「质量分会理事」."""
        return f"{self.body.short_name}{self.level.name}"

    @property
    def line_of_now(self):
        """The line of standing, or how far it is: 「质量分会理事」, 「质量分会 待审核」."""
        if self.state == MembershipState.ACTIVE:
            return self.standing_line
        return f"{self.body.short_name} {self.get_state_display()}"

    @property
    def is_certification(self):
        """Whether this is the membership of the association."""
        return self.body.kind == BodyKind.ASSOCIATION


class LevelTermQuerySet(models.QuerySet):
    def for_user(self, user):
        """The terms of memberships that this person may see."""
        return self.filter(membership__in=Membership.objects.for_user(user))

    def on(self, day):
        """The terms that ran on that day: who was a council unit then?"""
        return self.filter(since__lte=day).filter(Q(until=None) | Q(until__gt=day))

    def current(self):
        """The terms that have no end yet."""
        return self.filter(until=None)


class LevelTerm(models.Model):
    """The level of a membership from one day up to, not including, another, with the document that decided it."""

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="level_terms", verbose_name=_("membership"))
    level = models.ForeignKey(Level, models.PROTECT, related_name="+", verbose_name=_("level"))
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True)
    document = models.ForeignKey(
        "units.Document", models.PROTECT, null=True, related_name="+", verbose_name=_("deciding document")
    )
    remark = models.CharField(_("ground"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"))

    objects = LevelTermQuerySet.as_manager()

    class Meta:
        verbose_name = _("term at a level")
        verbose_name_plural = _("terms at levels")
        default_permissions = ()
        ordering = ["-since", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["membership"], condition=Q(until=None), name="level_term_one_current"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=F("since")), name="level_term_in_order"),
        ]
        indexes = [models.Index(fields=["membership", "since"], name="level_term_by_membership")]

    def __str__(self):
        return f"{self.membership} · {self.level.name} {self.since:%Y-%m-%d}"
