"""The generation of the open site: a mark that is another one after every change that a visitor could see.

It stands in two places. A file that all processes of a machine share is looked at with every request: that costs
microseconds, so a change is seen at once. The shared cache is for processes elsewhere: with Redis it is asked with
every request too, as a table of the database only once a second.
"""

import contextlib
import logging
import os
import time
import uuid

from django.conf import settings
from django.core.cache import caches
from django.db import transaction

KEY = "open-pages-generation"
logger = logging.getLogger(__name__)
_elsewhere = {"mark": None, "at": float("-inf")}


def current():
    """The mark as it is now; None when it cannot be told, and nothing may be kept."""
    here = _here()
    if here is None:
        return None
    now = time.monotonic()
    if now - _elsewhere["at"] >= settings.OPEN_PAGES_LOOK_EVERY:
        try:
            _elsewhere.update(mark=caches["default"].get(KEY), at=now)
        except Exception:  # whatever the cache is, a page is drawn without it
            logger.warning("The shared cache does not answer: open pages are drawn anew each time.", exc_info=True)
            return None
    return here, _elsewhere["mark"]


def renew():
    """Have every process drop its pages as soon as the change is committed."""
    transaction.on_commit(_renew)


def _renew():
    try:
        _mark_here()
    except OSError:
        logger.exception("The mark of open pages cannot be written: other processes may show old ones for a minute.")
    try:
        caches["default"].set(KEY, uuid.uuid4().hex, None)
    except Exception:  # a change that is committed must not look as if it had failed
        logger.exception("The shared cache does not answer: other machines may show old pages for a minute.")
    _elsewhere["at"] = float("-inf")


def _here():
    """When the file was marked last, in nanoseconds; it is made when it is not there."""
    try:
        return os.stat(settings.OPEN_PAGES_STAMP).st_mtime_ns
    except FileNotFoundError:
        with contextlib.suppress(OSError):
            return _mark_here()
    except OSError:
        logger.exception("The mark of open pages cannot be read.")
    return None


def _mark_here():
    """The time is set, not left to the file system: its own clock may not tell two changes apart."""
    path, now = settings.OPEN_PAGES_STAMP, time.time_ns()
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "ab"):
        os.utime(path, ns=(now, now))
    return now
