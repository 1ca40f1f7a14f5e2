"""What can be followed: feeds of each index, calendars of activities, and what the head of a page says of them."""

import json
import re
from xml.etree import ElementTree as ET

import pytest
from django.utils import timezone

from cms.models import ActivityPage, NoticePage
from tests.factories import members_index, notice, open_index

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"


def parsed(client, path):
    response = client.get(path)
    assert response.status_code == 200
    return ET.fromstring(response.content)  # noqa: S314 - ours


def test_rss_of_an_index(client, open_site):
    channel = parsed(client, "/feeds/notices.rss")[0]
    items = channel.findall("item")
    assert channel.findtext("title") == "通知公告 - 示范省建设工程质量安全协会"
    assert channel.findtext("link") == "http://localhost/notices/"
    assert len(items) == 23
    assert {child.tag: child.text for child in items[0] if child.tag != "pubDate"} == {
        "title": "高质量发展论坛",
        "link": "http://localhost/notices/forum/",
        "description": "各会员单位：",
        "guid": "http://localhost/notices/forum/",
    }


def test_atom_of_an_index(client, open_site):
    feed = parsed(client, "/feeds/notices.atom")
    entry = feed.find(f"{ATOM}entry")
    published = timezone.localtime(open_site.first_published_at).isoformat()
    assert entry.findtext(f"{ATOM}published") == published
    assert (entry.findtext(f"{ATOM}title"), len(feed.findall(f"{ATOM}entry"))) == ("高质量发展论坛", 23)


def test_signs_that_xml_cannot_hold_are_left_out(client, open_site):
    NoticePage.objects.filter(slug="old-0").update(title="甲\x0b乙\x1b丙 <b>&")
    titles = [item.findtext("title") for item in parsed(client, "/feeds/notices.rss")[0].findall("item")]
    assert "甲乙丙 <b>&" in titles


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/member-notices.rss",
        "/feeds/member-notices.atom",
        "/feeds/notices/forum.rss",
        "/feeds/nowhere.rss",
        "/feeds/.rss",
        "/feeds/%00.rss",
        "/feeds/notices/../member-notices.rss",
        "/calendar/0.ics",
        "/calendar/99999999999999999999999.ics",
    ],
)
def test_nothing_else_can_be_followed(client, open_site, path):
    assert client.get(path).status_code == 404


def test_calendar_of_open_activities(client, open_site):
    dates = {"starts_at": timezone.now(), "ends_at": timezone.now()}
    notice(index=members_index(), slug="inner", title="内部会议", model=ActivityPage, venue="x", **dates)
    notice(index=open_index(), slug="draft", title="未发布活动", live=False, model=ActivityPage, venue="x", **dates)
    notice(index=open_index(), slug="day", title="开放日", model=ActivityPage, venue="示范市", **dates)
    ActivityPage.objects.filter(pk=open_site.pk).update(ends_at="2020-01-01T00:00Z")
    response = client.get("/calendar.ics")
    text = response.content.decode()
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert re.findall(r"SUMMARY:(.*)\r\n", text) == ["开放日"]


def test_one_activity_for_the_calendar(client, open_site):
    text = client.get(f"/calendar/{open_site.pk}.ics").content.decode()
    assert "SUMMARY:高质量发展论坛\r\n" in text
    assert "URL:http://localhost/notices/forum/\r\n" in text
    open_site.unpublish()
    assert client.get(f"/calendar/{open_site.pk}.ics").status_code == 404


def followed(html):
    return re.findall(r'<link rel="alternate" type="([^"]*)" title="[^"]*" href="([^"]*)">', html)


def test_pages_say_what_can_be_followed(client, open_site):
    feeds = [("application/rss+xml", "/feeds/notices.rss"), ("application/atom+xml", "/feeds/notices.atom")]
    calendar = ("text/calendar", f"/calendar/{open_site.pk}.ics")
    pages = {path: followed(client.get(path).content.decode()) for path in ("/", "/notices/", "/notices/forum/")}
    assert pages == {"/": feeds, "/notices/": feeds, "/notices/forum/": [*feeds, calendar]}


def data(client, path):
    html = client.get(path).content.decode()
    blocks = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html)
    assert len(blocks) == 1
    return {each["@type"]: each for each in json.loads(blocks[0])["@graph"]}


def test_schema_org_data(client, open_site):
    event = data(client, "/notices/forum/")
    assert event["Event"]["name"] == "高质量发展论坛"
    assert event["Event"]["startDate"] == "2026-09-10T09:00+08:00"
    assert event["Event"]["location"]["name"] == "示范市国际会议中心"
    assert [step["name"] for step in event["BreadcrumbList"]["itemListElement"]][1:] == ["通知公告", "高质量发展论坛"]
    home = data(client, "/")
    assert home["Organization"]["telephone"] == "028-0000-1001"
    assert home["WebSite"]["potentialAction"]["target"]["urlTemplate"] == "http://testserver/search/?q={words}"
    article = data(client, "/notices/old-0/")["Article"]
    assert article["datePublished"].startswith(f"{NoticePage.objects.get(slug='old-0').first_published_at:%Y-}")


def test_no_title_ends_the_data_block(client, open_site):
    evil = '</script><script>alert(1)</script><!--"'
    NoticePage.objects.filter(slug="forum").update(title=evil)
    html = client.get("/notices/forum/").content.decode()
    assert "<script>alert" not in html
    assert data(client, "/notices/forum/")["Event"]["name"] == evil
