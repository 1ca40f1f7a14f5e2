"""What the editor is told before a notice goes out: units, new ones, text messages, deadline."""

import pytest
from django.urls import reverse

from membership.tracking import actions as tracking
from tests.cms.conftest import GROUPS, add_url, staff
from tests.factories import UnitFactory, clerk, notice

pytestmark = pytest.mark.django_db

ASK = "/cms/notices/audience/ask/"


def told(client, **choices):
    context = client.post(ASK, choices).context
    return context["count"], context["new"], context["sms"]


def test_the_address_is_that_of_the_editor(client, editor):
    assert reverse("notices:audience_ask") == ASK
    html = client.get(add_url()).content.decode()
    assert f'data-ask-url="{ASK}"' in html
    assert "发布并通知" in html


def test_new_units_with_an_administrator_are_sent_a_message(client, editor, unit, outsider):
    clerk(unit)
    assert told(client, to_all="on", notify_by_sms="on") == (2, 2, 1)
    assert told(client, to_all="on") == (2, 2, 0)
    assert told(client, to_units=[outsider.pk], notify_by_sms="on") == (1, 1, 0)


def test_who_has_it_is_not_new(client, editor, unit, outsider):
    clerk(unit)
    clerk(outsider)
    page = notice(rules=[{"kind": "unit", "unit": unit}])
    tracking.deliver(page)
    tracking.announce(page)
    assert told(client, to_all="on", page=page.pk, notify_by_sms="on") == (2, 1, 1)
    assert told(client, to_units=[unit.pk], page=page.pk, notify_by_sms="on") == (1, 0, 0)


def test_who_was_not_told_before_is_told_with_the_new_ones(client, editor, unit, outsider):
    clerk(unit)
    clerk(outsider)
    page = notice(rules=[{"kind": "unit", "unit": unit}])
    tracking.deliver(page)
    assert told(client, to_all="on", page=page.pk, notify_by_sms="on") == (2, 1, 2)


def test_it_says_so_in_words(client, editor, unit):
    clerk(unit)
    choices = {"to_all": "on", "notify_by_sms": "on", "receipt_kind": "attendance", "deadline": "2026-12-01 18:00"}
    html = client.post(ASK, choices).content.decode()
    assert "将发送给 1 家单位，其中新增 1 家。" in html
    assert "将发送 1 条短信。" in html
    assert "回执截止 2026-12-01 18:00。" in html
    plain = client.post(ASK, {"to_all": "on", "receipt_kind": "none", "deadline": "2026-12-01 18:00"}).content.decode()
    assert "不发送短信。" in plain
    assert "回执截止" not in plain


@pytest.mark.parametrize("page", ["", "None", "x", "-1", "9" * 30])
def test_nobody_or_a_page_that_is_none_says_nothing_wrong(client, editor, unit, page):
    assert client.post(ASK, {"page": page}).content.decode().strip() == ""
    assert told(client, to_all="on", page=page) == (1, 1, 0)


def test_what_was_typed_is_escaped(client, editor, unit):
    choices = {"to_all": "on", "receipt_kind": "attendance", "deadline": "<b>x</b>"}
    assert "<b>x" not in client.post(ASK, choices).content.decode()


@pytest.mark.parametrize("group", [*GROUPS, "member", "visitor"])
def test_only_those_who_write_pages_may_ask(client, group):
    unit = UnitFactory(certified=True)
    if group == "member":
        client.force_login(clerk(unit))
    elif group != "visitor":
        client.force_login(staff(group))
    allowed = group in ("编辑", "秘书长", "系统管理员")
    assert client.post(ASK, {"to_all": "on"}).status_code == (200 if allowed else 302)
    assert client.get(ASK).status_code == (405 if allowed or group in GROUPS else 302)
