"""单位审核, 分会审核, 变更审核, 退会: the lists of what waits, with filters, and 指派 for several at once."""

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView

from membership.exceptions import Refusal
from membership.units import actions, permissions
from membership.units.models import Body, MembershipSettings, Review
from membership.units.regions import Province
from membership.units.staff.queues import QUEUES, queues_for, reviewers, waiting
from membership.units.states import BodyKind, ReviewState, UnitType
from membership.units.working_days import working_days_since

ALL, MINE, NOBODY = "all", "me", "none"
TAGS = {
    ReviewState.OPEN: "info",
    ReviewState.APPROVED: "ok",
    ReviewState.RETURNED: "warn",
    ReviewState.REJECTED: "danger",
    ReviewState.VOID: "muted",
}


class SeenByReviewers:
    """Open to those who see reviews, 403 to everybody else."""

    def dispatch(self, request, *args, **kwargs):
        if not permissions.may_see_reviews(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


def waited(review, rules):
    """Working days since it was handed in, and whether that is more than the rules allow; both None once decided."""
    if review.state != ReviewState.OPEN:
        return None, None
    days = working_days_since(timezone.localdate(review.handed_in_at), timezone.localdate())
    return days, days > rules.review_working_days


class ReviewFilters(WagtailFilterSet):
    """State (waiting ones unless asked otherwise), type and region of the unit, branch, who has it."""

    state = django_filters.ChoiceFilter(
        label=_("State"), choices=[*ReviewState.choices, (ALL, _("All"))], empty_label=None, method="in_state"
    )
    unit_type = django_filters.MultipleChoiceFilter(
        label=_("Unit type"), field_name="membership__unit__unit_type", choices=UnitType.choices
    )
    province = django_filters.MultipleChoiceFilter(
        label=_("Region"), field_name="membership__unit__province", choices=Province.choices
    )
    body = django_filters.ModelMultipleChoiceFilter(
        label=_("Branch"), field_name="membership__body", queryset=Body.objects.filter(kind=BodyKind.BRANCH)
    )
    assignee = django_filters.ChoiceFilter(label=_("Reviewer"), method="of_assignee")

    class Meta:
        model = Review
        fields = []

    def __init__(self, data, *, queue, people, **kwargs):
        data = data.copy()
        data.setdefault("state", ReviewState.OPEN)
        super().__init__(data, **kwargs)
        self.form.fields["state"].initial = ReviewState.OPEN
        choices = [(MINE, _("Assigned to me")), (NOBODY, _("Not assigned"))]
        self.form.fields["assignee"].choices = [*choices, *((str(user.pk), str(user)) for user in people)]
        if not queue.is_of_branches:
            del self.form.fields["body"]
            del self.filters["body"]

    def in_state(self, reviews, name, value):
        return reviews if value == ALL else reviews.filter(state=value)

    def of_assignee(self, reviews, name, value):
        if value == NOBODY:
            return reviews.filter(assigned_to=None)
        return reviews.filter(assigned_to=self.request.user.pk if value == MINE else value)


class TickColumn(Column):
    """A box for 指派; it belongs to the form above the list."""

    cell_template_name = "units/staff/reviews/tick_cell.html"
    header_template_name = "units/staff/reviews/tick_header.html"


class UnitColumn(TitleColumn):
    cell_template_name = "units/staff/reviews/unit_cell.html"


class WaitingColumn(Column):
    """等待天数: in red and in words once it is more than the rules allow."""

    cell_template_name = "units/staff/reviews/waiting_cell.html"


class StateColumn(Column):
    cell_template_name = "units/staff/reviews/state_cell.html"


def _day(review):
    return date_format(timezone.localtime(review.handed_in_at), "Y-m-d H:i")


class QueueView(SeenByReviewers, BaseListingView):
    """One queue; the longest waiting stands first."""

    template_name = "units/staff/reviews/queue.html"
    results_template_name = "units/staff/reviews/queue_results.html"
    filterset_class = ReviewFilters
    paginate_by = 20
    is_searchable = True
    search_backend_name = None
    search_fields = ("membership__unit__name", "membership__unit__uscc")
    verbose_name_plural = Review._meta.verbose_name_plural

    def dispatch(self, request, *args, **kwargs):
        self.queue = QUEUES.get(kwargs["slug"])
        if self.queue is None:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    @property
    def header_icon(self):
        return self.queue.icon

    def get_page_title(self):
        return self.queue.title

    def get_index_url(self):
        return self.queue.url

    def get_index_results_url(self):
        return reverse("reviews:results", args=[self.queue.slug])

    @cached_property
    def people(self):
        return list(reviewers())

    @cached_property
    def may_assign(self):
        return permissions.may_review_any(self.request.user)

    @cached_property
    def columns(self):
        branch = [Column("body", label=_("Branch"), accessor="membership.body")] if self.queue.is_of_branches else []
        return [
            *([TickColumn("tick", label="")] if self.may_assign else []),
            UnitColumn("unit", label=_("Unit name"), accessor="membership.unit.name", get_url=_page_url),
            Column("uscc", label=_("Credit code"), accessor="membership.unit.uscc"),
            Column("unit_type", label=_("Type"), accessor="membership.unit.get_unit_type_display"),
            *branch,
            Column("handed_in_at", label=_("Submitted at"), accessor=_day),
            WaitingColumn("waited", label=_("Working days waited"), accessor="days"),
            Column("round", label=_("Submission"), accessor="round_in_words"),
            Column("assigned_to", label=_("Reviewer"), accessor=lambda review: review.assigned_to or "--"),
            StateColumn("state", label=_("State"), accessor="get_state_display"),
        ]

    def get_filterset_kwargs(self):
        return {**super().get_filterset_kwargs(), "queue": self.queue, "people": self.people}

    def get_base_queryset(self):
        return Review.objects.for_user(self.request.user).filter(self.queue.condition).in_order()

    def paginate_queryset(self, queryset, page_size):
        # The page is chosen by narrow rows, and only then loaded with all that it shows.
        keys = queryset.values_list("pk", flat=True)
        paginator, page, chosen, is_paginated = super().paginate_queryset(keys, page_size)
        reviews = list(Review.objects.for_user(self.request.user).filter(pk__in=list(chosen)).for_queue())
        rules, now = MembershipSettings.current(), timezone.now()
        for review in reviews:
            review.days, review.is_late = waited(review, rules)
            review.round_in_words = gettext("No. %(number)s") % {"number": review.round}
            held = review.claimed_by_id and review.claimed_until > now and review.claimed_by_id != self.request.user.pk
            review.holder = review.claimed_by if held else None
            review.tag = TAGS[review.state]
        page.object_list = reviews
        return paginator, page, reviews, is_paginated

    @cached_property
    def no_results_message(self):
        if self.is_searching or self.is_filtering:
            return _("Nothing fits this search.")
        return _("Nothing waits for a decision here.")

    def get_context_data(self, **kwargs):
        counts = waiting(self.request.user)
        tabs = [
            {"queue": queue, "count": counts[queue.slug], "active": queue == self.queue}
            for queue in queues_for(self.request.user)
        ]
        return super().get_context_data(
            tabs=tabs, queue=self.queue, people=self.people, may_assign=self.may_assign, **kwargs
        )


def _page_url(review):
    return reverse("reviews:review", args=[review.pk])


class AssignView(SeenByReviewers, View):
    """指派: several rows of a queue to one colleague; what may not be is said with its name."""

    def post(self, request, slug):
        queue = QUEUES.get(slug)
        if queue is None:
            raise Http404
        ticked = [pk for pk in request.POST.getlist("review") if pk.isdecimal() and len(pk) < 19]
        rows = Review.objects.for_user(request.user).filter(queue.condition, pk__in=ticked)
        to = _chosen(request.POST.get("to", ""))
        if to is None or not ticked:
            messages.error(request, _("Tick one row at least and choose the colleague."))
        else:
            self._assign(request, rows.select_related("membership__unit", "membership__body"), to)
        return redirect(queue.url)

    def _assign(self, request, rows, to):
        done, refused = 0, []
        for review in rows:
            try:
                actions.assign(review, by=request.user, to=to)
                done += 1
            except Refusal as refusal:
                refused.append(f"{review.membership.unit}：{refusal}")
        if done:
            words = ngettext("%(count)s row assigned to %(who)s.", "%(count)s rows assigned to %(who)s.", done)
            messages.success(request, words % {"count": done, "who": to})
        for sentence in refused:
            messages.error(request, sentence)


def _chosen(pk):
    """The colleague with this key, or None."""
    return reviewers().filter(Q(pk=pk)).first() if pk.isdecimal() and len(pk) < 19 else None
