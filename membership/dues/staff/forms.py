"""Forms of the finance office: money that came, reasons, years of before, a new standard."""

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput

from membership.dues import amounts, resolutions
from membership.dues.models import DuesStandard, PaidYear, Payment
from membership.fields import LineField
from membership.units.models import Level
from membership.units.states import BodyKind

REASON_MAX = 200
YEARS = range(2000, 2101)
EARLIEST = 2000  # a day before that year is a slip of the pen
DAY_ERRORS = {"required": _("Enter the day."), "invalid": _("Enter the day as 2026-01-31.")}


class AmountField(forms.CharField):
    """Yuan as people type them: 12,000.00, ￥12000; anything doubtful is refused, never read as 0."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    default_error_messages = {"required": _("Enter the amount.")}

    def __init__(self, **kwargs):
        super().__init__(max_length=30, **kwargs)

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return None
        amount = amounts.parse(text)
        if amount is None:
            raise ValidationError(
                _("Enter the amount in yuan with at most two decimals, for example 2000.00."), "amount"
            )
        if amount <= 0:
            raise ValidationError(_("The amount must be more than 0."), "amount")
        return amount

    def run_validators(self, value):
        """The validators of texts do not know amounts."""

    def validate(self, value):
        if value is None and self.required:
            raise ValidationError(self.error_messages["required"], "required")


def past_day(day):
    if day > timezone.localdate():
        raise ValidationError(_("The day lies in the future."), "future")
    if day.year < EARLIEST:
        raise ValidationError(_("The day lies too far back."), "past")
    return day


class PaymentForm(forms.Form):
    """确认到账. `received` is what was booked when the page was made."""

    amount = AmountField(label=_("Yuan that came"))
    received_on = forms.DateField(
        label=_("Day of arrival"),
        widget=AdminDateInput,
        initial=timezone.localdate,
        help_text=_("The day on the bank's statement."),
        error_messages=DAY_ERRORS,
    )
    payer_name = LineField(
        label=_("Account holder who paid"),
        required=False,
        max_length=Payment._meta.get_field("payer_name").max_length,
    )
    note = LineField(label=_("Note"), required=False, max_length=Payment._meta.get_field("note").max_length)
    received = forms.DecimalField(
        widget=forms.HiddenInput,
        max_digits=12,
        decimal_places=2,
        error_messages=dict.fromkeys(["required", "invalid"], _("The page is incomplete. Load it anew.")),
    )

    def __init__(self, *args, missing, **kwargs):
        super().__init__(*args, **kwargs)
        self.missing = missing

    def clean_received_on(self):
        return past_day(self.cleaned_data["received_on"])

    def clean_amount(self):
        amount = self.cleaned_data["amount"]
        if amount > self.missing:
            words = _("The order lacks only %(missing)s yuan. Book the rest for another order of the unit.")
            raise ValidationError(words, "too_much", {"missing": amounts.in_figures(self.missing)})
        return amount


class WordsForm(forms.Form):
    """A reason that stays with the act."""

    reason = LineField(
        label=_("Reason"),
        max_length=REASON_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Enter the reason.")},
    )


class PaidYearsForm(forms.Form):
    """登记历史缴费: which of these years, and on what ground."""

    years = forms.TypedMultipleChoiceField(
        label=_("Years paid before"),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one year."), "invalid_choice": _("This year is paid already.")},
    )
    note = LineField(
        label=_("Ground"),
        max_length=PaidYear._meta.get_field("note").max_length,
        help_text=_("For example: paid in cash, receipt 0012345 of March 2024."),
        error_messages={"required": _("Enter the ground: without an order nothing else proves the payment.")},
    )

    def __init__(self, *args, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["years"].choices = [(year, str(year)) for year in years]


class StandardForm(forms.Form):
    """会费标准: an amount for every level, and the resolution that decided so."""

    title = LineField(
        label=_("Title of the resolution"),
        max_length=DuesStandard._meta.get_field("title").max_length,
        error_messages={"required": _("Enter the title of the resolution.")},
    )
    document_no = LineField(
        label=_("Document number"), required=False, max_length=DuesStandard._meta.get_field("document_no").max_length
    )
    decided_on = forms.DateField(label=_("Decided on"), widget=AdminDateInput, error_messages=DAY_ERRORS)
    first_year = forms.IntegerField(
        label=_("In force from the dues year"),
        min_value=YEARS[0],
        max_value=YEARS[-1],
        help_text=_("It holds until another standard begins. Orders that have been placed keep their prices."),
        error_messages={"required": _("Enter the first year."), "invalid": _("Enter a year such as 2027.")},
    )
    resolution = forms.FileField(
        label=_("Resolution file"),
        required=False,
        help_text=_("Must be uploaded: PDF, JPG or PNG, up to 20 MB. Everybody can download it from the open site."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
    # A file that was kept while another field was wrong.
    kept = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.levels = list(Level.objects.filter(body_kind=BodyKind.ASSOCIATION).order_by("rank"))
        for level in self.levels:
            self.fields[self.name_of(level)] = AmountField(label=level.name)
        self.file = None

    @staticmethod
    def name_of(level):
        return f"level-{level.pk}"

    @property
    def rate_fields(self):
        return [self[self.name_of(level)] for level in self.levels]

    @property
    def rates(self):
        """{level id: yuan}"""
        return {level.pk: self.cleaned_data[self.name_of(level)] for level in self.levels}

    def clean_decided_on(self):
        return past_day(self.cleaned_data["decided_on"])

    def clean(self):
        cleaned = super().clean()
        for name, amount in list(cleaned.items()):
            if name.startswith("level-") and amount and amount > Decimal(99_999_999):
                self.add_error(name, _("The amount is too large."))
        return cleaned

    def keep_file(self, *, by):
        """Keep what was uploaded, or find what an earlier attempt kept; a wrong or missing file is an error here."""
        upload, token = self.cleaned_data.get("resolution"), self.cleaned_data.get("kept")
        try:
            self.file = resolutions.keep(upload, by=by) if upload else resolutions.find(token, by=by)
        except ValidationError as wrong:
            self.add_error("resolution", wrong)
            return
        if self.file is None and "resolution" not in self.errors:
            self.add_error("resolution", _("Upload the resolution: without it no standard can be set."))
