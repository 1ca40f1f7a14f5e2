"""个人中心: the person behind the unit, the own logins and devices, a copy of the own data, the end of the account."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from membership.accounts import actions
from membership.accounts.forms import CloseAccountForm, ProfileForm
from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.units import actions as units
from membership.units.models import Seat
from portal.devices import name_of_device
from portal.own_data import as_json

LAST_LOGINS = 20
PROFILE = ("name", "position", "email", "notify_by_sms", "notify_by_email")


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request):
    """基本信息: who I am here, and how I hear of notices."""
    user = request.user
    initial = {name: getattr(user, name) for name in PROFILE}
    form = ProfileForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_bound and form.is_valid():
        actions.save_profile(user, by=user, **form.cleaned_data)
        messages.success(request, _("Your data have been saved."))
        return redirect("portal:me")
    seat = Seat.objects.filter(user=user).first()
    return render(request, "portal/account/me.html", {"form": form, "seat": seat}, status=422 if form.errors else 200)


@require_safe
def logins(request):
    """登录记录 and 登录设备."""
    entries = AuditEntry.objects.about(request.user).filter(verb="accounts.login").order_by("-id")[:LAST_LOGINS]
    devices = [
        {"session": device, "name": name_of_device(device.user_agent), "is_current": _is_current(request, device)}
        for device in actions.live_sessions(request.user)
    ]
    devices.sort(key=lambda device: not device["is_current"])
    context = {"entries": entries, "devices": devices, "has_others": any(not d["is_current"] for d in devices)}
    return render(request, "portal/account/logins.html", context)


def _is_current(request, device):
    return device.key == request.session.session_key


@require_POST
def end_others(request):
    actions.end_other_sessions(request.user, by=request.user, keep=request.session.session_key)
    messages.success(request, _("All other devices have been signed out."))
    return redirect("portal:logins")


@require_safe
def data(request):
    """导出个人数据 and 注销账号."""
    return _data_page(request, CloseAccountForm(user=request.user))


def _data_page(request, form, status=200):
    context = {"form": form, "refusal": units.refusal_to_close(request.user)}
    return render(request, "portal/account/data.html", context, status=status)


@require_POST
def export(request):
    """A copy of the own data as a JSON file (个人信息保护法 art. 45)."""
    actions.note_export(request.user, by=request.user)
    response = StreamingHttpResponse(as_json(request.user), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="my-data-{timezone.localdate():%Y%m%d}.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def close(request):
    """注销账号: password and a tick, then the person is signed out for good."""
    if request.method != "POST":
        return redirect("portal:own-data")
    form = CloseAccountForm(request.POST, user=request.user)
    if not form.is_valid():
        return _data_page(request, form, status=422)
    try:
        units.close_account(request.user, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("portal:own-data")
    logout(request)
    messages.success(request, _("Your account has been closed."))
    return redirect("account_login")
