"""What finance fills in about invoices: one, another in its place, why one is void, an answer, many files."""

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.dues.actions.invoices import FILES_MAX, REASON_MAX
from membership.dues.invoice_numbers import clean_number, number_problem
from membership.dues.states import InvoiceKind
from membership.fields import LineField
from membership.units.models import Document
from membership.units.states import DocumentKind

ACCEPT = ".pdf,.ofd,.xml"


class FilesInput(forms.ClearableFileInput):
    """Several files in one go."""

    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        """The view takes the files before the form is judged, so that none is lost."""
        return


def files_field(label, help_text):
    widget = FilesInput(attrs={"accept": ACCEPT, "multiple": True})
    return forms.FileField(label=label, help_text=help_text, required=False, widget=widget)


def day_field(label, **more):
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Enter the day."), "invalid": _("Enter the day, such as 2026-11-25.")},
        **more,
    )


class KeptFile(forms.ModelMultipleChoiceField):
    """Files that are stored for the unit and belong to no invoice yet."""

    def label_from_instance(self, document):
        moment = timezone.localtime(document.uploaded_at)
        return f"{document.original_name} · {filesizeformat(document.size)} · {moment:%Y-%m-%d %H:%M}"


class IssueForm(forms.Form):
    """The invoice of an order; whatever was uploaded stands among `kept`, also when the form is refused."""

    kind = forms.ChoiceField(label=_("Kind of invoice"), choices=InvoiceKind.choices)
    number = LineField(
        label=_("Invoice number"),
        max_length=40,
        help_text=_("20 digits of an electronic invoice; of a fiscal receipt its number"),
        error_messages={"required": _("Enter the number of the invoice.")},
    )
    issued_on = day_field(_("Issued on"))
    title = LineField(
        label=_("Title of the invoice"),
        max_length=100,
        error_messages={"required": _("Say what the title of the invoice is.")},
    )
    tax_no = LineField(label=_("Tax number"), max_length=20, required=False)
    kept = KeptFile(
        label=_("Files stored before"),
        help_text=_("Ticked files go to the unit with this invoice."),
        queryset=Document.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("One of these files belongs to an invoice already.")},
    )
    uploads = files_field(_("Files of the invoice"), _("PDF, OFD and XML, several at once, 20 MB each"))

    def __init__(self, order, *args, problems=(), **kwargs):
        """`problems` are sentences about uploads that were not stored."""
        super().__init__(*args, **kwargs)
        self.problems = problems
        loose = Document.objects.filter(unit=order.unit_id, kind=DocumentKind.INVOICE, invoice_file=None)
        self.fields["kept"].queryset = loose.order_by("-uploaded_at")
        self.has_kept = loose.exists()

    def clean_issued_on(self):
        day = self.cleaned_data["issued_on"]
        if day > timezone.localdate():
            raise forms.ValidationError(_("The day of the invoice has not come yet."))
        return day

    def clean(self):
        data = super().clean()
        if "number" in data and "kind" in data:
            data["number"] = clean_number(data["number"])
            if problem := number_problem(data["kind"], data["number"]):
                self.add_error("number", problem)
        for problem in self.problems:
            self.add_error("uploads", problem)
        if "kept" in data and not data["kept"] and not self.problems:
            self.add_error("uploads", _("Upload at least one file of the invoice."))
        if "kept" in data and len(data["kept"]) > FILES_MAX:
            self.add_error("kept", _("An invoice has at most %(count)s files.") % {"count": FILES_MAX})
        return data

    @property
    def facts(self):
        """What the verb takes."""
        names = ("kind", "number", "issued_on", "title", "tax_no")
        return {name: self.cleaned_data[name] for name in names} | {"files": list(self.cleaned_data["kept"])}


def reason_field(label, required):
    return LineField(label=label, max_length=REASON_MAX, error_messages={"required": required})


def red_number_field():
    return LineField(
        label=_("Number of the red invoice"),
        max_length=40,
        required=False,
        help_text=_("Empty only if no red invoice exists, because the entry here was a mistake"),
    )


class RedNumberForm(forms.Form):
    """Why an invoice is void, and the number of the red one."""

    reason = reason_field(_("Why it is voided"), _("Say why the invoice is voided."))
    red_number = red_number_field()

    def __init__(self, invoice, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.invoice = invoice

    def clean_red_number(self):
        number = clean_number(self.cleaned_data["red_number"])
        if number and (problem := number_problem(self.invoice.kind, number)):
            raise forms.ValidationError(problem)
        return number


class ReplaceForm(IssueForm):
    """The invoice that comes in the place of another."""

    reason = reason_field(_("Why it is replaced"), _("Say why the invoice is voided."))
    red_number = red_number_field()
    field_order = ("reason", "red_number")

    def __init__(self, invoice, *args, **kwargs):
        super().__init__(invoice.order, *args, **kwargs)
        self.invoice = invoice

    clean_red_number = RedNumberForm.clean_red_number

    @property
    def facts(self):
        return super().facts | {name: self.cleaned_data[name] for name in ("reason", "red_number")}


class RefuseForm(forms.Form):
    answer = reason_field(_("Answer to the unit"), _("Say why there is no other invoice: the unit reads it."))


class SendForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        error_messages={"required": _("Enter the e-mail address."), "invalid": _("Enter a whole e-mail address.")},
    )


class BatchForm(forms.Form):
    """The files of many invoices."""

    uploads = files_field(_("Files of the invoices"), _("PDF, OFD and XML, at most 50 files at once, 20 MB each"))
    issued_on = day_field(_("Issued on"), help_text=_("Counts where a file does not say the day itself"))

    clean_issued_on = IssueForm.clean_issued_on
