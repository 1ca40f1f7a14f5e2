"""Addresses for machines, answered before all else: /healthz, /readyz and /metrics.

Load balancers and monitors ask by the address of the machine and without TLS: the check of the host and the redirect to
https must not meet them, and a probe must cost no session.
"""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import constant_time_compare

from config.observation import metrics
from membership.audit.middleware import address_of
from membership.private_files import private

_seen = {"migrated": False}  # once all migrations are applied they stay so for the life of this process


class ObservationMiddleware:
    """Stands first: answers the probes, and measures everything else that is asked."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        answer = PROBES.get(request.path_info)
        if answer is None:
            with metrics.measured(request) as seen:
                seen.response = self.get_response(request)
            return seen.response
        response = answer(request) if request.method in {"GET", "HEAD"} else HttpResponseNotAllowed(["GET", "HEAD"])
        add_never_cache_headers(response)
        return response


def alive(request):
    """The process answers. Nothing else is looked at: a database that is down is no reason to start it anew."""
    return HttpResponse("ok\n", content_type="text/plain")


def ready(request):
    """Whether this process can serve people now: 200, or 503 with the parts that fail. A cache may be missing."""
    failing = [name for name, check in NEEDED.items() if not _holds(check)]
    warnings = [name for name, check in WISHED.items() if not _holds(check)]
    status = "failing" if failing else "ready"
    told = {"status": status, "failing": failing, "warnings": warnings}
    return JsonResponse(told, status=503 if failing else 200)


def figures(request):
    """What Prometheus collects, for whoever has METRICS_TOKEN or asks from METRICS_FROM; others find nothing here."""
    if not _may_measure(request):
        return HttpResponse(status=404)
    content, content_type = metrics.exposition()
    return HttpResponse(content, content_type=content_type)


PROBES = {"/healthz": alive, "/readyz": ready, "/metrics": figures}


def _may_measure(request):
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.METRICS_TOKEN
    if wanted and scheme.lower() == "bearer" and constant_time_compare(token, wanted):
        return True
    try:
        address = ip_address(address_of(request))
    except ValueError:
        return False
    return any(address in ip_network(network) for network in settings.METRICS_FROM)


def _holds(check):
    try:
        return check()
    except Exception:  # whatever it is that fails, the answer is that it fails
        return False


def _database():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _migrations():
    if not _seen["migrated"]:
        executor = MigrationExecutor(connection)
        _seen["migrated"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _seen["migrated"]


def _storage():
    return private().is_reachable()


def _cache():
    cache.set("readyz", "1", 60)
    return cache.get("readyz") == "1"


NEEDED = {"database": _database, "migrations": _migrations, "storage": _storage}
WISHED = {"cache": _cache}
