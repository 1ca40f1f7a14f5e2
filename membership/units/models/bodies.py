"""The association, its branches and their questions, the levels of members, who is secretary of which branch."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.contrib.forms.models import AbstractFormField

from membership.units.states import BodyKind

WITH_CHOICES = {"dropdown", "radio", "checkboxes", "multiselect"}  # Wagtail's names of the types of fields


class BodyQuerySet(models.QuerySet):
    def association(self):
        """The association itself: there is exactly one."""
        return self.get(kind=BodyKind.ASSOCIATION)

    def open_branches(self):
        """Branches that accept applications, in the association's order."""
        return self.filter(kind=BodyKind.BRANCH, is_open=True)

    def overseen_by(self, user):
        """Bodies whose members this person of the staff sees: all by permission, else those entrusted to them."""
        if not (user.is_active and user.is_staff):
            return self.none()
        return self if user.has_perm("units.view_unit") else self.filter(body_staff__user=user)


class Body(ClusterableModel):
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


class BranchQuestion(AbstractFormField):
    """A question that a branch asks of its applicants, beside the contact; built in Wagtail's form-field panel."""

    body = ParentalKey(Body, on_delete=models.CASCADE, related_name="questions", verbose_name=_("association body"))

    class Meta(AbstractFormField.Meta):
        verbose_name = _("question of the branch")
        verbose_name_plural = _("questions of the branch")
        default_permissions = ()

    def clean(self):
        """Whoever is to choose needs something to choose from."""
        super().clean()
        if self.field_type in WITH_CHOICES and not self.choices.strip(" \t\r\n,"):
            raise ValidationError({"choices": _("Enter the answers to choose from, one in each line.")})
