"""Nouns of the member register: unit, seat, body, level, membership, document."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from membership.accounts.phones import mask
from membership.units.regions import Province
from membership.units.states import BodyKind, DocumentKind, Duty, MembershipState, UnitType
from membership.units.storage import private
from membership.units.uploads import SCANS
from membership.units.uscc import validate_uscc

PAGES_SHOWN = 30
INVITATION_LIFETIME = timedelta(days=7)


class BodyQuerySet(models.QuerySet):
    def association(self):
        """The association itself: there is exactly one."""
        return self.get(kind=BodyKind.ASSOCIATION)

    def open_branches(self):
        """Branches that accept applications, in the association's order."""
        return self.filter(kind=BodyKind.BRANCH, is_open=True)


class Body(models.Model):
    """The association or one of its branches."""

    kind = models.CharField(_("kind"), max_length=16, choices=BodyKind.choices)
    name = models.CharField(_("name"), max_length=100)
    short_name = models.CharField(_("short name"), max_length=20, help_text=_("Begins the line of standing."))
    slug = models.SlugField(_("slug"), unique=True)
    sort_order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_open = models.BooleanField(_("accepts applications"), default=True)

    objects = BodyQuerySet.as_manager()

    class Meta:
        verbose_name = _("association body")
        verbose_name_plural = _("association bodies")
        ordering = ["sort_order", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind=BodyKind.ASSOCIATION), name="body_one_association"
            ),
        ]

    def __str__(self):
        return self.name


class Level(models.Model):
    """A level of members, the same for all bodies of a kind."""

    body_kind = models.CharField(_("kind of body"), max_length=16, choices=BodyKind.choices)
    slug = models.SlugField(_("slug"))
    name = models.CharField(_("name"), max_length=20)
    rank = models.PositiveSmallIntegerField(_("rank"), help_text=_("1 is the highest."))

    class Meta:
        verbose_name = _("level")
        verbose_name_plural = _("levels")
        ordering = ["body_kind", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["body_kind", "slug"], name="level_slug_per_kind"),
            models.UniqueConstraint(fields=["body_kind", "rank"], name="level_rank_per_kind"),
        ]

    def __str__(self):
        return f"{self.get_body_kind_display()} · {self.name}"


class UnitQuerySet(models.QuerySet):
    def for_user(self, user):
        """Units this person may see: own, of own bodies (branch secretary), all (staff by permission), else none."""
        if not user.is_authenticated:
            return self.none()
        if not user.is_staff:
            return self.filter(seats__user=user)
        if user.has_perm("units.view_unit"):
            return self
        return self.filter(pk__in=Membership.objects.for_user(user).values("unit"))

    def certified(self):
        """Members of the association in good standing: those who get notices."""
        return self.filter(memberships__body__kind=BodyKind.ASSOCIATION, memberships__state=MembershipState.ACTIVE)

    def with_memberships(self):
        """Load every membership with body and level, in the order of the identity card."""
        memberships = Membership.objects.select_related("body", "level").order_by("body__sort_order", "body_id")
        return self.prefetch_related(models.Prefetch("memberships", memberships))


