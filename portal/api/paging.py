"""Lists in pieces: a signed cursor names the last row shown, so that no page is skipped or shown twice."""

from django.core.signing import BadSignature, Signer
from django.utils.translation import gettext as _
from ninja import Field, Schema

from portal.api.problems import ProblemError

LIMIT, LIMIT_MAX = 20, 50
SIGNER = Signer(salt="member-api.cursor")


class PageQuery(Schema):
    """What every list takes."""

    limit: int = Field(LIMIT, ge=1, le=LIMIT_MAX, description="Rows on a page.")
    cursor: str | None = Field(None, max_length=500, description="`next_cursor` of the page before.")


def place(cursor):
    """The values that `cut` put into the cursor; another cursor than ours is a problem of the field."""
    try:
        return SIGNER.unsign_object(cursor)
    except BadSignature:
        message = _("This cursor is not one of ours. Start again without it.")
        raise ProblemError("malformed", errors=[("cursor", message)]) from None


def cut(rows, limit, values):
    """(one page of the queryset `rows`, cursor of the next page or None); `values(row)` is its place in the order."""
    page = list(rows[: limit + 1])
    if len(page) <= limit:
        return page, None
    page.pop()
    return page, SIGNER.sign_object(values(page[-1]))
