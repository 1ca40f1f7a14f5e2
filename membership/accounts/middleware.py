"""Guards of sessions: how long they live, the second factor of the staff, and words when somebody asks too often."""

from allauth.account.internal.flows.login import get_authentication_records
from allauth.core.exceptions import RateLimited
from allauth.core.internal import ratelimit
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from membership.accounts.sessions import is_over, keep_alive


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
    """Where the setting asks for it, the staff area opens only to sessions that passed a second factor."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if settings.STAFF_MFA_REQUIRED and self._is_staff_area(request) and not self._passed(request):
            if is_mfa_enabled(request.user):
                logout(request)
                return redirect(f"{reverse('account_login')}?next={request.path}")
            messages.warning(request, _("The staff area asks for a second factor. Set one up, then you can go on."))
            return redirect("mfa_index")
        return self.get_response(request)

    def _is_staff_area(self, request):
        return (
            request.user.is_authenticated
            and request.user.is_staff
            and request.path.startswith(reverse("wagtailadmin_home"))
        )

    def _passed(self, request):
        records = get_authentication_records(request, request.user)
        return is_mfa_enabled(request.user) and any(record["method"] == "mfa" for record in records)


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
