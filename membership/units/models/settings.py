"""What the association decides about membership: data, never code."""

import uuid
from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import register_setting

from membership.office_settings import OfficeSetting
from membership.units.regions import Province
from membership.units.storage import private


def template_key(settings, filename):
    """A random key without names."""
    return f"templates/{uuid.uuid4().hex}"


@register_setting(icon="clipboard-list", order=210)
class MembershipSettings(OfficeSetting):
    """Rules of admission: the home province, before which day members are spared papers, how long a review takes."""

    home_province = models.CharField(
        _("home province"),
        max_length=2,
        choices=Province.choices,
        default=Province.SICHUAN,
        help_text=_("Units from elsewhere hand in the entry permit."),
    )
    paperwork_exempt_before = models.DateField(
        _("no application papers from members before"),
        default=date(2024, 1, 1),
        help_text=_("Formal members before this day need no application form and no letter of commitment."),
    )
    review_working_days = models.PositiveSmallIntegerField(
        _("working days for a review"), default=3, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    member_no_prefix = models.CharField(
        _("member numbers begin with"), max_length=10, default="HY", blank=True, help_text=_("HY gives HY00001.")
    )
    application_form_template = models.FileField(
        _("template of the application form"),
        storage=private,
        upload_to=template_key,
        blank=True,
        help_text=_("Empty: the portal makes one with the facts of the unit."),
    )
    commitment_letter_template = models.FileField(
        _("template of the letter of commitment"),
        storage=private,
        upload_to=template_key,
        blank=True,
        help_text=_("Empty: the portal makes one with the facts of the unit."),
    )

    class Meta:
        verbose_name = _("membership rules")
