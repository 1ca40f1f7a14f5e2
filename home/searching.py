"""站内搜索: open pages that hold what a visitor typed, those first whose title does, in pages."""

import re
import unicodedata
from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import ExtractYear, Left
from wagtail.models import Page

from cms.models import NoticeCategory, NoticePage
from cms.searching import matching
from cms.searching.words import ASKED_WORDS
from home.listing import public
from home.summaries import texts_of

PER_PAGE = 10
TYPED_CHARACTERS = 60
EXCERPT_CHARACTERS = 120
LEAD_CHARACTERS = 24  # of an excerpt, before the first word that was found


@dataclass(frozen=True)
class Hit:
    """A page that was found; title and excerpt as [(piece, whether it was searched for)]."""

    page: Page
    section: str
    title: list
    excerpt: list


def typed(query):
    """What the visitor typed, without signs that no page can hold."""
    text = unicodedata.normalize("NFKC", query.get("q", ""))
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())


def read_search(site, text, query):
    """The open pages of `site` that hold every word of `text`, narrowed as the query string asks: `section` (slug of
    a page below the home page), `category` (slug), `year`, `page`.

    Returns what can be chosen, what is chosen and one page of hits. Values that name nothing are ignored.
    """
    root = site.root_page
    found = public(matching(Page.objects.live().descendant_of(root, inclusive=True), text))
    sections = {page.path: page for page in _sections(root, found)}
    categories = list(NoticeCategory.objects.filter(pk__in=_notices(found).values("category")))
    years = found.values_list(ExtractYear("first_published_at"), flat=True).distinct()
    years = sorted((year for year in years if year), reverse=True)
    section = next((each for each in sections.values() if each.slug == query.get("section")), None)
    category = next((each for each in categories if each.slug == query.get("category")), None)
    year = next((each for each in years if str(each) == query.get("year")), None)
    if section:
        found = found.filter(path__startswith=section.path)
    if category:
        found = found.filter(pk__in=_notices(found).filter(category=category).values("pk"))
    if year:
        found = found.filter(first_published_at__year=year)
    words = words_of(text)
    page_obj = Paginator(titles_first(found, text), PER_PAGE).get_page(query.get("page"))
    # Each of them as what it is: one query more for every type of page among them.
    pages = page_obj.object_list.specific()
    page_obj.object_list = [_hit(page, words, sections) for page in pages]
    return {
        "sections": list(sections.values()),
        "section": section,
        "categories": categories,
        "category": category,
        "years": years,
        "year": year,
        "page_obj": page_obj,
    }


def _notices(pages):
    return NoticePage.objects.filter(pk__in=pages.values("pk")).order_by()


def _sections(root, found):
    """Pages right below the home page in which something was found, in the order of the tree."""
    length = len(root.path) + Page.steplen
    tops = found.annotate(top=Left("path", length)).values("top").distinct()
    return Page.objects.filter(path__in=tops, depth=root.depth + 1).order_by("path")


def words_of(text):
    """The words typed, as they are looked for in a title: “大会”, with its quotation marks, as 大会."""
    return [word for word in (re.sub(r"^\W+|\W+$", "", each) for each in text.split()[:ASKED_WORDS]) if word]


def titles_first(pages, text):
    """These pages, those first whose title holds all the words, each time the newest before the older ones."""
    in_title = Q(pk__in=[])  # signs alone are in no title
    for number, word in enumerate(words_of(text)):
        holds = Q(title__icontains=word)
        in_title = in_title & holds if number else holds
    return pages.annotate(place=Case(When(in_title, then=Value(0)), default=Value(1))).order_by(
        "place", F("first_published_at").desc(nulls_last=True), "-pk"
    )


def _hit(page, words, sections):
    top = sections.get(page.path[: len(next(iter(sections), ""))])
    return Hit(
        page=page,
        section=top.title if top and top.path != page.path else "",
        title=marked(page.title, words),
        excerpt=marked(_excerpt(page, words), words),
    )


def _excerpt(page, words):
    """The part of the text in which the first of the words stands; else how the page begins."""
    text = page.search_description or ""
    texts = " ".join(texts_of(page)).removeprefix(page.title).strip()
    spot = _pattern(words).search(texts)
    if spot is None and text:
        return text
    start = max(0, spot.start() - LEAD_CHARACTERS) if spot else 0
    cut = texts[start : start + EXCERPT_CHARACTERS]
    return ("…" if start else "") + cut + ("…" if len(texts) > start + EXCERPT_CHARACTERS else "")


def marked(text, words):
    """The text in pieces, each with whether it is one of the words."""
    pieces = _pattern(words).split(text)
    return [(piece, number % 2 == 1) for number, piece in enumerate(pieces) if piece]


def _pattern(words):
    longest_first = sorted(words, key=len, reverse=True)
    return re.compile("({})".format("|".join(map(re.escape, longest_first)) or r"(?!)"), re.IGNORECASE)
