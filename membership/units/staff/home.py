"""What the start page of the staff area shows to reviewers: how much waits in each queue, and 我的待办."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.ui.components import Component

from membership.units import permissions
from membership.units.models import MembershipSettings, Review
from membership.units.staff.queues import queue_of, queues_for, waiting
from membership.units.staff.review_queue import waited

SHOWN = 10


class WaitingSummary(SummaryItem):
    """待审核单位, 待审核分会, 待审核变更: what waits, each number leading to its queue."""

    order = 200
    template_name = "units/staff/home/waiting.html"
    WORDS = {
        "units": _("Units under review"),
        "branches": _("Branch applications under review"),
        "changes": _("Changes under review"),
        "leaving": _("Requests to leave under review"),
    }

    def is_shown(self):
        return permissions.may_see_reviews(self.request.user)

    def get_context_data(self, parent_context):
        counts = waiting(self.request.user)
        return {
            "rows": [
                {"words": self.WORDS[queue.slug], "count": counts[queue.slug], "url": queue.url}
                for queue in queues_for(self.request.user)
            ]
        }


class TodoPanel(Component):
    """我的待办: what is assigned to this person or to nobody, the longest waiting first."""

    name = "my_reviews"
    template_name = "units/staff/home/todo.html"
    order = 100

    class Media:
        css = {"all": ["units/review.css"]}

    def __init__(self, request):
        self.request = request

    def get_context_data(self, parent_context):
        user, rules = self.request.user, MembershipSettings.current()
        open_to_me = Review.objects.for_user(user).open().filter(Q(assigned_to=user) | Q(assigned_to=None))
        reviews = list(open_to_me.for_queue()[:SHOWN])
        for review in reviews:
            review.days, review.is_late = waited(review, rules)
            review.queue_title = queue_of(review).title
        return {"reviews": reviews}
