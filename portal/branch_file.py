"""What pages and API know of one branch and the unit of the person who asks: its row, its form, handing it in."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from membership.exceptions import Refusal
from membership.units import actions, permissions
from membership.units.forms.branches import BranchApplicationForm
from membership.units.models import Body, Review
from membership.units.profile import CONTACT
from membership.units.states import BodyKind, MembershipState, ReviewState, ReviewSubject
from portal.branch_table import BranchRow, LeaveRequests
from portal.profile_cards import said
from portal.shell import Shell


def leave_requests(request):
    return LeaveRequests(request.user, Shell.of(request).unit, timezone.now())


def branch_row(shell, body, *, asked, is_owner):
    membership = next((m for m in shell.memberships if m.body_id == body.pk), None)
    refusal = actions.refusal_to_apply(shell.certification, body)
    return BranchRow(body, membership, refusal, asked.open(membership), asked.declined(membership), is_owner)


def branch_or_404(request, slug):
    body = get_object_or_404(Body, kind=BodyKind.BRANCH, slug=slug)
    shell = Shell.of(request)
    is_owner = permissions.may_manage_seats(request.user, shell.unit)
    return branch_row(shell, body, asked=leave_requests(request), is_owner=is_owner)


def application_form(request, row, data=None):
    """The form with what was handed in before, else with the unit's own contact."""
    known = row.membership
    form = BranchApplicationForm.of(
        known if known and known.contact_name else Shell.of(request).unit,
        data,
        questions=row.body.questions.all(),
        before=known.answers if known else (),
    )
    form.initial["round"] = known.round if known else 0
    return form


def is_repeated(membership, form):
    """The application under review says just this already: nothing was changed, or the button was pressed twice."""
    return membership is not None and membership.state == MembershipState.PENDING and form.says_what(membership)


def hand_in(request, row, form):
    """Apply, or revise the application; raises what the verb raises, and a Refusal when a colleague was quicker."""
    if row.membership and row.membership.round != form.cleaned_data["round"]:
        raise Refusal(_("A colleague has changed this application meanwhile. Check the entries."), code="stale")
    unit = Shell.of(request).unit
    return actions.apply(unit, row.body, by=request.user, answers=form.answers(), **form.contact())


def marked(request, row, form):
    """[(name of the field or None, label, words)] of what the reviewer has marked in the round that came back.

    Without a name where the branch asks this no longer.
    """
    if row.membership is None or row.membership.state != MembershipState.RETURNED:
        return []
    rounds = Review.objects.for_user(request.user).filter(
        membership=row.membership, subject=ReviewSubject.APPLICATION, state=ReviewState.RETURNED
    )
    last = rounds.order_by("-round").first()
    if last is None:
        return []
    asked = {f"answer:{number}": answer["label"] for number, answer in enumerate(last.snapshot.get("answers", []))}
    names = {label: name for name, label in form.labels.items()}
    order = [*CONTACT, *asked]  # the database keeps the marks in an order of its own
    marks = sorted(last.marked.items(), key=lambda mark: order.index(mark[0]) if mark[0] in order else len(order))
    return [_told(form, names.get(asked.get(key), key), asked.get(key), said(mark)) for key, mark in marks]


def _told(form, name, label, words):
    return (name, str(form[name].label), words) if name in form.fields else (None, label or name, words)
