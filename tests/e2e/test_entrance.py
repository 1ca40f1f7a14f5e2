"""The entrance as people meet it: sign-up, every way in, a new password, a new number."""

import re

import pytest

from membership.messaging.gateways import memory
from tests.captcha import ANSWER
from tests.factories import PASSWORD, UnitFactory, clerk

PHONE, NEW_NUMBER, NEW_PASSWORD = "13900001111", "13900002222", "hui-yuan-zhi-jia-26"


def code_for(phone):
    return re.search(r"\d{6}", [text for to, text in memory.outbox if to == f"+86{phone}"][-1])[0]


def fill(page, **fields):
    for name, value in fields.items():
        page.locator(f"#id_{name}").fill(value)


def send(page):
    with page.expect_navigation():
        page.locator("main form [type=submit]").first.click()


def enter_code(page, phone):
    fill(page, code=code_for(phone))
    send(page)


def main(page):
    return page.locator("main").inner_text()


@pytest.fixture
def member():
    return clerk(UnitFactory(certified=True), phone=f"+86{PHONE}", name="李四")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_sign_up_leads_to_the_first_step(visit, size):
    page = visit(size)
    page.goto("/accounts/login/")
    page.get_by_role("link", name="注册账号").click()
    fill(page, phone="139 0000 1111", password1=NEW_PASSWORD, password2=NEW_PASSWORD, captcha_1="wrng")
    page.locator("#id_agree").check()
    send(page)
    assert "图形验证码不正确或已过期" in main(page)
    fill(page, password1=NEW_PASSWORD, password2=NEW_PASSWORD, captcha_1=ANSWER)
    send(page)
    assert PHONE in main(page)
    enter_code(page, PHONE)
    page.wait_for_url("**/portal/")
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert "退出" in page.locator("header").inner_text()
    assert page.locator(".tasks__row a").all_inner_texts() == ["填写单位信息"]


def test_another_picture_keeps_what_was_typed(visit):
    page = visit("phone")
    page.goto("/accounts/signup/")
    fill(page, phone=PHONE, captcha_1="old")
    key, picture = page.locator("#id_captcha_0").input_value(), page.locator(".captcha img").get_attribute("src")
    with page.expect_response("**/captcha/refresh/"):
        page.get_by_role("button", name="换一张").click()
    page.wait_for_function("key => document.getElementById('id_captcha_0').value !== key", arg=key)
    assert page.locator("#id_phone").input_value() == PHONE
    assert page.locator("#id_captcha_1").input_value() == ""
    assert page.locator(".captcha img").get_attribute("src") != picture
    width = page.locator(".captcha img").bounding_box()["width"]
    page.get_by_role("button", name="放大图片").click()
    assert page.locator(".captcha img").bounding_box()["width"] >= 1.9 * width


def test_next_code_is_counted_down(visit, member):
    page = visit()
    page.goto("/accounts/login/code/")
    fill(page, phone=PHONE, captcha_1=ANSWER)
    send(page)
    page.locator("summary").click()
    assert page.get_by_role("button", name="重新发送验证码").is_disabled()
    assert re.search(r"(5\d|60) 秒后可以重新获取验证码", main(page))


def test_login_by_code_after_wrong_passwords(visit, member):
    page = visit("phone")
    page.goto("/accounts/login/")
    for _ in range(3):
        fill(page, login=PHONE, password="wrong-password")
        send(page)
    assert page.locator(".captcha").count() == 1
    page.get_by_role("link", name="短信登录").click()
    fill(page, phone=PHONE, captcha_1=ANSWER)
    send(page)
    enter_code(page, PHONE)
    page.wait_for_url("**/portal/")


def test_forgotten_password(visit, member):
    page = visit()
    page.goto("/accounts/login/")
    page.get_by_role("link", name="忘记密码").click()
    fill(page, phone=PHONE, captcha_1=ANSWER)
    send(page)
    enter_code(page, PHONE)
    fill(page, password1=NEW_PASSWORD, password2=NEW_PASSWORD)
    send(page)
    page.wait_for_url("**/portal/")
    member.refresh_from_db()
    assert member.check_password(NEW_PASSWORD)


def test_new_password(log_in, member):
    page, other = log_in(member), log_in(member, "phone")
    page.goto("/accounts/password/change/")
    fill(page, oldpassword=PASSWORD, password1=NEW_PASSWORD, password2=NEW_PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="重置密码").click()
    page.get_by_text("密码已更新，其他设备的登录已退出").wait_for()
    other.goto("/portal/")
    assert "/accounts/login/" in other.url


def test_new_number(log_in, visit, member):
    page = log_in(member, "phone")
    page.goto("/accounts/phone/change/")
    fill(page, password=PASSWORD, captcha_1=ANSWER, phone=NEW_NUMBER)
    with page.expect_navigation():
        page.get_by_role("button", name="发送验证码").click()
    assert "更换后请使用新手机号登录" in main(page)
    fill(page, code=code_for(NEW_NUMBER))
    with page.expect_navigation():
        page.get_by_role("button", name="确认绑定此手机号").click()
    page.get_by_text("手机号已更换，请使用新手机号登录").wait_for()
    fresh = visit()
    for number, leads_to in ((PHONE, "/accounts/login/"), (NEW_NUMBER, "/portal/")):
        fresh.goto("/accounts/login/")
        fill(fresh, login=number, password=PASSWORD)
        send(fresh)
        assert leads_to in fresh.url
