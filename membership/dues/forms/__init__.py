"""What a unit may send about its dues."""

from membership.dues.forms.billing import BillingForm
from membership.dues.forms.orders import ProofForm, ReissueForm, SendInvoiceForm, YearsForm

__all__ = ["BillingForm", "ProofForm", "ReissueForm", "SendInvoiceForm", "YearsForm"]
