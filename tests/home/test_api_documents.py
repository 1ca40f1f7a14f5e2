"""Files in the content API: those that stand on open pages, and no other."""

import pytest

from cms.models import NoticeAttachment
from home.models import PageFile
from tests.factories import members_index, notice, open_index
from tests.home.site import downloads, place_file, restrict, stored

pytestmark = pytest.mark.django_db

DOCUMENTS = "/api/content/v2/documents/"


@pytest.fixture
def library():
    """{name: attachment}: on an open notice, on an open page, on a members' notice, in a draft, on no page."""
    found = {name: stored(name) for name in ("open", "page", "members", "draft", "unused")}
    notices = {
        "open": notice(index=open_index(), slug="a"),
        "members": notice(index=members_index(), slug="b"),
        "draft": notice(index=open_index(), slug="c", live=False),
    }
    for name, page in notices.items():
        NoticeAttachment.objects.create(page=page, attachment=found[name])
    PageFile.objects.create(page=downloads(), attachment=found["page"])
    return found


def items(client, query=""):
    return client.get(f"{DOCUMENTS}{query}").json()["items"]


def test_only_files_on_live_open_pages_are_told_and_they_can_be_fetched(client, library):
    told = items(client)
    assert [item["id"] for item in told] == [library["open"].pk, library["page"].pk]
    for item, name in zip(told, ("open", "page"), strict=True):
        assert set(item) == {"id", "meta", "title", "file"}
        assert (item["file"]["name"], item["file"]["size"]) == (f"{name}.docx", library[name].size)
        answer = client.get(item["file"]["url"])
        with library[name].file.open() as content:
            assert answer.getvalue() == content.read()
    statuses = {name: client.get(f"{DOCUMENTS}{file.pk}/").status_code for name, file in library.items()}
    assert statuses == {"open": 200, "page": 200, "members": 404, "draft": 404, "unused": 404}


def test_nothing_of_where_it_is_stored_or_who_uploaded_it_is_told(client, library):
    told = client.get(f"{DOCUMENTS}{library['open'].pk}/?fields=*").json()
    assert set(told) == {"id", "meta", "title", "file"}
    assert set(told["meta"]) == {"type", "detail_url"}
    assert library["open"].file.name not in str(told)


def test_a_file_is_gone_with_its_page(client, library):
    for placement in NoticeAttachment.objects.filter(attachment=library["open"]):
        placement.page.unpublish()
    page = library["page"].open_placements.get().page
    restrict(page)
    assert items(client) == []


@pytest.mark.parametrize(
    "query", ["search=x", "offset=99999999999999999999", "fields=original_name", "fields=%00", "order=file", "limit=51"]
)
def test_a_bad_question_is_answered_400_in_json(client, library, query):
    answer = client.get(f"{DOCUMENTS}?{query}")
    assert (answer.status_code, set(answer.json())) == (400, {"code", "message"})


@pytest.mark.parametrize("rows", [1, 5])
def test_the_list_asks_the_database_the_same_number_of_times(client, rows, django_assert_num_queries):
    page = downloads()
    for number in range(rows):
        place_file(page, f"{number}")
    items(client)
    with django_assert_num_queries(7):
        assert len(items(client)) == rows
