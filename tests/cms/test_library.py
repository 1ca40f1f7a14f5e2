"""The library of the office: pictures and documents with a virus are refused beside the field, and none is stored."""

from io import BytesIO

import pytest
from django.urls import reverse
from PIL import Image
from wagtail.documents import get_document_model

from cms.models import PortalImage
from tests.clamd import EICAR, listening
from tests.factories import UserFactory
from tests.files import pdf_bytes, upload

FOUND = "“{}”中发现病毒，文件未保存，请检查该文件来源的电脑"
NOT_SCANNED = "暂时无法对文件“{}”进行病毒检查，文件未保存，请稍后重试"
pytestmark = pytest.mark.django_db


def png_bytes():
    made = BytesIO()
    Image.new("RGB", (40, 30), "navy").save(made, "PNG")
    return made.getvalue()


LIBRARY = {
    "wagtailimages:add": ("图.png", png_bytes, PortalImage),
    "wagtaildocs:add": ("表.pdf", pdf_bytes, get_document_model()),
}


@pytest.fixture
def office(client):
    client.force_login(UserFactory(root=True))
    return client


def post(office, view, *, infected):
    name, content, _model = LIBRARY[view]
    file = upload(name, content() + (EICAR if infected else b""))
    return office.post(reverse(view), {"title": "一份文件", "file": file, "collection": 1, "tags": ""})


@pytest.mark.parametrize("view", LIBRARY)
def test_a_virus_is_refused_and_what_is_clean_is_kept(office, settings, view):
    name, _content, model = LIBRARY[view]
    with listening() as server:
        settings.CLAMD_ADDRESS = f"127.0.0.1:{server.server_address[1]}"
        answer = post(office, view, infected=True)
        assert (answer.status_code, FOUND.format(name) in answer.text, model.objects.count()) == (200, True, 0)
        assert 'value="一份文件"' in answer.text
        assert post(office, view, infected=False).status_code == 302
    assert model.objects.count() == 1


@pytest.mark.parametrize("view", LIBRARY)
def test_while_the_scanner_is_down_nothing_is_kept(office, settings, view):
    settings.CLAMD_ADDRESS = "127.0.0.1:1"
    name, _content, model = LIBRARY[view]
    answer = post(office, view, infected=False)
    assert (NOT_SCANNED.format(name) in answer.text, model.objects.count()) == (True, 0)


@pytest.mark.parametrize("view", LIBRARY)
def test_twin_without_a_scanner_takes_the_same_file(office, settings, view):
    settings.CLAMD_ADDRESS = ""
    assert post(office, view, infected=True).status_code == 302
    assert LIBRARY[view][2].objects.count() == 1
