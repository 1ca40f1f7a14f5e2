"""What the association has sent to the unit of the person who asks: pages and API read it here."""

from django.core.paginator import Paginator
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from cms.models import AgendaItem, NoticeAttachment, NoticeCategory
from membership.prepared import FIRST_PLACE, Prepared
from membership.tracking.models import Delivery, Listed
from membership.tracking.states import ReceiptKind
from portal.shell import Shell

SEEN_OF_PAGES = {"id", "title", "live", "first_published_at", "content_type"}


class NumberOf(Subquery):
    """How many rows a queryset has, at most those to which it is cut."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()


@Prepared
def categories_for(at_most=None, *, unit):
    """The categories of notices in their order: how many messages of the unit are `unread` in each, and how many were
    `sent` in all, counted up to `at_most`."""
    messages = Delivery.objects.filter(unit=unit).standing().order_by()
    unread = messages.unread().filter(category=OuterRef("pk")).values("category").annotate(n=Count("*")).values("n")
    sent = NumberOf(messages.values("pk")[:at_most])
    return NoticeCategory.objects.annotate(unread=Coalesce(Subquery(unread), 0), sent=sent)


@Prepared
def _listed(start, end, *, unit, user, **category):
    """The lines of a page of messages of this person's unit, of all categories or of one."""
    return Delivery.objects.for_member(user).filter(unit=unit, **category).as_listed()[start:end]


@Prepared
def _message(*, unit, user, pk):
    """The message of this person's unit with all that its page shows, if there is one."""
    shown = Delivery.objects.for_member(user).filter(unit=unit, pk=pk).for_detail().with_neighbours()
    return shown.defer("notice__search_text", *(f"notice__{name}" for name in _unseen_of_pages()))


def _unseen_of_pages():
    """The columns of a page that only the editors need: two dozen."""
    return [field.name for field in Page._meta.concrete_fields if field.name not in SEEN_OF_PAGES]


@Prepared
def _agenda_items(*, notice):
    return AgendaItem.objects.filter(page=notice)


class Lines:
    """The messages of a member as they are listed, by slices of `per_page`; `user` is no staff."""

    def __init__(self, per_page, **ids):
        self.per_page, self.ids = per_page, ids

    def __getitem__(self, part):
        start = part.start or 0
        return [Listed(*row) for row in _listed(start, start + self.per_page, **self.ids)]


class LinesPaginator(Paginator):
    """Pages of `Lines`. Whoever looks at the first pages need not know how many hundreds follow: only from the sixth
    page on are they all counted, before that `goes_on` says that there are more."""

    ENOUGH = 200
    FIRST_PAGES = ("1", "2", "3", "4", "5")

    @classmethod
    def to_count(cls, page):
        """How many messages are counted for who asks for this page; None for all of them."""
        return cls.ENOUGH + 1 if page in cls.FIRST_PAGES else None

    def __init__(self, lines, per_page, counted, page):
        super().__init__(lines, per_page)
        self.goes_on = self.to_count(page) is not None and counted > self.ENOUGH
        self.count = self.ENOUGH if self.goes_on else counted


# The states by which the list is narrowed: {key: (label, how)}.
FILTERS = {
    "": (_("All states"), lambda sent, now: sent),
    "unread": (_("Unread"), lambda sent, now: sent.unread()),
    "awaiting": (_("Receipt awaited"), lambda sent, now: sent.awaiting_receipt().open_for_receipt(now)),
    "closed": (_("Past the deadline"), lambda sent, now: sent.overdue(now)),
}


def sent_to(request) -> QuerySet:
    """What was delivered to the unit of this person, and to no other even where the person is staff."""
    return Delivery.objects.for_user(request.user).filter(unit=Shell.of(request).unit)


def delivery_or_404(request, pk) -> Delivery:
    """The delivery with its notice; that of another unit does not exist."""
    if request.user.is_staff or pk >= FIRST_PLACE:
        delivery = sent_to(request).for_detail().with_neighbours().filter(pk=pk).first()
    else:
        delivery = next(iter(_message(unit=Shell.of(request).unit.pk, user=request.user.pk, pk=pk)), None)
    if delivery is None:
        raise Http404
    return delivery


def placement_or_404(delivery, pk) -> NoticeAttachment:
    """A file on the notice, as long as it is not recalled."""
    placements = NoticeAttachment.objects.select_related("attachment").filter(page_id=delivery.notice_id, pk=pk)
    placement = placements.first() if delivery.recalled_at is None else None
    if placement is None:
        raise Http404
    return placement


def agenda_of(delivery):
    """The agenda items that the receipt must answer: none but for a deliberation."""
    is_deliberation = delivery.receipt_kind == ReceiptKind.DELIBERATION
    return _agenda_items(notice=delivery.notice_id) if is_deliberation else []


def current_receipt(delivery):
    """The version that counts with its answers, or None while nothing was returned."""
    return delivery.receipts.current().with_answers().first() if delivery.receipt_version else None


def earlier_receipts(delivery):
    """The versions that later ones have replaced, the newest first; they are kept for good."""
    if delivery.receipt_version < 2:
        return []
    replaced = delivery.receipts.filter(superseded_at__isnull=False)
    return list(replaced.select_related("submitted_by", "document").order_by("-version"))


def repeated_receipt(delivery, form, by):
    """The receipt as it stands when this person has just returned the very same one (a button pressed twice), or None.

    `delivery` is freshly read, `form` is valid.
    """
    receipt = current_receipt(delivery)
    return receipt if receipt and receipt.submitted_by_id == by.pk and form.repeats(receipt) else None
