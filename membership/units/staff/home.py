"""What the start page of the staff area counts for reviewers."""

from django.urls import reverse
from wagtail.admin.site_summary import SummaryItem

from membership.units.models import Membership
from membership.units.states import BodyKind, MembershipState


class PendingUnitsSummary(SummaryItem):
    """待审核单位: how many units wait for their certification."""

    order = 200
    template_name = "units/staff/home/pending_units.html"

    def is_shown(self):
        return self.request.user.has_perm("units.view_membership")

    def get_context_data(self, parent_context):
        waiting = Membership.objects.for_user(self.request.user).filter(
            state=MembershipState.PENDING, body__kind=BodyKind.ASSOCIATION
        )
        return {"count": waiting.count(), "url": reverse("units_modeladmin_index")}
