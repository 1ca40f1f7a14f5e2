"""The menu comes from the page tree: two levels, where the reader is, nothing that is not open. Moved pages lead on."""

import re

import pytest
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect

from home.models import ArticlePage, SectionPage
from tests.factories import members_index
from tests.home.site import article, news_section, place_file, restrict, section

pytestmark = pytest.mark.django_db
MARK = "不得外泄"


def menu(client, address="/"):
    """[(address, words, aria-current)] of the menu for wide screens."""
    html = client.get(address).content.decode()
    listed = html.split('class="site-nav__list"')[1].split("</nav>")[0]
    links = re.findall(r'<a (?:class="site-nav__link" )?href="([^"]+)"(?: aria-current="(\w+)")?>([^<]+)', listed)
    return [(url, words, current) for url, current, words in links]


@pytest.fixture
def about():
    page = section(slug="about", title="协会概况", show_in_menus=True)
    article(page, slug="statutes", title="协会章程", show_in_menus=True)
    article(page, slug="news-item", title="不在菜单中")
    return page


def test_two_levels_and_where_the_reader_is(client, about):
    entries = menu(client, "/about/statutes/")
    assert [entry for entry in entries if entry[0].startswith("/about/")] == [
        ("/about/", "协会概况", "true"),
        ("/about/statutes/", "协会章程", "page"),
    ]
    assert ("/", "首页", "") in entries
    html = client.get("/about/statutes/").content.decode()
    assert html.count('href="/about/statutes/"') == 3  # wide menu, narrow menu, menu at the side
    assert re.search(r'<details class="site-menu"><summary', html)


@pytest.mark.parametrize("kept", ["draft", "private", "members"])
def test_what_is_not_open_is_in_no_menu(client, about, kept):
    inner = ArticlePage.objects.get(slug="statutes")
    if kept == "draft":
        about.unpublish()
    elif kept == "private":
        restrict(about)
    else:
        type(members_index()).objects.filter(slug="member-notices").update(show_in_menus=True)
    addresses = [url for url, *_rest in menu(client)]
    assert ("/about/" in addresses, inner.url in addresses) == ((True, True) if kept == "members" else (False, False))
    assert "/member-notices/" not in addresses


@pytest.mark.parametrize("kept", ["draft", "private"])
def test_drafts_and_private_pages_are_told_nowhere(client, kept):
    news, about = news_section(show_in_menus=True), section(slug="about", show_in_menus=True)
    pages = [article(news, title=MARK, slug="m1"), article(about, title=MARK, slug="m2", show_in_menus=True)]
    place_file(pages[0], MARK)
    api = reverse("content-api:pages:listing")
    own = [pages[0].url, pages[1].url, f"{api}{pages[0].pk}/", f"{api}{pages[1].pk}/"]
    lists = ["/", "/news/", "/about/", "/sitemap.xml", f"{api}?fields=*", f"{api}?type=home.ArticlePage&fields=*"]
    assert [address for address in lists[1:] if MARK not in client.get(address).content.decode()] == ["/sitemap.xml"]
    for page in pages:
        page.unpublish() if kept == "draft" else restrict(page)
    answers = [client.get(address) for address in [*lists, *own]]
    assert [answer.request["PATH_INFO"] for answer in answers if MARK in answer.content.decode()] == []
    assert {answer.status_code for answer in answers[len(lists) :]} == ({404} if kept == "draft" else {302, 404})


@pytest.mark.parametrize("way", ["renamed", "moved"])
def test_an_address_that_was_known_leads_to_the_page_as_it_is_now(
    client, about, way, django_capture_on_commit_callbacks
):
    page = ArticlePage.objects.get(slug="statutes")
    if way == "moved":
        page.move(news_section(), pos="last-child")
        target = "/news/statutes/"
    else:
        page.slug = "charter"
        with django_capture_on_commit_callbacks(execute=True):
            page.save_revision().publish()
        target = "/about/charter/"
    answer = client.get("/about/statutes/")
    assert (answer.status_code, answer["Location"]) == (301, target)
    assert client.get(target).status_code == 200
    assert client.get("/about/other/").status_code == 404


def test_editors_make_redirects_of_their_own(client, about):
    Redirect.add_redirect("/old-about/", about, is_permanent=True)
    answer = client.get("/old-about/")
    assert (answer.status_code, answer["Location"]) == (301, "/about/")


def test_a_moved_section_takes_all_below_along(client, about, django_capture_on_commit_callbacks):
    about.slug = "association"
    with django_capture_on_commit_callbacks(execute=True):
        about.save_revision().publish()
    assert client.get("/about/statutes/")["Location"] == "/association/statutes/"
    assert SectionPage.objects.get().url == "/association/"


def test_pages_that_are_not_there_say_how_to_go_on(client, about):
    answer = client.get("/about/nowhere/")
    html = answer.content.decode()
    assert answer.status_code == 404
    told = ["找不到此页面", 'href="/"', 'href="/portal/"', 'href="/accessibility/"', "site.css"]
    assert [words for words in told if words not in html] == []


def test_a_fault_is_told_in_the_look_of_the_site(client, about, monkeypatch):
    def fails(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(SectionPage, "get_context", fails)
    client.raise_request_exception = False
    answer = client.get("/about/")
    assert (answer.status_code, "服务出现故障" in answer.content.decode()) == (500, True)
