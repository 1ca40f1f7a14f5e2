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
KEPT = 1_000  # of each template, those asked for last: some megabytes in all


def drawn(template_name, shown=None):
    """The template with `shown`: a hashable value of plain strings, numbers and tuples of such."""
    keeper = _keeper(template_name)
    draw = keeper.__wrapped__ if settings.DEBUG else keeper  # who writes templates sees each change
    return draw(get_language(), shown)


def drawn_around(filling, template_name, shown):
    """The same, where `shown` has a `HOLE` that is filled with an address or a token."""
    before, after = _around_the_hole(drawn(template_name, shown))
    return before + conditional_escape(filling) + after


@lru_cache(maxsize=KEPT)
def _around_the_hole(html):
    """What Django has drawn, and so escaped, in its two parts."""
    return [SafeString(part) for part in html.split(HOLE, 1)]  # nosec B703 - both are as Django has drawn them


@cache
def _keeper(template_name):
    @lru_cache(maxsize=KEPT)
    def draw(language, shown):
        return get_template(template_name).render({"shown": shown})

    return draw
