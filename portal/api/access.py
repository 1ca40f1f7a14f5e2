"""Who may use the member API: persons with a seat, for most operations only those of certified units."""

from allauth.headless.contrib.ninja.security import x_session_token_auth
from ninja.security import APIKeyHeader, SessionAuth
from ninja.utils import check_csrf

from portal.api.problems import ProblemError
from portal.shell import Shell


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
            raise ProblemError("not_logged_in")
        request.user = user
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
        return self.who(request)


MEMBER = [SessionToken(member), MemberSession(member)]
CERTIFIED_MEMBER = [SessionToken(certified_member), MemberSession(certified_member)]
