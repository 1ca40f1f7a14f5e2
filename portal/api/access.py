"""Who may use the member API: persons with a seat, for most operations only those of certified units."""

from ninja.security import SessionAuth
from ninja.utils import check_csrf

from portal.api.problems import ProblemError
from portal.shell import Shell


class MemberSession(SessionAuth):
    """The session of the portal; what changes something also carries its CSRF token. `request.auth` is the shell."""

    def __call__(self, request):
        if not request.user.is_authenticated:
            return None
        if check_csrf(request):
            raise ProblemError("csrf")
        shell = Shell.of(request)
        if shell.unit is None:
            raise ProblemError("no_unit", shell.without_unit)
        return shell


class CertifiedMember(MemberSession):
    """As the pages behind the certification: before it, the sentence of the locked page."""

    def __call__(self, request):
        shell = super().__call__(request)
        if shell and not shell.is_certified:
            raise ProblemError("not_certified", shell.missing)
        return shell
