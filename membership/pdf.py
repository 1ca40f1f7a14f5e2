"""Papers as PDF: a template is filled in here and set by WeasyPrint in a process of its own: servers stay small."""

import logging
import subprocess
import sys

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from membership import pdf_press

MEDIA_TYPE = "application/pdf"
WITHIN_SECONDS = 25  # less than a server waits for a page
# What Debian calls the package that brings what is missing, by the exit code of the press.
PACKAGES = {pdf_press.NO_LIBRARY: "libpangoft2-1.0-0", pdf_press.NO_FONT: "fonts-noto-cjk"}

logger = logging.getLogger(__name__)


class PdfUnavailable(Exception):
    """No PDF can be made at present; `str()` is a sentence that the user may read."""

    def __init__(self, sentence, *, package=""):
        self.sentence = sentence
        self.package = package
        super().__init__(sentence)

    def __str__(self):
        return str(self.sentence)


def render(template, context):
    """The filled-in template as PDF (bytes), in the language of the association, whoever reads it.

    Raises PdfUnavailable: the server lacks a library or a font, or the paper needs too much memory or time.
    """
    with translation.override(settings.LANGUAGE_CODE):
        return press(render_to_string(template, context), name=template)


def press(html, *, name="paper"):
    """The page in HTML as PDF; `name` is what logs call it. Raises PdfUnavailable as above."""
    command = [sys.executable, "-m", "membership.pdf_press", *map(str, _roots())]
    try:
        done = subprocess.run(  # noqa: S603
            command,
            input=html.encode(),
            capture_output=True,
            timeout=WITHIN_SECONDS,
            cwd=settings.BASE_DIR,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise _failed(name, "no answer in time") from late
    if done.returncode == 0:
        return done.stdout
    if done.returncode in PACKAGES:
        raise _lacking(name, PACKAGES[done.returncode])
    raise _failed(name, done.stderr.decode(errors="replace")[-2_000:])


def _roots():
    """Where static files lie: in the tree, and collected under other names in production."""
    return [*settings.STATICFILES_DIRS, settings.STATIC_ROOT]


def _lacking(name, package):
    logger.error("no PDF of %s: the package %s is not installed", name, package)
    sentence = _("The document cannot be made at present: the server lacks the system package %(package)s.")
    return PdfUnavailable(sentence % {"package": package}, package=package)


def _failed(name, reason):
    logger.error("no PDF of %s: %s", name, reason)
    return PdfUnavailable(_("The document could not be made. Try again in a minute."))
