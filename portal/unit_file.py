"""What the pages of 单位信息 know of the unit: its standing, the round under review, what has been typed."""

from functools import cached_property

from django.utils import timezone

from membership.units import actions
from membership.units.forms.profile import UnitProfileForm, entries_of
from membership.units.models import ProfileDraft, Review
from membership.units.profile import FACTS, profile_of
from membership.units.states import MembershipState, ReviewState, ReviewSubject
from portal.profile_cards import ProfileCards

S = MembershipState
# What handing the form in does, by the state of the unit; in all others the profile is only read.
VERBS = {S.DRAFT: "submit", S.RETURNED: "submit", S.PENDING: "revise", S.ACTIVE: "request_change"}
FILLING_IN = {S.DRAFT, S.RETURNED}


class UnitFile:
    """The file of one unit, for one person who acts for it."""

    def __init__(self, shell):
        self.user, self.unit, self.state = shell.user, shell.unit, shell.state
        self.certification = shell.certification

    @property
    def is_filling_in(self):
        """Nothing is in the reviewers' hands: the form is the page."""
        return self.state in FILLING_IN

    @property
    def may_edit(self):
        return self.state in VERBS

    @property
    def is_change(self):
        """A certified unit proposes other facts; the certified ones stay."""
        return self.state == S.ACTIVE

    @cached_property
    def reviews(self):
        """{subject: the newest review}. One query."""
        reviews = Review.objects.for_user(self.user).filter(membership=self.certification)
        return {review.subject: review for review in reviews.order_by("handed_in_at", "pk")}

    @property
    def application(self):
        return self.reviews.get(ReviewSubject.APPLICATION)

    @property
    def change(self):
        return self.reviews.get(ReviewSubject.CHANGE)

    @property
    def returned(self):
        """The review that has come back and waits for the unit, or None."""
        review = self.application if self.state == S.RETURNED else self.change if self.is_change else None
        return review if review and review.state == ReviewState.RETURNED else None

    @cached_property
    def draft(self):
        return ProfileDraft.objects.select_related("saved_by").filter(unit=self.unit).first()

    @property
    def version(self):
        return self.draft.version if self.draft else 0

    @property
    def entries(self):
        """What the form starts from: the draft, the change that was proposed, else what is on file."""
        if self.draft:
            return complete(self.draft.values)
        proposed = self.is_change and self.change and self.change.state in {ReviewState.OPEN, ReviewState.RETURNED}
        entries = entries_of(self.change.snapshot if proposed else profile_of(self.unit))
        if self.unit.submitted_at is None and self.unit.joined_on is None:  # nobody has said anything about it yet
            entries["facts"] |= {"joined_on": f"{timezone.localdate():%Y-%m-%d}", "was_member_before": ""}
        return entries

    def form(self, entries=None, *, judge=False):
        """The form with these entries, else with what it starts from."""
        return UnitProfileForm(entries or self.entries, unit=self.unit, judge=judge, reviewed_only=self.is_change)

    def cards(self, form):
        return ProfileCards(form, self.returned.marked if self.returned else None)

    def hand_in(self, profile):
        """The verb that the state of the unit asks for; raises what the verb raises."""
        if self.is_change:
            return actions.request_change(self.unit, by=self.user, profile=profile)
        verb = getattr(actions, VERBS[self.state])
        return verb(self.certification, by=self.user, profile=profile)


def complete(values):
    """The values of a draft with every name that a form looks for, whoever has saved it and when."""
    facts = dict.fromkeys(FACTS, "") | values.get("facts", {})
    return {
        "facts": facts,
        "documents": values.get("documents", {}),
        "qualifications": values.get("qualifications", []),
    }
