"""P15: what web workers hold after many requests of every kind."""

from concurrent.futures import ThreadPoolExecutor
from urllib.request import Request, urlopen

from django.urls import reverse

from tests.bench.at_size import asking
from tests.bench.at_size.measuring import API, DRAWN_ANEW, LIST, OPEN_PAGE, PEOPLE, asked, cookies
from tests.bench.at_size.serving import CONNECTIONS, gunicorn
from tests.bench.processes import children, peak, resident

WARM_UP = 10  # one in so many of all requests: from then on growth is counted


def measure(options):
    """Peak of the worker that held most, in MB, and growth in percent of the one that grew most, after the warm-up.

    A worker of `deploy/gunicorn.conf.py` is replaced after some thousand requests; these two are not.
    """
    with asking.published_openly(OPEN_PAGE), gunicorn("config.wsgi") as (host, pid):
        mixed = _mixed()
        _ask(host, mixed, options.requests // WARM_UP)
        workers = children(pid)
        before = {worker: resident(worker) for worker in workers}
        _ask(host, mixed, options.requests - options.requests // WARM_UP)
        if children(pid) != workers:
            raise RuntimeError("A worker ended and was replaced.")
        after = {worker: resident(worker) for worker in workers}
        growth = max(100 * (after[worker] / before[worker] - 1) for worker in workers)
        return {
            "worker_mb": max(peak(worker) for worker in workers),
            "worker_growth": growth,
            "worker_mb_before": list(before.values()),
            "worker_mb_after": list(after.values()),
        }


def _mixed():
    """[(path, cookies)] of pages for everybody, for members and for the office, and of the API, in turn."""
    people = asking.clerks(PEOPLE)
    known = [cookies(person) for person in people]
    office = cookies(asking.administrator(), "/cms/notices/")
    messages = [(path, cookies(person)) for person, path in asked(people)]
    listings = [reverse("units_modeladmin_index"), "/cms/notices/", reverse("dues_orders_modeladmin_index")]
    return [
        each
        for n in range(PEOPLE)
        for each in (
            ("/", ""),
            (OPEN_PAGE, ""),
            (DRAWN_ANEW, ""),
            (LIST, known[n % len(known)]),
            messages[n % len(messages)],
            (API, known[n % len(known)]),
            (f"{LIST}?page=2", known[n % len(known)]),
            (listings[n % len(listings)], office),
        )
    ]


def _ask(host, mixed, number):
    def ask(n):
        path, known = mixed[n % len(mixed)]
        with urlopen(Request(f"http://{host}{path}", headers={"Cookie": known}), timeout=60) as answer:
            answer.read()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        list(pool.map(ask, range(number)))
