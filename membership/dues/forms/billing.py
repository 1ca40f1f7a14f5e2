"""填写发票信息 (guide 三.(三)): who transfers, whom to ask, and what the invoice says."""

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from membership.dues.models import BillingProfile, DuesSettings
from membership.dues.models.orders import BILLING
from membership.dues.states import InvoiceKind
from membership.fields import LineField
from membership.units.forms.fields import DigitsField, MailField, TelephoneField, UnitNameField

TAX_NUMBER = re.compile(r"[0-9A-Z]{15,20}")
PRINTED_BYTES = 100  # of a pair in the boxes of an invoice, as the tax office counts: in GBK
PAIRS = [("reg_address", "reg_phone"), ("bank_name", "bank_account")]
OPTIONAL = [name for pair in PAIRS for name in pair] + ["remark"]


class TaxNumberField(LineField):
    """纳税人识别号: full width, lower case, blanks and dashes are accepted; cleans to 15 to 20 digits and capitals."""

    def __init__(self, **kwargs):
        super().__init__(max_length=60, **kwargs)
        self.widget.attrs.update({"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"})

    def to_python(self, value):
        text = unicodedata.normalize("NFKC", super().to_python(value))
        return re.sub(r"[\s\u2010-\u2015-]", "", text).upper()

    def validate(self, value):
        super().validate(value)
        if value and not TAX_NUMBER.fullmatch(value):
            raise ValidationError(_("A tax number has 15 to 20 digits and capital letters."), code="tax_number")


class BillingForm(forms.Form):
    """What the unit says about payer and invoice. It begins with what it wrote last, else with its own facts."""

    payer_name = UnitNameField(
        label=_("Transferring unit"),
        max_length=100,
        help_text=_("Exactly the holder of the account that pays; otherwise the money is not booked by itself."),
        error_messages={"required": _("Enter the unit that transfers the money.")},
    )
    contact_name = LineField(
        label=_("Contact person"), max_length=50, error_messages={"required": _("Enter the contact person.")}
    )
    contact_phone = TelephoneField(
        label=_("Contact phone"), max_length=30, error_messages={"required": _("Enter the contact phone.")}
    )
    invoice_kind = forms.ChoiceField(
        label=_("Kind of invoice"),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(["required", "invalid_choice"], _("Choose the kind of invoice.")),
    )
    invoice_title = UnitNameField(
        label=_("Title of the invoice"),
        max_length=100,
        error_messages={"required": _("Enter the title of the invoice.")},
    )
    title_confirmed = forms.BooleanField(
        label=_("The invoice shall bear another name than the transferring unit"), required=False
    )
    tax_no = TaxNumberField(
        label=_("Tax number"), required=False, help_text=_("15 to 20 characters; needed for a special VAT invoice")
    )
    email = MailField(
        label=_("E-mail for the invoice"), required=False, help_text=_("The invoice is sent there once it is issued.")
    )
    reg_address = LineField(label=_("Registered address"), required=False, max_length=100)
    reg_phone = TelephoneField(label=_("Registered telephone"), required=False, max_length=30)
    bank_name = LineField(label=_("Bank of the buyer"), required=False, max_length=100)
    bank_account = DigitsField(
        label=_("Account of the buyer"),
        required=False,
        shortest=8,
        longest=32,
        words=_("An account number has 8 to 32 digits."),
    )
    remark = LineField(
        label=_("Remark on the invoice"),
        required=False,
        max_length=100,
        help_text=_("Printed among the remarks, for instance a contract or project number."),
    )

    use_required_attribute = False

    def __init__(self, data=None, *, unit):
        super().__init__(data, initial=_known_of(unit))
        kinds = DuesSettings.current().invoice_kinds or list(InvoiceKind)
        self.fields["invoice_kind"].choices = [(kind.value, kind.label) for kind in kinds]
        if self.initial.get("invoice_kind") not in kinds:
            self.initial["invoice_kind"] = kinds[0]
        self.initial["title_confirmed"] = not _same(self.initial["payer_name"], self.initial["invoice_title"])

    @property
    def asks_about_title(self):
        """Whether payer and title differ, so that the person is asked if that is meant."""
        names = [self[name].value() or "" for name in ("payer_name", "invoice_title")]
        return all(names) and not _same(*names)

    @property
    def has_more(self):
        """Whether something stands in the optional fields, or is wrong there."""
        return any(self[name].value() or self[name].errors for name in OPTIONAL)

    def clean(self):
        facts = super().clean()
        if facts.get("invoice_kind") == InvoiceKind.SPECIAL and not facts.get("tax_no") and "tax_no" not in self.errors:
            self.add_error("tax_no", _("A special VAT invoice needs the tax number."))
        payer, title = facts.get("payer_name"), facts.get("invoice_title")
        if payer and title and not _same(payer, title) and not facts.get("title_confirmed"):
            words = _("The title of the invoice is not the transferring unit. Tick the box if that is meant.")
            self.add_error("title_confirmed", words)
        for pair in PAIRS:
            if sum(len(facts.get(name, "").encode("gb18030")) for name in pair) > PRINTED_BYTES:
                words = _("Together these two are too long for the invoice: at most 100 bytes, 50 Chinese characters.")
                self.add_error(pair[0], words)
        return facts

    def billing(self):
        """{column of Billing: value}, once the form is valid."""
        return {name: self.cleaned_data[name] for name in BILLING}


def _known_of(unit):
    """What the unit wrote the last time; its own facts before."""
    usual = BillingProfile.objects.filter(unit=unit).first()
    if usual:
        return {name: getattr(usual, name) for name in BILLING}
    return {
        "payer_name": unit.name,
        "contact_name": unit.contact_name,
        "contact_phone": unit.contact_phone,
        "invoice_title": unit.name,
        "tax_no": unit.uscc,
        "email": unit.email,
    }


def _same(one, other):
    """Whether two names are one but for blanks and the width of their characters."""
    one, other = (re.sub(r"\s", "", unicodedata.normalize("NFKC", name)) for name in (one, other))
    return one == other
