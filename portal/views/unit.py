"""分会管理: the branches and what the unit is in each of them."""

from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from membership.units.models import Body
from membership.units.states import BodyKind, MembershipState
from portal.shell import TAGS, Shell
from portal.views.gates import for_units

# A branch approves where the association certifies.
BRANCH_WORDS = {
    MembershipState.DRAFT: gettext_lazy("Draft"),
    MembershipState.ACTIVE: gettext_lazy("Approved by the branch"),
}


@require_safe
@for_units
def branches(request):
    """One row for every branch: level and state of the unit's membership in it (guide 一.(三))."""
    mine = {membership.body_id: membership for membership in Shell.of(request).memberships}
    bodies = Body.objects.filter(kind=BodyKind.BRANCH)
    rows = [_row(body, mine.get(body.pk)) for body in bodies if body.is_open or body.pk in mine]
    return render(request, "portal/unit/branches.html", {"rows": rows})


def _row(body, membership):
    """What the table says: a unit is 非会员 in a branch until the branch has approved it."""
    if membership is None:
        return {"name": body.name, "level": "", "state": "", "css": "", "remark": ""}
    state = MembershipState(membership.state)
    is_member = state in {MembershipState.ACTIVE, MembershipState.SUSPENDED}
    return {
        "name": body.name,
        "level": membership.level.name if is_member else _("Not a member"),
        "state": BRANCH_WORDS.get(state, state.label),
        "css": TAGS[state],
        "remark": membership.remark if state in {MembershipState.RETURNED, MembershipState.REJECTED} else "",
    }
