"""The delivery of a notice to a unit: read, receipt, deadline; how deliveries are listed and counted."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Case, Count, Exists, F, FilteredRelation, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.tracking.models.receipts import COUNTING, Receipt
from membership.tracking.models.standing import Listed, Standing
from membership.tracking.states import ReceiptKind, ReceiptState
from membership.units.models import Body, Membership, Seat, Unit
from membership.units.states import BodyKind, MembershipState

SEARCH_WORDS = 5
# What a line of the message list needs: a page of Wagtail has fifty columns more.
OF_NOTICE = ("title", "first_published_at", "deadline", "allow_late", "contact")
LISTED = (
    *("unit", "notice", "category", "pinned", "delivered_at", "read_at", "recalled_at"),
    *("receipt_kind", "receipt_state", "receipted_at", "deadline_override"),
    *(f"notice__{name}" for name in OF_NOTICE),
    *("category__name", "category__slug"),
)


def _has_counting():
    """Of a delivery: a receipt that came in time and stands."""
    return Exists(Receipt.objects.counting().filter(delivery=OuterRef("pk")))


def _counters(now):
    """How deliveries are counted for the staff; the deadline is the unit's own if it was extended.

    What is counted is a column of the index that begins with the notice, so that the index alone answers.
    """
    deadline = Coalesce("deadline_override", "notice__deadline")
    late = Q(receipt_state=ReceiptState.AWAITING, recalled_at__isnull=True)
    return {
        "sent": Count("*"),
        "read": Count("notice", filter=Q(read_at__isnull=False)),
        "asked": Count("notice", filter=~Q(receipt_state=ReceiptState.NONE)),
        "receipted": Count("notice", filter=Q(receipt_state=ReceiptState.SUBMITTED)),
        "overdue": Count("notice", filter=late & LessThan(deadline, now)),
    }


def _lists(now):
    """How many stand in each list of the board."""
    awaiting = Q(receipt_state=ReceiptState.AWAITING)
    return {
        "list_unread": Count("notice", filter=Q(read_at=None)),
        "list_read": Count("notice", filter=Q(read_at__isnull=False)),
        "list_awaiting": Count("notice", filter=Q(read_at__isnull=False) & awaiting),
        "list_receipted": Count("notice", filter=Q(receipt_state=ReceiptState.SUBMITTED)),
        "list_overdue": _counters(now)["overdue"],
    }


class DeliveryQuerySet(models.QuerySet):
    def for_user(self, user):
        """Deliveries to the own unit; staff by permission; anyone else none."""
        if not user.is_authenticated:
            return self.none()
        if not user.is_staff:
            return self.for_member(user)
        return self if user.has_perm("tracking.view_delivery") else self.none()

    def for_member(self, user):
        """Deliveries to the unit for which this person, or the one with this id, acts; a person has one seat."""
        return self.filter(unit=Seat.objects.filter(user=user).values("unit")[:1])  # found once, before all else

    def standing(self):
        """Not recalled."""
        return self.filter(recalled_at__isnull=True)

    def recalled(self):
        return self.filter(recalled_at__isnull=False)

    def unread(self):
        return self.standing().filter(read_at__isnull=True)

    def read(self):
        return self.standing().filter(read_at__isnull=False)

    def awaiting_receipt(self):
        """A receipt is asked for and not in yet, read or not (未回执)."""
        return self.standing().filter(receipt_state=ReceiptState.AWAITING)

    def receipted(self):
        return self.standing().filter(receipt_state=ReceiptState.SUBMITTED)

    def with_deadline(self):
        """Annotate `deadline`: the unit's own if it was extended, else the notice's; None if there is none."""
        return self.annotate(deadline=Coalesce("deadline_override", "notice__deadline"))

    def with_lateness(self):
        """Annotate `came_late`: the receipt that counts was returned after the deadline as it was then.

        Asked for every row that has one: an EXISTS would have the database collect all late receipts that there are.
        """
        current = Receipt.objects.current().filter(delivery=OuterRef("pk")).values("is_late")[:1]
        returned = When(receipt_state=ReceiptState.SUBMITTED, then=Subquery(current))
        return self.annotate(came_late=Case(returned, default=False))

    def of_members(self):
        """Of units that are members still, or again: what is counted and whom one reminds."""
        return self.filter(left_at__isnull=True)

    def overdue(self, now):
        return self.awaiting_receipt().with_deadline().filter(deadline__lt=now)

    def open_for_receipt(self, now):
        """May be answered or revised at `now`: the deadline itself is in time.

        Late receipts, if the notice takes them, are for those who have not answered: one that came in time is settled.
        """
        in_time = Q(deadline__isnull=True) | Q(deadline__gte=now)
        late = Q(notice__allow_late=True) & ~_has_counting()
        return self.standing().exclude(receipt_state=ReceiptState.NONE).with_deadline().filter(in_time | late)

    def settled(self, now):
        """Answered in time and past the deadline: the receipt stays as it was then, so that no revision loses it."""
        return self.with_deadline().filter(_has_counting(), deadline__lt=now)

    def matching(self, text):
        """Those whose notice holds every word of the text, in its title or body; Chinese is found within a sentence."""
        for word in text.split()[:SEARCH_WORDS]:
            has_cases = word.upper() != word.lower()  # raising all texts takes longer than searching them
            self = self.filter(**{f"notice__search_text__{'icontains' if has_cases else 'contains'}": word})
        return self

    def delivered_in(self, year):
        """Those of a calendar year, as the association counts it."""
        here = timezone.get_default_timezone()
        start, end = (datetime(number, 1, 1, tzinfo=here) for number in (year, year + 1))
        return self.filter(delivered_at__gte=start, delivered_at__lt=end)

    def asking_nothing(self):
        """Only to be read: no receipt is wanted."""
        return self.filter(receipt_state=ReceiptState.NONE)

    def for_list(self):
        """What the message list shows: pinned first, then the newest; the bodies of the notices stay behind."""
        return (
            self.standing()
            .select_related("notice", "category")
            .only(*LISTED)
            .with_deadline()
            .with_lateness()
            .order_by("-pinned", "-delivered_at", "-pk")
        )

    def as_listed(self):
        """The rows of `for_list` as values of `Listed`."""
        return self.for_list().values_list(*Listed.COLUMNS)

    def listed_after(self, pinned, delivered_at, pk):
        """The rows that follow this place in the order of `for_list`."""
        older = Q(delivered_at__lt=delivered_at) | Q(delivered_at=delivered_at, pk__lt=pk)
        below = Q(pinned=pinned) & older
        return self.filter(below | Q(pinned=False) if pinned else below)

    def for_detail(self):
        """What the page of one message shows; recalled ones too, for their page says so."""
        shown = self.select_related("notice__activitypage", "category", "unit", "draft__saved_by")
        return shown.with_deadline().with_lateness()

    def with_neighbours(self):
        """Annotate `newer` and `older`: the messages of the unit that stand after and before each in time, or None."""
        others = self.model.objects.standing().filter(unit=OuterRef("unit"))
        at, same = OuterRef("delivered_at"), Q(delivered_at=OuterRef("delivered_at"))
        newer = others.filter(Q(delivered_at__gt=at) | same & Q(pk__gt=OuterRef("pk")), delivered_at__gte=at)
        older = others.filter(Q(delivered_at__lt=at) | same & Q(pk__lt=OuterRef("pk")), delivered_at__lte=at)
        return self.annotate(
            newer=Subquery(newer.order_by("delivered_at", "pk").values("pk")[:1]),
            older=Subquery(older.order_by("-delivered_at", "-pk").values("pk")[:1]),
        )

    def of_units(self, *, body=None, level=None, text=""):
        """Those of units that are members of this body, at this level (of that body, or of any), and called like this.

        `body` and `level` are ids; a level alone is that of whichever body has it.
        """
        if body or level:
            memberships = Membership.objects.filter(unit=OuterRef("unit"), state=MembershipState.ACTIVE)
            memberships = memberships.filter(body=body) if body else memberships
            self = self.filter(Exists(memberships.filter(level=level) if level else memberships))
        for word in text.split()[:SEARCH_WORDS]:
            self = self.filter(unit__name__icontains=word)
        return self

    def entitled(self):
        """Standing, and to units that are members in good standing now: those who decide in a deliberation."""
        # By the key of the body, found first: by its kind PostgreSQL expects few members and looks each of them up.
        association = Body.objects.filter(kind=BodyKind.ASSOCIATION).values("pk")[:1]
        certified = Membership.objects.filter(body=association, state=MembershipState.ACTIVE)
        return self.standing().filter(unit__in=certified.values("unit"))

    def turnout(self):
        """{entitled, present}: how many decide, and how many of them have returned a receipt that counts. One query."""
        counts = Q(**{f"receipts__{name}": value for name, value in COUNTING.items()})
        rows = self.entitled().annotate(counting=FilteredRelation("receipts", condition=counts))
        return rows.aggregate(entitled=Count("pk"), present=Count("counting"))

    def opinions_that_count(self):
        """(id of the agenda item, choice, how many chose it) of a deliberation. One query."""
        counts = {f"receipts__{name}": value for name, value in COUNTING.items()}
        rows = self.entitled().filter(receipts__opinions__isnull=False, **counts).order_by()
        return rows.values_list("receipts__opinions__item", "receipts__opinions__choice").annotate(number=Count("*"))

    def for_board(self):
        """What the board of one notice shows of each unit: its level, its branches, who read, the current receipt."""
        level = Membership.objects.filter(unit=OuterRef("unit"), body__kind=BodyKind.ASSOCIATION).values("level__name")
        receipts = models.Prefetch("receipts", Receipt.objects.current().with_answers(), to_attr="current_receipts")
        active = Membership.objects.filter(state=MembershipState.ACTIVE, body__kind=BodyKind.BRANCH)
        in_order = active.select_related("body").order_by("body__sort_order", "body")
        branches = models.Prefetch("unit__memberships", in_order, to_attr="active_in_branches")
        return (
            self.with_deadline()
            .select_related("unit", "read_by")
            .annotate(level_name=Subquery(level[:1]))
            .prefetch_related(receipts, branches)
            .order_by("unit__name", "pk")
        )

    def counts(self, now):
        """{sent, read, asked, receipted, overdue} of these deliveries. One query."""
        return self.of_members().aggregate(**_counters(now))

    def counts_by_list(self, now):
        """{list of the board: how many stand in it}. One query."""
        return {
            name.removeprefix("list_"): number for name, number in self.of_members().aggregate(**_lists(now)).items()
        }

    def counts_of_board(self, now, days=7):
        """(the numbers of `counts`, those of `counts_by_list`, [(day, read, receipted)] of the last days). One query.

        A day's numbers are those at its end, as the association counts days; the last is today.
        """
        today, here = timezone.localdate(now), timezone.get_default_timezone()
        dates = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
        columns = {**_counters(now), **_lists(now)}
        for number, date in enumerate(dates):
            end = datetime.combine(date + timedelta(days=1), time(0), tzinfo=here)
            columns[f"read_{number}"] = Count("notice", filter=Q(read_at__lt=end))
            columns[f"receipted_{number}"] = Count("notice", filter=Q(receipted_at__lt=end))
        found = self.of_members().aggregate(**columns)
        counts = {name: found[name] for name in _counters(now)}
        lists = {name.removeprefix("list_"): found[name] for name in _lists(now)}
        curve = [(date, found[f"read_{i}"], found[f"receipted_{i}"]) for i, date in enumerate(dates)]
        return counts, lists, curve

    def punctuality(self, now):
        """{sent, read, asked, in_time, late, missed} of what stands: how a unit has read and answered. One query.

        Answered late means that the version which counts came after the deadline; missed, that none came and the
        deadline is over. What is asked and neither is still open.
        """
        answered, numbers = Q(receipt_state=ReceiptState.SUBMITTED), _counters(now)
        names = {"sent": "sent", "read": "read", "asked": "asked", "missed": "overdue"}
        return (
            self.standing()
            .with_lateness()
            .aggregate(
                **{name: numbers[known] for name, known in names.items()},
                in_time=Count("pk", filter=answered & Q(came_late=False)),
                late=Count("pk", filter=answered & Q(came_late=True)),
            )
        )

    def counts_by_notice(self, now):
        """{notice id: the same numbers}. Two queries: the overdue ones, few of many, are counted apart, for an index
        has all that the other numbers need.
        """
        counters = _counters(now)
        del counters["overdue"]
        self = self.of_members()
        overdue = dict(self.overdue(now).order_by().values_list("notice_id").annotate(number=Count("*")))
        rows = self.order_by().values("notice_id").annotate(**counters)
        found = {row.pop("notice_id"): row for row in rows}
        return {notice: numbers | {"overdue": overdue.get(notice, 0)} for notice, numbers in found.items()}

    def unread_by_category(self):
        """{category id: number of unread}: the red badges (guide 二.(一))."""
        return dict(self.numbers_of_unread())

    def numbers_of_unread(self):
        """(category id, number) of what is unread."""
        return self.unread().order_by().values_list("category_id").annotate(number=Count("*"))

    def insert_for(self, notice, units):
        """Deliver `notice` to every unit of the queryset that has no delivery of it yet, in one INSERT … SELECT.

        Returns how many rows were added; two at once add each row once.
        """
        state = ReceiptState.NONE if notice.receipt_kind == ReceiptKind.NONE else ReceiptState.AWAITING
        columns = {
            "unit": F("pk"),
            "notice": Value(notice.pk, models.BigIntegerField()),
            "category": Value(notice.category_id, models.BigIntegerField()),
            "pinned": Value(notice.pinned, models.BooleanField()),
            "receipt_kind": Value(notice.receipt_kind, models.CharField()),
            "receipt_state": Value(state.value, models.CharField()),
            "receipt_version": Value(0, models.IntegerField()),
            "delivered_at": Value(timezone.now(), models.DateTimeField()),
        }
        rows = units.order_by().annotate(**{f"to_{name}": value for name, value in columns.items()})
        try:
            select, params = rows.values_list(*(f"to_{name}" for name in columns)).query.sql_with_params()
        except EmptyResultSet:  # what Django says of a queryset of which it knows without asking that it is empty
            return 0
        quote = connection.ops.quote_name
        names = ", ".join(quote(self.model._meta.get_field(name).column) for name in columns)
        insert = f"INSERT INTO {quote(self.model._meta.db_table)} ({names}) {select} ON CONFLICT DO NOTHING"
        with connection.cursor() as cursor:
            cursor.execute(insert, params)
            return cursor.rowcount


class Delivery(Standing, models.Model):
    """One notice sent to one unit, and what became of it. Read and receipt are facts of the unit, not of a person.

    `category`, `pinned`, `receipt_kind` and `recalled_at` repeat the notice, so that badges and lists need no join, and
    `left_at` says that its unit is no member any more: it keeps what it was sent, and is not counted; verbs keep them
    in step. The keys have no index of their own where another index begins with them.
    """

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    notice = models.ForeignKey(
        "cms.NoticePage", models.PROTECT, related_name="deliveries", verbose_name=_("notice"), db_index=False
    )
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="deliveries", verbose_name=_("unit"), db_index=False)
    category = models.ForeignKey(
        "cms.NoticeCategory", models.PROTECT, related_name="+", verbose_name=_("category"), db_index=False
    )
    pinned = models.BooleanField(_("pinned"), default=False, editable=False)
    delivered_at = models.DateTimeField(_("delivered"), default=timezone.now)
    read_at = models.DateTimeField(_("read"), null=True)
    read_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("first read by")
    )
    receipt_kind = models.CharField(_("kind of receipt"), max_length=16, choices=ReceiptKind.choices)
    receipt_state = models.CharField(_("receipt"), max_length=16, choices=ReceiptState.choices, editable=False)
    receipt_version = models.PositiveIntegerField(_("version of the receipt"), default=0, editable=False)
    receipted_at = models.DateTimeField(_("receipt returned"), null=True)
    deadline_override = models.DateTimeField(_("extended deadline"), null=True)
    recalled_at = models.DateTimeField(_("recalled"), null=True)
    left_at = models.DateTimeField(_("unit left"), null=True, editable=False)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        default_permissions = ("view",)
        permissions = [("remind_delivery", _("Can remind units by text message"))]
        constraints = [
            models.UniqueConstraint(fields=["notice", "unit"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(read_at__isnull=True, read_by__isnull=True)
                | Q(read_at__isnull=False, read_by__isnull=False),
                name="delivery_read_paired",
            ),
            models.CheckConstraint(
                condition=Q(receipt_kind=ReceiptKind.NONE, receipt_state=ReceiptState.NONE)
                | (~Q(receipt_kind=ReceiptKind.NONE) & ~Q(receipt_state=ReceiptState.NONE)),
                name="delivery_receipt_as_asked",
            ),
            models.CheckConstraint(
                condition=Q(receipt_state=ReceiptState.SUBMITTED, receipted_at__isnull=False, receipt_version__gte=1)
                | (~Q(receipt_state=ReceiptState.SUBMITTED) & Q(receipted_at__isnull=True)),
                name="delivery_receipt_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["unit", "category"],
                condition=Q(read_at__isnull=True, recalled_at__isnull=True),
                name="delivery_unread",
            ),
            models.Index(
                fields=["unit", "category"],
                condition=Q(receipt_state=ReceiptState.AWAITING, recalled_at__isnull=True),
                name="delivery_awaiting",
            ),
            models.Index(fields=["unit", "-delivered_at", "-id"], name="delivery_newest"),
            models.Index(
                fields=["unit", "-pinned", "-delivered_at", "-id"],
                condition=Q(recalled_at__isnull=True),
                name="delivery_listed",
            ),
            models.Index(
                fields=["notice", "receipt_state", "read_at"],
                condition=Q(left_at__isnull=True),
                name="delivery_by_notice",
            ),
            models.Index(
                fields=["notice", "deadline_override"],
                condition=Q(deadline_override__isnull=False),
                name="delivery_extended",
            ),
        ]

    def __str__(self):
        return f"{self.notice_id} → {self.unit_id}"

    @property
    def receipt_number(self):
        """The number that the unit quotes when it asks about its receipt: HZ-2026-000123."""
        return f"HZ-{timezone.localtime(self.delivered_at).year}-{self.pk:06d}"
