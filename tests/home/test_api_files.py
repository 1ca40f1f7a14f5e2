"""Pictures and documents in the content API: those of open pages, and no other."""

import pytest
from django.core.files.base import ContentFile
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, CollectionViewRestriction

from tests.factories import members_index, notice, open_index

# Wagtail leaves the temporary file of a picture that it draws to the garbage collector.
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]

IMAGES, DOCUMENTS = "/api/content/v2/images/", "/api/content/v2/documents/"


def picture(title):
    return get_image_model().objects.create(title=title, file=get_test_image_file(size=(1600, 900)))


def stored(title, **fields):
    return get_document_model().objects.create(title=title, file=ContentFile(b"x", name="x.txt"), **fields)


def shows(**what):
    """A body with a picture, or with a link to a document."""
    if "image" in what:
        return [("image", {"image": what["image"], "caption": ""})]
    return [("paragraph", f'<p><a linktype="document" id="{what["document"].pk}">x</a></p>')]


@pytest.fixture
def library():
    """{name: picture}: on an open page, on a members' notice, in a draft, on no page."""
    found = {name: picture(name) for name in ("open", "members", "draft", "unused")}
    notice(index=open_index(), slug="a", body=shows(image=found["open"]))
    notice(index=members_index(), slug="b", body=shows(image=found["members"]))
    notice(index=open_index(), slug="c", body=shows(image=found["draft"]), live=False)
    return found


def titles(client, url):
    return [item["title"] for item in client.get(url).json()["items"]]


def test_only_pictures_of_live_open_pages_are_told(client, library):
    assert titles(client, f"{IMAGES}?fields=*") == ["open"]
    statuses = {name: client.get(f"{IMAGES}{image.pk}/").status_code for name, image in library.items()}
    assert statuses == {"open": 200, "members": 404, "draft": 404, "unused": 404}


def test_a_picture_is_told_as_pages_show_it_never_the_original(client, library):
    told = client.get(f"{IMAGES}{library['open'].pk}/").json()
    assert set(told) == {"id", "meta", "title", "picture"}
    assert set(told["meta"]) == {"type", "detail_url"}
    assert (told["picture"]["width"], told["picture"]["height"]) == (1200, 675)
    assert told["picture"]["url"].endswith(".webp")
    assert library["open"].file.name not in str(told)


def test_a_picture_whose_file_is_lost_breaks_no_answer(client, library):
    library["open"].file.storage.delete(library["open"].file.name)
    assert client.get(f"{IMAGES}?fields=*").json()["items"][0]["picture"] is None


def test_documents_are_told_while_an_open_page_links_to_them(client):
    linked, inner, other = stored("linked"), stored("inner"), stored("other")
    page = notice(index=open_index(), slug="a", body=shows(document=linked))
    notice(index=members_index(), slug="b", body=shows(document=inner))
    assert titles(client, DOCUMENTS) == ["linked"]
    assert client.get(f"{DOCUMENTS}{linked.pk}/").json()["meta"]["download_url"].endswith("/x.txt")
    assert [client.get(f"{DOCUMENTS}{each.pk}/").status_code for each in (inner, other)] == [404, 404]
    page.unpublish()
    assert titles(client, DOCUMENTS) == []


def test_a_collection_that_is_kept_from_somebody_is_not_told(client):
    collection = Collection.get_first_root_node().add_child(name="内部")
    kept = stored("kept", collection=collection)
    notice(index=open_index(), slug="a", body=shows(document=kept))
    assert titles(client, DOCUMENTS) == ["kept"]
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    assert titles(client, DOCUMENTS) == []


@pytest.mark.parametrize(
    "query",
    [
        "search=x",
        "tags=x",
        "collection=1",
        "offset=99999999999999999999",
        "fields=file",
        "fields=%00",
        "order=file",
        "limit=51",
        "%00=1",
        "fields=collection",
        "fields=tags",
    ],
)
def test_a_bad_question_is_answered_400_in_json(client, library, query):
    for url in (IMAGES, DOCUMENTS):
        answer = client.get(f"{url}?{query}")
        assert (answer.status_code, set(answer.json())) == (400, {"code", "message"})


@pytest.mark.parametrize("rows", [1, 5])
def test_lists_ask_the_database_the_same_number_of_times(client, rows, django_assert_num_queries):
    for number in range(rows):
        notice(index=open_index(), slug=f"n-{number}", body=shows(image=picture(f"{number}")))
    client.get(f"{IMAGES}?fields=*")
    with django_assert_num_queries(4):
        assert len(titles(client, f"{IMAGES}?fields=*")) == rows
