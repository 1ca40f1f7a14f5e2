"""Who may use the member API: persons with a seat, for most operations only those of certified units.

A few are for whoever may come to act for a unit: registering one, invitations, the own person.
"""

from allauth.headless.contrib.ninja.security import x_session_token_auth
from ninja.errors import AuthenticationError
from ninja.security import APIKeyHeader, SessionAuth
from ninja.utils import check_csrf

from portal.api.limits import within_limit, within_limit_of_strangers
from portal.api.problems import ProblemError, problem
from portal.shell import Shell


def person(request):
    """The shell of whoever acts for a unit or may come to; the staff without a seat are told where to go."""
    shell = Shell.of(request)
    if request.user.is_staff and shell.unit is None:
        raise ProblemError("no_unit", shell.without_unit)
    return shell


def member(request):
    """The shell of a person who acts for a unit."""
    shell = Shell.of(request)
    if shell.unit is None:
        raise ProblemError("no_unit", shell.without_unit)
    return shell


def certified_member(request):
    """As the pages behind the certification: before it, the sentence of the locked page."""
    shell = member(request)
    if not shell.is_certified:
        raise ProblemError("not_certified", shell.missing)
    return shell


def stranger(request, error=None):
    """The answer to who has named nobody that we know."""
    try:
        within_limit_of_strangers()
    except ProblemError as limit:
        response = problem(limit.code)
        response["Retry-After"] = str(limit.retry_after)
        return response
    return problem("not_logged_in")


class SessionToken(APIKeyHeader):
    """The session of an app. No browser sends it by itself, so that it needs no CSRF token; cookies do not count."""

    param_name = "X-Session-Token"

    def __init__(self, who):
        super().__init__()
        self.who = who

    def authenticate(self, request, key):
        if key is None:
            return None
        user = x_session_token_auth(request)
        if user is None:
            raise AuthenticationError
        request.user = user
        within_limit(request)
        return self.who(request)


class MemberSession(SessionAuth):
    """The session of the portal; what changes something also carries its CSRF token. `request.auth` is the shell."""

    def __init__(self, who):
        super().__init__()
        self.who = who

    def __call__(self, request):
        if not request.user.is_authenticated:
            return None
        if check_csrf(request):
            raise ProblemError("csrf")
        within_limit(request)
        return self.who(request)


PERSON = [SessionToken(person), MemberSession(person)]
MEMBER = [SessionToken(member), MemberSession(member)]
CERTIFIED_MEMBER = [SessionToken(certified_member), MemberSession(certified_member)]
