"""Private files: a storage without URLs, and the ways out after a permission check: a download, an image we drew."""

import os
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.core.files.storage import FileSystemStorage, storages
from django.http import FileResponse

from membership.object_store import BoundedS3Storage


class PrivateFileSystemStorage(FileSystemStorage):
    """Files on this machine without any URL."""

    def url(self, name):
        raise NotImplementedError("Private files have no URL.")

    def _save(self, name, content):
        try:
            return super()._save(name, content)
        except OSError:
            Path(self.path(name)).unlink(missing_ok=True)  # the disk is full: half a file is none
            raise

    def is_reachable(self):
        """Whether files can be written now."""
        Path(self.location).mkdir(parents=True, exist_ok=True)
        return os.access(self.location, os.W_OK)

    def stored(self):
        """(key, moment of writing, size in bytes) of everything that lies here."""
        for folder, _folders, names in os.walk(self.location):
            for name in names:
                path = Path(folder, name)
                facts = path.stat()
                yield (
                    path.relative_to(self.location).as_posix(),
                    datetime.fromtimestamp(facts.st_mtime, UTC),
                    facts.st_size,
                )


class PrivateS3Storage(BoundedS3Storage):
    """Files in the private bucket; a link to one lives as long as `querystring_expire` says."""

    # No ACL is sent: buckets whose access lists are off, as AWS makes them today, refuse one.
    querystring_auth = True

    def is_reachable(self):
        """Whether the bucket answers and is ours."""
        self.connection.meta.client.head_bucket(Bucket=self.bucket_name)
        return True

    def stored(self):
        """(key, moment of writing, size in bytes) of everything in the bucket."""
        for thing in self.bucket.objects.all():
            yield thing.key, thing.last_modified, thing.size


def private():
    """The storage of members' files (a callable, so that migrations name no location)."""
    return storages["private"]


@contextmanager
def kept(field_file, name, upload):
    """Store the upload in this field of a row not yet saved; what fails inside the block takes the file away again."""
    field_file.save(name, upload, save=False)
    try:
        yield
    except BaseException:
        field_file.storage.delete(field_file.name)
        raise


def as_download(file, *, name, mime):
    """The stored `file` as an attachment called `name` (RFC 6266), with headers that let no browser guess or run it."""
    return _guarded(FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type=mime))


def as_page_image(file):
    """The stored page image `file`, to be shown inside a page of ours."""
    return _guarded(FileResponse(file.open("rb"), content_type="image/jpeg"))


def _guarded(response):
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