class Unit(models.Model):
    """A company, school or organisation that is or wants to be a member."""

    name = models.CharField(_("unit name"), max_length=100)
    uscc = models.CharField(_("credit code"), max_length=18, validators=[validate_uscc])
    unit_type = models.CharField(_("unit type"), max_length=16, choices=UnitType.choices)
    province = models.CharField(_("province"), max_length=2, choices=Province.choices)
    city = models.CharField(_("city"), max_length=50, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=6, blank=True)
    telephone = models.CharField(_("telephone"), max_length=30, blank=True)
    legal_representative = models.CharField(_("legal representative"), max_length=50)
    contact_department = models.CharField(_("contact department"), max_length=50, blank=True)
    contact_name = models.CharField(_("contact person"), max_length=50)
    contact_phone = models.CharField(_("contact phone"), max_length=30)
    qq = models.CharField(_("QQ"), max_length=12, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    founded_on = models.DateField(_("founded on"), null=True, blank=True)
    registered_capital = models.DecimalField(
        _("registered capital (10,000 yuan)"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    staff_count = models.PositiveIntegerField(_("number of staff"), null=True, blank=True)
    website = models.URLField(_("website"), blank=True)
    introduction = models.TextField(_("introduction"), max_length=1000, blank=True)
    joined_on = models.DateField(_("member since"), null=True, blank=True)
    was_member_before = models.BooleanField(_("already a formal member"), default=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["uscc"], condition=Q(submitted_at__isnull=False), name="unit_uscc_once_submitted"
            ),
        ]
        indexes = [models.Index(fields=["name"], name="unit_by_name")]

    def __str__(self):
        return self.name


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
        """Neither answered nor taken back, and not too old."""
        return self.filter(closed_at=None, invited_at__gt=now - INVITATION_LIFETIME)

    def lapsed(self, now):
        """Nobody answered in time."""
        return self.filter(closed_at=None, invited_at__lte=now - INVITATION_LIFETIME)

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
    """The offer of a seat as agent to whoever holds a number, for seven days."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="invitations", verbose_name=_("unit"))
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
        return self.invited_at + INVITATION_LIFETIME


class BodyStaff(models.Model):
    """A branch secretary: staff who see only the units of this body."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="body_staff", verbose_name=_("user")
    )
    body = models.ForeignKey(Body, models.CASCADE, related_name="body_staff", verbose_name=_("association body"))

    class Meta:
        verbose_name = _("branch secretary")
        verbose_name_plural = _("branch secretaries")
        constraints = [models.UniqueConstraint(fields=["user", "body"], name="body_staff_once")]

    def __str__(self):
        return f"{self.user} · {self.body}"


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


class Membership(models.Model):
    """A unit in a body. That of the association is the certification of the unit."""

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="memberships", verbose_name=_("unit"))
    body = models.ForeignKey(Body, models.PROTECT, related_name="memberships", verbose_name=_("association body"))
    state = models.CharField(
        _("state"), max_length=16, choices=MembershipState.choices, default=MembershipState.DRAFT, editable=False
    )
    level = models.ForeignKey(Level, models.PROTECT, null=True, blank=True, verbose_name=_("level"))
    member_no = models.CharField(_("member number"), max_length=30, blank=True)
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
                condition=Q(state=MembershipState.DRAFT) | Q(submitted_at__isnull=False),
                name="membership_submitted_has_time",
            ),
        ]
        indexes = [models.Index(fields=["body", "state", "level"], name="membership_by_body")]

    def __str__(self):
        return f"{self.unit} · {self.body}"

    @property
    def standing_line(self):
        """One line of the identity card: 「质量分会理事」."""
        return f"{self.body.short_name}{self.level.name}"


class DocumentQuerySet(models.QuerySet):
    def for_user(self, user):
        """Files of the own unit; for staff the kinds that their permissions name, a branch secretary's of own units."""
        if not user.is_authenticated:
            return self.none()
        if not user.is_staff:
            return self.filter(unit__seats__user=user)
        kinds = Q(pk__in=[])
        if user.has_perm("units.view_receipt_file"):
            kinds |= Q(kind=DocumentKind.RECEIPT)
        if user.has_perm("units.view_document"):
            kinds |= ~Q(kind=DocumentKind.RECEIPT)
        elif user.has_perm("units.review_branch_membership"):
            kinds |= ~Q(kind=DocumentKind.RECEIPT) & Q(unit__in=Unit.objects.for_user(user))
        return self.filter(kinds)


def storage_key(document, filename):
    """A random key without names; the day keeps folders small."""
    return f"documents/{timezone.localdate():%Y/%m}/{uuid.uuid4().hex}"


class Document(models.Model):
    """A private file of a unit: stored once, replaced by a new one, never overwritten."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="documents", verbose_name=_("unit"))
    kind = models.CharField(_("kind"), max_length=20, choices=DocumentKind.choices)
    file = models.FileField(_("file"), storage=private, upload_to=storage_key)
    original_name = models.CharField(_("file name"), max_length=150)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("sha256"), max_length=64)
    mime = models.CharField(_("media type"), max_length=100)
    pages = models.PositiveIntegerField(_("number of pages"), null=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit document")
        verbose_name_plural = _("unit documents")
        permissions = [("view_receipt_file", _("Can open receipt files"))]
        indexes = [models.Index(fields=["unit", "kind", "uploaded_at"], name="document_by_unit")]

    def __str__(self):
        return self.original_name

    @property
    def is_drawable(self):
        """PDF, JPG and PNG are shown as images of their pages; forms of Word and Excel are only downloaded."""
        return self.mime in SCANS

    @property
    def pages_shown(self):
        """How many pages are shown so; none of a file that cannot be."""
        return min(self.pages or 1, PAGES_SHOWN) if self.is_drawable else 0


def page_key(page, filename):
    """A random key in a folder of its own: what lies there can be drawn again."""
    return f"pages/{timezone.localdate():%Y/%m}/{uuid.uuid4().hex}"


class DocumentPage(models.Model):
    """One page of a document as an image, made by the machine. Reading starts at the document."""

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    document = models.ForeignKey(Document, models.CASCADE, related_name="drawn", verbose_name=_("unit document"))
    number = models.PositiveSmallIntegerField(_("page number"))
    image = models.FileField(_("image"), storage=private, upload_to=page_key)
    width = models.PositiveSmallIntegerField(_("width in pixels"))
    height = models.PositiveSmallIntegerField(_("height in pixels"))

    class Meta:
        verbose_name = _("page image")
        verbose_name_plural = _("page images")
        default_permissions = ()
        ordering = ["document", "number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="document_page_once")]

    def __str__(self):
        return f"{self.document_id} · {self.number}"


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
