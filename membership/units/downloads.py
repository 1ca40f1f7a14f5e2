"""How a private file leaves the house: after a permission check, as a download, never opened inside a page of ours."""

from django.http import FileResponse


def as_download(file, *, name, mime):
    """The stored `file` as an attachment called `name` (RFC 6266), with headers that let no browser guess or run it."""
    response = FileResponse(file.open("rb"), as_attachment=True, filename=name, content_type=mime)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cache-Control"] = "private, no-store"
    return response
