"""单位信息: what the association has on file about the unit."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from membership.accounts.phones import national
from membership.exceptions import Refusal
from membership.units import actions
from membership.units.forms import RegisterUnitForm
from membership.units.states import DocumentKind
from portal.shell import Shell
from portal.views.gates import for_persons


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
