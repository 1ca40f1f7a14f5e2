"""Slow queries in the log: their SQL as it was prepared, never the values, which are data of persons."""

import logging
import time

from django.conf import settings

logger = logging.getLogger(__name__)
SHOWN = 2_000


def watch_connection(connection, **kwargs):
    """Have every query of this connection timed (a receiver of `connection_created`)."""
    if settings.SLOW_QUERY_MS and timed not in connection.execute_wrappers:
        connection.execute_wrappers.append(timed)


def timed(execute, sql, params, many, context):
    """Run the query; one that took SLOW_QUERY_MS or longer is logged, whether it succeeded or not."""
    began = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        took = (time.perf_counter() - began) * 1000
        if took >= settings.SLOW_QUERY_MS:
            logger.warning("slow query: %d ms: %s", took, " ".join(str(sql).split())[:SHOWN])
