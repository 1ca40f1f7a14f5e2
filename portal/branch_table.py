"""分会管理 as its table shows it: what the unit is in a branch, and what can be done there (guide 一.(三))."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from membership.exceptions import Refusal
from membership.units.models import Body, Membership, Review
from membership.units.states import STANDING, MembershipState, ReviewState, ReviewSubject
from portal.shell import TAGS

S = MembershipState
# A branch approves where the association certifies.
BRANCH_WORDS = {
    S.DRAFT: gettext_lazy("Draft"),
    S.ACTIVE: gettext_lazy("Approved by the branch"),
    S.LEFT: gettext_lazy("Left the branch"),
}
FILLING_IN = {S.DRAFT, S.PENDING, S.RETURNED}
WITH_REMARK = {S.RETURNED, S.REJECTED, S.SUSPENDED}
TOLD_FOR = timedelta(days=30)


@dataclass
class BranchRow:
    """One branch and one unit.

    `refusal` says why it cannot be applied for, `leaving` is the open request to leave, `declined` the last one that
    the staff did not agree to.
    """

    body: Body
    membership: Membership | None = None
    refusal: Refusal | None = None
    leaving: Review | None = None
    declined: Review | None = None
    is_owner: bool = False

    @property
    def is_new(self):
        return self.membership is None

    @property
    def code(self):
        """The state of the membership, None without one."""
        return MembershipState(self.membership.state) if self.membership else None

    @property
    def is_member(self):
        return self.code in STANDING

    @property
    def level(self):
        """A unit is 非会员 in a branch until the branch has approved it."""
        if self.is_new:
            return ""
        return self.membership.level.name if self.is_member else _("Not a member")

    @property
    def state(self):
        """The word for the state, with its colour; None while the unit has not applied."""
        if self.is_new:
            return None
        return {"label": BRANCH_WORDS.get(self.code, self.code.label), "css": TAGS[self.code]}

    @property
    def remark(self):
        """What the reviewer wrote, where the unit can still do something about it or wonders why."""
        return self.membership.remark if self.code in WITH_REMARK else ""

    @property
    def leaving_declined(self):
        """What was said to the request to leave, for as long as the unit stays a member."""
        return declined_words(self.declined) if self.is_member else ""

    @property
    def is_over(self):
        """Nothing leads on from here but a call."""
        return self.code in {S.REJECTED, S.LEFT}

    @property
    def apply_label(self):
        """What applying is called; empty where it is out of the question."""
        if self.is_new:
            return _("Apply to join")
        if self.code not in FILLING_IN:
            return ""
        return _("Go on filling in") if self.code == S.DRAFT else _("Change the data")

    @property
    def is_closed(self):
        """The branch takes nothing at present: 暂停受理."""
        return bool(self.apply_label) and self.refusal is not None and self.refusal.code == "branch_closed"

    @property
    def apply_url(self):
        """Where the form is; empty while the unit may not apply."""
        may = self.apply_label and self.refusal is None
        return reverse("portal:apply-branch", args=[self.body.slug]) if may else ""

    @property
    def show_url(self):
        return reverse("portal:branch", args=[self.body.slug]) if self.is_member else ""

    @property
    def leave_url(self):
        """Only the owner asks to leave, and only once."""
        may = self.is_member and self.is_owner and self.leaving is None
        return reverse("portal:leave-branch", args=[self.body.slug]) if may else ""


class LeaveRequests:
    """The requests to leave of one unit that it should hear about: open ones, and those declined within a month."""

    def __init__(self, user, unit, now):
        told = Q(state=ReviewState.OPEN) | Q(
            state__in=[ReviewState.RETURNED, ReviewState.REJECTED], decided_at__gt=now - TOLD_FOR
        )
        asked = Review.objects.for_user(user).filter(told, membership__unit=unit, subject=ReviewSubject.LEAVE)
        self.newest = {review.membership_id: review for review in asked.order_by("pk")}

    def open(self, membership):
        """The request under review, or None."""
        return self._of(membership, is_open=True)

    def declined(self, membership):
        """The request that was sent back or refused, unless the unit has asked again."""
        return self._of(membership, is_open=False)

    def _of(self, membership, *, is_open):
        review = self.newest.get(membership.pk) if membership else None
        return review if review and (review.state == ReviewState.OPEN) == is_open else None


def declined_words(review):
    """In a line what became of a request to leave; empty without one."""
    if review is None:
        return ""
    words = {"state": review.get_state_display(), "words": review.remark}
    return _("Request to leave – %(state)s: %(words)s") % words
