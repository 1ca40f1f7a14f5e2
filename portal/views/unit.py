"""单位信息 and its tab 分会管理: what the association has on file about the unit."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from membership.accounts.phones import national
from membership.exceptions import Refusal
from membership.units import actions
from membership.units.forms import RegisterUnitForm
from membership.units.models import Body
from membership.units.states import BodyKind, DocumentKind, MembershipState
from portal.shell import TAGS, Shell
from portal.views.gates import for_persons, for_units

# A branch approves where the association certifies.
BRANCH_WORDS = {
    MembershipState.DRAFT: gettext_lazy("Draft"),
    MembershipState.ACTIVE: gettext_lazy("Approved by the branch"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def profile(request):
    """What is on file about the unit; a person without one registers it here."""
    unit = Shell.of(request).unit
    if unit is None:
        return _register(request)
    if request.method == "POST":  # the form was sent twice, or another tab was quicker
        return redirect("portal:home")
    papers = unit.documents.exclude(kind=DocumentKind.RECEIPT).order_by("kind", "-uploaded_at")
    return render(request, "portal/unit/profile.html", {"unit": unit, "papers": papers})


def _register(request):
    """填写单位信息: the unit is in draft afterwards, with this person as its administrator."""
    user = request.user
    known = {"contact_name": user.name, "contact_phone": national(user.phone)}
    form = RegisterUnitForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_bound and form.is_valid():
        try:
            actions.register_unit(by=user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("uscc" if refusal.code == "uscc_taken" else None, str(refusal))
        else:
            messages.success(request, _("The unit has been registered. Go on with the next step."))
            return redirect("portal:home")
    return render(request, "portal/unit/register.html", {"form": form}, status=422 if form.errors else 200)


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
