"""单位同事: who acts for the unit, invitations to and from, handing the unit over."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from membership.exceptions import Refusal
from membership.units import actions, permissions
from membership.units.forms import InviteForm
from membership.units.models import Seat, SeatInvitation
from portal.shell import Shell
from portal.views.gates import for_persons


def invitations_to(user):
    """Open invitations to the person's own number, with the units that sent them."""
    return SeatInvitation.objects.sent_to(user).open(timezone.now()).select_related("unit")


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def index(request):
    """The colleagues; a POST by the administrator invites one more."""
    unit, user = Shell.of(request).unit, request.user
    is_owner = unit is not None and permissions.may_manage_seats(user, unit)
    if request.method != "POST":
        return _page(request, unit, is_owner, InviteForm())
    permissions.require(is_owner)
    form = InviteForm(request.POST)
    if form.is_valid():
        try:
            actions.invite(unit, form.cleaned_data["phone"], by=user)
        except Refusal as refusal:
            form.add_error("phone", str(refusal))
        else:
            messages.success(request, _("The invitation has been sent. It is valid for seven days."))
            return redirect("portal:people")
    return _page(request, unit, is_owner, form, status=422)


def _page(request, unit, is_owner, form, status=200):
    sent = SeatInvitation.objects.filter(unit=unit).open(timezone.now()) if is_owner else SeatInvitation.objects.none()
    context = {
        "form": form,
        "unit": unit,
        "is_owner": is_owner,
        "seats": Seat.objects.filter(unit=unit).for_list() if unit else [],
        "sent": sent,
        "invitations": invitations_to(request.user),
    }
    return render(request, "portal/account/people.html", context, status=status)


def _done(request, verb, noun, sentence, to="portal:people"):
    """Call the verb and say how it went."""
    try:
        verb(noun, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, sentence)
    return redirect(to)


def _colleague(request, pk):
    return get_object_or_404(Seat.objects.for_user(request.user).select_related("unit", "user"), pk=pk)


def _invitation(request, pk):
    return get_object_or_404(SeatInvitation.objects.for_user(request.user).select_related("unit"), pk=pk)


@require_POST
@for_persons
def remove(request, pk):
    return _done(
        request, actions.remove_seat, _colleague(request, pk), _("The colleague no longer acts for your unit.")
    )


@require_POST
@for_persons
def hand_over(request, pk):
    sentence = _("The unit has been handed over. You act for it as an agent now.")
    return _done(request, actions.hand_over, _colleague(request, pk), sentence)


@require_POST
@for_persons
def leave(request):
    seat = get_object_or_404(Seat.objects.select_related("unit"), user=request.user)
    return _done(request, actions.leave_seat, seat, _("You no longer act for the unit."), to="portal:home")


@require_POST
@for_persons
def revoke(request, pk):
    return _done(request, actions.revoke_invitation, _invitation(request, pk), _("The invitation has been taken back."))


@require_POST
@for_persons
def accept(request, pk):
    invitation = _invitation(request, pk)
    sentence = _("You act for %(unit)s now.") % {"unit": invitation.unit.name}
    return _done(request, actions.accept_invitation, invitation, sentence, to="portal:home")


@require_POST
@for_persons
def decline(request, pk):
    sentence = _("You have declined the invitation.")
    return _done(request, actions.decline_invitation, _invitation(request, pk), sentence, to="portal:home")
