"""Lists in pieces: a signed cursor names the last row shown, so that no page is skipped or shown twice."""

from datetime import datetime

from django.core.signing import BadSignature, Signer
from django.db.models import Q
from django.utils.translation import gettext as _
from ninja import Field, Schema
from pydantic import ConfigDict

from portal.api.problems import ProblemError

LIMIT, LIMIT_MAX = 20, 50
SIGNER = Signer(salt="member-api.cursor")


class PageQuery(Schema):
    """What every list takes."""

    limit: int = Field(LIMIT, ge=1, le=LIMIT_MAX, description="Rows on a page.")
    cursor: str | None = Field(None, max_length=500, description="`next_cursor` of the page before.")


def listed(row):
    """The configuration of a list whose rows look like this one, for the OpenAPI document."""
    return ConfigDict(json_schema_extra={"examples": [{"items": [row], "next_cursor": None}]})


class Page(Schema):
    """What every list has beside its items."""

    next_cursor: str | None = Field(description="For the next page; null on the last one.")


def place(cursor, name):
    """The values that `cut` put into the cursor of the list `name`; any other is a problem of the field."""
    try:
        listed, *values = SIGNER.unsign_object(cursor)
    except BadSignature:
        listed = None
    if listed != name:
        message = _("This cursor is not one of ours. Start again without it.")
        raise ProblemError("malformed", errors=[("cursor", message)])
    return values


def cut(rows, limit, name, values):
    """(one page of the queryset `rows`, cursor of the next page or None); `values(row)` is its place in the order."""
    page = list(rows[: limit + 1])
    if len(page) <= limit:
        return page, None
    page.pop()
    return page, SIGNER.sign_object([name, *values(page[-1])])


def paged(rows, query, name, *order):
    """The same for rows that are listed by columns (`-placed_at`, `-pk`), of which the last tells all rows apart."""
    columns = [(column.removeprefix("-"), "lt" if column.startswith("-") else "gt") for column in order]
    if query.cursor:
        rows = rows.filter(_behind(columns, place(query.cursor, name)))
    return cut(rows.order_by(*order), query.limit, name, lambda row: [_plain(row, column) for column, _way in columns])


def _behind(columns, values):
    """What stands after these values in the order of the columns."""
    behind, same = Q(), Q()
    for (column, way), value in zip(columns, values, strict=True):
        behind |= same & Q(**{f"{column}__{way}": value})
        same &= Q(**{column: value})
    return behind


def _plain(row, column):
    value = getattr(row, column)
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, int) else str(value)
