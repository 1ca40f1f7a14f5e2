"""Pictures in the content API: those of open pages, and no other."""

import pytest
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, CollectionViewRestriction

from tests.factories import members_index, notice, open_index

# Wagtail leaves the temporary file of a picture that it draws to the garbage collector.
pytestmark = [
    pytest.mark.django_db,
    pytest.mark.references,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

IMAGES = "/api/content/v2/images/"


def picture(title, **fields):
    return get_image_model().objects.create(title=title, file=get_test_image_file(size=(1600, 900)), **fields)


def shows(image):
    return [("image", {"image": image, "caption": ""})]


@pytest.fixture
def library():
    """{name: picture}: on an open page, on a members' notice, in a draft, on no page."""
    found = {name: picture(name) for name in ("open", "members", "draft", "unused")}
    notice(index=open_index(), slug="a", body=shows(found["open"]))
    notice(index=members_index(), slug="b", body=shows(found["members"]))
    notice(index=open_index(), slug="c", body=shows(found["draft"]), live=False)
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


def test_a_collection_that_is_kept_from_somebody_is_not_told(client):
    collection = Collection.get_first_root_node().add_child(name="内部")
    kept = picture("kept", collection=collection)
    notice(index=open_index(), slug="a", body=shows(kept))
    assert titles(client, IMAGES) == ["kept"]
    CollectionViewRestriction.objects.create(collection=collection, restriction_type="login")
    assert titles(client, IMAGES) == []


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
    answer = client.get(f"{IMAGES}?{query}")
    assert (answer.status_code, set(answer.json())) == (400, {"code", "message"})


@pytest.mark.parametrize("rows", [1, 5])
def test_lists_ask_the_database_the_same_number_of_times(client, rows, django_assert_num_queries):
    for number in range(rows):
        notice(index=open_index(), slug=f"n-{number}", body=shows(picture(f"{number}")))
    client.get(f"{IMAGES}?fields=*")
    with django_assert_num_queries(6):
        assert len(titles(client, f"{IMAGES}?fields=*")) == rows
