"""What a page is about, in a sentence or two, and the text of any page as it is searched."""

from functools import lru_cache

from django.utils.html import strip_tags
from django.utils.text import Truncator
from wagtail.fields import StreamField
from wagtail.search.index import SearchField

SUMMARY_CHARACTERS = 110
KEPT = 200  # beginnings that a process keeps, by the text
INTRODUCTIONS = ("search_description", "summary", "intro", "hero_text")


def summary(page):
    """The editor's words, else the sentence that introduces it, whatever its type calls that, else how it begins."""
    for name in INTRODUCTIONS:
        if text := getattr(page, name, ""):
            return text
    return _beginning(_paragraphs(page)) or Truncator(_text(page)).chars(SUMMARY_CHARACTERS)


def texts_of(page):
    """The words of the page as its type has them searched, but for its title; new types need nothing more."""
    for field in page.get_search_fields():
        if isinstance(field, SearchField) and field.field_name != "title":
            value = field.get_value(page) or ""
            for text in value if isinstance(value, list) else [value]:
                yield _words(str(text))


def _text(page):
    return " ".join(texts_of(page)).removeprefix(page.title).strip()


def _paragraphs(page):
    """The paragraphs of its bodies as they are stored, for which no link has to be looked up."""
    streams = [field.value_from_object(page) for field in page._meta.fields if isinstance(field, StreamField)]
    blocks = (block for stream in streams for block in stream.raw_data)
    return tuple(block["value"] for block in blocks if block["type"] == "paragraph")


@lru_cache(maxsize=KEPT)
def _beginning(paragraphs):
    texts = [_words(paragraph) for paragraph in paragraphs]
    return Truncator(" ".join(text for text in texts if text)).chars(SUMMARY_CHARACTERS)


def _words(html):
    return " ".join(strip_tags(html).split())
