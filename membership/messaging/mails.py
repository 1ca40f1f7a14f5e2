"""E-mails: words, and files of the private storage that go with them."""

from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from membership.messaging.gateways import PermanentFailure, TemporaryFailure
from membership.private_files import private

ATTACHED_MAX_BYTES = 10 * 1024 * 1024  # of one mail; many servers take no more
SUBJECT_MAX = 40


def send(message, composed):
    """Send the e-mail with its attachments; with too large ones without them, and say where they are.

    Returns the reference. Raises PermanentFailure for a file that the storage has lost, and TemporaryFailure while the
    storage cannot be reached: in both cases nothing has left.
    """
    files = _contents(message.attachments)
    text = composed.text
    if files is None:
        files = []
        text += "\n\n" + _("The attachments are larger than 10 MB and were left out: log in to download them.")
    mail = EmailMessage(composed.text[:SUBJECT_MAX], text, None, [message.recipient], attachments=files)
    return str(mail.send())


def _contents(attachments):
    """(name, bytes, media type) of each, or None if together they are too large."""
    storage, files, room = private(), [], ATTACHED_MAX_BYTES
    for attached in attachments:
        try:
            with storage.open(attached["key"]) as file:
                room -= file.size
                if room < 0:
                    return None
                files.append((attached["name"], file.read(), attached["mime"]))
        except FileNotFoundError as lost:
            sentence = _("The storage has lost the attachment “%(name)s”.") % {"name": attached["name"]}
            raise PermanentFailure(sentence) from lost
        except OSError as failure:
            raise TemporaryFailure("the storage of files cannot be reached") from failure
    return files
