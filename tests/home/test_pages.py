"""The open pages: what they tell visitors and search engines, how often they ask the database, what they leave out."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.utils import timezone

from cms.actions import store_attachment
from cms.models import NoticeAttachment
from tests.factories import UnitFactory, UserFactory, members_index, notice, open_index
from tests.files import pdf

pytestmark = pytest.mark.django_db

PAGES = ["/", "/notices/", "/notices/?category=policy&page=1", "/notices/forum/"]
HOST = "http://localhost"  # the address of Wagtail's site, which canonical addresses are made of


def html_of(client, address):
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def meta(html):
    """{name or property: content} of the head's meta elements."""
    found = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', html)
    return {name: unescape(content) for name, content in found}


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_visitor_gets_no_cookie_and_no_token(client, open_site, address, language):
    response = client.get(address, headers={"accept-language": language})
    assert response.status_code == 200
    assert list(response.cookies) == []
    assert "csrfmiddlewaretoken" not in response.content.decode()
    assert "no-store" not in response.get("Cache-Control", "")


@pytest.mark.parametrize("address", [*PAGES, "/accounts/login/", "/nowhere/"])
def test_no_code_stands_in_a_page_and_nothing_comes_from_elsewhere(client, open_site, address):
    html = client.get(address).content.decode()
    code = r"""<style\b|\sstyle=|\son\w+=|<script(?![^>]*\s(?:src=|type="application/(?:ld\+)?json"))|javascript:"""
    assert re.findall(code, html) == []
    loaded = re.findall(r'<(?:script|img|iframe|source|video|audio|embed)\b[^>]*\ssrc="([^"]*)"', html)
    loaded += re.findall(r'<link\b[^>]*rel="(?:icon|stylesheet|preload)"[^>]*href="([^"]*)"', html)
    assert len(loaded) >= 3
    assert [source for source in loaded if not source.startswith("/static/")] == []
    hosts = set(re.findall(r"(?:https?:)?//([\w.-]+)", html)) - {"localhost", "testserver", "www.w3.org", "schema.org"}
    assert hosts <= {
        "beian.miit.gov.cn"
    }  # the register of the ICP number: a link that the law asks for, nothing loaded


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_interface_is_in_the_reader_s_language(client, open_site, language):
    client.get(f"/language/{language}/")
    html = html_of(client, "/notices/forum/")
    words = {
        "zh-hans": ("zh-CN", "会员登录后回执", "会员登录", "500 人"),
        "en": ("en", "Sign in to return the receipt", "Member sign-in", "500"),
    }[language]
    assert f'<html lang="{words[0]}">' in html
    assert [word for word in words[1:] if word not in html] == []


def test_head_of_a_notice(client, open_site):
    html = html_of(client, "/notices/forum/")
    address = f"{HOST}/notices/forum/"
    assert re.findall(r'<link rel="canonical" href="([^"]*)">', html) == [address]
    facts = meta(html)
    assert {name: facts.get(name) for name in facts if name.startswith("og:")} == {
        "og:type": "article",
        "og:title": "高质量发展论坛",
        "og:description": "各会员单位：",
        "og:url": address,
        "og:site_name": "示范省建设工程质量安全协会",
        "og:locale": "zh_CN",
    }
    assert (facts["description"], facts["robots"]) == ("各会员单位：", "index, follow")


@pytest.mark.parametrize(
    ("query", "canonical"),
    [("", ""), ("?page=2", "?page=2"), ("?page=99", "?page=2"), ("?category=policy", ""), ("?page=x&utm=1", "")],
)
def test_a_list_is_known_by_one_address(client, open_site, query, canonical):
    html = html_of(client, f"/notices/{query}")
    assert re.findall(r'<link rel="canonical" href="([^"]*)">', html) == [f"{HOST}/notices/{canonical}"]


def test_index_filters_by_category_and_year(client, open_site):
    def titles(query):
        return client.get(f"/notices/?{query}").content.decode().count('class="news__title"')

    this_year = timezone.localdate(open_site.first_published_at).year
    assert titles("") == 20
    assert titles("page=2") == 3
    assert titles("category=receipt") == 1
    assert titles("category=policy") == 11
    assert titles(f"year={this_year}") == 1
    assert titles(f"year={this_year}&category=policy") == 0
    assert titles("category=nothing&year=abc&page=x") == 20
    assert titles("page=-1") == 3


