"""Site and menu are read once by a process, and anew after every change; never out of an unfinished transaction."""

import pytest
from bs4 import BeautifulSoup
from django.db import transaction
from django.test import Client
from wagtail.models import Page, Site

from home import generation, shared_facts
from tests.factories import notice, open_index

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

DRAWN_ANEW = "?drawn=anew"  # an unknown choice: the page itself is not kept


@pytest.fixture(autouse=True)
def _kept(settings, tmp_path):
    settings.OPEN_PAGES_KEPT = True
    settings.OPEN_PAGES_STAMP = str(tmp_path / "media" / "stamp")
    settings.OPEN_PAGES_LOOK_EVERY = 0


@pytest.fixture
def visitor():
    notice(index=open_index(), slug="first")
    notice(index=open_index(), slug="second")
    client = Client()
    client.get("/notices/")  # makes the settings of the association, which is a change
    return client


def menu(visitor, path="/notices/first/"):
    page = BeautifulSoup(visitor.get(path + DRAWN_ANEW).content, "html.parser")
    return [link.text.strip() for link in page.select(".site-nav__list > li > a")]


def test_the_second_page_asks_for_neither_site_nor_menu(visitor, django_assert_num_queries):
    visitor.get("/notices/first/" + DRAWN_ANEW)
    with django_assert_num_queries(3):
        assert visitor.get("/notices/second/" + DRAWN_ANEW).status_code == 200


def test_a_page_that_leaves_the_menu_is_gone_at_once(visitor):
    index = open_index()
    assert index.title in menu(visitor)
    index.title = "改名后的公告"
    index.save_revision().publish()
    assert "改名后的公告" in menu(visitor)
    index.show_in_menus = False
    index.save_revision().publish()
    assert "改名后的公告" not in menu(visitor)


def test_the_reader_is_marked_in_a_menu_that_others_filled(visitor):
    def here(path):
        page = BeautifulSoup(visitor.get(path + DRAWN_ANEW).content, "html.parser")
        return [(link["aria-current"], link["href"]) for link in page.select(".site-nav__list [aria-current]")]

    assert here("/") == [("page", "/")]
    assert here("/notices/first/") == [("true", "/notices/")]
    assert here("/notices/") == [("page", "/notices/")]


def test_each_host_finds_its_own_site(visitor, settings):
    settings.ALLOWED_HOSTS = ["*"]
    own = Site.objects.get(is_default_site=True)
    other = Site.objects.create(hostname="other.example.org", port=80, root_page=Page.objects.get(pk=open_index().pk))
    for _time in range(2):
        assert visitor.get("/first/" + DRAWN_ANEW, headers={"host": "other.example.org"}).status_code == 200
        assert visitor.get("/first/" + DRAWN_ANEW).status_code == 404
    other.delete()
    assert visitor.get("/first/" + DRAWN_ANEW, headers={"host": "other.example.org"}).status_code == 404
    assert Site.objects.get() == own


def test_a_host_that_is_not_ours_leaves_nothing_behind(visitor):
    shared_facts._kept.clear()
    assert visitor.get("/notices/first/", headers={"host": "evil.example.org"}).status_code == 400
    assert shared_facts._kept == {}


def test_what_an_unfinished_transaction_sees_stays_in_it():
    with transaction.atomic():
        assert shared_facts.kept(("fact",), lambda: "of mine") == "of mine"
    assert shared_facts.kept(("fact",), lambda: "of all") == "of all"
    assert shared_facts.kept(("fact",), lambda: "too late") == "of all"
    generation.renew()
    assert shared_facts.kept(("fact",), lambda: "new") == "new"


def test_facts_are_few(monkeypatch):
    monkeypatch.setattr(shared_facts, "MOST", 3)
    for number in range(10):
        shared_facts.kept(("fact", number), lambda number=number: number)
    assert len(shared_facts._kept) <= 3
