"""The language links work on cached pages and lead nowhere else."""

import html
import re

import pytest

from tests.factories import UnitFactory, clerk


@pytest.mark.parametrize(
    ("back", "goes_to"),
    [("/portal/", "/portal/"), ("//evil.example/", "/"), ("https://evil.example/", "/"), ("", "/")],
)
def test_choosing_a_language_sets_the_cookie_and_stays_on_this_site(client, back, goes_to):
    response = client.get("/language/en/", {"next": back})

    assert (response.status_code, response["Location"]) == (302, goes_to)
    assert response.cookies["django_language"].value == "en"


def test_an_unknown_language_is_not_found(client, db):
    assert client.get("/language/xx/").status_code == 404


# Address: a word of the page in Chinese, the same in English.
OPEN = {
    "/": ("通知公告", "Announcements"),
    "/notices/": ("会员登录", "Member sign-in"),
    "/accounts/login/": ("手机号", "Mobile number"),
    "/accounts/signup/": ("注册账号", "Create an account"),
    "/accounts/login/code/": ("短信登录", "By text message"),
    "/accounts/password/forgotten/": ("忘记密码", "Forgotten password"),
}
MEMBERS = {
    "/portal/": ("首页", "Home"),
    "/portal/messages/": ("消息管理", "Message centre"),
    "/portal/unit/": ("单位信息", "Unit profile"),
    "/portal/unit/branches/": ("分会管理", "Branches"),
    "/portal/dues/": ("会费缴纳", "Dues"),
    "/portal/me/": ("个人中心", "My profile"),
    "/accounts/password/change/": ("原密码", "Old password"),
    "/accounts/phone/change/": ("输入新手机号", "Enter the new mobile number"),
    "/accounts/logout/": ("退出会员之家", "Sign out of Members' Home"),
}
TAGS = re.compile(r"<(script|style|template)\b.*?</\1>|<[^>]+>", re.DOTALL)


def text(response):
    """What a reader sees of the page."""
    return html.unescape(TAGS.sub("\n", response.content.decode()))


@pytest.mark.django_db
@pytest.mark.parametrize("address", OPEN | MEMBERS)
def test_page_speaks_both_languages(client, address):
    if address in MEMBERS:
        client.force_login(clerk(UnitFactory(certified=True, name="示范建设"), name="李四"))
    chinese = client.get(address)
    client.get("/language/en/")
    english = client.get(address)

    words = (OPEN | MEMBERS)[address]
    assert (chinese.status_code, english.status_code) == (200, 200)
    assert ('<html lang="zh-CN">' in chinese.content.decode(), '<html lang="en">' in english.content.decode()) == (
        True,
        True,
    )
    assert (words[0] in text(chinese), words[1] in text(english)) == (True, True)
    assert re.findall(r"[A-Za-z']{2,} [A-Za-z']{2,}", text(chinese)) == []
