"""Open pages kept whole: never old, never of somebody, never in the way of anything else."""

import os
from types import SimpleNamespace

import pytest
from django.core.cache import caches
from django.test import Client

from cms.models import AssociationSettings, NoticeCategory, NoticePage
from home import generation, kept_pages
from membership.audit.actions import record
from tests.factories import UnitFactory, UserFactory, members_index, notice, open_index

pytestmark = pytest.mark.django_db

PAGE = "/notices/forum/"


@pytest.fixture(autouse=True)
def _kept(settings, tmp_path):
    settings.OPEN_PAGES_KEPT = True
    settings.OPEN_PAGES_STAMP = str(tmp_path / "media" / "stamp")
    settings.OPEN_PAGES_LOOK_EVERY = 0


@pytest.fixture
def visitor():
    """A browser of somebody who is not logged in, on a process of its own; the page was seen once."""
    client = Client()
    client.get("/notices/")
    return client


@pytest.fixture
def changed(django_capture_on_commit_callbacks):
    """Whether what is done inside has every process draw its pages anew."""

    def by(work):
        before = generation.current()
        with django_capture_on_commit_callbacks(execute=True):
            work()
        return generation.current() != before

    return by


def test_a_page_seen_before_costs_no_query_and_says_the_same(visitor, open_site, django_assert_num_queries):
    first = visitor.get(PAGE)
    with django_assert_num_queries(0):
        again = visitor.get(PAGE)
    assert (again.status_code, again.content) == (200, first.content)
    number = {"X-Request-ID": None}  # of the one request
    assert dict(again.headers) | number == dict(first.headers) | number
    assert again["Cache-Control"] == "no-cache"
    assert {"Accept-Language", "Cookie"} <= set(again["Vary"].split(", "))
    assert "csrfmiddlewaretoken" not in again.content.decode()


def test_whoever_has_the_page_already_is_told_so(visitor, open_site, django_assert_num_queries):
    tag = visitor.get(PAGE)["ETag"]
    with django_assert_num_queries(0):
        answer = visitor.get(PAGE, headers={"if-none-match": f'W/"x", {tag}'})
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", tag)
    assert visitor.get(PAGE, headers={"if-none-match": '"x"'}).status_code == 200
    assert visitor.head(PAGE).status_code == 200


def test_each_language_has_its_own(visitor, open_site):
    chinese = visitor.get(PAGE).content.decode()
    english = visitor.get(PAGE, headers={"accept-language": "en"}).content.decode()
    chosen = Client(headers={"cookie": "django_language=en"}).get(PAGE).content.decode()
    assert ('lang="zh-CN"' in chinese, '<html lang="en"' in english, '<html lang="en"' in chosen) == (True, True, True)
    assert visitor.get(PAGE).content.decode() == chinese


@pytest.mark.parametrize("address", [PAGE, "/notices/", "/"])
def test_who_is_logged_in_gets_a_page_of_their_own(visitor, open_site, address, django_assert_max_num_queries):
    kept = visitor.get(address)
    person = Client()
    person.force_login(UserFactory())
    for _time in range(2):
        answer = person.get(address)
        assert "no-store" in answer["Cache-Control"]
        assert "ETag" not in answer
    assert visitor.get(address).content == kept.content


def test_nothing_else_is_kept(visitor, open_site):
    NoticePage.objects.filter(slug="old-0").update(live=False)
    notice(index=members_index(), slug="secret")
    for path in (
        "/accounts/login/",
        "/portal/",
        "/cms/",
        "/search/?q=x",
        "/nowhere/",
        "/notices/old-0/",
        "/verify/",
        "/member-notices/secret/",
        "/api/content/v2/pages/",
        "/language/en/",
    ):
        assert "ETag" not in visitor.get(path).headers, path
    assert [visitor.get(path).status_code for path in ("/notices/old-0/", "/member-notices/secret/")] == [404, 302]


@pytest.mark.parametrize(
    "path", ["/sitemap.xml", "/robots.txt", "/terms/", "/privacy/", "/feeds/notices.rss", "/calendar.ics"]
)
def test_what_is_open_to_all_is_kept_too(visitor, open_site, path, django_assert_num_queries):
    assert visitor.get(path).status_code == 200
    with django_assert_num_queries(0):
        assert visitor.get(path).has_header("ETag")


def test_only_known_choices_are_kept_and_no_flood_grows_or_drives_out_pages(visitor, open_site, monkeypatch):
    monkeypatch.setattr(kept_pages, "CHOSEN", 3)
    visitor = Client()
    shelves = []
    monkeypatch.setattr(kept_pages.Shelf, "__init__", _noted(shelves, kept_pages.Shelf.__init__))
    visitor.get(PAGE)
    for number in range(5):
        visitor.get(f"/notices/?page={number}")
        visitor.get(f"/notices/?utm={number}")
        visitor.get(f"/notices/?page={number}&x=1")
        visitor.get(f"/notices/?category=%E4%BC%9A{number}")
    plain, chosen = shelves
    assert [key[:2] for key in plain.answers] == [(PAGE, "")]
    assert [key[1] for key in chosen.answers] == ["page=2", "page=3", "page=4"]
    assert chosen.bytes == sum(len(kept.content) for kept in chosen.answers.values())


