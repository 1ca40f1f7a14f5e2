"""Forms of tracking: the receipt that a unit returns."""

from membership.tracking.forms.attendees import MAX_ATTENDEES, MAX_ROWS_SHOWN
from membership.tracking.forms.receipts import LAST_VERSION, ReceiptForm, as_posted

__all__ = ["LAST_VERSION", "MAX_ATTENDEES", "MAX_ROWS_SHOWN", "ReceiptForm", "as_posted"]
