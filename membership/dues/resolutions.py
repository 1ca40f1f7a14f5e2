"""Files of resolutions: their download, and what was uploaded while another field of the form was wrong.

The latter lies in the private storage under a random key until the form is right; the form carries the key signed,
together with who may use it.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.core.files import File
from django.http import Http404
from django.utils.translation import gettext as _

from membership.private_files import as_download, private
from membership.units import uploads

FOLDER = "kept-resolutions"
SALT = "dues.resolution"
KEPT = timedelta(days=1)


def download(standard):
    """The resolution of a standard under its name, for whoever may have it; Http404 when the file is lost."""
    return download_file(standard.resolution, standard.resolution_name)


def download_file(file, name):
    """A stored file of the books under this name, for whoever may have it; Http404 when it is lost."""
    try:
        with file.open("rb") as content:
            mime = uploads.media_type(content) or "application/octet-stream"
        return as_download(file, name=name, mime=mime)
    except FileNotFoundError as lost:
        raise Http404(_("The file is not available at present.")) from lost


@dataclass(frozen=True)
class Kept:
    """A file that waits for its form: where it lies, its name, and what the form carries of it."""

    key: str
    name: str
    token: str

    def open(self):
        """The file under its name, for a `with`."""
        return File(private().open(self.key), name=self.name)

    def delete(self):
        private().delete(self.key)


def keep(upload, *, by):
    """Judge the upload by its content and keep it; returns it as Kept. Raises ValidationError in words."""
    facts = uploads.inspect(upload, uploads.SCANS)
    key = private().save(f"{FOLDER}/{uuid.uuid4().hex}", upload)
    return Kept(key, facts.name, signing.dumps([key, facts.name, by.pk], salt=SALT))


def find(token, *, by):
    """What was Kept, for the person who uploaded it; None when it is gone, foreign or no token."""
    try:
        key, name, owner = signing.loads(token, salt=SALT, max_age=KEPT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    if owner != by.pk or not private().exists(key):
        return None
    return Kept(key, name, token)


def forget_abandoned(now):
    """Delete what nobody came back for within a day; returns how many."""
    storage = private()
    try:
        _folders, names = storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    old = [name for name in names if storage.get_modified_time(f"{FOLDER}/{name}") < now - 2 * KEPT]
    for name in old:
        storage.delete(f"{FOLDER}/{name}")
    return len(old)
