"""The content API: what an open page says to programs, and that no question breaks it."""

from urllib.parse import urljoin

import pytest
from django.urls import reverse

from cms.actions import store_attachment
from cms.models import ActivityPage, NoticeAttachment
from home.throttles import OpenThrottle
from tests.factories import UserFactory, notice, open_index
from tests.files import docx

pytestmark = pytest.mark.django_db

API = "/api/content/v2/pages/"


@pytest.fixture
def activity():
    page = notice(
        index=open_index(),
        model=ActivityPage,
        category="activity",
        title="质量月现场观摩",
        slug="quality-tour",
        document_no="示建质安协〔2026〕8号",
        body=[("heading", "一、时间"), ("paragraph", "<p>上午九点</p>")],
        starts_at="2026-09-10T01:00:00Z",
        ends_at="2026-09-10T09:00:00Z",
        venue="成都",
        quota=60,
        rules=[{"kind": "all"}],
    )
    stored = store_attachment(docx("报名表.docx"), by=UserFactory(root=True), title="报名表")
    NoticeAttachment.objects.create(page=page, attachment=stored)
    return page


def test_detail_of_an_activity(client, activity):
    file = activity.attachments.get()
    answer = client.get(f"{API}{activity.pk}/").json()
    meta = answer.pop("meta")
    assert answer == {
        "id": activity.pk,
        "title": "质量月现场观摩",
        "category": {"name": "活动", "slug": "activity"},
        "document_no": "示建质安协〔2026〕8号",
        "pinned": False,
        "body": "<h2>一、时间</h2>\n\n<p>上午九点</p>",
        "attachments": [
            {
                "title": "报名表",
                "name": "报名表.docx",
                "size": file.attachment.size,
                "type": file.attachment.mime,
                "url": f"http://localhost{reverse('home:attachment', args=[file.pk])}",
            }
        ],
        "receipt_kind": "none",
        "deadline": None,
        "contact": "",
        "starts_at": "2026-09-10T09:00:00+08:00",
        "ends_at": "2026-09-10T17:00:00+08:00",
        "venue": "成都",
        "quota": 60,
    }
    assert set(meta) == {
        "type",
        "detail_url",
        "html_url",
        "slug",
        "seo_title",
        "search_description",
        "first_published_at",
        "parent",
    }
    assert meta["type"] == "cms.ActivityPage"
    assert meta["html_url"] == "http://localhost/notices/quality-tour/"
    assert meta["parent"]["title"] == "通知公告"


def test_list_by_category_and_type(client, activity):
    plain = notice(index=open_index(), category="announcement", title="公示", slug="plain")

    def ids(query):
        return [item["id"] for item in client.get(f"{API}?{query}").json()["items"]]

    assert ids("category=activity") == [activity.pk]
    assert ids("category=announcement") == [plain.pk]
    assert ids("category=training") == []
    assert sorted(ids("type=cms.NoticePage")) == sorted([activity.pk, plain.pk])
    assert ids("type=cms.ActivityPage") == [activity.pk]
    assert ids("type=cms.NoticePage&order=-id&limit=1") == [max(activity.pk, plain.pk)]


def test_search_finds_chinese_and_puts_titles_first(client, activity):
    notice(index=open_index(), title="周报", slug="report", body=[("paragraph", "<p>现场观摩纪要</p>")])

    def titles(query):
        return [item["title"] for item in client.get(f"{API}?{query}").json()["items"]]

    assert titles("search=现场观摩") == ["质量月现场观摩", "周报"]
    assert titles("search=观摩&type=cms.ActivityPage&category=activity") == ["质量月现场观摩"]
    assert titles("search=观摩&order=title") == ["周报", "质量月现场观摩"]
    assert titles("search=成都") == ["质量月现场观摩"]
    assert [client.get(f"{API}?search={bad}").status_code for bad in ("", "!", "会" * 61)] == [400, 400, 400]


def test_find_by_path(client, activity):
    answer = client.get(f"{API}find/?html_path=/notices/quality-tour/")
    assert (answer.status_code, answer["Location"]) == (302, f"http://localhost{API}{activity.pk}/?")


