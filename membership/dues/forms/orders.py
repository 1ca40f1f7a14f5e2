"""Small forms around an order: for how many years, the proof of the transfer, what becomes of the invoice."""

from django import forms
from django.utils.translation import gettext_lazy as _

from membership.fields import LineField
from membership.units.forms.fields import MailField


class YearsForm(forms.Form):
    """选择缴纳年限 (guide 三.(二)): one of what the account of the unit offers now."""

    years = forms.TypedChoiceField(
        label=_("For how many years"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose for how many years to pay."),
            "invalid_choice": _("So many years cannot be ordered now. Choose anew."),
        },
    )

    use_required_attribute = False

    def __init__(self, *args, account, **kwargs):
        super().__init__(*args, **kwargs)
        self.offered = account.choices
        self.fields["years"].choices = [(str(choice.years), choice.years) for choice in self.offered]
        self.fields["years"].initial = "1"

    @property
    def options(self):
        """(radio button, what it would cover and cost), the shortest first."""
        return zip(self["years"], self.offered, strict=True)

    @property
    def choice(self):
        """What was chosen, once the form is valid; None before."""
        if not self.is_bound or not self.is_valid():
            return None
        return next(choice for choice in self.offered if choice.years == self.cleaned_data["years"])


class ProofForm(forms.Form):
    """上传转账凭证; what the file really is, is judged when it is stored."""

    file = forms.FileField(
        label=_("Proof of transfer"), allow_empty_file=True, error_messages={"required": _("Choose a file.")}
    )

    use_required_attribute = False


class SendInvoiceForm(forms.Form):
    """发送到邮箱."""

    email = MailField(label=_("Send it to"), error_messages={"required": _("Enter the e-mail address.")})

    use_required_attribute = False


class ReissueForm(forms.Form):
    """申请换开: why."""

    reason = LineField(
        label=_("What is wrong with the invoice"),
        max_length=200,
        error_messages={"required": _("Say what is wrong with the invoice.")},
    )

    use_required_attribute = False
