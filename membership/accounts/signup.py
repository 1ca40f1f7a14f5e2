"""What sign-up asks beside number and password. allauth builds its own form on this one, for pages and programs alike.

A module of its own: allauth imports it while its own forms are not yet there.
"""

from django import forms
from django.utils.translation import gettext_lazy as _

from membership.accounts.captcha import GraphicCodeField


class SignUpFields(forms.Form):
    field_order = ["phone", "captcha", "password1", "password2", "agree"]

    captcha = GraphicCodeField()
    agree = forms.BooleanField(
        label=_("I agree to the terms of use and the privacy policy"),
        error_messages={"required": _("Read the terms of use and the privacy policy and agree to them.")},
    )

    def signup(self, request, user):
        """The consent is kept once the number is verified."""
