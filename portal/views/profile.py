"""单位信息: filling in, keeping drafts, handing in; afterwards what is on file and how far the review is."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from membership.exceptions import Refusal
from membership.units import actions
from membership.units.forms.profile import ContactForm, entries_posted, fit_to_keep
from membership.units.models import MembershipSettings, Unit
from portal.entries import both, kept_uploads
from portal.papers import MEGABYTES
from portal.profile_record import ProfileRecord
from portal.shell import Shell
from portal.unit_file import UnitFile
from portal.views.gates import for_persons, for_units
from portal.views.registration import register

WRONG_VERSION = 2**31


@require_http_methods(["GET", "HEAD", "POST"])
@for_persons
def profile(request):
    """The form while it is the unit's turn, otherwise what is on file; a person without a unit registers one."""
    shell = Shell.of(request)
    if shell.unit is None:
        return register(request)
    if request.method == "POST":  # the first facts were sent twice, or another tab was quicker
        return redirect("portal:unit")
    file = UnitFile(shell)
    return form_page(request, file, file.form()) if file.is_filling_in else record_page(request, file)


@require_http_methods(["GET", "HEAD", "POST"])
@for_units
def edit(request):
    """The form of the profile; every POST keeps the draft first, whatever becomes of the rest."""
    file = UnitFile(Shell.of(request))
    if not file.may_edit:
        return redirect("portal:unit")
    if request.method != "POST":
        return form_page(request, file, file.form(judge="check" in request.GET))
    entries, refused = kept_uploads(request, file.unit, entries_posted(request.POST, more="add_row" in request.POST))
    try:
        draft = actions.save_draft(
            file.unit, by=request.user, version=version_posted(request), values=fit_to_keep(entries)
        )
    except Refusal as refusal:
        return conflict_page(request, file, entries, refusal)
    is_handed_in = request.POST.get("action") == "submit"
    form = file.form(entries, judge=is_handed_in or bool(refused))
    if refused:
        form.tell_refused(refused, alone=not is_handed_in)
        return form_page(request, file, form, version=draft.version, status=422)
    if "add_row" in request.POST:
        return form_page(request, file, form, version=draft.version)
    if not form.is_bound:
        messages.success(request, _("The draft has been saved."), extra_tags="toast")
        return redirect("portal:unit" if file.is_filling_in else "portal:edit-unit")
    if form.is_valid():
        return redirect("portal:check-unit")
    return form_page(request, file, form, version=draft.version, status=422)


@require_POST
@for_units
def save(request):
    """Autosave: says when, or who was quicker (409); with what the entries make necessary and what is missing."""
    file = UnitFile(Shell.of(request))
    if not file.may_edit:
        return render(request, "portal/unit/_draft_answer.html", {"closed": True}, status=409)
    entries = fit_to_keep(entries_posted(request.POST))
    context = {"cards": file.cards(file.form(entries))}
    try:
        draft = actions.save_draft(file.unit, by=request.user, version=version_posted(request), values=entries)
    except Refusal as refusal:
        context |= {"refusal": refusal}
        return render(request, "portal/unit/_draft_answer.html", context, status=409)
    return render(request, "portal/unit/_draft_answer.html", context | {"draft": draft})


@require_http_methods(["GET", "HEAD", "POST"])
@for_units
def check(request):
    """提交前核对: everything on one page; its POST hands it in."""
    file = UnitFile(Shell.of(request))
    if not file.may_edit:
        return redirect("portal:unit")
    form = file.form(judge=True)
    if not form.is_valid():
        return redirect(f"{reverse('portal:edit-unit')}?check")
    if request.method != "POST":
        return check_page(request, file, form)
    if version_posted(request) != file.version:
        refusal = Refusal(_("The profile has been changed since you opened this page. Check it again."))
        return check_page(request, file, form, refusal=refusal, status=409)
    try:
        file.hand_in(form.profile())
    except ValidationError as gone:
        return check_page(request, file, form, refusal=Refusal(gone.messages[0]), status=409)
    except Refusal as refusal:
        return check_page(request, file, form, refusal=refusal, status=409)
    return redirect(f"{reverse('portal:unit')}?submitted")


@require_POST
@for_units
def withdraw(request):
    """撤回: the application, until a reviewer has opened it."""
    file = UnitFile(Shell.of(request))
    try:
        actions.withdraw(file.certification, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The application has been withdrawn. Change it and submit it again."))
    return redirect("portal:unit")


@require_POST
@for_units
def withdraw_change(request):
    """撤回变更申请: the certified facts stay as they are."""
    file = UnitFile(Shell.of(request))
    if file.change is not None:
        try:
            actions.withdraw_request(file.change, by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The request for a change has been withdrawn."))
    return redirect("portal:unit")


@require_http_methods(["GET", "HEAD", "POST"])
@for_units
def contact(request):
    """修改联系信息 of a certified unit: what needs no review is on file at once."""
    file = UnitFile(Shell.of(request))
    if not file.is_change:
        return redirect("portal:unit")
    form = ContactForm.of(file.unit, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        actions.update_contact(file.unit, by=request.user, **form.facts())
        messages.success(request, _("The contact data have been changed."), extra_tags="toast")
        return redirect("portal:unit")
    return render(request, "portal/unit/contact.html", {"form": form}, status=422 if form.errors else 200)


def version_posted(request):
    """The version of the draft that the page was made from; an impossible one when that is no number."""
    text = request.POST.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else WRONG_VERSION


def form_page(request, file, form, *, version=None, status=200, **more):
    """The form with its cards, made from this version of the draft."""
    context = {
        "file": file,
        "form": form,
        "rows": form.rows,
        "profile": file.cards(form),
        "version": file.version if version is None else version,
        "upload_limit_bytes": settings.UPLOAD_MAX_BYTES,
        "upload_limit_mb": MEGABYTES,
        **more,
    }
    return render(request, "portal/unit/form.html", context, status=status)


def conflict_page(request, file, entries, refusal):
    """Somebody else has saved meanwhile: both versions side by side, the own one in the form, nothing overwritten."""
    theirs = file.entries
    more = {
        "refusal": refusal,
        "differences": both(entries, theirs, file.unit, reviewed_only=file.is_change),
        "draft": file.draft,
    }
    return form_page(request, file, file.form(entries), status=409, **more)


def check_page(request, file, form, *, refusal=None, status=200):
    record = ProfileRecord(form.profile())
    context = {
        "file": file,
        "record": record,
        "version": file.version,
        "refusal": refusal,
        "has_namesake": Unit.objects.namesakes(file.unit, form.cleaned_data["name"]).exists(),
    }
    return render(request, "portal/unit/check.html", context, status=status)


def record_page(request, file):
    """What is on file, read-only, with the way of the review and what can be done now."""
    context = {
        "file": file,
        "record": ProfileRecord.on_file(file.unit),
        "days": MembershipSettings.current().review_working_days,
        "was_submitted": "submitted" in request.GET,
    }
    return render(request, "portal/unit/profile.html", context)
