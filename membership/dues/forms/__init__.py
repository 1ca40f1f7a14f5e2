"""What a unit may send about its dues."""

from membership.dues.forms.billing import BillingForm
from membership.dues.forms.orders import ProofForm, YearsForm

__all__ = ["BillingForm", "ProofForm", "YearsForm"]
