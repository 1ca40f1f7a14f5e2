"""Guards of sessions: how long they live, the second factor of the staff, and words when somebody asks too often."""

from allauth.core.exceptions import RateLimited
from allauth.core.internal import ratelimit
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from membership.accounts.second_factor import WANTED, has_passed
from membership.accounts.sessions import is_over, keep_alive

MEMBER_API = "/api/member/"


class SessionLifetimeMiddleware:
    """Members: 14 days if they asked for it, else 30 minutes without a request. Staff: 12 hours, whatever they do.

    A session is written at most every five minutes.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if request.user.is_authenticated:
            if is_over(request.session, is_staff=request.user.is_staff):
                logout(request)
                messages.info(
                    request, _("You have been signed out because nothing was done for a while. Sign in again.")
                )
            else:
                keep_alive(request.session)
        return self.get_response(request)


class StaffSecondFactorMiddleware:
    """Where the setting asks for it, staff get in only by sessions that passed a second factor: to the staff area, and
    to the members' pages, which show more to staff than to a member. What remains open is where one is set up.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.STAFF_MFA_REQUIRED and self._is_guarded(request):
            if not has_passed(request):
                return self._stop(request)
            request.session.pop(WANTED, None)
        return self.get_response(request)

    def _is_guarded(self, request):
        guarded = (reverse("wagtailadmin_home"), "/portal/", MEMBER_API)
        return request.path.startswith(guarded) and request.user.is_authenticated and request.user.is_staff

    def _stop(self, request):
        if request.path.startswith(MEMBER_API):
            raise PermissionDenied
        wanted = request.get_full_path() if request.method == "GET" else reverse("wagtailadmin_home")
        if is_mfa_enabled(request.user):
            return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': wanted})}")
        request.session[WANTED] = wanted
        messages.warning(request, _("The staff area asks for a second factor. Set one up, then you can go on."))
        return redirect("mfa_index")


class TooManyTriesMiddleware:
    """allauth does not catch its own refusal to send a code: words and 429 instead of an error page."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, RateLimited):
            return None
        response = ratelimit.respond_429(request)
        seconds = getattr(exception.__cause__, "seconds", None)
        if seconds:
            response["Retry-After"] = str(seconds)
        return response
