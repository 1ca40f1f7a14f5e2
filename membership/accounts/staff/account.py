"""The own account in the staff area: name, picture, language; the password is changed where everybody changes it."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.account import AccountView, BaseSettingsPanel, NameEmailSettingsPanel

from membership.accounts import actions
from membership.accounts.models import User


class OwnNameForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["name"]
        labels = {"name": _("Full name")}

    def save(self, commit=True):
        return actions.rename(self.instance, by=self.instance, name=self.cleaned_data["name"])


class OwnNamePanel(BaseSettingsPanel):
    name = "own_name"
    title = _("Full name")
    order = 100
    form_class = OwnNameForm


class StaffAccountView(AccountView):
    def get_panels(self):
        panels = [panel for panel in super().get_panels() if not isinstance(panel, NameEmailSettingsPanel)]
        own = panels[0]
        return [OwnNamePanel(own.request, own.user, own.profile), *panels]