def _noted(shelves, init):
    def noted(self, most):
        init(self, most)
        shelves.append(self)

    return noted


def test_a_shelf_holds_no_more_bytes_than_it_may(monkeypatch):
    monkeypatch.setattr(kept_pages, "SHELF_BYTES", 10)
    shelf = kept_pages.Shelf(100)
    for number in range(4):
        shelf.put(number, 1, kept_pages.Kept(b"12345", {}, float("inf")))
    assert (list(shelf.answers), shelf.bytes) == ([2, 3], 10)
    shelf.put(9, 2, kept_pages.Kept(b"1", {}, float("inf")))
    assert (list(shelf.answers), shelf.bytes, shelf.get(3, 1), shelf.get(3, 2)) == ([9], 1, None, None)


def test_a_page_drawn_before_a_change_is_not_kept_after_it():
    shelf = kept_pages.Shelf(100)
    shelf.put("page", 1, kept_pages.Kept(b"old", {}, float("inf")))
    assert shelf.get("page", 2) is None


def test_a_page_is_drawn_anew_after_a_minute(monkeypatch):
    shelf = kept_pages.Shelf(100)
    shelf.put("page", 1, kept_pages.Kept(b"", {}, until=100.0))
    monkeypatch.setattr(kept_pages.time, "monotonic", lambda: 99.0)
    assert shelf.get("page", 1)
    monkeypatch.setattr(kept_pages.time, "monotonic", lambda: 101.0)
    assert shelf.get("page", 1) is None


CHANGES = {
    "publish": lambda page: page.save_revision().publish(),
    "unpublish": lambda page: page.unpublish(),
    "delete": lambda page: NoticePage.objects.get(slug="old-3").delete(),
    "move": lambda page: NoticePage.objects.get(slug="old-3").move(open_index(), pos="first-child"),
    "category": lambda page: NoticeCategory.objects.get(slug="policy").save(),
    "settings": lambda page: AssociationSettings.load().save(),
    "attachment": lambda page: page.attachments.get().save(),
    "restriction": lambda page: page.view_restrictions.create(restriction_type="login"),
    "dues standard": lambda page: record("dues.set_standard", page, by=None, in_history=False),
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_that_shows_drops_the_pages(change, open_site, changed):
    UnitFactory(certified=True)  # somebody whom the forum reaches: without, it would not be published again
    assert changed(lambda: CHANGES[change](open_site))


def test_a_draft_drops_nothing(open_site, changed):
    open_site.title = "草稿"
    assert not changed(open_site.save_revision)
    assert not changed(lambda: record("units.approve", open_site, by=None, in_history=False))


def test_a_change_is_seen_with_the_next_request(visitor, open_site, django_capture_on_commit_callbacks):
    visitor.get(PAGE)
    with django_capture_on_commit_callbacks(execute=True):
        AssociationSettings.objects.update(name="旧名")
        ours = AssociationSettings.load()
        ours.name = "新名协会"
        ours.save()
    assert "新名协会" in visitor.get(PAGE).content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        open_site.unpublish()
    assert visitor.get(PAGE).status_code == 404


def test_without_mark_or_cache_nothing_is_kept_and_nothing_breaks(visitor, open_site, settings, monkeypatch):
    monkeypatch.setattr(generation, "_mark_here", _fails)
    os.remove(settings.OPEN_PAGES_STAMP)
    assert "ETag" not in visitor.get(PAGE).headers
    monkeypatch.undo()


def test_without_a_mark_from_the_shared_cache_nothing_is_kept_and_nothing_breaks(
    visitor, open_site, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(generation, "caches", {"default": SimpleNamespace(get=_fails, set=_fails)})
    assert "ETag" not in visitor.get(PAGE).headers
    with django_capture_on_commit_callbacks(execute=True):
        generation.renew()


def _fails(*args, **kwargs):
    raise OSError("away")


def test_another_machine_s_change_is_seen_by_the_shared_cache():
    before = generation.current()
    caches["default"].set(generation.KEY, "another", None)
    assert generation.current() != before


def test_a_preview_is_neither_kept_nor_answered_from_what_is_kept(visitor, open_site):
    visitor.get(PAGE)
    open_site.title = "未发布的标题"
    shown = open_site.make_preview_request()
    assert "未发布的标题" in shown.content.decode()
    assert "未发布的标题" not in visitor.get(PAGE).content.decode()


def test_a_page_behind_a_password_is_not_kept(visitor, open_site, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        open_site.view_restrictions.create(restriction_type="password", password="open sesame")
    answers = [visitor.get(PAGE) for _time in range(2)]
    assert [answer.has_header("ETag") for answer in answers] == [False, False]
    assert "各会员单位" not in answers[1].content.decode()
