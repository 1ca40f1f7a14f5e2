"""申请退出 a branch or the association: the owner of the unit asks, may take it back, and the staff decides."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from membership.exceptions import Refusal
from membership.units import actions, permissions
from membership.units.forms.branches import LeaveForm
from membership.units.models import Membership, Review
from membership.units.states import STANDING, BodyKind, DocumentKind, ReviewState, ReviewSubject
from portal.shell import Shell
from portal.views.gates import for_units


@require_http_methods(["GET", "HEAD", "POST"])
@for_units
def branch(request, slug):
    """Leave one branch."""
    return _leave(request, get_object_or_404(_own(request), body__kind=BodyKind.BRANCH, body__slug=slug))


@require_http_methods(["GET", "HEAD", "POST"])
@for_units
def association(request):
    """退会: leave the association, and its branches with it."""
    return _leave(request, get_object_or_404(_own(request), body__kind=BodyKind.ASSOCIATION))


@require_POST
@for_units
def withdraw(request, pk):
    """撤回: the unit stays after all."""
    asked = Review.objects.for_user(request.user).filter(subject=ReviewSubject.LEAVE, membership__in=_own(request))
    review = get_object_or_404(asked.select_related("membership__unit"), pk=pk)
    try:
        actions.withdraw_request(review, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The request to leave has been taken back."), extra_tags="toast")
    return redirect("portal:branches")


def _own(request):
    mine = Membership.objects.for_user(request.user).filter(unit=Shell.of(request).unit)
    return mine.select_related("unit", "body", "level")


def _leave(request, membership):
    permissions.require(permissions.may_leave(request.user, membership))
    is_open = membership.reviews.filter(subject=ReviewSubject.LEAVE, state=ReviewState.OPEN).exists()
    if is_open or membership.state not in STANDING:
        return redirect("portal:branches")
    if request.method != "POST":
        return _page(request, membership, LeaveForm(unit=membership.unit))
    form = LeaveForm(request.POST, request.FILES, unit=membership.unit)
    form.full_clean()
    _keep_upload(request, form)
    if not form.is_valid():
        return _page(request, membership, form, status=422)
    try:
        actions.request_leave(membership, by=request.user, remark=form.cleaned_data["remark"], document=form.kept)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("portal:branches")
    words = _("Your request to leave is under review. Until it is decided on you can take it back.")
    messages.success(request, words, extra_tags="toast")
    return redirect("portal:branches")


def _keep_upload(request, form):
    """A file that is fine is stored even when the words are missing, so that nobody has to choose it again."""
    upload = request.FILES.get("file")
    if upload is None:
        return
    kind = DocumentKind.LEAVE_APPLICATION
    try:
        form.kept = actions.store_document(upload, unit=form.unit, kind=kind, by=request.user)
    except ValidationError as refused:
        form.add_error("file", refused)


def _page(request, membership, form, status=200):
    context = {"form": form, "membership": membership}
    return render(request, "portal/branches/leave.html", context, status=status)
