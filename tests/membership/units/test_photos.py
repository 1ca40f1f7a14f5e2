"""Pictures lose what the camera wrote beside them, and nothing of what they show."""

from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from membership.units import uploads
from membership.units.actions import store_document
from membership.units.photos import ORIENTATION, without_traces
from membership.units.states import DocumentKind
from tests.factories import UnitFactory, clerk
from tests.files import pdf, upload

GPS, MODEL = 0x8825, 0x0110


def photo(mode="RGB", orientation=6):
    """A photograph with the place, the camera and a comment in it."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MODEL] = orientation, "Spy Phone"
    exif[GPS] = {1: "N", 2: (30.0, 39.0, 36.0), 3: "E", 4: (104.0, 3.0, 48.0)}
    stream = BytesIO()
    Image.effect_noise((64, 48), 80).convert(mode).save(stream, "JPEG", exif=exif, comment=b"Secret of Zhang San")
    return stream.getvalue()


def scan():
    """A PNG with a text beside the picture."""
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", "Secret of Zhang San")
    stream = BytesIO()
    Image.effect_noise((64, 48), 80).save(stream, "PNG", pnginfo=told)
    return stream.getvalue()


def pixels(content):
    with Image.open(BytesIO(content)) as image:
        return image.size, image.mode, image.tobytes()


@pytest.mark.parametrize(
    ("name", "content"), [("照片.jpg", photo()), ("印刷.jpg", photo("CMYK")), ("扫描.png", scan())]
)
def test_traces_go_and_the_picture_stays(name, content):
    clean = without_traces(upload(name, content)).read()

    assert pixels(clean) == pixels(content)
    with Image.open(BytesIO(clean)) as image:
        assert dict(image.getexif()) == ({ORIENTATION: 6} if name.endswith("jpg") else {})
        assert image.getexif().get_ifd(GPS) == {}
    assert (b"Spy Phone" in clean, b"Zhang San" in clean) == (False, False)


def test_a_picture_that_stands_upright_keeps_no_segment_at_all():
    clean = without_traces(upload("照片.jpg", photo(orientation=1))).read()
    assert b"Exif" not in clean


@pytest.mark.parametrize("content", [photo()[:200], photo()[:30], b"\xff\xd8\xff\xff", scan()[:40], b"\xff\xd8"])
def test_damaged_pictures_do_no_harm(content):
    without_traces(upload("损坏.jpg", content)).read()


def test_what_is_no_picture_passes_untouched():
    paper = pdf()
    assert without_traces(paper) is paper
    assert paper.tell() == 0


@pytest.mark.django_db
def test_what_is_stored_is_the_clean_picture():
    unit = UnitFactory(certified=True)
    document = store_document(
        upload("营业执照.jpg", photo()), unit=unit, kind=DocumentKind.BUSINESS_LICENSE, by=clerk(unit)
    )
    with document.file.open("rb") as file:
        stored = file.read()
    assert b"Spy Phone" not in stored
    assert (document.size, document.mime) == (len(stored), uploads.JPEG)
