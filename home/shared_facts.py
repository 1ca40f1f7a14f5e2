"""What every open page asks of the page tree alike: its site and the menu. A process reads them once, until something
changes: like pages kept whole, they belong to a generation.
"""

import time

from django.conf import settings
from django.db import connection
from django.http.request import split_domain_port
from wagtail.models import Site

from home import generation

MAX_AGE = 60  # seconds, as of kept pages
MOST = 100  # facts; more only when somebody makes up names of hosts that are allowed

_kept = {}  # {name: (generation, until, fact)}


def kept(name, read):
    """What `read()` tells, under this name (a tuple), read anew after each change.

    Nothing is kept where no page is, nor inside of a transaction: it sees what nobody else may ever see.
    """
    now = generation.current() if settings.OPEN_PAGES_KEPT and not connection.in_atomic_block else None
    if now is None:
        return read()
    of, until, fact = _kept.get(name, (None, 0, None))
    if of != now or until < time.monotonic():
        fact = read()
        if len(_kept) >= MOST:
            _kept.clear()
        _kept[name] = now, time.monotonic() + MAX_AGE, fact
    return fact


def lend_site(request):
    """Lay on the request what Wagtail looks up for each: its site, with the home page as what it is, and the roots of
    all sites. The host has been checked by then."""
    host = split_domain_port(request.get_host())[0], request.get_port()
    request._wagtail_site, request._wagtail_cached_site_root_paths = kept(("site", *host), lambda: _read(request))


def _read(request):
    site = Site.find_for_request(request)
    if site is not None:
        site.root_page = site.root_page.specific
    return site, Site.get_site_root_paths()