@pytest.mark.parametrize(
    "query",
    [
        "search=%00",
        "category=%00",
        "category=nothing",
        "type=%00",
        "type=auth.User",
        "type=x",
        "fields=%00",
        "fields=audience_rules",
        "fields=category(name)",
        "fields=a(((",
        "fields=" + "a(" * 3000,
        "order=%00",
        "order=nothing",
        "order=--title",
        "order=audience_rules",
        "order=random,title",
        "offset=-1",
        "offset=99999999999999999999999",
        "offset=1e3",
        "offset=",
        "offset=٣",
        "limit=51",
        "limit=-1",
        "limit=99999999999999999999999",
        "limit=x",
        "child_of=%00",
        "child_of=99999999999999999999999",
        "descendant_of=-1",
        "audience_rules=1",
        "deadline=x",
        "first_published_at=x",
        "site=nowhere.example",
        "locale=%00",
        "%00=1",
        "translation_of=1",
    ],
)
def test_a_bad_question_is_answered_400_in_json(client, activity, query):
    answer = client.get(f"{API}?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/json")
    assert set(answer.json()) == {"code", "message"}
    assert answer.json()["code"] == "bad_request"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("find/?html_path=%00", 400),
        ("find/?html_path=/nowhere/", 404),
        ("find/?id=%00", 400),
        ("find/?id=x", 400),
        ("find/?id=99999999999999999999999999", 400),
        ("find/", 404),
        ("99999999999999999999999999/", 404),
        ("0/", 404),
        ("0/?fields=%00", 400),
    ],
)
def test_a_page_that_is_not_there_is_said_so_in_json(client, activity, path, status):
    answer = client.get(API + path)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")


@pytest.mark.parametrize(
    ("path", "headers", "status", "code"),
    [
        ("", {"accept": "application/xml"}, 406, "not_acceptable"),
        ("", {"accept": "text/html"}, 406, "not_acceptable"),
        ("?format=xml", {}, 404, "not_found"),
        ("?page=-1", {}, 400, "bad_request"),
        ("?limit=1000000000", {}, 400, "bad_request"),
        ("?order=password", {}, 400, "bad_request"),
        ("../images/?search=x", {}, 400, "bad_request"),
        ("../images/?collection=1", {}, 400, "bad_request"),
        ("../images/999/", {}, 404, "not_found"),
        ("../", {}, 404, "not_found"),
        ("../../", {}, 404, "not_found"),
        ("nothing/", {}, 404, "not_found"),
    ],
)
def test_every_refusal_is_json_with_a_code(client, activity, path, headers, status, code):
    answer = client.get(urljoin(API, path), headers=headers)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/json")
    assert set(answer.json()) == {"code", "message"}
    assert answer.json()["code"] == code


def test_an_address_without_its_last_slash_is_put_right(client, activity):
    answer = client.get(API.rstrip("/"))
    assert (answer.status_code, answer["Location"]) == (301, API)


def test_head_answers_like_get_without_a_body(client, activity):
    answer = client.head(API)
    assert (answer.status_code, answer.content) == (200, b"")


def test_whoever_asks_too_often_is_told_to_wait(client, activity, monkeypatch):
    monkeypatch.setattr(OpenThrottle, "rate", "2/min")
    assert [client.get(API).status_code for _ in range(2)] == [200, 200]
    answer = client.get(API, headers={"x-forwarded-for": "203.0.113.9"})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert 0 < int(answer["Retry-After"]) <= 60
    assert client.get(API, REMOTE_ADDR="203.0.113.9").status_code == 200


def test_no_more_keys_than_these_ever_leave(client, activity):
    """The allow-list of what programs see, page type by page type."""

    def keys(query):
        return [set(item) for item in client.get(f"{API}?fields=*&{query}").json()["items"]]

    page = {"id", "meta", "title"}
    of_notice = {"category", "document_no", "pinned", "body", "attachments", "receipt_kind", "deadline", "contact"}
    of_activity = of_notice | {"starts_at", "ends_at", "venue", "quota"}
    assert keys("type=home.HomePage") == [page | {"hero_title", "hero_text", "body"}]
    assert keys("type=cms.NoticeIndexPage") == [page | {"intro"}]
    assert keys("type=cms.ActivityPage") == [page | of_activity]
    assert keys("type=cms.NoticePage") == [page | of_notice]
    assert set(keys("")[0]) == page
    assert set(client.get(API).json()) == {"meta", "items"}


def test_asking_costs_no_session_and_no_cookie(client, activity):
    client.force_login(UserFactory(root=True))
    seen = client.get(API)
    assert list(seen.cookies) == []
    assert "Access-Control-Allow-Origin" not in seen
    client.logout()
    assert client.get(API).json() == seen.json()


@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete", "options", "trace"])
@pytest.mark.parametrize("signed_in", [False, True])
def test_nothing_can_be_written(client, activity, verb, signed_in):
    if signed_in:
        client.force_login(UserFactory(root=True))
    answers = [getattr(client, verb)(path).status_code for path in (API, f"{API}{activity.pk}/", f"{API}find/")]
    assert answers == [405, 405, 405]


def test_lists_ask_the_database_the_same_number_of_times(client, activity, django_assert_num_queries):
    client.get(API)  # the roots of the sites are remembered from now on
    with django_assert_num_queries(6):
        assert len(client.get(f"{API}?type=cms.NoticePage").json()["items"]) == 1
    for number in range(3):
        notice(index=open_index(), slug=f"more-{number}")
    with django_assert_num_queries(6):
        assert len(client.get(f"{API}?type=cms.NoticePage").json()["items"]) == 4
