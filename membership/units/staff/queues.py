"""The queues of what waits for a decision: units, branches, changes, requests to leave; who may be given work there."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem

from membership.accounts.models import User
from membership.prepared import Prepared
from membership.units import permissions
from membership.units.models import Review
from membership.units.states import BodyKind, ReviewSubject


@dataclass(frozen=True)
class Queue:
    """A list of reviews: of one subject, and of one kind of body if `kind` is not empty."""

    slug: str
    title: str
    subject: ReviewSubject
    kind: str = ""
    icon: str = "tasks"

    @property
    def url(self):
        return reverse("reviews:queue", args=[self.slug])

    @property
    def condition(self):
        """Which reviews stand in it."""
        return Q(subject=self.subject, **({"membership__body__kind": self.kind} if self.kind else {}))

    def holds(self, subject, kind):
        """Whether a review of this subject and of this kind of body stands in it."""
        return subject == self.subject and self.kind in ("", kind)

    @property
    def is_of_branches(self):
        """Whether the rows are of several bodies."""
        return self.kind != BodyKind.ASSOCIATION and self.subject != ReviewSubject.CHANGE


QUEUES = {
    queue.slug: queue
    for queue in (
        Queue("units", _("Review of units"), ReviewSubject.APPLICATION, BodyKind.ASSOCIATION, "clipboard-list"),
        Queue("branches", _("Review of branch members"), ReviewSubject.APPLICATION, BodyKind.BRANCH, "group"),
        Queue("changes", _("Review of changes"), ReviewSubject.CHANGE, icon="edit"),
        Queue("leaving", _("Requests to leave"), ReviewSubject.LEAVE, icon="logout"),
    )
}


def queue_of(review):
    """The queue in which this review stands."""
    if review.subject == ReviewSubject.APPLICATION:
        return QUEUES["units" if review.membership.is_certification else "branches"]
    return QUEUES["changes" if review.subject == ReviewSubject.CHANGE else "leaving"]


def queues_for(user):
    """A branch secretary who reads no register sees what concerns branches alone."""
    if user.has_perm("units.view_membership"):
        return list(QUEUES.values())
    return [QUEUES["branches"], QUEUES["leaving"]]


def waiting(user):
    """{slug: how many wait for a decision} for this person. One query."""
    rows = _all_waiting() if Review.objects.are_all_seen_by(user) else _counted(Review.objects.for_user(user))
    return {slug: sum(n for *of, n in rows if queue.holds(*of)) for slug, queue in QUEUES.items()}


def _counted(reviews):
    """(subject, kind of body, how many wait) of these reviews."""
    waiting = reviews.open().order_by()
    return waiting.values_list("subject", "membership__body__kind").annotate(number=Count("pk"))


@Prepared
def _all_waiting():
    return _counted(Review.objects.all())


@Prepared
def waiting_in(slug, start, end):
    """What waits in a queue, from the row `start` to `end`: for whoever sees all reviews."""
    return Review.objects.open().filter(QUEUES[slug].condition).for_queue()[start:end]


def next_in_queue(review, user):
    """The next one waiting that nobody else has in hand, after this one, then from the beginning of the queue."""
    rows = Review.objects.for_user(user).open().filter(queue_of(review).condition).exclude(pk=review.pk)
    rows = rows.exclude(pk__in=rows.held_by_others(user, timezone.now()))
    rows = rows.filter(Q(assigned_to=None) | Q(assigned_to=user)).order_by("handed_in_at", "pk")
    later = Q(handed_in_at__gt=review.handed_in_at) | Q(handed_in_at=review.handed_in_at, pk__gt=review.pk)
    return rows.filter(later).first() or rows.first()


def reviewers(bodies=None):
    """Staff who may decide: on everything, or as secretaries on branches (of these `bodies`, if given)."""
    staff = User.objects.filter(is_staff=True, is_active=True)
    secretaries = staff.filter(_holds("review_branch_membership"))
    if bodies is not None:
        secretaries = secretaries.filter(body_staff__body__in=bodies)
    else:
        secretaries = secretaries.filter(body_staff__isnull=False)
    everything = staff.filter(Q(is_superuser=True) | _holds("review_membership"))
    return staff.filter(Q(pk__in=everything.values("pk")) | Q(pk__in=secretaries.values("pk"))).order_by("name", "pk")


@Prepared
def all_reviewers():
    """Staff who may decide on anything."""
    return reviewers()


def _holds(codename):
    right = {"content_type__app_label": "units", "codename": codename}
    in_group = {f"groups__permissions__{name}": value for name, value in right.items()}
    own = {f"user_permissions__{name}": value for name, value in right.items()}
    return Q(**in_group) | Q(**own)


class QueueMenuItem(MenuItem):
    """A queue in the menu, for those who find anything in it."""

    def __init__(self, queue, order):
        self.queue = queue
        url = reverse_lazy("reviews:queue", args=[queue.slug])
        super().__init__(queue.title, url, name=f"reviews-{queue.slug}", icon_name=queue.icon, order=order)

    def is_shown(self, request):
        return permissions.may_see_reviews(request.user) and self.queue in queues_for(request.user)


def queue_menu_items():
    """All queues, before the register of members."""
    return [QueueMenuItem(queue, order) for order, queue in enumerate(QUEUES.values(), start=-len(QUEUES))]
