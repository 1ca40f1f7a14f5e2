"""P1 to P7, P12 and P13, and P14 by asking for several sizes: every figure of one size, pages and limits in turn."""

import statistics

from django.conf import settings

from cms.models import NoticePage
from membership.tracking.models import Delivery
from tests.bench.at_size import asking, pgbench
from tests.bench.at_size.serving import load, served, warm_up

PEOPLE = 40  # who ask in turn
SQL_ROUNDS = 200
LIST = "/portal/messages/"
API = "/api/member/v1/messages"
OPEN_PAGE = "/notices/scale-open/"
DRAWN_ANEW = f"{OPEN_PAGE}?drawn=anew"  # a choice that does not exist: such an answer is never kept


def measure(options, *, is_last):
    """{name: number} of this size; the smaller ones only what growth is judged by."""
    with asking.published_openly(OPEN_PAGE):
        return _measure(options, is_last)


def _measure(options, is_last):
    people = asking.clerks(PEOPLE)
    units = [person.seat.unit_id for person in people]
    figures = {"deliveries": Delivery.objects.count()}
    figures |= _requests(options, people, is_last)
    ours, bare = asking.badges(units, SQL_ROUNDS)
    figures |= {"badges_sql": ours, "badges_bare": bare, "badges_of_bare": ours / bare}
    figures["newest_bare"] = asking.bare(asking.NEWEST, units, SQL_ROUNDS)
    lists = [(asking.browser(person), LIST) for person in people]
    figures |= _named("list", asking.page(lists, SQL_ROUNDS))
    figures["list_by_pgbench"] = pgbench.latency(lists, options.seconds)  # told beside, not judged
    office = asking.browser(asking.editor())
    board = f"/cms/notices/{NoticePage.objects.get(slug='scale-notice-5').pk}/board/"
    figures |= _named("overview", asking.page([(office, "/cms/notices/")], options.rounds * 2))
    figures |= _named("board", asking.page([(office, board)], options.rounds * 2))
    if is_last:
        searched = [(asking.browser(person), f"{LIST}?q=统计年报") for person in people[:10]]
        figures |= _named("search", asking.page(searched, options.rounds * 4))
        figures |= _named("open", asking.page([(asking.visitor(), DRAWN_ANEW)], options.rounds * 4))
        figures |= _named("detail", asking.page([(asking.browser(p), path) for p, path in asked(people)], 20))
        figures |= _named("deliver", asking.delivering(options.rounds))
        figures["deliver_of_bare"] = figures["deliver_ours"] / figures["deliver_bare"]
    return figures


def _named(name, numbers):
    return {f"{name}_{what}": number for what, number in numbers.items()}


def asked(people):
    """[(person, path of a message whose receipt is still owed)]; of other people where these owe none."""
    awaiting = Delivery.objects.awaiting_receipt().filter(notice__slug="scale-notice-5").order_by("pk")[:PEOPLE]
    rows = awaiting.values_list("unit__seats__user", "pk")
    users = {user.pk: user for user in type(people[0]).objects.filter(pk__in=[user for user, _pk in rows])}
    return [(users[user], f"{LIST}{pk}/") for user, pk in rows]


def cookies(person, path=LIST):
    """What the browser of somebody sends who has been here before."""
    browser = asking.browser(person)
    browser.get(path)
    names = (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME)
    return "; ".join(f"{name}={browser.cookies[name].value}" for name in names)


def _requests(options, people, is_last):
    """Requests a second, and p99 in ms, of the pages and of the limits: medians of the rounds."""
    known = [cookies(person) for person in people]
    loads = {"a1": [], "a2": [], "list": []} | (
        {"detail": [], "open": [], "open_kept": [], "api": []} if is_last else {}
    )
    asks = {
        "a1": [("/a1/", "")] * 8,
        "a2": [("/a2/", each) for each in known],
        "list": [(LIST, each) for each in known],
        "api": [(API, each) for each in known],
    }
    asks["open"], asks["open_kept"] = [(DRAWN_ANEW, "")] * 8, [(OPEN_PAGE, "")] * 8
    asks["detail"] = [(path, cookies(person)) for person, path in asked(people)] if is_last else []
    with (
        served("config.wsgi") as ours,
        served("tests.bench.at_size.limits_wsgi") as bare,
    ):
        hosts = dict.fromkeys(loads, ours) | {"a1": bare, "a2": bare}
        for name, host in hosts.items():
            warm_up(host, asks[name])
        for _round in range(options.rounds):
            for name, seen in loads.items():
                seen.append(load(hosts[name], asks[name], options.seconds))
    return {
        f"{name}_{what}": statistics.median(getattr(each, what) for each in seen)
        for name, seen in loads.items()
        for what in ("per_second", "p99")
    } | {
        f"{name}_of_{limit}": statistics.median(
            each.per_second / least.per_second for each, least in zip(seen, loads[limit], strict=True)
        )
        for name, seen in loads.items()
        for limit in ("a1", "a2")
    }
