"""What a section of the open site lists: articles by date, in pages and by year, and cards of the pages below it."""

from django.apps import apps
from django.core.paginator import Paginator
from django.db.models import F, Q
from django.db.models.functions import ExtractYear
from wagtail.models import Page

from home.listing import PER_PAGE, public

PICTURED = "picture__renditions"  # asked for all rows at once, so that no picture costs a query of its own


def _pages(name):
    """A page type by its name: the types themselves are put together from blocks that list them."""
    return apps.get_model("home", name).objects


def open_articles():
    """Live articles that nobody is kept from, with what a list shows of them, the newest first."""
    articles = public(_pages("ArticlePage").live()).defer_streamfields().select_related("picture")
    return articles.prefetch_related(PICTURED).order_by(F("first_published_at").desc(nulls_last=True), "-pk")


def cards_below(section):
    """Live pages directly below that nobody is kept from, in the order that the editors gave them."""
    pages = public(_pages("OpenPage").live().child_of(section)).defer_streamfields().select_related("picture")
    return pages.prefetch_related(PICTURED).order_by("path")


def newest_of(section_pks, count):
    """[(section, its `count` newest articles)] in the order given; sections that are not open are left out."""
    sections = {page.pk: page for page in public(Page.objects.live().filter(pk__in=section_pks))}
    found = [sections[pk] for pk in section_pks if pk in sections]
    return [(section, list(open_articles().child_of(section)[:count])) for section in found]


def read_listing(section, query):
    """The articles of a section as the query string asks: `year`, `page`; values that name nothing are ignored.

    Returns the years to choose from, the year chosen, one page of articles, and the query string under which search
    engines shall know it: further pages of the whole list have their own, a choice has none.
    """
    articles = open_articles().child_of(section)
    years = articles.order_by().values_list(ExtractYear("first_published_at"), flat=True).distinct()
    years = sorted((year for year in years if year), reverse=True)
    year = next((y for y in years if str(y) == query.get("year")), None)
    if year:
        articles = articles.filter(first_published_at__year=year)
    page_obj = Paginator(articles, PER_PAGE).get_page(query.get("page"))
    canonical = f"page={page_obj.number}" if page_obj.number > 1 and not year else ""
    return {"years": years, "year": year, "page_obj": page_obj, "canonical": canonical}


def neighbours(article):
    """(newer, older) open articles beside this one in its section; None where there is none."""
    if article.pk is None or article.first_published_at is None:
        return None, None
    moment, pk = article.first_published_at, article.pk
    beside = public(_pages("ArticlePage").live()).sibling_of(article, inclusive=False).defer_streamfields()
    newer = beside.filter(Q(first_published_at__gt=moment) | Q(first_published_at=moment, pk__gt=pk))
    older = beside.filter(Q(first_published_at__lt=moment) | Q(first_published_at=moment, pk__lt=pk))
    newer = newer.order_by("first_published_at", "pk").first()
    return newer, older.order_by("-first_published_at", "-pk").first()
