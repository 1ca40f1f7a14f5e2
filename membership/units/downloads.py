"""How a private file leaves the house: after a permission check, as a download or as an image that we have drawn."""

from django.http import FileResponse


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
