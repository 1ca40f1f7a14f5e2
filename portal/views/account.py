"""账号管理: password and mobile number, on the pages of allauth."""

from django.shortcuts import redirect
from django.views.decorators.http import require_safe


@require_safe
def index(request):
    """账号管理 opens with 修改密码 (guide 四.(一))."""
    return redirect("account_change_password")
