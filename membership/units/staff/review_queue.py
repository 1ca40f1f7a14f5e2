"""单位审核, 分会审核, 变更审核, 退会: the lists of what waits, with filters, and 指派 for several at once."""

from functools import lru_cache

import django_filters
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.forms import CheckboxSelectMultiple
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.views.generic.base import BaseListingView

from membership.exceptions import Refusal
from membership.units import actions, permissions
from membership.units.models import Body, MembershipSettings, Review
from membership.units.regions import Province
from membership.units.staff.queue_columns import QueueTable, columns
from membership.units.staff.queues import QUEUES, all_reviewers, queues_for, reviewers, waiting, waiting_in
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


class Boxes(CheckboxSelectMultiple):
    """Boxes that a process draws once for the same choices and ticks: each is a template of its own."""

    def render(self, name, value, attrs=None, renderer=None):
        choices = tuple((str(value), str(label)) for value, label in self.choices)
        attributes = tuple((self.build_attrs(self.attrs, attrs)).items())
        return _boxes(name, tuple(value or ()), choices, attributes)


@lru_cache(maxsize=200)
def _boxes(name, ticked, choices, attributes):
    return CheckboxSelectMultiple(choices=choices).render(name, ticked, dict(attributes))


class ReviewFilters(WagtailFilterSet):
    """State (waiting ones unless asked otherwise), type and region of the unit, branch, who has it."""

    state = django_filters.ChoiceFilter(
        label=_("State"), choices=[*ReviewState.choices, (ALL, _("All"))], empty_label=None, method="in_state"
    )
    unit_type = django_filters.MultipleChoiceFilter(
        label=_("Unit type"), field_name="membership__unit__unit_type", choices=UnitType.choices, widget=Boxes
    )
    province = django_filters.MultipleChoiceFilter(
        label=_("Region"), field_name="membership__unit__province", choices=Province.choices, widget=Boxes
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


class QueueView(SeenByReviewers, BaseListingView):
    """One queue; the longest waiting stands first."""

    template_name = "units/staff/reviews/queue.html"
    results_template_name = "units/staff/reviews/queue_results.html"
    filterset_class = ReviewFilters
    table_class = QueueTable
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
        return all_reviewers()

    @cached_property
    def may_assign(self):
        return permissions.may_review_any(self.request.user)

    @cached_property
    def columns(self):
        return columns(with_ticks=self.may_assign, with_bodies=self.queue.is_of_branches)

    def get_filterset_kwargs(self):
        return {**super().get_filterset_kwargs(), "queue": self.queue, "people": self.people}

    def get_base_queryset(self):
        return Review.objects.for_user(self.request.user).filter(self.queue.condition).in_order()

    @cached_property
    def is_narrowed(self):
        return self.is_searching or self.is_filtering

    def get_paginator(self, *args, **kwargs):
        paginator = super().get_paginator(*args, **kwargs)
        if not self.is_narrowed:
            paginator.count = self.counts[self.queue.slug]  # the tab says it already
        return paginator

    def paginate_queryset(self, queryset, page_size):
        # The page is chosen by narrow rows, and only then loaded with all that it shows.
        keys, user = queryset.values_list("pk", flat=True), self.request.user
        paginator, page, chosen, is_paginated = super().paginate_queryset(keys, page_size)
        if not self.is_narrowed and Review.objects.are_all_seen_by(user):
            start = max(page.start_index() - 1, 0)
            reviews = waiting_in(self.queue.slug, start, start + page_size)
        else:
            reviews = list(Review.objects.for_user(user).filter(pk__in=list(chosen)).for_queue())
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

    @cached_property
    def counts(self):
        return waiting(self.request.user)

    def get_context_data(self, **kwargs):
        tabs = [
            {"queue": queue, "count": self.counts[queue.slug], "active": queue == self.queue}
            for queue in queues_for(self.request.user)
        ]
        return super().get_context_data(
            tabs=tabs, queue=self.queue, people=self.people, may_assign=self.may_assign, **kwargs
        )


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
