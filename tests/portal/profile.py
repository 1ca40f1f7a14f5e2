"""A unit in draft whose clerk fills in the profile, and what handing it in writes."""

from bs4 import BeautifulSoup
from django.test import Client

from membership.audit.models import AuditEntry
from membership.units import actions
from membership.units.models import Membership, ProfileDraft, Qualification, Review, Unit
from membership.units.states import BodyKind, MembershipState, ReviewState
from tests.factories import UnitFactory, clerk, uscc
from tests.membership.units.profiles import as_posted, entries

UNIT, EDIT, DRAFT, CHECK = "/portal/unit/", "/portal/unit/edit/", "/portal/unit/draft/", "/portal/unit/check/"
S = MembershipState


class Applicant:
    """A unit in draft with its clerk, logged in."""

    def __init__(self):
        self.unit = UnitFactory(name="示范路桥有限公司", uscc=uscc(500), submitted_at=None)
        self.user = clerk(self.unit, name="李四")
        self.client = Client()
        self.client.force_login(self.user)

    @property
    def state(self):
        return Membership.objects.get(unit=self.unit, body__kind=BodyKind.ASSOCIATION).state

    @property
    def fresh(self):
        return Unit.objects.get(pk=self.unit.pk)

    def colleague(self, name="王五"):
        client = Client()
        client.force_login(clerk(self.unit, duty="agent", name=name))
        return client

    def save(self, client=None, **more):
        return (client or self.client).post(EDIT, as_posted(entries(self.unit), action="save", **more))

    def hand_in(self, **changes):
        """Fill in, check, hand in; returns the last answer."""
        posted = as_posted(entries(self.unit, **changes), action="submit")
        posted["version"] = version(self.unit)
        answer = self.client.post(EDIT, posted)
        assert answer["Location"] == CHECK, [form.errors for form in (answer.context["form"],)]
        return self.client.post(CHECK, {"version": version(self.unit)})


def version(unit):
    draft = ProfileDraft.objects.filter(unit=unit).first()
    return draft.version if draft else 0


def parsed(answer):
    return BeautifulSoup(answer.content, "html.parser")


def summary(page):
    return [(item.a["href"] if item.a else "", item.text) for item in page.select("#error-summary li")]


def written():
    """All that handing in writes; the same before and after a refusal."""
    return (
        list(Unit.objects.order_by("pk").values()),
        list(Membership.objects.order_by("pk").values()),
        list(Qualification.objects.order_by("pk").values()),
        list(Review.objects.order_by("pk").values()),
        list(AuditEntry.objects.exclude(verb="units.store_document").order_by("pk").values()),
    )


def decide(unit, reviewer, verb, subject="application", **words):
    review = Review.objects.select_related("membership__body", "membership__unit").get(
        membership__unit=unit, subject=subject, state=ReviewState.OPEN
    )
    return getattr(actions, verb)(review, by=reviewer, **words)
