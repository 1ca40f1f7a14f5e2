"""Forms of the desk. Amounts are typed as people type them and read exactly; `rest` is what the page showed."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from membership.dues.amounts import parse


class YuanField(forms.CharField):
    """An amount above 0: 12,000.00, １２０００, ¥ 12000."""

    default_error_messages = {
        "required": gettext_lazy("Enter the amount."),
        "no_amount": gettext_lazy("Enter an amount such as 2000.00."),
    }

    def __init__(self, **kwargs):
        super().__init__(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **kwargs)

    def to_python(self, value):
        text = super().to_python(value)
        if text in self.empty_values:
            return None
        amount = parse(text) if len(text) <= 30 else None
        if amount is None or amount <= 0:
            raise forms.ValidationError(self.error_messages["no_amount"], code="no_amount")
        return amount

    def run_validators(self, value):
        """Those of texts do not fit an amount."""


def _hidden(field):
    field.widget = forms.HiddenInput()
    return field


class SuggestionForm(forms.Form):
    """One click: the order and the amounts that the button showed."""

    order = forms.IntegerField(min_value=1, max_value=2**63 - 1)
    yuan = YuanField()
    rest = YuanField()


class DiscardForm(forms.Form):
    """Why what is left is set aside."""

    rest = _hidden(YuanField())
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("For instance: overpaid and paid back; no dues"),
        error_messages={"required": gettext_lazy("Say why the money is set aside.")},
    )


class CommentForm(forms.Form):
    """What the office knows about a credit; `shown` is the comment that the page showed."""

    shown = forms.CharField(required=False, strip=False, widget=forms.HiddenInput)
    words = forms.CharField(
        label=gettext_lazy("Office note"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("For colleagues alone, for instance: telephoned on 3 June, the head office pays"),
    )


class ReverseForm(forms.Form):
    """Why a payment is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        error_messages={"required": gettext_lazy("Say why the payment is taken back.")},
    )


class PartsForm(forms.Form):
    """So much of the credit for each of the chosen orders; what is not assigned stays on the desk."""

    rest = _hidden(YuanField())

    def __init__(self, *args, entry, orders, **kwargs):
        super().__init__(*args, **kwargs)
        self.orders, left = orders, entry.rest
        self.fields["rest"].initial = f"{entry.rest:.2f}"
        for order in orders:
            yuan = min(left, order.missing)
            left -= yuan
            self.fields[f"yuan-{order.pk}"] = YuanField(
                label=_("Yuan for %(number)s") % {"number": order.number},
                initial=f"{yuan:.2f}" if yuan else "",
                required=False,
            )

    def clean(self):
        data = super().clean()
        parts = [(order, data[f"yuan-{order.pk}"]) for order in self.orders if data.get(f"yuan-{order.pk}")]
        rest = data.get("rest")
        if not self.errors and not parts:
            raise forms.ValidationError(
                _("Choose an order and enter how much of the money is for it."), code="no_parts"
            )
        if rest and sum(yuan for _order, yuan in parts) > rest:
            raise forms.ValidationError(
                _("Together that is more than the %(rest)s yuan that are left of this credit.") % {"rest": rest},
                code="too_much",
            )
        for order, yuan in parts:
            if yuan > order.missing:
                words = {"missing": order.missing_figures}
                self.add_error(f"yuan-{order.pk}", _("This order lacks %(missing)s yuan only.") % words)
        return data | {"parts": parts}

    @property
    def lines(self):
        """[(order, bound field)]"""
        return [(order, self[f"yuan-{order.pk}"]) for order in self.orders]
