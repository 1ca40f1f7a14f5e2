"""The database is away, a row is held by a colleague, the object store is away: words instead of an error page."""

from contextlib import contextmanager
from threading import Event, Thread

import psycopg2
import pytest
from botocore.exceptions import EndpointConnectionError
from bs4 import BeautifulSoup
from django.core.files.storage import storages
from django.db import OperationalError, connection, connections, transaction
from django.test import Client
from django.urls import reverse

from membership.dues.models import DuesOrder, Payment
from tests.factories import UserFactory, document
from tests.home.conftest import open_site  # noqa: F401
from tests.membership.dues.conftest import place
from tests.portal.conftest import association, books, member  # noqa: F401

PATIENCE = 20  # seconds after which a thread that waits for the other gives up
GONE, HELD = "暂时无法访问", "他人正在处理"


def heading(response):
    return BeautifulSoup(response.content, "html.parser").h1.text


def browser(user=None):
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user)
    return client


@contextmanager
def no_database():
    """Every query of the test's connection fails as it does when the server is not there."""

    def fail(execute, sql, params, many, context):
        raise OperationalError("could not connect to server: Connection refused")

    with connection.execute_wrapper(fail):
        yield


VISITORS = ["/", "/notices/forum/", "/accounts/login/"]
STAFF = ["/", "/portal/", "/portal/messages/", "/cms/", "/cms/pages/"]


@pytest.mark.django_db
@pytest.mark.parametrize(("is_staff", "url"), [(False, url) for url in VISITORS] + [(True, url) for url in STAFF])
def test_without_database_every_face_says_so(open_site, is_staff, url):  # noqa: F811
    client = browser(UserFactory(root=True) if is_staff else None)
    with no_database():
        gone = client.get(url, headers={"accept-language": "zh-CN"})
    assert (gone.status_code, gone["Retry-After"], gone["Cache-Control"]) == (503, "5", "no-store")
    assert heading(gone) == GONE
    assert client.get(url).status_code < 500


@pytest.mark.django_db
def test_without_database_programs_are_told_in_their_form(open_site):  # noqa: F811
    client = browser(UserFactory())
    with no_database():
        answer = client.get("/api/member/v1/messages")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
    assert answer.json()["code"] == "server_error"


@pytest.mark.django_db
def test_in_english_for_who_reads_english(open_site):  # noqa: F811
    with no_database():
        gone = browser().get("/", headers={"cookie": "django_language=en"})
    assert heading(gone) == "The service is not available at the moment"


@pytest.mark.django_db
def test_an_error_of_our_own_stays_one(open_site, monkeypatch):  # noqa: F811
    monkeypatch.setattr("portal.views.me.render", lambda *_args, **_more: 1 / 0)
    wrong = browser(member("示范检测", "李四").user).get("/portal/me/")
    assert (wrong.status_code, heading(wrong)) == (500, "服务出现故障")


@pytest.mark.django_db
def test_without_object_store_a_download_says_so(monkeypatch):
    ours = member("示范检测", "李四")
    paper = document(ours.unit)

    def fail(*_arguments):
        raise EndpointConnectionError(endpoint_url="https://s3.example.org")

    monkeypatch.setattr(storages["private"], "_open", fail)
    gone = browser(ours.user).get(f"/portal/documents/{paper.pk}/")
    assert (gone.status_code, heading(gone)) == (503, GONE)


@contextmanager
def held(order):
    """A colleague is changing this order (SQLite: anything) on another connection; others wait a third of a second."""
    ready, done = Event(), Event()

    def hold():
        with transaction.atomic():
            DuesOrder.objects.select_for_update().get(pk=order.pk)
            ready.set()
            done.wait(PATIENCE)
        connections.close_all()

    impatient = "PRAGMA busy_timeout = 300" if connection.vendor == "sqlite" else "SET lock_timeout = 300"
    patient = "PRAGMA busy_timeout = 20000" if connection.vendor == "sqlite" else "RESET lock_timeout"
    thread = Thread(target=hold)
    thread.start()
    assert ready.wait(PATIENCE)
    with connection.cursor() as cursor:
        cursor.execute(impatient)
    try:
        yield
    finally:
        done.set()
        thread.join(PATIENCE)
        with connection.cursor() as cursor:
            cursor.execute(patient)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_second_of_two_is_told_that_a_colleague_is_at_it(books):  # noqa: F811
    ours = member("示范检测", "李四")
    order = place(ours.unit, ours.user)
    client, address = browser(books.finance), reverse("dues_order_confirm", args=[order.pk])
    posted = {
        "amount": order.amount,
        "received_on": "2026-06-01",
        "payer_name": "示范检测",
        "note": "",
        "received": "0.00",
    }
    with held(order):
        refused = client.post(address, posted)
    assert (refused.status_code, heading(refused)) == (503, HELD)
    assert not Payment.objects.exists()
    assert client.post(address, posted).status_code == 302
    assert Payment.objects.get().amount == order.amount


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_connection_that_was_cut_costs_one_request(books):  # noqa: F811
    """What a restarted database does to a process: the request under way is told, the next one has a new connection."""
    client = browser(books.finance)
    assert client.get("/cms/").status_code == 200
    with cut():
        gone = client.get("/cms/")
    assert (gone.status_code, heading(gone)) == (503, GONE)
    connection.close_if_unusable_or_obsolete()  # Django does so after each request; the test client leaves it to us
    assert client.get("/cms/").status_code == 200


@contextmanager
def cut():
    """The server ends our connection. SQLite has none: there the file cannot be read for as long as this lasts."""
    if connection.vendor == "sqlite":
        with no_database():
            yield
        return
    told = connection.get_connection_params()
    told = {name: told[name] for name in ("dbname", "user", "host", "port", "password") if told.get(name)}
    other = psycopg2.connect(**told)
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
    other.close()
    yield
