"""What an archive that calls itself an Office file really holds: Word, Excel, OFD, or what must not be opened."""

import re
import zipfile

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

OFD = "application/ofd"

# How the old formats begin, and new ones that are protected by a password.
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
ZIP_END, ZIP64_LOCATOR = b"PK\x05\x06", b"PK\x06\x07"
ZIP_TAIL = 22 + 0xFFFF  # the record at the end of an archive and its longest comment
ZIP_MAX_DIRECTORY = 1024 * 1024
ZIP_MAX_MEMBERS = 1_000
ZIP_MAX_BYTES = 50 * 1024 * 1024
ZIP_MAX_RATIO = 100


def office_type(file):
    """Word, Excel or OFD by the members of the archive; None for anything else, for macros and for bombs.

    `file` is a Django File; nothing in it is unpacked.
    """
    if not _has_modest_directory(file):
        return None
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    finally:
        file.seek(0)
    unpacked, packed = (sum(getattr(m, size) for m in members) for size in ("file_size", "compress_size"))
    if len(members) > ZIP_MAX_MEMBERS or unpacked > min(ZIP_MAX_BYTES, ZIP_MAX_RATIO * packed):
        return None
    names = {member.filename for member in members}
    if "OFD.xml" in names:
        return OFD
    if "[Content_Types].xml" not in names or any("vbaproject" in name.lower() for name in names):
        return None
    if "word/document.xml" in names:
        return DOCX
    return XLSX if "xl/workbook.xml" in names else None


def _has_modest_directory(file):
    """Whether the list of members is small, known before it is read: a long one alone fills the memory.

    Every place that could be taken for the record at the end must say so.
    """
    file.seek(max(file.size - ZIP_TAIL, 0))
    tail = file.read()
    file.seek(0)
    if ZIP64_LOCATOR in tail:
        return False
    sizes = [int.from_bytes(tail[m.start() + 12 : m.start() + 16], "little") for m in re.finditer(ZIP_END, tail)]
    return bool(sizes) and max(sizes) <= ZIP_MAX_DIRECTORY
