"""Several threads that do the same thing at the same moment, each on a database connection of its own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from django.db import connections

TOGETHER = 20  # seconds after which a thread that waits for the others gives up


def at_once(count, verb):
    """Run `verb(number)` in `count` threads that start together; what each returned or raised, in their order."""
    barrier = Barrier(count, timeout=TOGETHER)

    def run(number):
        try:
            barrier.wait()
            return verb(number)
        except Exception as failure:
            return failure
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(run, range(count)))
