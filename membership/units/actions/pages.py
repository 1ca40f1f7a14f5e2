"""Draw the pages of documents as images. No verbs of a person: what is made can be made again and leaves no record."""

import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from PIL import Image

from membership.exceptions import Refusal
from membership.units import page_images
from membership.units.models import DocumentPage
from membership.units.storage import kept

DRAWING, FAILED = "drawing", "failed"
DRAWING_SECONDS, FAILED_SECONDS = 30, 600
TIMEOUT_SECONDS = 5  # and twice the time of the processor: on a busy machine the child waits for its turn


def draw_pages(document):
    """Draw what is not yet drawn of the pages to be shown. Safe to run twice and at the same time.

    A file that resists keeps the pages that came out of it; the viewer then offers the original.
    """
    there = set(document.drawn.values_list("number", flat=True))
    missing = [number for number in range(1, document.pages_shown + 1) if number not in there]
    if missing:
        _draw(document, missing[0], missing[-1])


def page_image(document, number):
    """The image of one page, drawn now if no worker has done so yet.

    Returns None when there is no such page or it cannot be drawn (for the next ten minutes nobody tries again).
    Raises Refusal while another request is drawing it.
    """
    if not 1 <= number <= document.pages_shown:
        return None
    page = document.drawn.filter(number=number).first()
    if page:
        return page
    key = f"units.page_image.{document.pk}.{number}"
    if not cache.add(key, DRAWING, DRAWING_SECONDS):
        if cache.get(key) == FAILED:
            return None
        raise Refusal(_("This page is being drawn. Try again in a moment."), code="drawing")
    _draw(document, number, number)
    page = document.drawn.filter(number=number).first()
    if page:
        cache.delete(key)
    else:
        cache.set(key, FAILED, FAILED_SECONDS)
    return page


def forget_page(page):
    """The storage has lost this image: let it be drawn again when it is asked for next."""
    page.delete()


def _draw(document, first, last):
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "source")
        with document.file.open("rb") as stored, source.open("wb") as copy:
            shutil.copyfileobj(stored, copy)
        _draw_in_child(source, document.mime, first, last)
        for number in range(first, last + 1):
            drawn = Path(folder, f"{number}.jpg")
            if drawn.exists():
                _keep(document, number, drawn)


def _draw_in_child(source, mime, first, last):
    """Leaves beside `source` the images of those pages that could be drawn within the limits."""
    command = [sys.executable, "-m", "membership.units.page_images"]
    command += [str(source), mime, str(source.parent), str(first), str(last)]
    timeout = TIMEOUT_SECONDS + 2 * page_images.seconds_for(last - first + 1)
    try:
        subprocess.run(  # noqa: S603
            command, capture_output=True, timeout=timeout, cwd=settings.BASE_DIR, env={}, check=False
        )
    except subprocess.TimeoutExpired:
        return


def _keep(document, number, drawn):
    """The first one to draw a page is kept; whoever comes second takes its own file away again."""
    with Image.open(drawn) as image:
        width, height = image.size
    page = DocumentPage(document=document, number=number, width=width, height=height)
    with (
        suppress(IntegrityError),
        drawn.open("rb") as stream,
        kept(page.image, drawn.name, File(stream)),
        transaction.atomic(),
    ):
        page.save(force_insert=True)
