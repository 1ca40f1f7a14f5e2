"""Who acts for which unit: seats, invitations to them, and numbers bound anew by the staff."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from membership.accounts.phones import mask
from membership.units.models.units import Unit
from membership.units.states import Duty
from membership.units.storage import private

INVITATION_LIFETIME = timedelta(days=7)


class SeatQuerySet(models.QuerySet):
    def for_user(self, user):
        """Seats in the units that this person may see."""
        return self.filter(unit__in=Unit.objects.for_user(user))

    def for_list(self):
        """The owner first, then by how long they have had the seat, with the persons."""
        return self.select_related("user").order_by(models.Case(models.When(duty=Duty.OWNER, then=0), default=1), "pk")


class Seat(models.Model):
    """Who acts for which unit, and with what duty."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="seat", verbose_name=_("user"))
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="seats", verbose_name=_("unit"))
    duty = models.CharField(_("duty"), max_length=8, choices=Duty.choices)
    since = models.DateTimeField(_("since"), auto_now_add=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = [
            models.UniqueConstraint(fields=["unit"], condition=Q(duty=Duty.OWNER), name="seat_one_owner"),
        ]

    def __str__(self):
        return f"{self.user} · {self.unit}"


class SeatInvitationQuerySet(models.QuerySet):
    def open(self, now):
        """Neither answered nor taken back, and not too old; an offer to become the owner does not grow old."""
        young = Q(invited_at__gt=now - INVITATION_LIFETIME)
        return self.filter(young | Q(duty=Duty.OWNER), closed_at=None)

    def lapsed(self, now):
        """Nobody answered in time."""
        return self.filter(duty=Duty.AGENT, closed_at=None, invited_at__lte=now - INVITATION_LIFETIME)

    def sent_to(self, user):
        """Those to the person's own, verified number."""
        return self.filter(phone=user.phone) if user.phone_verified else self.none()

    def for_user(self, user):
        """Invitations to the person's own number, and those of a unit whose owner the person is."""
        if not user.is_authenticated:
            return self.none()
        own = Seat.objects.filter(user=user, duty=Duty.OWNER).values("unit")
        return self.sent_to(user) | self.filter(unit__in=own)


class SeatInvitation(models.Model):
    """The offer of a seat to whoever holds a number: as agent for seven days, by the unit's owner; as owner of a unit
    that the office has imported, until it is taken."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="invitations", verbose_name=_("unit"))
    duty = models.CharField(_("duty"), max_length=8, choices=Duty.choices, default=Duty.AGENT)
    phone = PhoneNumberField(_("mobile number"), region="CN")
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    invited_at = models.DateTimeField(_("invited"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True)
    accepted_at = models.DateTimeField(_("accepted"), null=True)

    objects = SeatInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation to a seat")
        verbose_name_plural = _("invitations to seats")
        default_permissions = ()
        ordering = ["-invited_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "phone"], condition=Q(closed_at=None), name="invitation_one_open_per_number"
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(closed_at__isnull=False), name="invitation_accepted_is_closed"
            ),
        ]
        indexes = [models.Index(fields=["phone", "closed_at"], name="invitation_by_phone")]

    def __str__(self):
        return f"{self.unit} · {self.phone_masked}"

    @property
    def phone_masked(self):
        return mask(self.phone)

    @property
    def expires_at(self):
        return None if self.duty == Duty.OWNER else self.invited_at + INVITATION_LIFETIME


class PhoneRebindingQuerySet(models.QuerySet):
    def for_user(self, user):
        """Staff who may rebind numbers see what was rebound."""
        return self if user.is_active and user.is_staff and user.has_perm("units.rebind_phone") else self.none()


def letter_key(rebinding, filename):
    """A random key without names."""
    return f"letters/{timezone.localdate():%Y/%m}/{uuid.uuid4().hex}"


class PhoneRebinding(models.Model):
    """That the staff bound a member's account to another number, on the word of a stamped letter kept here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("user"))
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", verbose_name=_("unit"))
    reason = models.CharField(_("reason"), max_length=200)
    letter = models.FileField(_("stamped letter"), storage=private, upload_to=letter_key)
    original_name = models.CharField(_("file name"), max_length=150)
    mime = models.CharField(_("media type"), max_length=100)
    sha256 = models.CharField(_("sha256"), max_length=64)
    rebound_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("rebound by")
    )
    rebound_at = models.DateTimeField(_("rebound"), default=timezone.now)

    objects = PhoneRebindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("rebinding of a mobile number")
        verbose_name_plural = _("rebindings of mobile numbers")
        default_permissions = ()
        permissions = [("rebind_phone", _("Can rebind the mobile number of a member"))]
        indexes = [models.Index(fields=["rebound_at"], name="phone_rebinding_by_time")]

    def __str__(self):
        return f"{self.user} {self.rebound_at:%Y-%m-%d}"
