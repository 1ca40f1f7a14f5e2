"""What an uploaded file really is: judged by content, never by the name or the browser's word."""

import hashlib
import json
import logging
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import PurePath

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from PIL import Image

from membership import plain_xml, virus_scanner
from membership.office_files import DOCX, OFD, OLE, XLSX, ZIP, office_type

logger = logging.getLogger(__name__)

PDF = "application/pdf"
JPEG = "image/jpeg"
PNG = "image/png"
DOC = "application/msword"
XLS = "application/vnd.ms-excel"
XML = "application/xml"

# The endings that fit a type; the first is the one that people are told.
EXTENSIONS = {
    PDF: (".pdf",),
    JPEG: (".jpg", ".jpeg"),
    PNG: (".png",),
    DOC: (".doc",),
    DOCX: (".docx",),
    XLS: (".xls",),
    XLSX: (".xlsx",),
    OFD: (".ofd",),
    XML: (".xml",),
}
SCANS = (PDF, JPEG, PNG)
FORMS = (PDF, DOC, DOCX, XLS, XLSX, JPEG, PNG)
INVOICES = (PDF, OFD, XML)

IMAGE_MAX_PIXELS = 40_000_000
PDF_TIMEOUT_SECONDS = 15
NAME_MAX = 150


@dataclass(frozen=True)
class Facts:
    """What was found: media type by content, size in bytes, sha256 in hex, pages of a PDF (else None)."""

    name: str
    mime: str
    size: int
    sha256: str
    pages: int | None


def inspect(upload, accept):
    """Judge an uploaded file by its content.

    `accept` are media types of this module. Raises ValidationError with a sentence for the user; returns Facts.
    """
    name = clean_name(upload.name)
    if upload.size == 0:
        raise ValidationError(_("The file “%(name)s” is empty."), code="empty", params={"name": name})
    if upload.size > settings.UPLOAD_MAX_BYTES:
        raise ValidationError(
            _("The file “%(name)s” is larger than %(limit)s MB."),
            code="too_large",
            params={"name": name, "limit": settings.UPLOAD_MAX_BYTES // 1024**2},
        )
    mime = kind_of(upload, accept)
    if mime in (JPEG, PNG):
        check_image(upload, name)
    if mime == XML:
        check_xml(upload, name)
    check_virus(upload, name)
    pages = pdf_pages(upload, name) if mime == PDF else None
    return Facts(name=name, mime=mime, size=upload.size, sha256=_sha256(upload), pages=pages)


def kind_of(upload, accept):
    """Its media type, one of `accept`, to which its name fits. Raises ValidationError with a sentence for the user."""
    name, mime = clean_name(upload.name), media_type(upload)
    if mime not in accept or PurePath(name).suffix.lower() not in EXTENSIONS[mime]:
        raise ValidationError(
            _("“%(name)s” cannot be accepted: the file must be %(kinds)s, by its content and not only by its name."),
            code="wrong_type",
            params={"name": name, "kinds": kinds_in_words(accept)},
        )
    return mime


def clean_name(name):
    """The name to show and to download under: no path, no control characters, at most 150 characters."""
    base = PurePath(str(name).replace("\\", "/")).name
    base = "".join(c for c in base if c.isprintable() and c not in '"<>|:*?').strip(" .") or "file"
    stem, suffix = PurePath(base).stem, PurePath(base).suffix
    return (stem[: max(NAME_MAX - len(suffix), 1)] + suffix)[:NAME_MAX]


def kinds_in_words(accept):
    """“PDF / JPG / PNG” for the user."""
    return " / ".join(EXTENSIONS[mime][0][1:].upper() for mime in accept)


def media_type(upload):
    """The media type by the first bytes (and, for Office files and OFD, the archive's members); None if unknown."""
    upload.seek(0)
    head = upload.read(64)
    upload.seek(0)
    if head.startswith(b"%PDF-"):
        return PDF
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if head.startswith(OLE):
        return _legacy_office_type(upload)
    if head.startswith(ZIP):
        return office_type(upload)
    return XML if plain_xml.begins(head) else None


def _legacy_office_type(upload):
    """Word or Excel of old by the names of the streams inside; None for anything else and for macros."""
    content = upload.read()
    upload.seek(0)

    def holds(stream):
        return stream.encode("utf-16-le") in content

    if holds("_VBA_PROJECT"):
        return None
    if holds("WordDocument"):
        return DOC
    return XLS if holds("Workbook") or holds("Book\0") else None


def check_image(upload, name):
    """Refuse damaged images and those that would fill the memory once unpacked; only the header is read."""
    try:
        with Image.open(upload, formats=("JPEG", "PNG")) as image:
            width, height = image.size
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        width = height = IMAGE_MAX_PIXELS
    except (OSError, ValueError, SyntaxError) as failure:
        raise ValidationError(
            _("The image “%(name)s” is damaged. Scan or export it again."), code="damaged", params={"name": name}
        ) from failure
    finally:
        upload.seek(0)
    if width * height > IMAGE_MAX_PIXELS:
        raise ValidationError(
            _("The image “%(name)s” has more than %(limit)s million pixels. Scan it again with a lower resolution."),
            code="too_many_pixels",
            params={"name": name, "limit": IMAGE_MAX_PIXELS // 1_000_000},
        )


def check_virus(upload, name):
    """Refuse what the scanner knows, and everything while it cannot be asked: nothing is stored without a verdict."""
    try:
        found = virus_scanner.virus_in(upload)
    except virus_scanner.Unavailable as failure:
        logger.error("No verdict from the virus scanner: %s", failure)
        raise ValidationError(
            _("The file “%(name)s” could not be checked for viruses just now and was not kept. Try again in a minute."),
            code="not_scanned",
            params={"name": name},
        ) from failure
    if found:
        logger.warning("Upload refused: %s", found)
        raise ValidationError(
            _("A virus was found in “%(name)s”: the file was not kept. Check the computer that it comes from."),
            code="infected",
            params={"name": name},
        )


def check_xml(upload, name):
    """Refuse XML that is damaged, defines entities, or is written in another encoding than UTF-8 or GB18030."""
    upload.seek(0)
    content = upload.read(plain_xml.MAX_BYTES + 1)
    upload.seek(0)
    try:
        plain_xml.texts_of(content)
    except plain_xml.NotPlain as failure:
        raise ValidationError(
            _("The XML file “%(name)s” is damaged or holds what an invoice does not need. Download it again."),
            code="damaged",
            params={"name": name},
        ) from failure


def pdf_pages(upload, name):
    """Pages of a PDF, counted in a child process; refuses encrypted, damaged and empty ones in words."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        upload.seek(0)
        facts = _facts_in_child(copy.name)
    if facts is None or (not facts["encrypted"] and facts["pages"] < 1):
        raise ValidationError(
            _("The PDF “%(name)s” is damaged or has no page. Scan or export it again."),
            code="damaged",
            params={"name": name},
        )
    if facts["encrypted"]:
        raise ValidationError(
            _("The PDF “%(name)s” is protected by a password. Remove the protection and upload it again."),
            code="encrypted",
            params={"name": name},
        )
    return facts["pages"]


def _facts_in_child(path):
    command = [sys.executable, "-m", "membership.units.pdf_facts", path]
    try:
        answer = subprocess.run(  # noqa: S603
            command, capture_output=True, timeout=PDF_TIMEOUT_SECONDS, cwd=settings.BASE_DIR, check=True
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return None
    return json.loads(answer.stdout)


def _sha256(upload):
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
