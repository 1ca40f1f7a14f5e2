"""The unit itself: its facts, the working copy of its profile, its qualification certificates."""

import re
import unicodedata
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Replace
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from membership.units.models.memberships import Membership
from membership.units.regions import Province
from membership.units.states import STANDING, BodyKind, MembershipState, UnitType
from membership.units.uscc import validate_uscc

CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is mistaken for another
CODE_LENGTH = 16


def new_certificate_code():
    """79 random bits, easily typed from paper."""
    return get_random_string(CODE_LENGTH, CODE_ALPHABET)


WORDS_MAX = 6  # of a search: every word costs a condition


def search_words(text):
    """The words to look for: half width, brackets as ASCII; a number without its spaces, dashes and country code."""
    text = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFKC", text))
    number = re.sub(r"[\s()\-–—]", "", text)
    if re.fullmatch(r"\+?\d+", number):
        return [re.sub(r"^(\+86|0086)", "", number).lstrip("+")]
    return text.split()[:WORDS_MAX]


def _paper(label):
    return models.ForeignKey(
        "units.Document", models.PROTECT, null=True, blank=True, editable=False, related_name="+", verbose_name=label
    )


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

    def namesakes(self, unit, name):
        """Other units that have handed in an application under this name: a reason to look twice, not to refuse."""
        return self.filter(name=name, submitted_at__isnull=False).exclude(pk=unit.pk)

    def matching(self, text):
        """Units found by every word of the text: in their name, credit code, contact person, its telephone, or the
        mobile number of somebody who acts for them."""
        name = Replace(Replace("name", Value("（"), Value("(")), Value("）"), Value(")"))
        found = self.alias(plain_name=name, plain_phone=Replace("contact_phone", Value("-"), Value("")))
        for word in search_words(text):
            wanted = Q(plain_name__icontains=word) | Q(uscc__icontains=word) | Q(contact_name__icontains=word)
            if word.isdigit():
                acting = self.model.objects.filter(seats__user__phone__contains=word)
                wanted |= Q(plain_phone__contains=word) | Q(pk__in=acting.values("pk"))
            found = found.filter(wanted)
        return found

    def standing_in(self, memberships):
        """Units one of whose memberships is among these and stands."""
        return self.filter(Exists(memberships.filter(unit=OuterRef("pk"), state__in=STANDING)))

    def with_certification(self, state):
        """Units whose membership of the association is in this state."""
        certifications = Membership.objects.certifications().filter(unit=OuterRef("pk"), state=state)
        return self.filter(Exists(certifications))

    def running_out(self, first, last):
        """Units with a certificate or an entry permit whose last day lies between these, or before `last`."""
        days = {"valid_until__lte": last} | ({"valid_until__gte": first} if first else {})
        certificates = Qualification.objects.filter(unit=OuterRef("pk"), **days)
        permit = Q(**{f"entry_permit_{name}": day for name, day in days.items()})
        return self.filter(Exists(certificates) | permit)

    def with_memberships(self, memberships=None):
        """Load every membership, or those among `memberships`, with body and level, in the identity card's order."""
        rows = Membership.objects.all() if memberships is None else memberships
        return self.prefetch_related(models.Prefetch("memberships", rows.for_list()))


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
    business_license = _paper(_("Business licence"))
    entry_permit = _paper(_("Entry permit of the province"))
    entry_permit_valid_until = models.DateField(_("entry permit valid until"), null=True, blank=True)
    application_form = _paper(_("Application form"))
    commitment_letter = _paper(_("Letter of commitment"))
    certificate_code = models.CharField(
        _("code of the member certificate"),
        max_length=CODE_LENGTH,
        unique=True,
        default=new_certificate_code,
        editable=False,
    )
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
        permissions = [("import_units", _("Can import members from a workbook"))]

    def __str__(self):
        return self.name

    @property
    def certification(self):
        """The membership of the association; costs a query."""
        return self.memberships.certifications().select_related("unit", "body", "level").get()

    def having(self, memberships):
        """This unit as one loaded `with_memberships`: these are all of them, in their order."""
        rows = self.memberships.all()
        rows._result_cache, rows._prefetch_done = memberships, True
        self._prefetched_objects_cache = {"memberships": rows}
        for membership in memberships:
            membership.unit = self
        return self

    @property
    def loaded_certification(self):
        """The membership of the association among those loaded `with_memberships`, or None."""
        return next((m for m in self.memberships.all() if m.is_certification), None)

    @property
    def branch_lines(self):
        """How it stands in each branch that it has applied to, of a unit loaded `with_memberships`."""
        rows = self.memberships.all()
        return [m.line_of_now for m in rows if not m.is_certification and m.state != MembershipState.DRAFT]


