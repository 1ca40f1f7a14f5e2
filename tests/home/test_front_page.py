"""The home page in parts: quick links, the newest, figures, partners; and what never gets into it."""

import pytest

from home.models import HomePage
from tests.factories import UnitFactory, notice, open_index
from tests.home.site import article, news_section, restrict, section

pytestmark = pytest.mark.django_db


def link(label, address="", page=None, **more):
    return {"label": label, "note": "", "page": page, "address": address, **more}


def furnish(*parts):
    home = HomePage.objects.get()
    home.sections = list(parts)
    home.save()


def main(client):
    return client.get("/").content.decode().split("<main")[1].split("</main")[0]


def test_quick_links_lead_to_pages_and_addresses(client):
    join = section(slug="join", title="入会指南")
    links = [link("申请入会", page=join, icon="user-plus"), link("缴纳会费", "/portal/dues/", icon="banknotes")]
    furnish(("quick_links", {"links": links}))
    html = main(client)
    assert ['href="/join/"' in html, 'href="/portal/dues/"' in html, "申请入会" in html] == [True] * 3
    assert "新单位注册" in html


@pytest.mark.parametrize("kept", ["draft", "private"])
def test_links_to_pages_that_are_not_open_are_left_out(client, kept):
    page = section(slug="join", title="入会指南")
    furnish(
        (
            "quick_links",
            {"links": [link("申请入会", page=page, icon="user-plus"), link("查验", "/verify/", icon="phone")]},
        ),
        ("partners", {"title": "链接", "links": [link("入会", page=page, picture=None)]}),
        ("latest", {"sections": [page]}),
    )
    assert main(client).count('href="/join/"') == 3
    page.unpublish() if kept == "draft" else restrict(page)
    html = main(client)
    assert ('href="/join/"' in html, "申请入会" in html, "入会指南" in html, "查验" in html) == (
        False,
        False,
        False,
        True,
    )


def test_the_newest_of_a_section(client):
    news = news_section()
    for number in range(8):
        article(news, title=f"动态{number}")
    article(news, title="未发布", live=False)
    restrict(article(news, title="内部"))
    furnish(("latest", {"sections": [news]}))
    html = main(client)
    assert [f"动态{number}" in html for number in range(8)] == [False, False] + [True] * 6
    assert ("未发布" in html, "内部" in html) == (False, False)


def test_announcements_of_chosen_categories(client):
    notice(index=open_index(), category="announcement", title="一则公告")
    notice(index=open_index(), category="training", title="一期培训")
    furnish(("notices", {"categories": ["training"]}))
    assert ("一则公告" in main(client), "一期培训" in main(client)) == (False, True)
    furnish(("notices", {"categories": []}))
    assert ("一则公告" in main(client), "一期培训" in main(client)) == (True, True)


def test_figures_are_counted_or_entered(client):
    UnitFactory(certified=True)
    UnitFactory(certified=True)
    UnitFactory()
    rows = [
        ("会员单位", "members", None),
        ("专业分会", "branches", None),
        ("服务行业", "entered", 1998),
        ("空", "entered", None),
    ]
    furnish(("figures", {"figures": [{"label": a, "source": b, "number": c, "unit": "家"} for a, b, c in rows]}))
    html = main(client)
    numbers = [part.split("<")[0] for part in html.split('figure__number">')[1:]]
    assert numbers == ["2", "5", "1998"]


def test_without_parts_the_page_shows_links_to_all_sections(client):
    news_section(show_in_menus=True)
    html = main(client)
    assert ('class="quick__link" href="/news/"' in html, 'class="quick__link" href="/notices/"' in html) == (True, True)


@pytest.mark.parametrize("rows", [1, 40])
def test_the_front_page_asks_the_same_number_of_times(client, rows, django_assert_num_queries):
    news = news_section(show_in_menus=True)
    for number in range(rows):
        article(news)
        notice(index=open_index(), slug=f"row-{number}")
    furnish(
        ("quick_links", {"links": [link("动态", page=news, icon="phone")]}),
        ("latest", {"sections": [news]}),
        ("notices", {"categories": []}),
        ("figures", {"figures": [{"label": "单位", "source": "members", "number": None, "unit": ""}]}),
    )
    client.get("/")
    with django_assert_num_queries(12):
        client.get("/")
