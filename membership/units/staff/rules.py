"""入会规则: what the association decides about admission, with the templates of its papers."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.auth import permission_denied
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.widgets import AdminDateInput

from membership.private_files import as_download
from membership.units import actions, permissions, uploads
from membership.units.models import MembershipSettings

TEMPLATES = ("application_form_template", "commitment_letter_template")
ACCEPTED = (uploads.PDF, uploads.DOCX, uploads.DOC)


class TemplateInput(forms.ClearableFileInput):
    """A private file has no address of its own: the page hands it out by its name."""

    template_name = "units/staff/rules/template_input.html"
    initial_text = _("Current file")
    clear_checkbox_label = _("Take the file away")

    def is_initial(self, value):
        return bool(value)

    def format_value(self, value):
        return value if self.is_initial(value) else None

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        url = reverse("membership_template", args=[name.removesuffix("_template")])
        context["widget"] |= {"url": url, "download_text": _("Download")}
        return context


class RulesForm(WagtailAdminModelForm):
    """The rules; saving them is a verb, so that every change is on record."""

    class Meta:
        model = MembershipSettings
        fields = [
            "home_province",
            "paperwork_exempt_before",
            "review_working_days",
            "member_no_prefix",
            *TEMPLATES,
        ]

    def clean(self):
        cleaned = super().clean()
        for name in TEMPLATES:
            upload = cleaned.get(name)
            if upload and name in self.files:
                try:
                    uploads.inspect(upload, ACCEPTED)
                except ValidationError as wrong:
                    self.add_error(name, wrong)
        return cleaned

    def clean_member_no_prefix(self):
        prefix = self.cleaned_data["member_no_prefix"].strip()
        if prefix[-1:].isdigit():
            raise ValidationError(_("The beginning must not end with a digit."), code="digit")
        return prefix

    def save(self, commit=True):
        return actions.save_rules(super().save(commit=False), by=self.for_user)


edit_handler = ObjectList(
    [
        FieldRowPanel([FieldPanel("home_province"), FieldPanel("paperwork_exempt_before", widget=AdminDateInput)]),
        FieldRowPanel([FieldPanel("review_working_days"), FieldPanel("member_no_prefix")]),
        MultiFieldPanel(
            [FieldPanel(name, widget=TemplateInput(attrs={"accept": ".pdf,.docx,.doc"})) for name in TEMPLATES],
            heading=_("Templates of the papers"),
        ),
    ],
    base_form_class=RulesForm,
)
# Wagtail takes the panels of a setting from its model; the form stands above the verbs, and so above the models.
MembershipSettings.edit_handler = edit_handler


def template(request, name):
    """The stored template of a paper as a download."""
    if not permissions.may_set_rules(request.user):
        return permission_denied(request)
    field = f"{name}_template"
    file = getattr(MembershipSettings.load(), field, None) if field in TEMPLATES else None
    if not file:
        raise Http404
    with file.open("rb") as content:
        mime = uploads.media_type(content) or "application/octet-stream"
    suffix = uploads.EXTENSIONS.get(mime, ("",))[0]
    label = MembershipSettings._meta.get_field(field).verbose_name
    return as_download(file, name=f"{label}{suffix}", mime=mime)


urlpatterns = [path("<slug:name>/", template, name="membership_template")]
