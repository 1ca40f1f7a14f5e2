"""Documents are shown as images of their pages: what is drawn, what it may cost, and what resists."""

import subprocess
import sys
from io import BytesIO

import pikepdf
import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from PIL import Image

from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.jobs.models import Job
from membership.units import page_images, tasks
from membership.units.actions import draw_pages, forget_page, page_image, pages, store_document
from membership.units.models import Document, DocumentPage
from membership.units.previews import previews_of
from membership.units.states import DocumentKind
from membership.units.uploads import FORMS
from tests.factories import UnitFactory, clerk
from tests.files import docx, page_files, pdf, pdf_bytes, private_files, upload
from tests.races import at_once

pytestmark = [pytest.mark.django_db, pytest.mark.children]

CORNERS = ((20, 20), (-20, 20), (-20, -20), (20, -20))  # clockwise from the left upper one


def store(file, **more):
    unit = UnitFactory()
    return store_document(file, unit=unit, kind=DocumentKind.BUSINESS_LICENSE, by=clerk(unit), **more)


def undrawn(content, name="a.pdf", pages=1, mime="application/pdf"):
    """A document as it stands before any worker has come to it."""
    unit = UnitFactory()
    document = Document(
        unit=unit, kind="business_license", original_name=name, size=1, sha256="", mime=mime, uploaded_by=clerk(unit)
    )
    document.pages = pages
    document.file.save(name, ContentFile(content), save=False)
    document.save()
    return document


def greedy_pdf():
    """A page of six million rectangles, a quarter of a megabyte of file: it takes more memory than it gets."""
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(595, 842))
    page.Contents = document.make_stream(b"0 0 595 842 re f\n" * 6_000_000)
    stream = BytesIO()
    document.save(stream, compress_streams=True)
    return stream.getvalue()


def photo(size=(400, 300), orientation=1, corner=0, **more):
    """A white picture with one red corner, which the camera held as `orientation` says."""
    image = Image.new("RGB", size, "white")
    x, y = CORNERS[corner]
    at = (x % size[0], y % size[1])
    image.paste("red", (at[0] - 20, at[1] - 20, at[0] + 20, at[1] + 20))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "camera of 李四"
    exif.get_ifd(0x8825)[1] = "N"
    stream = BytesIO()
    image.save(stream, "JPEG", exif=exif, comment=b"13811138111", **more)
    return upload("照片.jpg", stream.getvalue())


def opened(page):
    with page.image.open("rb") as file:
        image = Image.open(file)
        image.load()
    return image


def is_red(image, at):
    """Whether the drawn picture, smaller than the photo, is red at that corner."""
    return image.getpixel((at[0] // 4 % image.width, at[1] // 4 % image.height))[1] < 99


def drawn(document):
    return [(page.number, page.width, page.height) for page in document.drawn.order_by("number")]


# --- What is drawn --------------------------------------------------------------------------------------------------


def test_stored_pdf_is_drawn_page_by_page():
    document = store(pdf(pages=3))
    assert drawn(document) == [(number, 1414, 2000) for number in (1, 2, 3)]
    assert {(opened(page).format, opened(page).size) for page in document.drawn.all()} == {("JPEG", (1414, 2000))}
    assert len(page_files()) == 3
    assert {path.suffix for path in page_files()} == {""}
    assert list(AuditEntry.objects.values_list("verb", flat=True)) == ["units.store_document"]


def test_only_the_first_thirty_pages_of_a_thousand_are_drawn():
    document = store(pdf(pages=1_000))
    assert [number for number, _width, _height in drawn(document)] == list(range(1, 31))
    [preview] = previews_of([document])
    assert (preview.count, preview.total, preview.is_cut) == (30, 1_000, True)
    assert page_image(document, 31) is None


@pytest.mark.parametrize("size", [(14_400, 3), (3, 14_400), (3, 3)])
def test_image_is_bounded_whatever_the_size_of_the_page(size):
    file = pikepdf.new()
    file.add_blank_page(page_size=size)
    stream = BytesIO()
    file.save(stream)
    [(_number, width, height)] = drawn(store(upload("a.pdf", stream.getvalue())))
    assert max(width, height) == 2_000


@pytest.mark.parametrize(("orientation", "corner"), [(1, 0), (3, 2), (6, 1), (8, 3)])
def test_photo_is_turned_upright_and_loses_what_the_camera_noted(orientation, corner):
    document = store(photo((4_000, 3_000), orientation=orientation))
    lying = orientation in (1, 3)
    assert drawn(document) == [(1, *((2000, 1500) if lying else (1500, 2000)))]
    image = opened(document.drawn.get())
    reds = [n for n, at in enumerate(CORNERS) if is_red(image, at)]
    assert reds == [corner]
    assert dict(image.getexif()) == {}
    with document.drawn.get().image.open("rb") as file:
        content = file.read()
    assert [word for word in (b"camera", b"13811138111", b"Exif") if word in content] == []


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L", "1", "I;16"])
def test_png_of_any_mode_becomes_a_jpeg(mode):
    stream = BytesIO()
    Image.new(mode, (300, 200)).save(stream, "PNG")
    document = store(upload("章.png", stream.getvalue()))
    image = opened(document.drawn.get())
    assert (image.mode, image.size) == ("RGB", (300, 200))
    assert image.getpixel((5, 5)) == ((255, 255, 255) if "A" in mode else (0, 0, 0))


def test_photo_that_was_cut_off_shows_what_there_is():
    whole = photo((2_000, 1_000), quality=95).read()
    document = store(upload("照片.jpg", whole[: len(whole) // 2]))
    assert drawn(document) == [(1, 2000, 1000)]


def test_what_was_typed_into_a_form_is_drawn():
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(200, 200))
    look = document.make_stream(b"1 0 0 rg 0 0 100 100 re f", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form)
    look.BBox = pikepdf.Array([0, 0, 100, 100])
    field = document.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name.Widget,
            FT=pikepdf.Name.Tx,
            T=pikepdf.String("name"),
            F=4,
            Rect=pikepdf.Array([50, 50, 150, 150]),
            AP=pikepdf.Dictionary(N=look),
        )
    )
    page.Annots = pikepdf.Array([field])
    document.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array([field]))
    stream = BytesIO()
    document.save(stream)
    red, green, _blue = opened(store(upload("a.pdf", stream.getvalue())).drawn.get()).getpixel((1000, 1000))
    assert (red > 200, green < 60) == (True, True)


def test_word_and_excel_are_never_drawn():
    document = store(docx(), accept=FORMS)
    assert (document.pages_shown, drawn(document), page_image(document, 1)) == (0, [], None)
    assert Job.objects.filter(name="units.draw_pages").count() == 0


# --- What it may cost -----------------------------------------------------------------------------------------------


def in_child(code):
    command = [sys.executable, "-c", f"from membership.units.page_images import limit\nlimit(1)\n{code}"]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("code", "ends"),
    [
        ("x = bytearray(900 * 1024 ** 2)", 1),
        ("while True: pass", -9),
        ("open('{folder}/x', 'wb').write(bytes(9 * 1024 ** 2))", 1),
        ("files = [open('/dev/null') for _n in range(99)]", 1),
        ("print('well')", 0),
    ],
    ids=["memory", "time", "size of a file", "number of files", "nothing"],
)
def test_child_is_ended_at_each_limit(code, ends, tmp_path):
    assert in_child(code.replace("{folder}", str(tmp_path))).returncode == ends