def test_index_explains_a_choice_that_matches_nothing(client, open_site):
    this_year = timezone.localdate(open_site.first_published_at).year
    html = html_of(client, f"/notices/?year={this_year}&category=policy")
    assert ("没有符合条件的公告" in html, 'class="news__title"' in html) == (True, False)


def test_sitemap_names_open_pages_with_the_day_of_their_last_change(client, open_site):
    notice(index=members_index(), slug="for-members-only")
    UnitFactory(certified=True)  # somebody whom the forum reaches: without, it would not be published again
    open_site.save_revision().publish()
    body = client.get("/sitemap.xml").content.decode()
    entries = dict(re.findall(r"<url><loc>http://localhost([^<]*)</loc><lastmod>([^<]*)</lastmod>", body))
    today = f"{timezone.localdate():%Y-%m-%d}"
    assert {path: entries.get(path) for path in ("/notices/", "/notices/forum/")} == {
        "/notices/": today,
        "/notices/forum/": today,
    }
    assert "/member-notices/" not in body
    places = ["/terms/", "/privacy/", "/accessibility/"]
    assert [place for place in places if f"<loc>http://testserver{place}</loc>" not in body] == []
    assert body.count("<loc>") == 26 + len(places)


def test_robots_are_led_to_the_sitemap_only(client):
    assert client.get("/robots.txt").content.decode().splitlines() == [
        "User-agent: *",
        "Disallow: /accounts/",
        "Disallow: /api/",
        "Disallow: /cms/",
        "Disallow: /portal/",
        "",
        "Sitemap: http://testserver/sitemap.xml",
    ]


def test_attachment_is_a_download_that_no_browser_runs(client, open_site):
    file = open_site.attachments.get()
    response = client.get(f"/notices/attachments/{file.pk}/")
    content = b"".join(response.streaming_content)
    assert (response.status_code, len(content)) == (200, file.attachment.size)
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert client.post(f"/notices/attachments/{file.pk}/").status_code == 405


def test_the_pages_of_an_attachment_are_for_everybody_as_long_as_the_notice_is_out(client, open_site):
    stored = store_attachment(pdf("实施方案.pdf", pages=2), by=UserFactory(root=True), title="实施方案")
    placed = NoticeAttachment.objects.create(page=open_site, attachment=stored)
    address = f"/notices/attachments/{placed.pk}/"
    assert f'href="{address}view/"' in client.get("/notices/forum/").content.decode()
    shown = client.get(f"{address}view/")
    assert (shown.status_code, shown["X-Robots-Tag"]) == (200, "noindex")
    assert f'src="{address}pages/2/"' in shown.content.decode()
    image = client.get(f"{address}pages/2/")
    assert b"".join(image.streaming_content).startswith(b"\xff\xd8\xff")
    assert client.post(f"{address}view/").status_code == 405

    open_site.unpublish()
    assert [client.get(f"{address}{part}").status_code for part in ("", "view/", "pages/1/")] == [404, 404, 404]


def test_detail_asks_the_database_a_fixed_number_of_times(client, open_site, django_assert_num_queries):
    client.get("/notices/forum/")  # what a process remembers is remembered from now on
    with django_assert_num_queries(6):
        client.get("/notices/forum/")


@pytest.mark.parametrize("rows", [1, 50])
def test_index_and_home_ask_the_same_number_of_times(client, rows, django_assert_num_queries):
    for number in range(rows):
        notice(index=open_index(), category=("policy", "notice")[number % 2], slug=f"row-{number}")
    client.get("/notices/")
    with django_assert_num_queries(11):
        client.get("/notices/")
    with django_assert_num_queries(7):
        client.get("/")


@pytest.mark.parametrize("address", ["/notices/", "/notices/forum/"])
def test_print_leaves_out_what_paper_cannot_use(client, open_site, address):
    css = (settings.BASE_DIR / "static" / "portal.css").read_text(encoding="utf-8").split("@media print")[1]
    hidden = set(re.findall(r"\.([\w-]+)", css.split("display: none !important")[0]))
    shown_on_screen = set(re.findall(r'<(?:header|nav|ul|footer)\b[^>]*class="([\w-]+)', html_of(client, address)))
    furniture = {"topbar", "site-nav", "site-footer"} | (
        {"tabs", "years"} if address == "/notices/" else {"article-nav"}
    )
    assert furniture <= shown_on_screen
    assert furniture - hidden == set()
