"""Milliseconds of SQL: of a page as a whole, of one query beside the bare statement for the same."""

import statistics
import time
from contextlib import contextmanager

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from cms.models import AudienceRule, NoticeCategory, NoticeIndexPage, NoticePage
from config.bench import register
from membership.tracking import actions
from membership.tracking.models import Delivery
from membership.units.models import Body, Level, Unit

HOST = "127.0.0.1"
ADMINISTRATOR_PHONE = "+8619900000001"
BADGES = """SELECT category_id, count(*) FROM tracking_delivery
WHERE unit_id = %s AND read_at IS NULL AND recalled_at IS NULL GROUP BY category_id"""
NEWEST = """SELECT d.id, d.delivered_at, d.read_at, p.title FROM tracking_delivery d
JOIN wagtailcore_page p ON p.id = d.notice_id
WHERE d.unit_id = %s AND d.recalled_at IS NULL ORDER BY d.delivered_at DESC, d.id DESC LIMIT 20"""
FAN_OUT = """INSERT INTO tracking_delivery (notice_id, unit_id, category_id, pinned, delivered_at, receipt_kind,
receipt_state, receipt_version) SELECT %s, id, %s, false, now(), 'none', 'none', 0 FROM units_unit"""


class Stopwatch:
    """Sums up how long the database took, as the program that waits for it sees it."""

    def __init__(self):
        self.took = []

    def __call__(self, execute, *asked):
        start = time.perf_counter()
        try:
            return execute(*asked)
        finally:
            self.took.append(1_000 * (time.perf_counter() - start))


def milliseconds(work):
    start = time.perf_counter()
    work()
    return 1_000 * (time.perf_counter() - start)


def browser(user):
    """A browser in which this person is logged in."""
    client = Client(SERVER_NAME=HOST)
    client.force_login(user)
    return client


def visitor():
    """A browser of somebody who is not logged in."""
    return Client(SERVER_NAME=HOST)


@contextmanager
def published_openly(path):
    """An open notice at this path, as long as such notices are; gone afterwards, so that the data can grow."""
    slug = path.strip("/").split("/")[-1]
    index = NoticeIndexPage.objects.get(slug="notices")
    for left in NoticePage.objects.child_of(index).filter(slug=slug):
        left.delete()
    category = NoticeCategory.objects.get(slug="announcement")
    text = "为进一步提高工程质量安全管理水平，现就有关事项通知如下，请各有关单位结合实际认真贯彻落实。" * 4
    body = [
        part for number in "一二三四五" for part in (("heading", f"{number}、事项"), ("paragraph", f"<p>{text}</p>"))
    ]
    notice = NoticePage(title="关于规模测算的公告", slug=slug, category=category, body=body, live=True)
    notice.first_published_at = notice.last_published_at = timezone.now()
    index.add_child(instance=notice)
    try:
        yield
    finally:
        notice.delete()


def page(pages, rounds):
    """{sql, wall, queries} of these (browser, path) in turn, each seen before: medians in ms, and the usual number of
    queries, for settings are read anew every half minute."""
    sql, wall, queries = [], [], []
    for client, path in pages:
        client.get(path)
    for number in range(max(rounds, len(pages))):
        client, path = pages[number % len(pages)]
        watch = Stopwatch()
        with connection.execute_wrapper(watch):
            wall.append(milliseconds(lambda client=client, path=path: _seen(client, path)))
        sql.append(sum(watch.took))
        queries.append(len(watch.took))
    return {"sql": statistics.median(sql), "wall": statistics.median(wall), "queries": statistics.mode(queries)}


def _seen(client, path):
    response = client.get(path)
    if response.status_code != 200:
        raise SystemExit(f"{path} answers {response.status_code}")


def bare(statement, units, rounds):
    """Median ms of the bare statement, for these units in turn."""
    return statistics.median(_run(statement, [units[n % len(units)]]) for n in range(rounds))


def badges(units, rounds):
    """(ours, bare): medians in ms of the unread of a unit by category, asked in turn."""
    ours, plain = [], []
    for number in range(rounds):
        unit = units[number % len(units)]
        asked = [lambda: ours.extend(_badges(unit)), lambda: plain.append(_run(BADGES, [unit]))]  # noqa: B023
        for ask in asked if number % 2 else reversed(asked):  # whoever is second finds the rows in memory
            ask()
    return statistics.median(ours), statistics.median(plain)


def _badges(unit):
    watch = Stopwatch()
    with connection.execute_wrapper(watch):
        Delivery.objects.filter(unit=unit).unread_by_category()
    return watch.took


def _run(statement, params):
    with connection.cursor() as cursor:
        return milliseconds(lambda: cursor.execute(statement, params))


@contextmanager
def undone():
    """What the block writes is gone afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def delivering(rounds):
    """{ours, bare, click}: medians in ms of delivering a notice by three rules, of the bare INSERT … SELECT, and of
    what the editor's click waits for. Keys are checked in all of them, as they would be at the end."""
    took = {"ours": [], "bare": [], "click": []}
    for _round in range(rounds):
        with undone():
            notice = _notice()
            connection.check_constraints()
            took["ours"].append(
                milliseconds(lambda notice=notice: (actions.deliver(notice), connection.check_constraints()))
            )
        with undone():
            notice = _notice()
            connection.check_constraints()
            params = [notice.pk, notice.category_id]
            took["bare"].append(
                milliseconds(lambda params=params: (_run(FAN_OUT, params), connection.check_constraints()))
            )
        with undone():
            notice = _notice(live=False)
            took["click"].append(milliseconds(lambda notice=notice: notice.save_revision().publish()))
    return {name: statistics.median(times) for name, times in took.items()}


def _notice(**fields):
    """A notice to all members of the association at any of its levels but one unit."""
    kinds = [{"kind": "body", "body": Body.objects.association()}]
    kinds += [{"kind": "level", "level": level} for level in Level.objects.filter(body_kind="association")]
    kinds += [{"kind": "exclude", "unit": Unit.objects.order_by("pk").last()}]
    category = NoticeCategory.objects.get(slug="notice")
    notice = NoticePage(title="关于规模测算的通知", slug="scale-in-passing", category=category, **fields)
    notice.body = [("paragraph", "<p>各会员单位：现就有关事项通知如下。</p>")]
    notice.first_published_at = timezone.now()
    notice.audience_rules = [AudienceRule(**rule) for rule in kinds]
    return NoticeIndexPage.objects.get(slug="member-notices").add_child(instance=notice)


def clerks(number):
    """So many people who act for units, far from each other."""
    people = get_user_model().objects.filter(seat__isnull=False).select_related("seat").order_by("pk")
    step = max(1, people.count() // number)
    return list(people[::step][:number])


def editor():
    return register.editor()


def administrator():
    """Somebody who may see every page of the office; nobody can log in as this person."""
    facts = {"name": "规模管理", "phone_verified": True, "is_staff": True, "is_superuser": True}
    facts["password"] = make_password(None)
    return get_user_model().objects.get_or_create(phone=ADMINISTRATOR_PHONE, defaults=facts)[0]