class ProfileDraft(models.Model):
    """What a unit has typed into its profile and not yet handed in, as it was typed, right or wrong.

    `version` counts the savings, so that a colleague's entries are not overwritten unseen.
    """

    unit = models.OneToOneField(Unit, models.CASCADE, related_name="draft", verbose_name=_("unit"))
    values = models.JSONField(_("entries"), default=dict)
    version = models.PositiveIntegerField(_("version"), default=0)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("saved by"))
    saved_at = models.DateTimeField(_("saved"))

    class Meta:
        verbose_name = _("draft of a profile")
        verbose_name_plural = _("drafts of profiles")
        default_permissions = ()

    def __str__(self):
        return f"{self.unit} v{self.version}"


class QualificationCategoryQuerySet(models.QuerySet):
    def offered(self):
        """What a unit may choose now."""
        return self.filter(is_open=True)


class QualificationCategory(models.Model):
    """资质类别: a name in a group, with the grades that it comes in."""

    SEPARATOR = "、"

    group = models.CharField(_("group"), max_length=50)
    name = models.CharField(_("name"), max_length=50)
    grades = models.CharField(
        _("grades"),
        max_length=200,
        blank=True,
        help_text=_("Separated by “、”, the highest first; empty when the certificate has no grades."),
    )
    sort_order = models.PositiveSmallIntegerField(_("order"), default=0)
    is_open = models.BooleanField(_("can be chosen"), default=True)

    objects = QualificationCategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("qualification category")
        verbose_name_plural = _("qualification categories")
        ordering = ["sort_order", "pk"]
        constraints = [models.UniqueConstraint(fields=["group", "name"], name="qualification_category_once")]

    def __str__(self):
        return self.name if self.name == self.group else f"{self.group} · {self.name}"

    @property
    def grade_list(self):
        return [grade.strip() for grade in self.grades.split(self.SEPARATOR) if grade.strip()]


class QualificationQuerySet(models.QuerySet):
    def for_user(self, user):
        """Certificates of the units that this person may see."""
        return self.filter(unit__in=Unit.objects.for_user(user))

    def for_list(self):
        """With category and file, in the order in which the unit has entered them."""
        return self.select_related("category", "document").order_by("sort_order", "pk")

    def expiring(self, today, days):
        """Of certified units, and running out within so many days from today, or run out already."""
        members = Membership.objects.certifications().filter(state=MembershipState.ACTIVE).values("unit")
        return self.filter(unit__in=members, valid_until__lte=today + timedelta(days=days))


class Qualification(models.Model):
    """资质证书: one certificate of a unit."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="qualifications", verbose_name=_("unit"))
    category = models.ForeignKey(
        QualificationCategory, models.PROTECT, related_name="qualifications", verbose_name=_("qualification category")
    )
    grade = models.CharField(_("grade"), max_length=20, blank=True)
    certificate_no = models.CharField(_("certificate number"), max_length=60, blank=True)
    issuer = models.CharField(_("issued by"), max_length=100, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    document = models.ForeignKey("units.Document", models.PROTECT, related_name="+", verbose_name=_("file"))
    sort_order = models.PositiveSmallIntegerField(_("order"), default=0)

    objects = QualificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("qualification certificate")
        verbose_name_plural = _("qualification certificates")
        default_permissions = ()
        ordering = ["sort_order", "pk"]
        indexes = [models.Index(fields=["valid_until"], name="qualification_by_expiry")]

    def __str__(self):
        return f"{self.category}{self.grade}"
