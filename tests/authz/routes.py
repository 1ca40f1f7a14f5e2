"""Every route that the resolver knows, and the address at which the world answers it."""

import re

from django.urls import URLPattern, get_resolver

NAMED = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
UNNAMED = re.compile(r"\((?:[^()]|\([^()]*\))*\)")


def routes(resolver=None, before=""):
    """Each route once, as the resolver writes it: `portal/messages/<int:pk>/`."""
    return dict.fromkeys(_walk(resolver or get_resolver(), before))


def _walk(resolver, before):
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern).removeprefix("^" if before else "")
        if isinstance(entry, URLPattern):
            yield route
        else:
            yield from _walk(entry, route)


def address(route, fills):
    """The address of a route, with the values that the longest fitting beginning gives to each name in it."""

    def value(name):
        fitting = [(start, given[name]) for start, given in fills if name in given and route.startswith(start)]
        if not fitting:
            raise KeyError(f"{route}: nothing is said for {name!r}")
        return max(fitting, key=lambda pair: len(pair[0]))[1]

    text = NAMED.sub(lambda match: str(value(match[1] or match[2])), route)
    if UNNAMED.search(text.replace("(?:", "(")):
        values = iter(value(""))
        text = UNNAMED.sub(lambda _match: str(next(values)), text)
    return "/" + text.replace("^", "").replace("$", "").replace("\\.", ".").replace(".*", "nothing").replace(
        "\\", ""
    ).rstrip("?")
