"""Figures for Prometheus: how requests go, and what waits in the rooms.

With several workers of gunicorn PROMETHEUS_MULTIPROC_DIR names a directory in which their counters meet; figures of the
rooms are asked of the database at each collection, so that every worker tells the same.
"""

import os
import time
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from types import SimpleNamespace

from django.core.cache import caches
from django.db import DatabaseError
from django.db.models import Count
from django.utils import timezone
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily

from membership.jobs import watch
from membership.jobs.models import Job
from membership.jobs.states import JobState
from membership.messaging.models import OutboundMessage
from membership.messaging.states import Channel, MessageState
from membership.tracking.models import Delivery

BUCKETS = (0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 5, 10, 30)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}
MESSAGES_OF = timedelta(hours=24)
UNREAD_EVERY = 300  # seconds: with millions of deliveries the count takes a moment

REQUESTS = Counter("huiyuan_http_requests_total", "Requests answered", ["view", "method", "status"])
LATENCY = Histogram("huiyuan_http_request_seconds", "Time to the answer", ["view", "method"], buckets=BUCKETS)


_latency, _requests = cache(LATENCY.labels), cache(REQUESTS.labels)  # views, methods and states are few


@contextmanager
def measured(request):
    """Count what happens inside: the block puts its answer into `response` of what it is given."""
    seen, began = SimpleNamespace(response=None), time.perf_counter()
    try:
        yield seen
    finally:
        view, method = view_of(request), request.method if request.method in METHODS else "other"
        _latency(view, method).observe(time.perf_counter() - began)
        _requests(view, method, seen.response.status_code if seen.response else 500).inc()


def view_of(request):
    """The name of the view, never the address: names are few, and no address of a person's page gets into figures."""
    match = getattr(request, "resolver_match", None)
    if match is None:
        return "none"  # a page kept whole, a static file, or no such address
    return match.view_name if match.url_name else "unnamed"


def exposition():
    """(content, media type) of all figures."""
    rooms = CollectorRegistry()
    rooms.register(Rooms())
    requests = REGISTRY
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        requests = CollectorRegistry()
        multiprocess.MultiProcessCollector(requests)
    return generate_latest(requests) + generate_latest(rooms), CONTENT_TYPE_LATEST


class Rooms:
    """What waits in the database. Without the database the figures of requests are told all the same."""

    def describe(self):
        return []

    def collect(self):
        try:
            found = list(self._figures())
        except DatabaseError:
            found = [_gauge("huiyuan_database_up", "Whether the database answers", [((), 0)])]
        yield from found

    def _figures(self):
        now = timezone.now()
        states = dict(Job.objects.order_by().values_list("state").annotate(Count("pk")))
        yield _gauge("huiyuan_database_up", "Whether the database answers", [((), 1)])
        yield _gauge(
            "huiyuan_jobs", "Background jobs by state", [((s,), states.get(s, 0)) for s in JobState.values], ["state"]
        )
        waits = watch.seconds_waited(now)
        yield _gauge("huiyuan_job_oldest_waiting_seconds", "How long the oldest due job has waited", [((), waits)])
        silent = watch.seconds_silent(now)
        if silent is not None:
            yield _gauge("huiyuan_scheduler_silent_seconds", "Since the last round of the scheduler", [((), silent)])
        sent = OutboundMessage.objects.filter(created_at__gt=now - MESSAGES_OF).order_by()
        counts = {(c, s): n for c, s, n in sent.values_list("channel", "state").annotate(Count("pk"))}
        each = [((c, s), counts.get((c, s), 0)) for c in Channel.values for s in MessageState.values]
        yield _gauge("huiyuan_messages_24h", "Messages of the last 24 hours", each, ["channel", "state"])
        unread = caches["process"].get_or_set("metrics.unread", _unread, UNREAD_EVERY)
        yield _gauge("huiyuan_unread_deliveries", "Deliveries that no unit has read", [((), unread)])


def _unread():
    return Delivery.objects.unread().of_members().count()


def _gauge(name, words, values, labels=()):
    family = GaugeMetricFamily(name, words, labels=labels)
    for of, value in values:
        family.add_metric(of, value)
    return family
