"""Names of the files that are made of receipts: what it is, of which notice, and nothing that a disk refuses."""

import unicodedata

from django.utils.translation import gettext as _

from membership.tracking.states import Export

ENDINGS = {Export.WORKBOOK: ".xlsx", Export.BUNDLE: ".zip", Export.RESULT: ".xlsx"}
TITLE_ROOM, UNIT_ROOM = 180, 216  # bytes: with number, words and ending a name stays below the 255 of a disk
FORBIDDEN = set('\\/:*?"<>|')


def file_name(notice, what):
    """回执汇总_关于…的通知.xlsx"""
    names = {
        Export.WORKBOOK: _("Receipts"),
        Export.BUNDLE: _("Receipt files"),
        Export.RESULT: _("Result of the deliberation"),
    }
    return f"{names[what]}_{safe(notice.title, TITLE_ROOM)}{ENDINGS[what]}"


def receipt_name(number, unit_name, ending):
    """0001_某某公司_回执.pdf: what a receipt file is called in the bundle."""
    return f"{number:04d}_{safe(unit_name, UNIT_ROOM)}_{_('receipt')}{ending}"


def safe(text, room):
    """The text as part of a file name on any system: no path, no control or direction characters, `room` bytes at most.

    A character of Chinese takes three bytes; none is cut in two.
    """
    kept = (c for c in unicodedata.normalize("NFC", text) if c not in FORBIDDEN)
    clean = "".join(c if c.isprintable() else " " for c in kept)
    short = " ".join(clean.split()).encode()[:room].decode(errors="ignore")
    return short.strip(" .") or "_"
