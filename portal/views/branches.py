"""分会管理: the table of branches, the application to one, and what is on file about the unit there (guide 一.(三))."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from membership.exceptions import Refusal
from membership.units import actions, permissions
from membership.units.forms.branches import BranchContactForm
from membership.units.models import Body
from membership.units.states import STANDING, BodyKind
from portal.branch_file import (
    application_form,
    branch_or_404,
    branch_row,
    hand_in,
    is_repeated,
    leave_requests,
    marked,
)
from portal.branch_table import declined_words
from portal.shell import Shell
from portal.views.gates import for_units


@require_safe
@for_units
def index(request):
    """One row for every branch: level and state of the unit's membership in it, and what can be done."""
    shell = Shell.of(request)
    asked = leave_requests(request)
    is_owner = permissions.may_manage_seats(request.user, shell.unit)
    rows = [
        branch_row(shell, body, asked=asked, is_owner=is_owner) for body in Body.objects.filter(kind=BodyKind.BRANCH)
    ]
    context = {
        "rows": rows,
        "obstacle": next((row.refusal for row in rows if row.refusal and row.refusal.code != "branch_closed"), None),
        "over": any(row.is_over for row in rows),
        "certification": shell.certification,
        "leaving": asked.open(shell.certification),
        "declined": declined_words(asked.declined(shell.certification)),
        "may_leave": is_owner and shell.certification.state in STANDING,
        "is_owner": is_owner,
    }
    return render(request, "portal/branches/index.html", context)


@require_safe
@for_units
def detail(request, slug):
    """查看资料: level, since when, number, contact and answers of a member of the branch."""
    row = branch_or_404(request, slug)
    if not row.is_member:
        return redirect("portal:branches")
    return render(request, "portal/branches/detail.html", {"row": row, "membership": row.membership})


@require_http_methods(["GET", "HEAD", "POST"])
@for_units
def apply(request, slug):
    """「质量分会入会资料填报」: the first application, one that came back, or a change to one under review."""
    row = branch_or_404(request, slug)
    if not row.apply_label:
        return redirect("portal:branch", slug=slug)
    if request.method != "POST":
        if row.refusal:
            messages.error(request, str(row.refusal))
            return redirect("portal:branches")
        return _form_page(request, row, application_form(request, row))
    form = application_form(request, row, request.POST)
    if not form.is_valid():
        return _form_page(request, row, form, status=422)
    if not is_repeated(row.membership, form):
        try:
            hand_in(request, row, form)
        except Refusal as refusal:
            return _after_refusal(request, slug, form, refusal)
    messages.success(request, _("Submitted, waiting for the review"), extra_tags="toast")
    return redirect("portal:branches")


@require_POST
@for_units
def withdraw(request, slug):
    """撤回申请, as long as no reviewer has opened it; what was filled in stays."""
    row = branch_or_404(request, slug)
    if row.is_new:
        return redirect("portal:branches")
    try:
        actions.withdraw(row.membership, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The application to the branch has been withdrawn."), extra_tags="toast")
    return redirect("portal:branches")


@require_http_methods(["GET", "HEAD", "POST"])
@for_units
def contact(request, slug):
    """Whom the branch asks about its member; changed at once."""
    row = branch_or_404(request, slug)
    if not row.is_member:
        return redirect("portal:branches")
    form = BranchContactForm.of(row.membership, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            actions.update_branch_contact(row.membership, by=request.user, **form.contact())
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The contact has been saved."), extra_tags="toast")
        return redirect("portal:branch", slug=slug)
    context = {"row": row, "form": form}
    return render(request, "portal/branches/contact.html", context, status=422 if form.errors else 200)


def _after_refusal(request, slug, form, refusal):
    """What was typed, beside the reason; the next try stands on what is there now."""
    del request.shell
    row = branch_or_404(request, slug)
    if not row.apply_label:
        messages.error(request, str(refusal))
        return redirect("portal:branches")
    form.data = form.data.copy()
    form.data["round"] = row.membership.round if row.membership else 0
    return _form_page(request, row, form, refusal=refusal, status=409)


def _form_page(request, row, form, *, refusal=None, status=200):
    context = {
        "row": row,
        "form": form,
        "refusal": refusal,
        "marked": _marked(request, row, form),
        "unit": Shell.of(request).unit,
    }
    return render(request, "portal/branches/apply.html", context, status=status)


def _marked(request, row, form):
    """[(anchor, label, words)] of what the reviewer has marked; without an anchor what is asked no longer."""
    told = marked(request, row, form)
    return [(form[name].id_for_label if name else "", label, words) for name, label, words in told]
