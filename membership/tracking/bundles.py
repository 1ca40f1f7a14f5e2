"""The bundle of the files that units returned with their receipts: one ZIP, written to disk file by file."""

import shutil
import tempfile
import zipfile

from django.core.files import File
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from membership.tracking.models import Receipt
from membership.tracking.naming import receipt_name
from membership.units.models import Document
from membership.units.uploads import EXTENSIONS

EVERY = 20  # files between two reports of progress


def bundle(notice, *, by, progress=None):
    """(File on disk, deleted when closed; names of units whose file is lost) for the receipts that stand now.

    Only files that `by` may open go in. What is scanned or photographed is packed already, so it is stored as it is.
    """
    receipts = Receipt.objects.for_user(by).current().filter(delivery__notice=notice, sent_back_at=None)
    receipts = receipts.filter(
        delivery__recalled_at=None, delivery__left_at=None, document__in=Document.objects.for_user(by)
    )
    receipts = receipts.select_related("document", "delivery__unit").order_by("delivery__unit__name", "pk")
    total, lost = receipts.count(), []
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the File that is returned closes it
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for number, receipt in enumerate(receipts.iterator(chunk_size=500), start=1):
            if not _put_in(archive, number, receipt):
                lost.append(receipt.delivery.unit.name)
            if progress and (number % EVERY == 0 or number == total):
                progress(number, total)
    stream.seek(0)
    return File(stream, name="bundle.zip"), lost


def words_for(lost):
    """What the person is told about files that are gone from the storage; empty when none is."""
    if not lost:
        return ""
    words = {"number": len(lost), "units": "、".join(lost[:5])}
    return _("%(number)d files are missing in the storage, among them those of %(units)s.") % words


def _put_in(archive, number, receipt):
    document = receipt.document
    name = receipt_name(number, receipt.delivery.unit.name, EXTENSIONS.get(document.mime, ("",))[0])
    try:
        source = document.file.open("rb")
    except FileNotFoundError:
        return False
    with source, archive.open(zipfile.ZipInfo(name, localtime(receipt.submitted_at).timetuple()[:6]), "w") as target:
        shutil.copyfileobj(source, target, 256 * 1024)
    return True
