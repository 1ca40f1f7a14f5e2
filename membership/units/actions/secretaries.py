"""Verbs of branch secretaries: who of the staff decides on the applications of a branch."""

from django.db import transaction
from django.utils.translation import gettext as _

from membership.audit.actions import record
from membership.exceptions import Refusal
from membership.units import permissions
from membership.units.actions.moving import unless_taken
from membership.units.models import BodyStaff
from membership.units.states import BodyKind


def appoint_secretary(body, user, *, by):
    """Entrust a branch to one of the staff, who sees its units and decides on its applications from now on.

    Raises Refusal when the body is no branch, when the person does not work for the association or lacks the right to
    decide on applications to branches, or has been appointed already. Returns the BodyStaff.
    """
    permissions.require(permissions.may_appoint(by))
    if body.kind != BodyKind.BRANCH:
        raise Refusal(_("Only branches have secretaries."), code="no_branch")
    if not (user.is_active and user.is_staff):
        raise Refusal(_("%(who)s does not belong to the staff of the association.") % {"who": user}, code="no_staff")
    if not user.has_perm("units.review_branch_membership"):
        words = _("%(who)s has no role that decides on branches. Give the role of a branch secretary first.")
        raise Refusal(words % {"who": user}, code="no_right")
    with transaction.atomic():
        with unless_taken(_("%(who)s is secretary of this branch already.") % {"who": user}, code="appointed"):
            appointed = BodyStaff.objects.create(body=body, user=user)
        record("units.appoint_secretary", body, by=by, after={"user": user.pk})
    return appointed


def dismiss_secretary(appointed, *, by):
    """Take the branch out of the person's hands; what was decided stays. Refusal when somebody else was quicker."""
    permissions.require(permissions.may_appoint(by))
    with transaction.atomic():
        ended, _rows = BodyStaff.objects.filter(pk=appointed.pk).delete()
        if not ended:
            raise Refusal(_("This person is no longer secretary of the branch."), code="dismissed")
        record("units.dismiss_secretary", appointed.body, by=by, before={"user": appointed.user_id})
