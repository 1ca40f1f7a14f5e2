"""A receipt form on its way to a unit, with its facts filled in."""

from contextlib import suppress

from django.core.files.base import ContentFile

from cms.receipt_forms import filled_for
from membership.private_files import as_download


def filled_form(delivery, placement):
    """The download of the form with the facts of the unit; None for a file that is handed out as it is."""
    with suppress(FileNotFoundError):
        made = filled_for(delivery, placement)
        if made:
            name, content = made
            return as_download(ContentFile(content), name=name, mime=placement.attachment.mime)
    return None
