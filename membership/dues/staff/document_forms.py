"""Forms that carry a document: refunds, where it is optional, and waivers, which the resolution makes."""

from contextlib import nullcontext

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from membership.dues import resolutions
from membership.dues.models import DuesOrder, DuesWaiver, Refund
from membership.dues.staff.forms import DAY_ERRORS, REASON_MAX, AmountField, past_day
from membership.fields import LineField


class DocumentForm(forms.Form):
    """`document`, which is kept while another field is refused; `file` is what was kept, or None."""

    lacking = ""  # the sentence when there is no document; empty where it is optional

    document = forms.FileField(
        required=False,
        help_text=_("PDF, JPG or PNG, up to 20 MB."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    file = None

    def keep_file(self, *, by):
        """Keep what was uploaded, or find what an earlier attempt kept; a wrong or missing file is an error here."""
        upload, token = self.cleaned_data.get("document"), self.cleaned_data.get("kept")
        try:
            self.file = resolutions.keep(upload, by=by) if upload else resolutions.find(token, by=by)
        except ValidationError as wrong:
            self.add_error("document", wrong)
            return
        if self.file is None and self.lacking and "document" not in self.errors:
            self.add_error("document", self.lacking)


def _reason():
    return LineField(
        label=_("Reason"),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Enter the reason.")},
    )


class RefundForm(DocumentForm):
    """退款: what went back, when, to whom and why. `left` is what the page showed as there to be given back."""

    amount = AmountField(label=_("Yuan paid back"))
    paid_on = forms.DateField(
        label=_("Paid back on"), widget=AdminDateInput, initial=timezone.localdate, error_messages=DAY_ERRORS
    )
    payee = LineField(
        label=_("Payee"),
        max_length=Refund._meta.get_field("payee").max_length,
        error_messages={"required": _("Enter to whom the money went.")},
    )
    account = LineField(
        label=_("Account of the payee"), required=False, max_length=Refund._meta.get_field("account").max_length
    )
    number = LineField(
        label=_("Order number"),
        required=False,
        max_length=DuesOrder._meta.get_field("number").max_length,
        help_text=_("The refund is shown with this order and its unit is told. Empty for money of a stranger."),
    )
    reason = _reason()
    left = forms.DecimalField(
        widget=forms.HiddenInput,
        max_digits=12,
        decimal_places=2,
        error_messages=dict.fromkeys(["required", "invalid"], _("The page is incomplete. Load it anew.")),
    )
    field_order = ["amount", "paid_on", "payee", "account", "number", "reason", "document"]

    def __init__(self, *args, user, asks_order, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["document"].label = _("Receipt of the bank")
        if not asks_order:
            del self.fields["number"]

    def clean_paid_on(self):
        return past_day(self.cleaned_data["paid_on"])

    def clean_number(self):
        """The order of that number, or None."""
        number = self.cleaned_data["number"].upper()
        if not number:
            return None
        order = DuesOrder.objects.for_user(self.user).select_related("unit").filter(number=number).first()
        if order is None:
            raise ValidationError(_("There is no order of this number."), "unknown")
        return order


class WaiverForm(DocumentForm):
    """减免: which of these years, by which resolution, and why."""

    lacking = _("Upload the resolution: without it no dues can be waived.")

    years = forms.TypedMultipleChoiceField(
        label=_("Years to waive"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("Tick at least one year."),
            "invalid_choice": _("This year is in order already, or owes no dues."),
        },
    )
    title = LineField(
        label=_("Title of the resolution"),
        max_length=DuesWaiver._meta.get_field("title").max_length,
        error_messages={"required": _("Enter the title of the resolution.")},
    )
    document_no = LineField(
        label=_("Document number"), required=False, max_length=DuesWaiver._meta.get_field("document_no").max_length
    )
    decided_on = forms.DateField(label=_("Decided on"), widget=AdminDateInput, error_messages=DAY_ERRORS)
    reason = _reason()
    field_order = ["years", "title", "document_no", "decided_on", "document", "reason"]

    def __init__(self, *args, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["document"].label = _("Resolution file")
        self.fields["years"].choices = years

    def clean_decided_on(self):
        return past_day(self.cleaned_data["decided_on"])


class WithDocument:
    """A page with a DocumentForm; the verb finds the open file, or None, as `document` among what was entered."""

    template_name = "dues/staff/document_form.html"

    def post(self, request, *args, **kwargs):
        form = self.get_form()
        is_valid = form.is_valid()
        form.keep_file(by=request.user)
        return self.form_valid(form) if is_valid and not form.errors else self.form_invalid(form)

    def form_valid(self, form):
        with form.file.open() if form.file else nullcontext() as document:
            form.cleaned_data["document"] = document
            response = super().form_valid(form)
        if form.file and response.status_code == 302:  # booked: the row has a copy of its own
            form.file.delete()
        return response
