"""The one door to the staff area: our login for strangers, plain words for those who have no business inside."""

from django.contrib.messages import get_messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode


def staff_door(request):
    """Where Wagtail sends whoever may not enter. A member who is logged in would otherwise be sent round in circles."""
    user = request.user
    if user.is_authenticated and not user.has_perm("wagtailadmin.access_admin"):
        list(get_messages(request))  # the page says it, the next one need not
        raise PermissionDenied
    login = reverse("account_login")
    after = request.GET.get("next", "")
    return redirect(f"{login}?{urlencode({'next': after})}" if after else login)
