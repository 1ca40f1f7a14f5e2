"""Kinds of codes, consents and sign-ins."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CodePurpose(TextChoices):
    """What an SMS code is good for; a code for one purpose opens nothing else."""

    SIGN_UP = "sign_up", _("Create an account")
    LOGIN = "login", _("Sign in")
    CHANGE_PHONE = "change_phone", _("Change mobile number")
    NONE = "none", _("A message without a code")  # tells the holder of a number, and counts against the limits
