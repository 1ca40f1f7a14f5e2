"""站内搜索: what is found, in which order, how it looks, and that no question breaks it."""

import re
from urllib.parse import quote, unquote_plus

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from wagtail.models import Page

from cms.models import ActivityPage, NoticePage
from cms.searching import matching, words
from home.searching import marked
from home.throttles import SearchThrottle
from tests.factories import members_index, notice, open_index

pytestmark = pytest.mark.django_db

BAD = [
    "%00",
    "a%00b",
    "%E4%BC",
    "%ED%A0%80",
    "%F0%9F%8E%89",
    "%22",
    "%22%27%22",
    "'%22--",
    "*",
    "a*",
    "NEAR(a,b)",
    "title:x",
    "AND",
    "OR NOT",
    "-",
    "%5C",
    "%25",
    "_",
    "()",
    "(((",
    "{title}:x",
    "^x",
    "&|!",
    "'",
    "<->",
    ":*",
    "%E2%80%8B",
    "%E2%80%AE",
    "%EF%BC%91%EF%BC%92",
    "%F0%A0%AE%B7",
    "e%CC%81",
    "%0d%0aX:1",
    "%7B%7B7*7%7D%7D",
    "<script>alert(1)</script>",
    "+".join(["a"] * 29),
]


@pytest.fixture
def pages():
    """{name: page}: a word in a title, in a body only, in two years; a members' notice and a draft say the same."""
    found = {
        "body": notice(
            index=open_index(), slug="body", title="年度安排", body=[("paragraph", "<p>筹备会员大会。</p>")]
        ),
        "title": notice(
            index=open_index(), slug="title", title="关于召开会员大会的通知", document_no="示建协〔2026〕8号"
        ),
        "event": notice(
            index=open_index(),
            slug="event",
            title="ISO9001 培训",
            category="training",
            model=ActivityPage,
            starts_at="2026-09-10T01:00:00Z",
            ends_at="2026-09-10T09:00:00Z",
            venue="示范市国际会议中心",
        ),
    }
    notice(index=members_index(), slug="secret", title="会员大会表决事项")
    notice(index=open_index(), slug="draft", title="会员大会草案", live=False)
    old = timezone.now() - timezone.timedelta(days=800)
    NoticePage.objects.filter(slug="title").update(first_published_at=old)
    return found


def found(client, query):
    """The titles found, as they stand on the page."""
    html = client.get(f"/search/?{query}").content.decode()
    titles = re.findall(r'class="news__title" href="[^"]*">(.*?)</a>', html)
    return [re.sub(r"</?mark>", "", title) for title in titles]


def q(text):
    return f"q={quote(text)}"


FOUND = {
    "会员大会": ["关于召开会员大会的通知", "年度安排"],
    "员大": ["关于召开会员大会的通知", "年度安排"],
    "召开 通知": ["关于召开会员大会的通知"],
    "会员 ISO": [],
    "会": ["关于召开会员大会的通知", "ISO9001 培训", "年度安排"],
    "讯": [],
    "iso": ["ISO9001 培训"],
    "ＩＳＯ９００１": ["ISO9001 培训"],
    "9001": [],
    "〔2026〕8号": ["关于召开会员大会的通知"],
    "建协〔2026〕8": ["关于召开会员大会的通知"],
    "大会员": [],
    "国际会议": ["ISO9001 培训"],
    "“会员大会”": ["关于召开会员大会的通知", "年度安排"],
}


def test_chinese_is_found_within_a_sentence_and_titles_come_first(client, pages):
    assert {text: found(client, q(text)) for text in FOUND} == FOUND


def test_the_words_are_marked_and_the_part_of_the_text_is_shown(client, pages):
    html = client.get("/search/?q=会员大会").content.decode()
    assert '<a class="news__title" href="/notices/title/">关于召开<mark>会员大会</mark>的通知</a>' in html
    assert '<p class="news__summary">筹备<mark>会员大会</mark>。</p>' in html
    assert "表决" not in html
    assert "草案" not in html


def test_hits_can_be_narrowed(client, pages):
    this_year = timezone.localdate().year
    assert found(client, q("会") + f"&year={this_year}") == ["ISO9001 培训", "年度安排"]
    assert found(client, q("会") + "&category=training") == ["ISO9001 培训"]
    assert found(client, q("会") + "&section=notices&category=training&year=1900") == ["ISO9001 培训"]
    assert len(found(client, q("会") + "&section=nothing&category=%00&year=x&page=99999999999999999999")) == 3


def test_an_unpublished_page_is_found_no_more_at_once(client, pages):
    pages["title"].unpublish()
    assert found(client, q("会员大会")) == ["年度安排"]


