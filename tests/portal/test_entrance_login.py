"""Login over HTTP: by password, by code, after a forgotten password; how long a session lives; nobody is locked out."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.auth import get_user
from django.test import Client

from membership.accounts.models import FailedLogin, SmsCode
from membership.audit.models import AuditEntry
from membership.messaging.gateways import memory
from tests.factories import PASSWORD as OLD_PASSWORD
from tests.factories import UserFactory
from tests.membership.units.conftest import employee
from tests.portal.entrance import (
    BY_CODE,
    CONFIRM,
    FORGOTTEN,
    LOGIN,
    PASSWORD,
    PHONE,
    ask_for_code,
    captcha,
    errors,
    log_in,
    page_of,
    sent_code,
    texts_to,
    words,
    wrong,
)

pytestmark = pytest.mark.django_db
UNKNOWN = "13900002222"
NEUTRAL = {"__all__": ["手机号或密码不正确"]}
ASKS = {"captcha": ["请输入图形验证码"]}
CODE = {"code": ["验证码不正确或已失效，请核对，或重新获取"]}
SET_NEW = "/accounts/password/forgotten/new/"
START = datetime(2026, 11, 2, 1, tzinfo=UTC)


@pytest.fixture
def member(db):
    return UserFactory(phone=f"+86{PHONE}", name="李四")


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def where(response):
    return response.status_code, response.get("Location")


def fail(times, phone=PHONE, client=None):
    return [log_in(client or Client(), phone, "wrong-password", **captcha()) for _ in range(times)]


# --- By password ----------------------------------------------------------------------------------------------------
def test_page_leads_to_the_other_ways(client):
    html = client.get(LOGIN).content.decode()
    for words_, url in [("注册账号", "/accounts/signup/"), ("忘记密码", FORGOTTEN), ("短信登录", BY_CODE)]:
        assert f'href="{url}"' in html
        assert words_ in html
    assert "密码登录" in html


@pytest.mark.parametrize("phone", [PHONE, UNKNOWN])
def test_captcha_is_asked_after_three_failures(member, phone):
    answers = [log_in(Client(), phone, "wrong-password") for _ in range(4)]
    assert [errors(answer) for answer in answers] == [NEUTRAL, NEUTRAL, NEUTRAL, ASKS]
    assert ["captcha_1" in answer.content.decode() for answer in answers] == [False, False, True, True]


def test_right_password_needs_the_captcha_too(client, member):
    fail(3)
    assert errors(log_in(client)) == ASKS
    assert errors(log_in(client, **captcha() | {"captcha_1": "wrng"})).keys() == {"captcha"}
    assert where(log_in(client, **captcha())) == (302, "/portal/")


def test_nobody_is_locked_out_by_a_rival(member):
    for n in range(60):
        log_in(Client(REMOTE_ADDR=f"198.51.100.{n % 9}"), PHONE, "wrong-password", **captcha())
    assert where(log_in(Client(REMOTE_ADDR="203.0.113.9"), **captcha())) == (302, "/portal/")


def test_good_login_forgets_the_failures(member):
    fail(3)
    log_in(Client(), **captcha())
    assert where(log_in(Client())) == (302, "/portal/")
    assert FailedLogin.objects.count() == 0


def test_failures_are_forgotten_after_half_an_hour(client, member, clock):
    fail(3)
    clock.shift(30 * 60 + 1)
    assert where(log_in(client)) == (302, "/portal/")


def test_captcha_is_asked_of_an_address_that_guesses_many_numbers(member):
    for n in range(10):
        log_in(Client(REMOTE_ADDR="198.51.100.1"), f"139100{n:05d}", "wrong-password")
    assert errors(log_in(Client(REMOTE_ADDR="198.51.100.1"))) == ASKS
    assert where(log_in(Client(REMOTE_ADDR="198.51.100.2"))) == (302, "/portal/")


def test_address_that_hammers_is_told_to_wait(member):
    answers = [log_in(Client(headers={"x-forwarded-for": f"10.0.0.{n}"}), PHONE, "wrong") for n in range(31)]
    assert [answer.status_code for answer in answers] == [200] * 30 + [429]
    assert "短时间内来自您所在网络的请求过多" in answers[30].content.decode()
    assert where(log_in(Client(REMOTE_ADDR="203.0.113.9"), **captcha())) == (302, "/portal/")


def test_logins_are_recorded_with_their_address(member):
    log_in(Client(REMOTE_ADDR="198.51.100.1"), PHONE, "wrong-password")
    log_in(Client(REMOTE_ADDR="198.51.100.2"))
    rows = AuditEntry.objects.filter(verb="accounts.login").order_by("pk").values_list("result", "actor", "address")
    assert list(rows) == [("failed", None, "198.51.100.1"), ("ok", member.pk, "198.51.100.2")]
    assert PHONE not in str(list(FailedLogin.objects.values()) + list(AuditEntry.objects.values()))


# --- How long -------------------------------------------------------------------------------------------------------
def is_in(client):
    return client.get("/accounts/password/change/").status_code == 200


def test_session_ends_after_half_an_hour_without_a_request(client, member, clock):
    log_in(client)
    for _ in range(4):
        clock.shift(24 * 60)
        assert is_in(client)
    clock.shift(30 * 60 + 1)
    assert not is_in(client)


def test_remembered_session_lives_fourteen_days(client, member, clock):
    log_in(client, remember="on")
    clock.shift(14 * 86_400 - 60)
    assert is_in(client)
    other = Client()
    log_in(other, remember="on")
    clock.shift(14 * 86_400 + 60)
    assert not is_in(other)


@pytest.mark.parametrize("more", [{}, {"remember": "on"}])
def test_staff_are_in_for_twelve_hours_whatever_they_do(client, clock, more):
    employee("编辑", phone=f"+86{PHONE}")
    log_in(client, **more)
    for _ in range(11):
        clock.shift(3_600)
        assert is_in(client)
    clock.shift(3_700)
    assert not is_in(client)


def test_session_is_written_every_five_minutes_at_most(client, member, clock, django_assert_num_queries):
    log_in(client)
    before = client.session["accounts_seen"]
    clock.shift(299)
    is_in(client)
    assert client.session["accounts_seen"] == before
    clock.shift(2)
    is_in(client)
    assert client.session["accounts_seen"] == before + 301


# --- By code --------------------------------------------------------------------------------------------------------
def test_login_by_code(client, member):
    assert where(ask_for_code(client)) == (302, CONFIRM)
    assert PHONE in words(client.get(CONFIRM))
    assert where(client.post(CONFIRM, {"code": sent_code()})) == (302, "/portal/")
    assert get_user(client) == member
    assert AuditEntry.objects.filter(verb="accounts.login", result="ok", actor=member).count() == 1


def test_login_by_code_goes_on_where_the_person_wanted_to_go(client, member):
    assert where(ask_for_code(client, next="/portal/unit/")) == (302, f"{CONFIRM}?next=%2Fportal%2Funit%2F")
    answer = client.post(CONFIRM, {"code": sent_code(), "next": "/portal/unit/"})
    assert where(answer) == (302, "/portal/unit/")


@pytest.mark.parametrize("url", [BY_CODE, FORGOTTEN])
def test_unknown_number_gets_the_same_pages_and_is_told(member, clock, url):
    known, unknown = Client(), Client()
    answers = [ask_for_code(known, url=url), ask_for_code(unknown, UNKNOWN, url=url)]
    assert where(answers[0]) == where(answers[1])
    pages = [page_of(client.get(CONFIRM)) for client in (known, unknown)]
    assert pages[1].replace(UNKNOWN, PHONE) == pages[0]
    pages = [page_of(client.post(CONFIRM, {"code": "12345"})) for client in (known, unknown)]
    assert pages[1].replace(UNKNOWN, PHONE) == pages[0]
    assert texts_to(UNKNOWN) == [
        "【会员之家】您的手机号尚未注册会员之家账号。如需使用，请先注册；如非本人操作，请忽略。"
    ]


@pytest.mark.parametrize("later", [0, 61])
def test_new_code_for_an_unknown_number_looks_the_same(member, clock, later):
    known, unknown = Client(), Client()
    ask_for_code(known)
    ask_for_code(unknown, UNKNOWN)
    clock.shift(later)
    answers = [client.post(CONFIRM, {"action": "resend", **captcha()}) for client in (known, unknown)]
    assert where(answers[0]) == where(answers[1]) == ((302, CONFIRM) if later else (422, None))
    pages = [page_of(client.get(CONFIRM)) for client in (known, unknown)]
    assert pages[1].replace(UNKNOWN, PHONE) == pages[0]
    assert len(texts_to(PHONE)) == len(texts_to(UNKNOWN)) == (2 if later else 1)


@pytest.mark.parametrize("changes", [{"captcha_1": "wrng"}, {"captcha_0": "x"}])
@pytest.mark.parametrize("url", [BY_CODE, FORGOTTEN])
def test_code_is_sent_after_the_captcha_only(client, member, changes, url):
    assert errors(ask_for_code(client, url=url, **changes)).keys() == {"captcha"}
    assert memory.outbox == []


def test_one_captcha_sends_one_code(member):
    shown = captcha()
    ask_for_code(Client(), **shown)
    assert errors(ask_for_code(Client(), UNKNOWN, **shown)).keys() == {"captcha"}
    assert len(memory.outbox) == 1


def test_too_soon_is_said_beside_the_number(client, member):
    ask_for_code(client)
    for phone in (PHONE, UNKNOWN):
        ask_for_code(Client(), phone)
        assert list(errors(ask_for_code(Client(), phone))) == ["phone"]


def test_five_wrong_login_codes_end_it(client, member):
    ask_for_code(client)
    code = sent_code()
    answers = [client.post(CONFIRM, {"code": wrong(code)}) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [422] * 4 + [302]
    assert errors(answers[0], "verify_form") == CODE
    client.post(CONFIRM, {"code": code})
    assert not get_user(client).is_authenticated


def test_two_sessions_do_not_share_a_code(client, member):
    other = Client()
    ask_for_code(other)
    SmsCode.objects.update(sent_at=START)
    ask_for_code(client)
    assert errors(other.post(CONFIRM, {"code": sent_code()}), "verify_form") == CODE


def test_switched_off_account_comes_in_by_no_code(client, member):
    member.is_active = False
    member.save()
    ask_for_code(client)
    client.post(CONFIRM, {"code": sent_code()})
    assert not get_user(client).is_authenticated


# --- Forgotten password ---------------------------------------------------------------------------------------------
def test_forgotten_password_is_set_after_a_code(client, member):
    elsewhere = Client()
    elsewhere.force_login(member)
    assert where(ask_for_code(client, url=FORGOTTEN)) == (302, f"{CONFIRM}?next={SET_NEW}")
    assert where(client.post(f"{CONFIRM}?next={SET_NEW}", {"code": sent_code()})) == (302, SET_NEW)
    assert "设置新密码" in words(client.get(SET_NEW))
    assert where(client.post(SET_NEW, {"password1": PASSWORD, "password2": PASSWORD})) == (302, "/portal/")
    member.refresh_from_db()
    assert (member.check_password(PASSWORD), get_user(client)) == (True, member)
    assert not get_user(elsewhere).is_authenticated
    assert AuditEntry.objects.filter(verb="accounts.change_password", actor=member).count() == 1


def test_form_carries_the_way_to_the_new_password_along(client, member):
    ask_for_code(client, url=FORGOTTEN)
    assert (
        f'<input type="hidden" name="next" value="{SET_NEW}">'
        in client.get(f"{CONFIRM}?next={SET_NEW}").content.decode()
    )


@pytest.mark.parametrize(
    ("new", "again", "field"),
    [("password", "password", "password1"), (PASSWORD, "x", "password2"), (PHONE, PHONE, "password1")],
)
def test_bad_new_password_is_said_at_its_field(client, member, new, again, field):
    ask_for_code(client)
    client.post(CONFIRM, {"code": sent_code()})
    assert list(errors(client.post(SET_NEW, {"password1": new, "password2": again}))) == [field]
    member.refresh_from_db()
    assert member.check_password(OLD_PASSWORD)


@pytest.mark.parametrize("method", ["get", "post"])
def test_no_new_password_without_a_code_of_this_session(client, member, method):
    new = {"password1": PASSWORD, "password2": PASSWORD}
    assert where(getattr(client, method)(SET_NEW, new)) == (302, FORGOTTEN)
    ask_for_code(client)
    assert where(getattr(client, method)(SET_NEW, new)) == (302, FORGOTTEN)
    client = Client()
    log_in(client)
    assert where(getattr(client, method)(SET_NEW, new)) == (302, "/accounts/password/change/")
    member.refresh_from_db()
    assert member.check_password(OLD_PASSWORD)


def test_code_of_long_ago_sets_no_password(client, member, clock):
    ask_for_code(client)
    client.post(CONFIRM, {"code": sent_code()})
    clock.shift(601)
    new = {"password1": PASSWORD, "password2": PASSWORD}
    assert where(client.post(SET_NEW, new)) == (302, "/accounts/password/change/")
