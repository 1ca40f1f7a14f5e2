"""The steps that lead a unit to its certification, each with its state in words (guide 一)."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from membership.units.states import BodyKind, MembershipState

S = MembershipState
MAY_JOIN_BRANCHES = {S.PENDING, S.ACTIVE, S.SUSPENDED}
HANDED_IN = {*MAY_JOIN_BRANCHES, S.REJECTED, S.LEFT}


@dataclass
class Step:
    """One step: `css` colours the state of an open one, `url` is where it can be done or looked at."""

    name: str
    state: str
    css: str = ""
    hint: str = ""
    url: str = ""
    is_blocked: bool = False


def certification_steps(shell, has_papers):
    """The steps of `shell.unit` from its profile to its first dues; `has_papers` says that certificates are on file."""
    submitted = shell.state in HANDED_IN
    return [
        _profile(submitted),
        _papers(submitted, has_papers),
        _application(shell, submitted),
        _branches(shell),
        _review(shell),
        Step(_("Pay the dues"), _("After certification"), is_blocked=True),
    ]


def first_steps():
    """The same steps for a person who acts for no unit yet: only the first can be taken."""
    hint = _("Register the unit that you act for. It takes a few minutes; have the business licence at hand.")
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


def _profile(submitted):
    hint = _("Check the data on file. To change them, contact the association.")
    state, css = (_("Completed"), "") if submitted else (_("To be checked"), "warn")
    return Step(_("Fill in the unit profile"), state, css, hint, reverse("portal:unit"))


def _papers(submitted, has_papers):
    if submitted or has_papers:
        state = _("Completed") if has_papers else _("None on file")
        return Step(_("Upload the certificates"), state, url=f"{reverse('portal:unit')}#papers")
    hint = _("Have scans of the business licence and the qualification certificates ready for the association.")
    return Step(_("Upload the certificates"), _("Missing"), "warn", hint)


def _application(shell, submitted):
    name = _("Apply for certification")
    if submitted:
        return Step(name, _("Submitted"))
    if shell.state == S.RETURNED:
        return Step(name, S.RETURNED.label, "warn", _("Contact the association to have it put right."))
    return Step(name, _("Not submitted"), "warn", _("The association hands it in for you once the data are checked."))


def _branches(shell):
    name, url = _("Join branches (optional)"), reverse("portal:branches")
    joined = [m for m in shell.memberships if m.body.kind == BodyKind.BRANCH and m.state != S.DRAFT]
    if joined:
        return Step(name, _("Applications: %(number)d") % {"number": len(joined)}, url=url)
    if shell.state not in MAY_JOIN_BRANCHES:
        return Step(name, _("Cannot start yet"), is_blocked=True)
    return Step(name, _("Optional"), url=url)


def _review(shell):
    name = _("Wait for the review")
    if shell.state == S.PENDING:
        return Step(name, S.PENDING.label, "info", _("The result will be shown on this page."))
    if shell.state in {S.REJECTED, S.SUSPENDED, S.LEFT}:
        return Step(name, shell.state.label, "warn")
    return Step(name, _("Cannot start yet"), is_blocked=True)
