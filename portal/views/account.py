"""账号管理 and 个人中心: the person behind the unit."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from membership.accounts import actions
from membership.accounts.forms import NameForm
from membership.units.models import Seat


@require_safe
def index(request):
    """账号管理 opens with 修改密码 (guide 四.(一))."""
    return redirect("account_change_password")


@require_http_methods(["GET", "HEAD", "POST"])
def me(request):
    """Who I am here; the name can be changed."""
    form = NameForm(request.POST if request.method == "POST" else None, initial={"name": request.user.name})
    if request.method == "POST" and form.is_valid():
        actions.rename(request.user, by=request.user, name=form.cleaned_data["name"])
        messages.success(request, _("Your name has been saved."))
        return redirect("portal:me")
    seat = Seat.objects.filter(user=request.user).first()
    context = {"form": form, "seat": seat}
    return render(request, "portal/account/me.html", context, status=422 if form.errors else 200)
