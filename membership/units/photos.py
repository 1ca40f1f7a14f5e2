"""What a camera writes beside the picture, where it was taken, with what and by whom: none of it is kept."""

import struct
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

JPEG_START, PNG_START = b"\xff\xd8", b"\x89PNG\r\n\x1a\n"
SCAN, END = 0xDA, 0xD9
# Exif and XMP, Photoshop's own notes (with IPTC), and comments.
TELLTALE_SEGMENTS = frozenset({0xE1, 0xED, 0xFE})
TELLTALE_CHUNKS = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
ORIENTATION = 0x0112


def without_traces(upload):
    """The upload without place, device and names; the picture itself stays as it is, to the byte.

    Which way is up is kept. Returns the same upload when it is no picture or has nothing to hide.
    """
    upload.seek(0)
    head = upload.read(len(PNG_START))
    clean_up = _clean_jpeg if head.startswith(JPEG_START) else _clean_png if head == PNG_START else None
    if clean_up is None:
        upload.seek(0)
        return upload
    content = head + upload.read()
    upload.seek(0)
    clean = clean_up(content)
    return upload if clean == content else SimpleUploadedFile(upload.name, clean, upload.content_type)


def _clean_jpeg(content):
    """Copy the segments up to the scan, without the telltale ones."""
    parts, at = [JPEG_START], 2
    while at + 4 <= len(content) and content[at] == 0xFF and content[at + 1] not in (SCAN, END):
        if content[at + 1] == 0xFF:  # fill byte
            at += 1
            continue
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if content[at + 1] in TELLTALE_SEGMENTS:
            parts.append(_orientation_alone(content[at + 4 : end]))
        else:
            parts.append(content[at:end])
        at = end
    return b"".join([*parts, content[at:]])


def _orientation_alone(exif):
    """An Exif segment that says which way is up and nothing else; nothing if that is as usual."""
    if not exif.startswith(b"Exif\0\0"):
        return b""
    told = Image.Exif()
    try:
        told.load(exif)
        turned = told.get(ORIENTATION, 1)
    except (SyntaxError, ValueError, KeyError, TypeError, struct.error):
        return b""
    if turned not in range(2, 9):
        return b""
    alone = Image.Exif()
    alone[ORIENTATION] = turned
    body = alone.tobytes()
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


def _clean_png(content):
    """Copy the chunks without the telltale ones."""
    source, parts = BytesIO(content), [PNG_START]
    source.seek(len(PNG_START))
    while len(head := source.read(8)) == 8:
        body = source.read(int.from_bytes(head[:4], "big") + 4)
        if head[4:] not in TELLTALE_CHUNKS:
            parts.append(head + body)
    return b"".join([*parts, head])
