"""Parts of pages that a process draws once for everybody who sees the same in them.

A part is drawn from one value alone: no request, no person, no token, no clock. This value and the language are its
key, so that a change is seen at once, and nothing of one unit can stand on the page of another.
"""

from functools import cache, lru_cache

from django.conf import settings
from django.template.loader import get_template
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

# Stands for what differs where all else is the same: an address, a token. No text of a database holds it.
HOLE = "\0"
# Stands for the number of a row in addresses, as often as they name it: the last that there could be, so no row has it.
NO_ROW = 2**63 - 1
KEPT = 1_000  # of each template, those asked for last: some megabytes in all
LONG = {"cms/body.html", "portal/messages/_asked.html"}  # they hold a whole text or form
LONG_KEPT = 200


def drawn(template_name, shown=None, row=None):
    """The template with `shown`: a hashable value of plain strings, numbers and tuples of such.

    `row` is the number that takes the place of `NO_ROW`.
    """
    return _numbered(_draw(template_name)(get_language(), shown), row)


def drawn_around(filling, template_name, shown, row=None):
    """The same, where `shown` has a `HOLE` that is filled with an address or a token."""
    before, after = _draw(template_name, True)(get_language(), shown)
    return _numbered(before, row) + conditional_escape(filling) + _numbered(after, row)


def drawn_rows(template_name, rows):
    """The template for each (shown, number) of `rows`; in its address a `HOLE` stands for the number."""
    draw, language = _draw(template_name), get_language()
    html = "".join([draw(language, shown).replace(HOLE, str(int(number))) for shown, number in rows])
    return SafeString(html)  # nosec B703 - as Django has drawn it, with numbers


def _numbered(html, row):
    """What Django has drawn, and so escaped, with this number of a row in its addresses."""
    return html if row is None else SafeString(html.replace(str(NO_ROW), str(int(row))))  # nosec B703 - a number


def _draw(template_name, has_hole=False):
    keeper = _keeper(template_name, has_hole)
    return keeper.__wrapped__ if settings.DEBUG else keeper  # who writes templates sees each change


@cache
def _keeper(template_name, has_hole):
    @lru_cache(maxsize=LONG_KEPT if template_name in LONG else KEPT)
    def draw(language, shown):
        html = get_template(template_name).render({"shown": shown})
        if not has_hole:
            return html
        return tuple(SafeString(part) for part in html.split(HOLE, 1))  # nosec B703 - both are as Django has drawn them

    return draw
