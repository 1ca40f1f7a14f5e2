"""The first facts of a unit: afterwards it is in draft, and this person is its administrator."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from membership.accounts.phones import national
from membership.exceptions import Refusal
from membership.units import actions
from membership.units.forms import RegisterUnitForm


def register(request):
    """填写单位信息, for a person who acts for no unit yet; goes on with the whole profile."""
    user = request.user
    known = {"contact_name": user.name, "contact_phone": national(user.phone)}
    form = RegisterUnitForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_bound and form.is_valid():
        try:
            actions.register_unit(by=user, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("uscc" if refusal.code == "uscc_taken" else None, str(refusal))
        else:
            messages.success(request, _("The unit has been registered. Go on with the rest of its profile."))
            return redirect("portal:unit")
    return render(request, "portal/unit/register.html", {"form": form}, status=422 if form.errors else 200)
