"""What people read when something that the site stands on does not answer: a page that needs no database itself."""

import errno
import sys

from botocore.exceptions import BotoCoreError, ClientError
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template import loader
from django.utils import translation
from django.views import defaults

OUTAGES = (OperationalError, InterfaceError, BotoCoreError, ClientError)
FULL = {errno.ENOSPC, errno.EDQUOT}
LOCKED = {"55P03", "40P01", "40001"}  # PostgreSQL: the lock was not to be had in time; chosen to give way
RETRY_AFTER = 5  # seconds


def server_error(request):
    """Answer an error nobody caught (Django's `handler500`): 503 for an outage or a row held by others, 507 when a disk
    is full, else 500.
    """
    failure = sys.exc_info()[1]
    if isinstance(failure, OSError) and failure.errno in FULL:
        for handler in request.upload_handlers:
            handler.upload_interrupted()  # the half that was read gives its room back at once
        return _page(request, "507.html", 507)
    if not isinstance(failure, OUTAGES):
        return defaults.server_error(request)
    return _page(request, "busy.html" if is_locked(failure) else "503.html", 503)


def _page(request, template, status):
    with translation.override(translation.get_language_from_request(request)):
        page = loader.get_template(template).render()
    return HttpResponse(page, status=status, headers={"Retry-After": RETRY_AFTER, "Cache-Control": "no-store"})


def is_locked(failure):
    """Whether the database refused only because somebody else is changing the same rows."""
    return getattr(failure.__cause__, "pgcode", None) in LOCKED or "database is locked" in str(failure)