def test_child_sees_no_secret_of_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "geheim")
    (tmp_path / "python").write_text(f"#!/bin/sh\n/usr/bin/env > {tmp_path}/seen\n")
    (tmp_path / "python").chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    pages._draw_in_child(tmp_path / "source", "application/pdf", 1, 1)
    assert "geheim" not in (tmp_path / "seen").read_text()


def test_time_grows_with_the_pages_up_to_a_bound():
    assert [page_images.seconds_for(pages) for pages in (1, 3, 30)] == [5, 15, 30]


def test_greedy_file_leaves_the_worker_well_and_is_not_tried_again_at_once():
    document = store(upload("贪婪.pdf", greedy_pdf()))
    assert (drawn(document), Job.objects.get(name="units.draw_pages").state) == ([], "succeeded")

    assert page_image(document, 1) is None
    document.file.save("a.pdf", ContentFile(pdf_bytes()))
    assert page_image(document, 1) is None
    cache.clear()
    assert page_image(document, 1).width == 1414


def test_pages_before_the_one_that_resists_are_kept():
    file = pikepdf.open(BytesIO(greedy_pdf()))
    for _n in range(2):
        file.add_blank_page(page_size=(595, 842))
    file.pages.append(file.pages.p(1))
    del file.pages[0]
    stream = BytesIO()
    file.save(stream)
    document = undrawn(stream.getvalue(), pages=3)
    draw_pages(document)
    assert [number for number, _width, _height in drawn(document)] == [1, 2]


@pytest.mark.parametrize(
    ("content", "mime"),
    [
        (pdf_bytes(password="geheim"), "application/pdf"),
        (b"%PDF-1.7\n%%EOF", "application/pdf"),
        (b"", "application/pdf"),
        (b"\xff\xd8\xff\xe0" + b"\0" * 40, "image/jpeg"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "application/pdf"),
        (pdf_bytes(), "image/png"),
    ],
)
def test_what_cannot_be_opened_is_not_drawn(content, mime):
    document = undrawn(content, mime=mime)
    draw_pages(document)
    assert (drawn(document), page_image(document, 1), page_files()) == ([], None, [])


def test_child_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(pages, "TIMEOUT_SECONDS", -100)
    document = store(pdf())
    assert (drawn(document), page_files()) == ([], [])


# --- Once, whoever draws --------------------------------------------------------------------------------------------


def test_page_that_no_worker_has_drawn_is_drawn_when_it_is_asked_for():
    document = undrawn(pdf_bytes(3), pages=3)
    assert page_image(document, 2).number == 2
    assert [number for number, _width, _height in drawn(document)] == [2]
    draw_pages(document)
    assert [number for number, _width, _height in drawn(document)] == [1, 2, 3]
    assert len(page_files()) == 3


@pytest.mark.parametrize("number", [0, 4, 31, 10**30])
def test_page_that_does_not_exist_is_none(number):
    assert page_image(undrawn(pdf_bytes(3), pages=3), number) is None


def test_second_request_does_not_draw_beside_the_first():
    document = undrawn(pdf_bytes())
    cache.add(f"units.page_image.{document.pk}.1", pages.DRAWING)
    with pytest.raises(Refusal) as refused:
        page_image(document, 1)
    assert (refused.value.code, drawn(document), page_files()) == ("drawing", [], [])


def test_lost_image_is_drawn_again():
    document = store(pdf())
    forget_page(document.drawn.get())
    assert page_image(document, 1).number == 1


def test_document_that_is_gone_leaves_the_job_nothing_to_do():
    document = undrawn(pdf_bytes())
    pk = str(document.pk)
    document.delete()
    tasks.draw_pages(pk)
    assert (DocumentPage.objects.count(), page_files()) == (0, [])


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_workers_draw_each_page_once():
    document = undrawn(pdf_bytes(2), pages=2)
    assert at_once(2, lambda n: draw_pages(Document.objects.get(pk=document.pk))) == [None, None]
    assert [number for number, _width, _height in drawn(document)] == [1, 2]
    assert (len(page_files()), len(private_files())) == (2, 1)
