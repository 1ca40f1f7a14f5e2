"""The open site for everybody: no serious fault on its main pages, its menu by keyboard, touch, without scripts."""

import re

import pytest

from cms.models import ActivityPage, AssociationSettings
from home.models import HomePage
from tests.e2e.test_portal_access import grave
from tests.factories import notice, open_index
from tests.home.site import article, branch, downloads, news_section, place_file, section


@pytest.fixture
def site():
    """Ten addresses of an open site with something on each page."""
    settings = AssociationSettings.load()
    settings.name, settings.phone = "示范省建设工程质量安全协会", "028-86000000"
    settings.save()
    steps = [("heading", "流程"), ("steps", [{"title": "注册", "text": "<p>手机号</p>"}])]
    questions = [("questions", [{"question": "怎样入会？", "answer": "<p>在线申请</p>"}])]
    table = {"first_row_is_table_header": True, "data": [["材料", "要求"], ["营业执照", "扫描件"]]}
    about = section(slug="about", title="协会概况", show_in_menus=True)
    people = [("people", [{"name": "罗明远", "position": "会长", "note": "示范集团"}])]
    article(about, slug="leaders", title="协会领导", show_in_menus=True, body=people)
    news = news_section(show_in_menus=True, summary="协会工作")
    facts = {"issuer": "示范厅", "document_no": "示建质〔2026〕1号", "effective_on": "2026-07-01"}
    for number in range(2):
        place_file(article(news, slug=f"news-{number}", title=f"检测管理通知{number}", **facts))
    branch(
        section(slug="branches", title="专业分会", show_in_menus=True), slug="quality", title="质量分会", phone="028-1"
    )
    section(slug="join", title="入会指南", show_in_menus=True, body=[*steps, *questions, ("table", table)])
    place_file(downloads(show_in_menus=True), group="入会")
    section(slug="contact", title="联系我们", show_in_menus=True, body=[("contact", None)])
    dates = {"starts_at": "2026-09-10T01:00Z", "ends_at": "2026-09-10T09:00Z", "venue": "示范市"}
    notice(index=open_index(), slug="forum", title="高质量发展论坛", model=ActivityPage, category="activity", **dates)
    home = HomePage.objects.get()
    link = {"label": "查验", "note": "证书", "page": None, "address": "/verify/", "icon": "shield-check"}
    home.sections = [
        ("quick_links", {"links": [link]}),
        ("latest", {"sections": [news]}),
        ("notices", {"categories": []}),
        ("figures", {"figures": [{"label": "会员单位", "source": "members", "number": None, "unit": "家"}]}),
    ]
    home.save()
    return [
        *("/", "/about/", "/about/leaders/", "/news/", "/news/news-0/", "/branches/quality/", "/join/", "/downloads/"),
        *("/notices/", "/notices/forum/", "/contact/", "/accessibility/", "/nowhere/"),
    ]


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_main_pages_have_no_serious_fault(visit, site, size):
    page = visit(size)
    faults = {}
    for address in site:
        page.goto(address)
        faults[address] = grave(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], address
    assert {address: found for address, found in faults.items() if found} == {}


def test_the_menu_opens_under_the_focus_and_closes_by_escape(visit, site):
    page = visit()
    page.goto("/")
    inner = page.locator('.site-nav__sub a[href="/about/leaders/"]')
    assert not inner.is_visible()
    page.locator('.site-nav__link[href="/about/"]').focus()
    assert inner.is_visible()
    page.keyboard.press("Escape")
    assert not inner.is_visible()
    page.locator('.site-nav__link[href="/news/"]').focus()
    page.locator('.site-nav__link[href="/about/"]').focus()
    page.keyboard.press("Tab")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.title().startswith("协会领导")


def test_on_a_phone_without_scripts(visit, site):
    page = visit("phone", java_script_enabled=False)
    page.goto("/")
    entry = page.locator('.site-menu a[href="/about/leaders/"]')
    assert not entry.is_visible()
    page.locator(".site-menu__button").click()
    with page.expect_navigation():
        entry.click()
    assert re.match("协会领导", page.title())


def test_on_a_touch_screen_the_first_tap_opens_what_the_second_follows(visit, site):
    page = visit(has_touch=True)
    page.goto("/")
    section_link = page.locator('.site-nav__link[href="/about/"]')
    section_link.tap()
    page.locator('.site-nav__sub a[href="/about/leaders/"]').wait_for(state="visible")
    assert page.title().startswith("示范省")
    with page.expect_navigation():
        section_link.tap()
    assert page.title().startswith("协会概况")


def test_paper_shows_the_article_and_not_the_furniture(visit, site):
    page = visit()
    page.goto("/news/news-0/")
    page.emulate_media(media="print")
    shown = {
        css: page.locator(css).first.is_visible() for css in ("h1", ".article-page .event", ".site-nav", ".site-footer")
    }
    assert shown == {"h1": True, ".article-page .event": True, ".site-nav": False, ".site-footer": False}
    page.goto("/about/leaders/")
    assert (page.locator(".side-nav").is_visible(), page.locator(".person").is_visible()) == (False, True)
