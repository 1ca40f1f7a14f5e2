"""The shared cache where there is Redis: a place for what may be lost, and for nothing else.

Pages neither fail nor wait for a Redis that is down, slow or emptied: what it does not answer counts as not kept. What
safety depends on (allauth counts tries there, and remembers which codes of a second factor are used) lies in a table
of the database instead, the cache "lasting", whatever becomes of Redis.
"""

import logging
import threading
import time

from django.core.cache import caches
from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

LASTING = "allauth"  # how keys begin that no emptied cache may forget: allauth:rl:…, allauth.mfa.totp.used?…
ANSWER_SECONDS = 0.5  # how long Redis may take to accept a connection, and to answer
SILENCE_SECONDS = 5.0  # how long nobody asks after it did not answer, so that no request waits in vain again
logger = logging.getLogger(__name__)


class ForgetfulClient(RedisCacheClient):
    """What Redis does not answer is as if it were not there. An outage is logged when it begins and when it ends."""

    def __init__(self, servers, **options):
        # One more try at once: a connection that Redis closed while it restarted is replaced unnoticed.
        bounds = {"socket_connect_timeout": ANSWER_SECONDS, "socket_timeout": ANSWER_SECONDS}
        super().__init__(servers, **bounds, retry=Retry(NoBackoff(), 1), **options)
        self._outage, self._silent_until = threading.Lock(), None

    def get(self, key, default):
        return self._ask(super().get, key, default, otherwise=default)

    def get_many(self, keys):
        return self._ask(super().get_many, keys, otherwise={})

    def has_key(self, key):
        return self._ask(super().has_key, key, otherwise=False)

    def add(self, key, value, timeout):
        """True while nobody answers: who draws what is missing does so, perhaps twice, rather than not at all."""
        return self._ask(super().add, key, value, timeout, otherwise=True)

    def set(self, key, value, timeout):
        self._ask(super().set, key, value, timeout)

    def set_many(self, data, timeout):
        self._ask(super().set_many, data, timeout)

    def touch(self, key, timeout):
        return self._ask(super().touch, key, timeout, otherwise=False)

    def incr(self, key, delta):
        """Raises ValueError, as for a key that is not there."""
        number = self._ask(super().incr, key, delta)
        if number is None:
            raise ValueError(f"Key {key!r} not found.")
        return number

    def delete(self, key):
        return self._ask(super().delete, key, otherwise=False)

    def delete_many(self, keys):
        self._ask(super().delete_many, keys)

    def clear(self):
        return self._ask(super().clear, otherwise=False)

    def _ask(self, command, *arguments, otherwise=None):
        if self._silent_until is not None and time.monotonic() < self._silent_until:
            return otherwise
        try:
            answer = command(*arguments)
        except (RedisError, OSError) as failure:
            self._note_outage(failure)
            return otherwise
        if self._silent_until is not None:
            self._note_return()
        return answer

    def _note_outage(self, failure):
        with self._outage:
            is_new, self._silent_until = self._silent_until is None, time.monotonic() + SILENCE_SECONDS
        if is_new:
            logger.warning("The shared cache does not answer; pages are made without it: %s", failure)

    def _note_return(self):
        with self._outage:
            was_out, self._silent_until = self._silent_until is not None, None
        if was_out:
            logger.warning("The shared cache answers again.")


class SharedCache(RedisCache):
    """Redis, but for the keys that must last: those lie in the cache "lasting"."""

    def __init__(self, server, params):
        super().__init__(server, params)
        self._class = ForgetfulClient

    def get(self, key, default=None, version=None):
        return self._home(key).get(key, default, version)

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        return self._home(key).add(key, value, timeout, version)

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        self._home(key).set(key, value, timeout, version)

    def delete(self, key, version=None):
        return self._home(key).delete(key, version)

    def _home(self, key):
        return caches["lasting"] if str(key).startswith(LASTING) else super()
