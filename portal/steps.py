"""The steps that lead a unit to its certification, each with its state in words (guide 一)."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from membership.units.actions import refusal_to_apply
from membership.units.models import MembershipSettings
from membership.units.states import BodyKind, MembershipState, ReviewSubject
from portal.profile_cards import CARDS
from portal.unit_file import FILLING_IN, UnitFile

S = MembershipState
PAPERS = "papers"


@dataclass
class Step:
    """One step: `css` colours the state of an open one, `url` is where it can be done or looked at."""

    name: str
    state: str
    css: str = ""
    hint: str = ""
    url: str = ""
    is_blocked: bool = False


def certification_steps(shell):
    """The steps of `shell.unit` from its profile to its first dues. Five queries at most."""
    file = UnitFile(shell)
    facts, papers = _missing(file)
    return [
        _profile(facts),
        _papers(papers),
        _application(shell.state, facts + papers),
        _branches(shell),
        _review(shell.state, file),
        Step(_("Pay the dues"), _("After certification"), is_blocked=True),
    ]


def first_steps():
    """The same steps for a person who acts for no unit yet: only the first can be taken."""
    hint = _("About 15 minutes; have scans of the business licence and the qualification certificates at hand.")
    blocked = [
        _("Upload the certificates"),
        _("Apply for certification"),
        _("Join branches (optional)"),
        _("Wait for the review"),
    ]
    return [
        Step(_("Fill in the unit profile"), _("Not started"), "warn", hint, reverse("portal:unit")),
        *(Step(name, _("Cannot start yet"), is_blocked=True) for name in blocked),
        Step(_("Pay the dues"), _("After certification"), is_blocked=True),
    ]


def _missing(file):
    """How many facts and how many papers the profile lacks, by what has been typed so far; none once handed in."""
    if file.state not in FILLING_IN:
        return 0, 0
    form = file.form()
    facts = sum(form.gaps(names) for card, (_title, names) in CARDS.items() if card != PAPERS)
    return facts, form.gaps(CARDS[PAPERS][1])


def _profile(missing):
    name, url = _("Fill in the unit profile"), reverse("portal:unit")
    if missing:
        state = ngettext("%(n)d entry missing", "%(n)d entries missing", missing) % {"n": missing}
        return Step(name, state, "warn", url=url)
    return Step(name, _("Completed"), url=url)


def _papers(missing):
    name, url = _("Upload the certificates"), f"{reverse('portal:unit')}#papers"
    if missing:
        state = ngettext("%(n)d file missing", "%(n)d files missing", missing) % {"n": missing}
        return Step(name, state, "warn", url=url)
    return Step(name, _("Completed"), url=url)


def _application(state, missing):
    name, url = _("Apply for certification"), reverse("portal:unit")
    if state == S.RETURNED:
        return Step(name, S.RETURNED.label, "warn", _("Change what the association names and submit again."), url)
    if state != S.DRAFT:
        return Step(name, _("Submitted"), url=url)
    if missing:
        return Step(name, _("Cannot start yet"), is_blocked=True)
    return Step(name, _("Not submitted"), "warn", _("Everything is there: check the entries and submit."), url)


def _branches(shell):
    name, url = _("Join branches (optional)"), reverse("portal:branches")
    joined = [m for m in shell.memberships if m.body.kind == BodyKind.BRANCH and m.state != S.DRAFT]
    if joined:
        return Step(name, _("Applications: %(number)d") % {"number": len(joined)}, url=url)
    if refusal_to_apply(shell.certification):
        return Step(name, _("Cannot start yet"), is_blocked=True)
    return Step(name, _("Optional"), url=url)


def _review(state, file):
    name = _("Wait for the review")
    if state == S.PENDING:
        return Step(name, S.PENDING.label, "info", _since_when(file.reviews.get(ReviewSubject.APPLICATION)))
    if state == S.REJECTED:
        return Step(name, S.REJECTED.label, "warn")
    return Step(name, _("Cannot start yet"), is_blocked=True)


def _since_when(application):
    """Number and day of the round under review, and how long a review takes."""
    days = MembershipSettings.current().review_working_days
    usual = ngettext(
        "A review takes %(n)d working day; the result comes by text message.",
        "A review takes %(n)d working days; the result comes by text message.",
        days,
    ) % {"n": days}
    if application is None:
        return usual
    day = date_format(timezone.localtime(application.handed_in_at), "Y-m-d")
    words = {"number": application.reference, "day": day, "usual": usual}
    return _("Number %(number)s, handed in %(day)s. %(usual)s") % words
