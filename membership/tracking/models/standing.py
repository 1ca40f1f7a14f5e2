"""How a delivery stands: asked of the row itself, and of what a list has loaded of it."""

from collections import namedtuple

from django.utils import timezone

from membership.tracking.states import ReceiptKind, ReceiptState


class Standing:
    """For whatever has the columns and the notice of a delivery, loaded `with_deadline` and `with_lateness`."""

    @property
    def is_unread(self):
        return self.read_at is None and self.recalled_at is None

    @property
    def is_awaiting_receipt(self):
        return self.receipt_state == ReceiptState.AWAITING and self.recalled_at is None

    def is_open_for_receipt(self, now):
        """As the queryset's `open_for_receipt`, for a row loaded `with_deadline` and `with_lateness`."""
        asked = self.receipt_state != ReceiptState.NONE and self.recalled_at is None
        in_time = self.deadline is None or self.deadline >= now
        return asked and (in_time or self.notice.allow_late and not self.is_settled_at(now))

    def is_settled_at(self, now):
        """As the queryset's `settled`, for a row loaded `with_deadline` and `with_lateness`."""
        return self.receipt_state == ReceiptState.SUBMITTED and not self.came_late and self.is_late_at(now)

    def is_late_at(self, moment):
        """Whether a receipt at that moment comes after the deadline, for a row loaded `with_deadline`."""
        return self.deadline is not None and self.deadline < moment


class Listed(
    namedtuple(
        "Columns",
        "pk pinned read_at receipt_kind receipt_state receipted_at deadline came_late "
        "title first_published_at allow_late contact category_name category_slug delivered_at",
    ),
    Standing,
):
    """What a line of the message list shows of a delivery that is not recalled; made sooner than three models."""

    __slots__ = ()
    COLUMNS = (
        *("pk", "pinned", "read_at", "receipt_kind", "receipt_state", "receipted_at", "deadline", "came_late"),
        *("notice__title", "notice__first_published_at", "notice__allow_late", "notice__contact"),
        *("category__name", "category__slug", "delivered_at"),
    )
    recalled_at = None

    @property
    def notice(self):
        """What it loaded of the notice is read here as well."""
        return self

    @property
    def published_at(self):
        return self.first_published_at or timezone.now()

    @property
    def category(self):
        return Category(self.category_name, self.category_slug)

    def get_receipt_kind_display(self):
        return ReceiptKind(self.receipt_kind).label


Category = namedtuple("Category", "name slug")
