"""Slow queries and error reports say what is slow or broken, and nothing about whom."""

import json
import logging
import os
import subprocess
import sys

import pytest
import sentry_sdk
from django.conf import settings as django_settings
from django.db import IntegrityError, connection

from config.observation import slow_queries
from config.observation.error_reports import without_persons
from membership.accounts.models import User

PHONE = "+8613811138111"


@pytest.mark.django_db
def test_slow_query_is_logged_without_its_values(settings, caplog):
    settings.SLOW_QUERY_MS = 0.000001
    with caplog.at_level(logging.WARNING, logger=slow_queries.__name__), connection.execute_wrapper(slow_queries.timed):
        User.objects.filter(phone=PHONE).exists()
    line = next(line for line in caplog.messages if "accounts_user" in line)
    assert line.startswith("slow query: ")
    assert 'FROM "accounts_user" WHERE' in line
    assert "13811138111" not in line


@pytest.mark.django_db
def test_quick_query_is_not_logged(settings, caplog):
    settings.SLOW_QUERY_MS = 60_000
    with connection.execute_wrapper(slow_queries.timed):
        User.objects.filter(phone=PHONE).exists()
    assert caplog.messages == []


@pytest.mark.parametrize(("limit", "watched"), [(500, True), (0, False)])
def test_every_new_connection_is_watched_if_a_limit_is_set(settings, limit, watched):
    class Connection:
        execute_wrappers = []

    settings.SLOW_QUERY_MS = limit
    Connection.execute_wrappers = []
    for _again in range(2):
        slow_queries.watch_connection(Connection)
    assert Connection.execute_wrappers == ([slow_queries.timed] if watched else [])


def test_report_holds_kind_and_place_but_no_person():
    events = []
    client = sentry_sdk.Client(
        dsn="https://key@sentry.invalid/1",
        before_send=lambda event, hint: events.append(without_persons(event)),
        include_local_variables=False,
        default_integrations=False,
    )
    with sentry_sdk.isolation_scope() as scope:
        scope.set_client(client)
        scope.set_user({"id": 7, "ip_address": "10.1.2.3", "username": "李四"})
        scope.set_extra("name", "李四")
        try:
            raise IntegrityError(f"Key (phone)=({PHONE}) already exists")
        except IntegrityError:
            scope.capture_exception()
        scope.capture_message(f"no answer for {PHONE}, 验证码 824617")
    broken, said = events
    [exception] = broken["exception"]["values"]
    assert (exception["type"], exception["value"]) == ("IntegrityError", "")
    assert exception["stacktrace"]["frames"][-1]["function"] == "test_report_holds_kind_and_place_but_no_person"
    assert said["message"] == "no answer for +86138****8111, 验证码 ******"
    for unwanted in ("13811138111", "李四", "10.1.2.3", "824617"):
        assert unwanted not in json.dumps([{**event, "exception": None} for event in events], default=str)


def test_of_a_request_method_and_address_without_query_are_kept():
    asked = {"method": "POST", "url": "https://portal.example.org/p/13811138111/", "query_string": "q=李四"}
    asked |= {"data": {"name": "李四"}, "cookies": {"a": "b"}, "headers": {"Cookie": "a=b"}, "env": {}}
    cleaned = without_persons({"request": asked, "breadcrumbs": {"values": [{"message": "李四"}]}})
    assert cleaned == {"request": {"method": "POST", "url": "https://portal.example.org/p/138****8111/"}}


@pytest.mark.parametrize("dsn", ["", "https://key@sentry.invalid/1"])
def test_reports_start_with_a_dsn_alone(dsn):
    show = "import django; django.setup(); import sentry_sdk; c = sentry_sdk.get_client(); "
    show += "o = c.options if c.is_active() else {}; "
    show += (
        "print(c.is_active(), *map(o.get, ('send_default_pii', 'include_local_variables', 'max_request_body_size')))"
    )
    environment = os.environ | {"SENTRY_DSN": dsn, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    told = subprocess.run(
        [sys.executable, "-c", show],
        cwd=django_settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.split() == (["True", "False", "False", "never"] if dsn else ["False", "None", "None", "None"])