def test_what_was_changed_is_found_by_its_new_words(client, pages):
    page = pages["body"]
    page.title = "青年论坛"
    page.save()
    assert found(client, q("青年")) == ["青年论坛"]
    assert found(client, q("年度安排")) == []


def test_nothing_found_is_said_with_what_to_try(client, pages):
    html = client.get("/search/?q=碳排放").content.decode()
    assert "没有找到“碳排放”，试试：" in html
    assert "news__title" not in html


def test_too_long_a_question_is_refused_in_words_beside_the_field(client, pages):
    response = client.get("/search/", {"q": "会" * 10_000})
    html = response.content.decode()
    assert response.status_code == 422
    assert "最多可搜索 60 个字" in html
    assert f'value="{"会" * 60}"' in html


def test_no_question_breaks_it(client, pages):
    asked = [f"q={each}" for each in BAD] + ["q=", "", "q=a&q=b", "q[]=x", "%00=1", "q=会&page=%00"]
    answers = {query: client.get(f"/search/?{query}").status_code for query in asked}
    assert answers == dict.fromkeys(asked, 200)


def test_wagtail_s_own_searches_take_every_question_too(pages):
    for each in BAD:
        text = unquote_plus(each).replace("\0", "")
        list(Page.objects.search(text))
        list(Page.objects.autocomplete(text))


def test_the_office_finds_chinese_within_titles(pages):
    assert [page.title for page in Page.objects.live().autocomplete("召开会")] == ["关于召开会员大会的通知"]
    assert Page.objects.live().search("员大会")[0].title in {"关于召开会员大会的通知", "会员大会表决事项"}


def test_update_index_finds_what_signals_did_not_tell(client, pages):
    NoticePage.objects.filter(slug="body").update(search_text="绿色施工")
    assert found(client, q("绿色施工")) == []
    call_command("update_index", verbosity=0)
    assert found(client, q("绿色施工")) == ["年度安排"]


def test_search_engines_are_kept_out_and_nothing_is_stored(client, pages):
    response = client.get("/search/?q=会员")
    assert response["X-Robots-Tag"] == "noindex"
    assert "no-store" in response["Cache-Control"]
    assert list(response.cookies) == []


def test_whoever_asks_too_often_is_told_to_wait(client, monkeypatch):
    monkeypatch.setattr(SearchThrottle, "rate", "2/min")
    assert [client.get("/search/?q=a").status_code for _ in range(3)] == [200, 200, 429]
    answer = client.get("/search/?q=a")
    assert 0 < int(answer["Retry-After"]) <= 61
    assert client.get("/search/?q=a", REMOTE_ADDR="203.0.113.9").status_code == 200


@pytest.mark.parametrize("rows", [1, 50])
def test_it_asks_the_database_the_same_number_of_times(client, rows, django_assert_num_queries):
    for number in range(rows):
        notice(index=open_index(), slug=f"row-{number}", title=f"检测周报第{number}期")
    client.get("/search/?q=检测")
    with django_assert_num_queries(8):
        assert len(found(client, q("检测"))) == min(rows, 10)


def test_the_database_answers_from_the_index_of_words(pages):
    """Of few rows PostgreSQL would read them all."""
    asked = {"postgresql": "SET LOCAL enable_seqscan = off", "sqlite": "SELECT 1"}[connection.vendor]
    index = {"postgresql": r"Bitmap Index Scan on wagtailsear\w*body\w*", "sqlite": "VIRTUAL TABLE INDEX .*M"}
    with connection.cursor() as cursor:
        cursor.execute(asked)
    assert re.search(index[connection.vendor], matching(Page.objects.live(), "会员大会").explain())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("会员大会", "会员 员大 大会 会"),
        ("第3届", "第 3 届"),
        ("ISO9001标准", "iso9001 标准 准"),
        ("会", "会"),
        ("a_b", "a b"),
        ("！？", ""),
    ],
)
def test_text_becomes_words_of_two(text, expected):
    assert words.indexed(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("会员大会", [["会员", "员大", "大会"]]),
        ("第3届", [["第", "3", "届"]]),
        ("会员3号 通知", [["会员", "员", "3", "号"], ["通知"]]),
        ("！ ？", []),
        (" ".join("甲乙丙丁戊己庚辛壬"), [[each] for each in "甲乙丙丁戊己庚辛"]),
    ],
)
def test_what_is_asked_becomes_phrases_of_such_words(text, expected):
    assert words.asked(text) == expected


def test_signs_of_patterns_are_nothing_but_signs():
    assert marked("a+(b)[c].*", ["(b)[c]", ".*"]) == [("a+", False), ("(b)[c]", True), (".*", True)]
