"""Forms for the files that editors attach to notices."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm

from membership.units import uploads

ACCEPT = ",".join(sorted(extension for mime in uploads.FORMS for extension in uploads.EXTENSIONS[mime]))


class AttachmentForm(forms.Form):
    """A file to be kept; what it is, the verb that stores it finds out."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("PDF, Word, Excel, JPG or PNG, at most 20 MB."),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        allow_empty_file=True,
    )
    title = forms.CharField(
        label=_("Title"), max_length=150, required=False, help_text=_("Left empty, the name of the file is used.")
    )


class AttachmentFilterForm(BaseFilterForm):
    """Finds attachments by a part of their title or file name."""

    q = forms.CharField(label=_("Search term"), required=False, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def filter(self, objects):
        objects = super().filter(objects)
        self.search_query = self.cleaned_data["q"]
        self.is_searching = bool(self.search_query)
        if self.is_searching:
            objects = objects.matching(self.search_query)
        return objects
