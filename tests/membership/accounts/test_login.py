"""The one door: login by mobile number and password, from every address that ever was a door."""

import re

import pytest
from django.contrib.auth import get_user
from django.test import Client

from tests.factories import PASSWORD, UnitFactory, UserFactory, clerk
from tests.membership.units.conftest import employee

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"
WRONG = "手机号或密码不正确"


@pytest.fixture
def member():
    return clerk(UnitFactory(certified=True), phone="+8613811138111", name="李四")


def log_in(client, phone="13811138111", password=PASSWORD, **more):
    return client.post(LOGIN, {"login": phone, "password": password, **more})


def text_of(response):
    """The page without what differs at every view."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


def errors(response):
    return [str(error) for field in response.context["form"].errors.values() for error in field]


# --- By phone and password ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("typed", ["13811138111", "138 1113 8111", "+8613811138111", "１３８１１１３８１１１"])
def test_member_logs_in_and_lands_in_the_portal(client, member, typed):
    response = log_in(client, typed)
    assert (response.status_code, response["Location"]) == (302, "/portal/")
    assert get_user(client) == member


def test_staff_land_in_the_staff_area(client):
    employee("编辑", phone="+8613800000001")
    assert log_in(client, "13800000001")["Location"] == "/cms/"


def test_login_gives_a_new_session(client, member):
    client.get("/language/en/")
    session = client.session
    session["kept"] = 1
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    log_in(client)
    assert client.session.session_key != before


def test_unknown_number_and_wrong_password_get_the_same_answer(member):
    unknown = log_in(Client(), "13811138199", "wrong-password")
    wrong = log_in(Client(), "13811138111", "wrong-password")
    assert errors(unknown) == errors(wrong) == [WRONG]
    assert unknown.status_code == wrong.status_code == 200
    assert text_of(unknown).replace("13811138199", "13811138111") == text_of(wrong)


def test_wrong_login_leaves_nobody_logged_in(client, member):
    log_in(client, password="wrong-password")
    assert get_user(client).is_authenticated is False


@pytest.mark.parametrize("phone", ["02886000000", "+85291234567", "12345", "李四"])
def test_what_is_no_mobile_number_is_said_at_the_field(client, member, phone):
    response = log_in(client, phone)
    assert dict(response.context["form"].errors) == {"login": ["请填写 11 位手机号码"]}


@pytest.mark.parametrize("data", [{}, {"login": "", "password": ""}])
def test_empty_form_is_said_at_both_fields(client, data):
    response = client.post(LOGIN, data)
    assert sorted(response.context["form"].errors) == ["login", "password"]


@pytest.mark.parametrize("value", ["1381113\x008111", "\ud800".encode("utf-8", "surrogatepass"), "8" * 10_000])
def test_strange_input_is_answered_with_the_form(client, member, value):
    assert client.post(LOGIN, {"login": value, "password": value}).status_code == 200


def test_switched_off_account_is_told_so_after_the_right_password_only(client, member):
    member.is_active = False
    member.save()

    assert errors(log_in(client, password="wrong-password")) == [WRONG]
    response = log_in(client)

    assert (response.status_code, response["Location"]) == (302, "/accounts/inactive/")
    assert get_user(client).is_authenticated is False
    assert "此账号已被协会停用" in client.get("/accounts/inactive/").content.decode()


def test_switched_off_account_ends_its_session(client, member):
    client.force_login(member)
    member.is_active = False
    member.save()
    response = client.get("/portal/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/portal/")


@pytest.mark.parametrize(
    ("after", "goes_to"),
    [
        ("/portal/messages/", "/portal/messages/"),
        ("//evil.example/", "/portal/"),
        ("https://evil.example/", "/portal/"),
        ("javascript:alert(1)", "/portal/"),
        ("\\\\evil.example", "/portal/"),
        ("", "/portal/"),
    ],
)
def test_next_leads_only_within_the_site(client, member, after, goes_to):
    assert log_in(client, next=after)["Location"] == goes_to


def test_form_carries_next_along(client):
    response = client.get("/portal/messages/", follow=True)
    assert response.redirect_chain == [("/accounts/login/?next=/portal/messages/", 302)]
    assert '<input type="hidden" name="next" value="/portal/messages/">' in response.content.decode()


def test_post_without_csrf_token_is_answered_in_words(member):
    response = log_in(Client(enforce_csrf_checks=True))
    assert response.status_code == 403
    assert "页面已过期" in response.content.decode()


def test_who_is_logged_in_is_not_asked_again(client, member):
    client.force_login(member)
    assert client.get(LOGIN)["Location"] == "/portal/"


# --- Limits ---------------------------------------------------------------------------------------------------------
def test_too_many_attempts_are_answered_in_words(client, member):
    answers = [log_in(client, f"139{n:08d}", "wrong-password") for n in range(31)]
    assert {answer.status_code for answer in answers[:30]} == {200}
    assert answers[30].status_code == 429
    assert "操作过于频繁" in answers[30].content.decode()


def test_failures_with_one_number_are_slowed_down_by_a_captcha(client, member):
    answers = [errors(log_in(client, password="wrong-password")) for _ in range(4)]
    assert answers == [[WRONG]] * 3 + [["请输入图形验证码"]]


def test_too_many_password_changes_are_answered_in_words(client, member):
    client.force_login(member)
    answers = [client.post("/accounts/password/change/", {}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert "操作过于频繁" in answers[5].content.decode()


# --- One door -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("door", "leads_to"),
    [
        ("/cms/login/", LOGIN),
        ("/cms/login/?next=/cms/pages/", f"{LOGIN}?next=%2Fcms%2Fpages%2F"),
        ("/_util/login/", LOGIN),
        ("/_util/login/?next=/x/", f"{LOGIN}?next=/x/"),
        ("/accounts/password/reset/", "/portal/account/"),
        ("/accounts/password/reset/key/1-abc/", "/portal/account/"),
        ("/accounts/email/", "/portal/account/"),
        ("/accounts/confirm-email/", "/portal/account/"),
        ("/accounts/confirm-email/abc:def/", "/portal/account/"),
        ("/accounts/phone/change/", f"{LOGIN}?next=/accounts/phone/change/"),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_other_door_leads_to_the_one(client, method, door, leads_to):
    response = getattr(client, method)(door)
    assert (response.status_code, response["Location"]) == (302, leads_to)


@pytest.mark.parametrize("door", ["/cms/login/", "/_util/login/"])
def test_no_other_door_takes_a_password(client, door):
    employee("编辑", phone="+8613800000001")
    client.post(door, {"username": "+8613800000001", "login": "13800000001", "password": PASSWORD})
    assert get_user(client).is_authenticated is False


@pytest.mark.parametrize("path", ["/admin/", "/django-admin/", "/admin/login/"])
def test_there_is_no_further_door(client, path):
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/cms/", "/cms/pages/", "/cms/users/", "/cms/account/"])
def test_member_in_the_staff_area_gets_words_and_no_loop(client, member, path):
    client.force_login(member)
    response = client.get(path, follow=True)
    assert response.status_code == 403
    assert "您没有查看此页的权限" in response.content.decode()


def test_stranger_in_the_staff_area_is_sent_to_the_door(client):
    response = client.get("/cms/pages/", follow=True)
    assert response.redirect_chain[-1] == (f"{LOGIN}?next=%2Fcms%2Fpages%2F", 302)
    assert response.status_code == 200


def test_staff_come_in(client):
    client.force_login(employee("编辑"))
    assert client.get("/cms/").status_code == 200


def test_staff_without_a_role_stay_outside(client):
    client.force_login(UserFactory(staff=True))
    assert client.get("/cms/", follow=True).status_code == 403


# --- Sign-up, logout ------------------------------------------------------------------------------------------------
def test_sign_up_is_offered_at_the_door(client):
    assert client.get("/accounts/signup/").status_code == 200
    assert "/accounts/signup/" in client.get(LOGIN).content.decode()


def test_logout_asks_first_and_ends_by_post(client, member):
    client.force_login(member)
    assert client.get("/accounts/logout/").status_code == 200
    assert get_user(client) == member
    response = client.post("/accounts/logout/")
    assert (response.status_code, response["Location"]) == (302, "/")
    assert get_user(client).is_authenticated is False


# --- Password -------------------------------------------------------------------------------------------------------
CHANGE = "/accounts/password/change/"
NEW = "neues-haus-am-fluss"


def change(client, old=PASSWORD, new=NEW, again=NEW):
    return client.post(CHANGE, {"oldpassword": old, "password1": new, "password2": again})


@pytest.mark.parametrize(
    ("old", "new", "again", "field", "sentence"),
    [
        ("wrong", NEW, NEW, "oldpassword", "原密码不正确"),
        ("", NEW, NEW, "oldpassword", "必需字段"),
        (PASSWORD, NEW, NEW + "x", "password2", "每次输入的密码必须相同。"),
        (PASSWORD, "password", "password", "password1", "这个密码太常见了。"),
        (PASSWORD, "12345678", "12345678", "password1", "这个密码太常见了。"),
        (PASSWORD, "kurz77!", "kurz77!", "password1", "密码至少 8 个字符"),
        (PASSWORD, "13811138111", "13811138111", "password1", "密码不能包含您的手机号"),
    ],
)
def test_password_is_not_changed(client, member, old, new, again, field, sentence):
    client.force_login(member)
    response = change(client, old, new, again)
    member.refresh_from_db()
    assert {name: list(said) for name, said in response.context["form"].errors.items()} == {field: [sentence]}
    assert member.check_password(PASSWORD)


def test_changed_password_keeps_this_session_and_ends_the_others(client, member):
    other = Client()
    client.force_login(member)
    other.force_login(member)

    response = change(client)

    member.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, CHANGE)
    assert member.check_password(NEW)
    assert (get_user(client), get_user(other).is_authenticated) == (member, False)
    assert "密码已更新，其他设备的登录已退出" in client.get(CHANGE).content.decode()


def test_long_password_is_taken_whole(client, member):
    client.force_login(member)
    long = "长长的密码 with spaces and 😀 " * 4
    change(client, new=long, again=long)
    member.refresh_from_db()
    assert member.check_password(long)
    assert not member.check_password(long[:72])


def test_stranger_changes_no_password(client):
    assert client.get(CHANGE)["Location"] == f"{LOGIN}?next={CHANGE}"


def test_password_is_asked_again_where_that_is_needed(client, member):
    client.force_login(member)
    response = client.post("/accounts/reauthenticate/", {"password": "wrong"})
    assert response.status_code == 200
    assert errors(response) == ["密码不正确"]
