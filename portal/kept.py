"""Parts of pages that a process draws once for everybody who sees the same in them.

A part is drawn from one value alone: no request, no person, no token, no clock. This value and the language are its
key, so that a change is seen at once, and nothing of one unit can stand on the page of another.
"""

from functools import cache, lru_cache

from django.conf import settings
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.translation import get_language

# Stands for an address that differs where all else is the same; no text of a database holds it.
HOLE = "\0"
KEPT = 1_000  # of each template, those asked for last: some megabytes in all


def drawn(template_name, shown=None):
    """The template with `shown`: a hashable value of plain strings, numbers and tuples of such."""
    keeper = _keeper(template_name)
    draw = keeper.__wrapped__ if settings.DEBUG else keeper  # who writes templates sees each change
    return draw(get_language(), shown)


def drawn_for(address, template_name, shown):
    """The same, where `shown` has a `HOLE` in the place of an address."""
    html = drawn(template_name, shown)
    return format_html(html.replace("{", "{{").replace("}", "}}").replace(HOLE, "{0}"), address)


@cache
def _keeper(template_name):
    @lru_cache(maxsize=KEPT)
    def draw(language, shown):
        return get_template(template_name).render({"shown": shown})

    return draw
