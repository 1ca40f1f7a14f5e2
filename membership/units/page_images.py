"""Draws pages of a file as images in a process of its own, with little memory and time and no secrets around it.

`python -m membership.units.page_images FILE MIME FOLDER FIRST LAST`: what a stranger has uploaded is opened here alone.
"""

import resource
import sys
from pathlib import Path

import pypdfium2
from PIL import Image, ImageFile, ImageOps

MEMORY_BYTES = 768 * 1024 * 1024
CPU_SECONDS_PER_PAGE, CPU_SECONDS = 5, 30
FILE_BYTES = 8 * 1024 * 1024
OPEN_FILES = 64
LONG_SIDE = 2_000  # pixels: a page of A4 at about 170 dpi
QUALITY = 80

ImageFile.LOAD_TRUNCATED_IMAGES = True  # of a photo that was cut off, people see what there is


def draw(source, mime, folder, first, last):
    """Write `1.jpg`, `2.jpg` … for the pages `first` to `last` into `folder`, one after the other."""
    if mime == "application/pdf":
        _draw_pdf(source, folder, first, last)
    elif first == 1:
        _keep(_picture(source, mime), folder, 1)


def _draw_pdf(source, folder, first, last):
    pdf = pypdfium2.PdfDocument(source)
    pdf.init_forms()  # what was typed into the fields of a form is part of the page
    for number in range(first, min(last, len(pdf)) + 1):
        page = pdf[number - 1]
        scale = LONG_SIDE / max(page.get_size())
        _keep(page.render(scale=scale, limit_image_cache=True).to_pil(), folder, number)
        page.close()


def _picture(source, mime):
    """A photo or scan, turned upright, on white where it is transparent, without what the camera noted about itself."""
    with Image.open(source, formats=(mime.removeprefix("image/"),)) as image:
        image.draft("RGB", (LONG_SIDE, LONG_SIDE))
        image.thumbnail((LONG_SIDE, LONG_SIDE))
        upright = ImageOps.exif_transpose(image).convert("RGBA")
    paper = Image.new("RGB", upright.size, "white")
    paper.paste(upright, mask=upright.getchannel("A"))
    return paper


def _keep(image, folder, number):
    """Under its name only when it is whole: the limits may end this process at any moment."""
    part = Path(folder, f"{number}.part")
    image.convert("RGB").save(part, "JPEG", quality=QUALITY)
    part.rename(Path(folder, f"{number}.jpg"))


def limit(seconds):
    """Bound what this process may take, for good."""
    for kind, most in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def seconds_for(pages):
    """Seconds of processor time that so many pages may take."""
    return min(CPU_SECONDS_PER_PAGE * pages, CPU_SECONDS)


if __name__ == "__main__":
    first, last = int(sys.argv[4]), int(sys.argv[5])
    limit(seconds_for(last - first + 1))
    draw(sys.argv[1], sys.argv[2], sys.argv[3], first, last)
