"""The open site of the demo: every section has something believable in it, and a second building changes nothing."""

import re
from collections import Counter
from datetime import date

import pytest
from wagtail.models import Page

from cms.models import NoticeIndexPage
from config.demo import association, site_about, site_branches, site_downloads, site_join, site_news, site_policies
from config.demo.site import Site, make_room_for_events
from config.demo.writing import Calendar
from home.models import ArticlePage, BranchPage, DuesStandardPage, HomePage, PageFile
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 3, 5)


def plans():
    """Every plan, whatever its depth."""
    days = Calendar(TODAY)
    waiting = [room.section(days) for room in (site_about, site_news, site_policies, site_branches, site_join)]
    waiting += [site_downloads.page(days), site_about.contact(days)]
    while waiting:
        plan = waiting.pop()
        waiting += plan.below
        yield plan


def test_texts_are_meant():
    words = {plan.slug: f"{plan.title}{plan.summary}{plan.body}{plan.facts}" for plan in plans()}
    filler = "测试|示例文本|占位|[Ll]orem|TODO|XX|！"
    assert [slug for slug, text in words.items() if re.search(filler, text)] == []
    assert [plan.slug for plan in plans() if not plan.summary] == []


def test_policies_have_their_number_and_dates_in_order():
    policies = [plan for plan in plans() if plan.model is ArticlePage and plan.facts.get("document_no")]
    assert len(policies) == 6
    for plan in policies:
        facts = plan.facts
        assert f"〔{facts['issued_on'].year}〕" in facts["document_no"]
        assert facts["issued_on"] <= facts["effective_on"]
        assert (TODAY - facts["issued_on"]).days >= plan.published


def test_the_site_is_built_once():
    editor = UserFactory(root=True)
    association.state_facts()
    assert make_room_for_events()
    days = Calendar(TODAY)
    assert Site(days, editor).build() > 30
    home = HomePage.objects.get()
    shown = Page.objects.child_of(home).live().in_menu().public().order_by("path").values_list("slug", flat=True)
    assert list(shown) == [
        *("about", "news", "notices", "events", "policies", "branches", "join", "downloads", "contact"),
    ]
    assert (BranchPage.objects.live().count(), PageFile.objects.filter(page__slug="downloads").count()) == (5, 10)
    assert DuesStandardPage.objects.get().url == "/join/dues-standard/"
    news = Page.objects.get(slug="news")
    assert ArticlePage.objects.live().child_of(news).count() == 9
    before = Counter(model._meta.label for model in (Page, PageFile, NoticeIndexPage) for _row in model.objects.all())
    assert (make_room_for_events(), Site(days, editor).build()) == (False, 0)
    after = Counter(model._meta.label for model in (Page, PageFile, NoticeIndexPage) for _row in model.objects.all())
    assert after == before


@pytest.mark.filterwarnings("ignore:Unclosed file <tempfile.Spooled:ResourceWarning")  # see test_open_pages
def test_every_page_of_the_demo_answers_and_its_links_lead_somewhere(client):
    editor = UserFactory(root=True)
    association.state_facts()
    make_room_for_events()
    Site(Calendar(TODAY), editor).build()
    pages = Page.objects.live().public().descendant_of(HomePage.objects.get(), inclusive=True)
    html = {page.url: client.get(page.url) for page in pages}
    assert {url: answer.status_code for url, answer in html.items() if answer.status_code != 200} == {}
    mains = [answer.content.decode().split("<main")[1].split("</main")[0] for answer in html.values()]
    links = {link for main in mains for link in re.findall(r'href="(/[^"#?]*)"', main)}
    dead = [
        link for link in links - set(html) if not re.match(r"/(static|files)/", link) and _status(client, link) == 404
    ]
    assert dead == []


def _status(client, address):
    return client.get(address).status_code
