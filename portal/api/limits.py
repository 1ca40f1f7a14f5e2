"""How often one may ask: each person, and before the login each address.

Counted in each process alone, as for the open content: that keeps one program from taking it all and costs no query.
"""

import time

from django.conf import settings
from django.core.cache import caches

from membership.audit.origin import current_address
from portal.api.problems import ProblemError

WINDOW = 60  # seconds


def within_limit(request):
    """Count a request of the person who is logged in; raises the problem 429 when there are too many."""
    _count(f"person.{request.user.pk}", settings.MEMBER_API_REQUESTS_A_MINUTE)


def within_limit_of_strangers():
    """The same for a request that named nobody, by its address."""
    _count(f"address.{current_address()}", settings.MEMBER_API_STRANGERS_A_MINUTE)


def _count(who, most):
    window, gone = divmod(int(time.time()), WINDOW)
    cache, key = caches["limits"], f"member-api.{who}.{window}"
    cache.add(key, 0, timeout=2 * WINDOW)
    try:
        number = cache.incr(key)
    except ValueError:  # just pushed out by others
        return
    if number > most:
        raise ProblemError("too_many_requests", retry_after=WINDOW - gone)
