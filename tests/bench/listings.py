"""P8: register, queue and orders with a row for each unit, beside a listing of Wagtail's own of that length."""

import statistics
from contextlib import contextmanager

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from wagtail.contrib.redirects.models import Redirect

from config.bench import register
from membership.dues.models import DuesOrder
from membership.units.models import Membership, Review, Unit
from membership.units.states import ReviewState, ReviewSubject
from tests.bench.at_size import asking
from tests.bench.at_size.measuring import cookies
from tests.bench.at_size.serving import load, served, warm_up

WAGTAIL = "wagtail"
MARK = "scale-"  # what exists only as long as it is measured begins with it
WAITING = 1_000
TABLES = ("wagtailredirects_redirect", "units_review", "dues_duesorder", "accounts_user", "django_session")
EVERYBODY = "规模测算第"  # a word that the names of all units share


def measure(options):
    """Requests a second, what share of Wagtail's own they are, and queries for all rows and for one."""
    with _filled():
        office = asking.administrator()
        addresses = {
            WAGTAIL: reverse("wagtailredirects:index"),
            "register": reverse("units_modeladmin_index"),
            "queue": reverse("reviews:queue", args=["units"]),
            "orders": reverse("dues_orders_modeladmin_index"),
        }
        figures = _requests(options, addresses, cookies(office, addresses[WAGTAIL]))
        browser = asking.browser(office)
        one = Unit.objects.order_by("pk").first().name
        for name, address in addresses.items():
            figures[f"{name}_queries"] = _queries(browser, address)
            if name != WAGTAIL:
                many, few = (_queries(browser, f"{address}?q={words}") for words in (EVERYBODY, one))
                figures |= {f"{name}_more_queries": many - few}
    return figures


def _requests(options, addresses, known):
    loads = {name: [] for name in addresses}
    with served("config.wsgi") as host:
        for address in addresses.values():
            warm_up(host, [(address, known)] * 8)
        for _round in range(options.rounds):
            for name, seen in loads.items():
                seen.append(load(host, [(addresses[name], known)], options.seconds).per_second)
    figures = {f"{name}_per_second": statistics.median(seen) for name, seen in loads.items()}
    return figures | {
        f"{name}_of_wagtail": statistics.median(ours / own for ours, own in zip(seen, loads[WAGTAIL], strict=True))
        for name, seen in loads.items()
    }


def _queries(browser, address):
    return asking.page([(browser, address)], 5)["queries"]


@contextmanager
def _filled():
    """A redirect, a decided application and an open order for every unit, and a thousand applications that wait; gone
    afterwards."""
    _empty()  # what was left by a run that was killed
    for table in TABLES:  # as the database does by itself in the background
        _vacuum(table, "FULL, ANALYZE")
    by, units = register.editor(), list(Unit.objects.order_by("pk"))
    rows = [Redirect(old_path=f"/{MARK}{n}", redirect_link="/notices/") for n in range(len(units))]
    Redirect.objects.bulk_create(rows, batch_size=1_000)
    applied = {"subject": ReviewSubject.APPLICATION, "handed_in_by": by}
    decided = applied | {"state": ReviewState.APPROVED, "decided_by": by, "decided_at": timezone.now()}
    members = list(Membership.objects.filter(body__kind="association"))
    rows = [Review(membership=each, **decided) for each in members]
    rows += [Review(membership=each, round=2, **applied) for each in members[:WAITING]]
    Review.objects.bulk_create(rows, batch_size=1_000)
    level = Membership.objects.filter(body__kind="association").first().level
    rows = [
        DuesOrder(
            number=f"{MARK}{n}",
            unit=unit,
            level=level,
            first_year=timezone.localdate().year,
            years=1,
            amount=2_000,
            remittance_code=f"{MARK}{n}",
            pay_by=timezone.localdate(),
            placed_by=by,
            payer_name=unit.name,
        )
        for n, unit in enumerate(units)
    ]
    DuesOrder.objects.bulk_create(rows, batch_size=1_000)
    for table in TABLES:
        _vacuum(table, "ANALYZE")
    try:
        yield
    finally:
        _empty()


def _vacuum(table, how):
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ({how}) {table}")


def _empty():
    Redirect.objects.filter(old_path__startswith=f"/{MARK}").delete()
    Review.objects.filter(handed_in_by=register.editor()).delete()
    DuesOrder.objects.filter(number__startswith=MARK).delete()
