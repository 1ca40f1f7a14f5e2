"""Draw the pages of `Drawable` files as images. What is made can be made again: no verbs of a person, and no record."""

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
from membership.units.storage import kept

DRAWING, FAILED = "drawing", "failed"
DRAWING_SECONDS, FAILED_SECONDS = 30, 600
TIMEOUT_SECONDS = 5  # and twice the time of the processor: on a busy machine the child waits for its turn


def draw_pages(stored):
    """Draw what is not yet drawn of the pages to be shown. Safe to run twice and at the same time.

    A file that resists keeps the pages that came out of it; the viewer then offers the original.
    """
    there = set(stored.drawn.values_list("number", flat=True))
    missing = [number for number in range(1, stored.pages_shown + 1) if number not in there]
    if missing:
        _draw(stored, missing[0], missing[-1])


def page_image(stored, number):
    """The image of one page, drawn now if no worker has done so yet.

    Returns None when there is no such page or it cannot be drawn (for the next ten minutes nobody tries again).
    Raises Refusal while another request is drawing it.
    """
    if not 1 <= number <= stored.pages_shown:
        return None
    page = stored.drawn.filter(number=number).first()
    if page:
        return page
    key = f"{stored._meta.app_label}.page_image.{stored.pk}.{number}"
    if not cache.add(key, DRAWING, DRAWING_SECONDS):
        if cache.get(key) == FAILED:
            return None
        raise Refusal(_("This page is being drawn. Try again in a moment."), code="drawing")
    _draw(stored, number, number)
    page = stored.drawn.filter(number=number).first()
    if page:
        cache.delete(key)
    else:
        cache.set(key, FAILED, FAILED_SECONDS)
    return page


def forget_page(page):
    """The storage has lost this image: let it be drawn again when it is asked for next."""
    page.delete()


def _draw(stored, first, last):
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "source")
        with stored.file.open("rb") as original, source.open("wb") as copy:
            shutil.copyfileobj(original, copy)
        _draw_in_child(source, stored.mime, first, last)
        for number in range(first, last + 1):
            drawn = Path(folder, f"{number}.jpg")
            if drawn.exists():
                _keep(stored, number, drawn)


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


def _keep(stored, number, drawn):
    """The first one to draw a page is kept; whoever comes second takes its own file away again."""
    with Image.open(drawn) as image:
        width, height = image.size
    images = stored.drawn
    page = images.model(**{images.field.name: stored}, number=number, width=width, height=height)
    with (
        suppress(IntegrityError),
        drawn.open("rb") as stream,
        kept(page.image, drawn.name, File(stream)),
        transaction.atomic(),
    ):
        page.save(force_insert=True)
