"""个人中心: the own profile, logins and devices, a copy of the own data, the end of the account."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth import get_user
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from membership.accounts import actions
from membership.accounts.models import User
from membership.audit.models import AuditEntry
from membership.messaging.models import OutboundMessage
from membership.tracking.models import Receipt
from membership.units.models import Seat
from portal.devices import name_of_device
from tests.factories import PASSWORD, UserFactory, clerk
from tests.portal.conftest import LI, deliver, look, meeting, rows

pytestmark = pytest.mark.django_db

ME, LOGINS, DATA = "/portal/me/", "/portal/me/logins/", "/portal/me/data/"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0 Safari/537.36"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Safari/604.1"


def log_in(user, password=PASSWORD, agent=CHROME, address="203.0.113.7"):
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    client.post("/accounts/login/", {"login": str(user.phone), "password": password})
    return client


# --- 基本信息 -----------------------------------------------------------------------------------------------------
PROFILE = {"name": "李 四", "position": "总工程师", "email": "li@example.com", "notify_by_email": "on"}


def test_profile_is_kept_and_the_record_holds_no_value(ours):
    assert ours.client.post(ME, PROFILE)["Location"] == ME
    user = User.objects.get(pk=ours.user.pk)
    assert (user.name, user.position, user.email, user.notify_by_sms, user.notify_by_email) == (
        "李 四",
        "总工程师",
        "li@example.com",
        False,
        True,
    )
    entry = AuditEntry.objects.get(verb="accounts.save_profile")
    assert (entry.actor, entry.before, entry.after) == (
        ours.user,
        {},
        {"changed": ["email", "name", "notify_by_email", "notify_by_sms", "position"]},
    )
    assert ours.client.post(ME, PROFILE).status_code == 302
    assert AuditEntry.objects.filter(verb="accounts.save_profile").count() == 1


@pytest.mark.parametrize(
    ("change", "field", "error"),
    [
        ({"name": ""}, "name", "请填写姓名"),
        ({"email": "li"}, "email", "请输入合法的邮件地址。"),
        ({"email": ""}, "email", "请填写用于接收通知的邮箱"),
    ],
)
def test_profile_that_is_refused(ours, change, field, error):
    before = AuditEntry.objects.count()
    response = ours.client.post(ME, PROFILE | change)
    assert (response.status_code, dict(response.context["form"].errors)) == (422, {field: [error]})
    assert (User.objects.get(pk=ours.user.pk).name, AuditEntry.objects.count()) == ("李四", before)


@pytest.mark.parametrize(
    ("trait", "tabs"),
    [
        ({}, ["基本信息", "单位同事", "登录与设备", "个人数据"]),
        ({"staff": True}, ["基本信息", "登录与设备", "个人数据"]),
    ],
)
def test_tabs(client, trait, tabs):
    client.force_login(UserFactory(**trait))
    assert [tab.text for tab in look(client, ME).select("main .tabs__link")] == tabs


# --- 登录记录, 登录设备 -------------------------------------------------------------------------------------------
def test_holder_sees_good_and_failed_logins_and_nobody_elses(ours, outsider):
    log_in(outsider.user, "wrong-password", address="198.51.100.9")
    log_in(ours.user, "wrong-password", address="198.51.100.1")
    client = log_in(ours.user)
    table = look(client, LOGINS).select("main .card")[1]
    shown = [[cell.text.strip() for cell in row.select("td")] for row in table.select("tbody tr")]
    assert shown == [["203.0.113.7", "登录成功"], ["198.51.100.1", "密码错误"]]


def test_the_visitor_learns_nothing_from_a_failed_login(ours):
    answers = []
    for phone in (str(ours.user.phone), "+8613811130000"):
        client = Client()
        client.get("/accounts/login/")
        response = client.post("/accounts/login/", {"login": phone, "password": "wrong-password"})
        answers.append((response.status_code, dict(response.context["form"].errors)))
    assert answers[0] == answers[1]
    failed = AuditEntry.objects.filter(result="failed").order_by("pk").values_list("object_type", "actor")
    assert list(failed) == [("accounts.user", None), ("accounts.failedlogin", None)]


def test_last_twenty_logins(ours):
    for _n in range(21):
        actions.note_failed_login(str(ours.user.phone))
    page = look(ours.client, LOGINS)
    assert len(page.select("main .card")[1].select("tbody tr")) == 20


def devices(client):
    table = look(client, LOGINS).select("main .card")[0]
    return [
        (row.th.contents[0].strip(), [tag.text for tag in row.select(".tag")], row.td.text)
        for row in table.select("tbody tr")
    ]


def test_devices_in_plain_words_and_the_end_of_the_others(ours, outsider):
    here, there = log_in(ours.user), log_in(ours.user, agent=IPHONE, address="198.51.100.1")
    elsewhere = log_in(outsider.user)
    ours.client.logout()
    assert devices(here) == [
        ("Chrome · Windows", ["当前设备"], "203.0.113.7"),
        ("Safari · iPhone", [], "198.51.100.1"),
    ]
    assert here.post(f"{LOGINS}end-others/")["Location"] == LOGINS
    assert [get_user(client).is_authenticated for client in (here, there, elsewhere)] == [True, False, True]
    assert devices(here) == [("Chrome · Windows", ["当前设备"], "203.0.113.7")]
    entry = AuditEntry.objects.get(verb="accounts.end_sessions")
    assert (entry.actor, entry.after) == (ours.user, {"ended": 1})


def test_sessions_that_are_dead_are_not_shown(ours):
    old, here = log_in(ours.user, agent=IPHONE), log_in(ours.user)
    Session.objects.filter(session_key=old.session.session_key).update(expire_date=timezone.now() - timedelta(days=1))
    assert [name for name, _tags, _address in devices(here)] == ["Chrome · Windows"]


@pytest.mark.parametrize("number", [1, 12])
def test_many_devices_ask_no_more(ours, number, django_assert_num_queries):
    for _n in range(number):
        log_in(ours.user)
    client = log_in(ours.user)
    with django_assert_num_queries(7):
        assert len(devices(client)) == number + 1


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (CHROME, "Chrome · Windows"),
        (CHROME + " Edg/120.0", "Edge · Windows"),
        (IPHONE, "Safari · iPhone"),
        (IPHONE + " MicroMessenger/8.0", "WeChat · iPhone"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile", "Chrome · Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:120.0) Firefox/120.0", "Firefox · Mac"),
        ("curl/8.0", "未知设备"),
        ("", "未知设备"),
    ],
)
def test_name_of_device(agent, name):
    assert name_of_device(agent) == name


# --- 导出个人数据 -------------------------------------------------------------------------------------------------
def test_export_holds_the_own_data_and_nobody_elses(ours, outsider):
    colleague = clerk(ours.unit, duty="agent", name="同事-MARKER", email="colleague-marker@example.com")
    page = meeting()
    sent = deliver(page)
    ours.client.post(f"/portal/messages/{sent[ours.unit].pk}/receipt/", {"version": 0, **rows(LI)})
    others = {"name": "外人-MARKER", "position": "MARKER", "mobile": "13811130001"}
    outsider.client.post(f"/portal/messages/{sent[outsider.unit].pk}/receipt/", {"version": 0, **rows(others)})
    old, new = timezone.now() - timedelta(days=400), timezone.now()
    for recipient, unit, at in [
        (ours.user.phone, "自己的", new),
        (ours.user.phone, "MARKER-前机主", old),
        (outsider.user.phone, "MARKER", new),
        (colleague.phone, "MARKER", new),
    ]:
        message = OutboundMessage.objects.create(
            channel="sms", template="seat_invitation", recipient=str(recipient), variables={"unit": unit}
        )
        OutboundMessage.objects.filter(pk=message.pk).update(created_at=at)
    client = log_in(ours.user)

    response = client.post(f"{DATA}export/")

    text = b"".join(response.streaming_content).decode()
    assert response["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert "no-store" in response["Cache-Control"]
    assert "MARKER" not in text.upper()
    data = json.loads(text)
    assert list(data) == [
        "exported_at",
        "account",
        "consents",
        "devices",
        "logins",
        "seat",
        "invitations",
        "acts",
        "receipts",
        "messages",
    ]
    assert (data["account"]["phone"], data["account"]["name"]) == (str(ours.user.phone), "李四")
    assert [seat["unit__name"] for seat in data["seat"]] == ["示范工程检测有限公司"]
    assert [row["variables"] for row in data["messages"]] == [{"unit": "自己的"}]
    assert [receipt["attendees"][0]["name"] for receipt in data["receipts"]] == ["李四"]
    assert data["receipts"][0]["number"] == Receipt.objects.get(submitted_by=ours.user).delivery.receipt_number
    assert [login["result"] for login in data["logins"]] == ["ok"]
    assert [act["verb"] for act in data["acts"]] == list(
        AuditEntry.objects.filter(actor=ours.user).order_by("pk").values_list("verb", flat=True)
    )
    assert [secret for secret in ("password", "pbkdf2", "md5") if secret in text] == []


def test_export_is_asked_for_and_recorded(ours):
    assert ours.client.get(f"{DATA}export/").status_code == 405
    ours.client.post(f"{DATA}export/")
    assert [e.actor for e in AuditEntry.objects.filter(verb="accounts.export_data")] == [ours.user]


# --- 注销账号 -----------------------------------------------------------------------------------------------------
CLOSE = f"{DATA}close/"
SURE = {"password": PASSWORD, "is_sure": "on"}


def test_agent_closes_the_account(ours):
    agent = clerk(ours.unit, duty="agent", phone="+8613811138121", name="钱芳")
    client, other = log_in(agent), log_in(agent)
    response = client.post(CLOSE, SURE)
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/")
    assert [get_user(each).is_authenticated for each in (client, other)] == [False, False]
    agent.refresh_from_db()
    assert (agent.phone, agent.name, agent.is_active, str(agent)) == (None, "", False, "已注销账号")
    assert Seat.objects.filter(user=agent).count() == 0
    assert not get_user(log_in(UserFactory.build(phone="+8613811138121"))).is_authenticated


@pytest.mark.parametrize(
    ("data", "errors"),
    [
        ({"is_sure": "on"}, {"password": ["请输入登录密码"]}),
        ({"password": "wrong-password", "is_sure": "on"}, {"password": ["密码不正确"]}),
        ({"password": PASSWORD}, {"is_sure": ["请勾选确认注销账号"]}),
    ],
)
def test_without_password_and_tick_nothing_is_closed(ours, data, errors):
    agent = clerk(ours.unit, duty="agent")
    response = log_in(agent).post(CLOSE, data)
    assert (response.status_code, dict(response.context["form"].errors)) == (422, errors)
    assert User.objects.get(pk=agent.pk).closed_at is None


def test_the_only_person_of_a_certified_unit_is_told_to_call(ours):
    page = look(ours.client, DATA)
    assert page.select_one("#close .inset p").text == (
        "贵单位目前只有您一人使用本系统，请先邀请同事并移交管理员，或致电协会。"
    )
    assert page.select("#close form") == []
    ours.client.post(CLOSE, SURE)
    assert User.objects.get(pk=ours.user.pk).closed_at is None


def test_visitor_and_links(client, ours):
    assert client.post(CLOSE, SURE)["Location"] == f"/accounts/login/?next={CLOSE}"
    assert ours.client.get(CLOSE)["Location"] == DATA
    assert ours.client.get(f"{LOGINS}end-others/").status_code == 405
