"""What the open site lists: notices that anybody may read, by category and year, in pages."""

from django.core.paginator import Paginator
from django.db.models import F, Window
from django.db.models.functions import ExtractYear, RowNumber

from cms.models import NoticeCategory, NoticePage

PER_PAGE = 20
ON_HOME_PAGE = 5


def open_notices():
    """Live notices that nobody is kept from, with what a list shows of them, pinned first, then the newest."""
    return (
        NoticePage.objects.live()
        .public()
        .select_related("category")
        .annotate(starts_at=F("activitypage__starts_at"), venue=F("activitypage__venue"))
        .defer_streamfields()
        .newest()
    )


def newest_by_category(count=ON_HOME_PAGE):
    """[(category, its `count` newest open notices)] in the order of the categories; empty ones are left out."""
    place = Window(RowNumber(), partition_by="category", order_by=["-pinned", "-first_published_at", "-pk"])
    grouped = {}
    for notice in open_notices().annotate(place=place).filter(place__lte=count):
        grouped.setdefault(notice.category, []).append(notice)
    return sorted(grouped.items(), key=lambda group: (group[0].sort_order, group[0].pk))


def read_listing(index, query):
    """The open notices below an index as the query string asks: `category` (slug), `year`, `page`.

    Returns what can be chosen, what is chosen and one page of notices. Values that name nothing are ignored, so no
    query string can break the page.
    """
    notices = open_notices().child_of(index)
    categories = list(NoticeCategory.objects.filter(pk__in=notices.order_by().values("category")))
    years = notices.order_by().values_list(ExtractYear("first_published_at"), flat=True).distinct()
    years = sorted((year for year in years if year), reverse=True)
    category = next((c for c in categories if c.slug == query.get("category")), None)
    year = next((y for y in years if str(y) == query.get("year")), None)
    if category:
        notices = notices.filter(category=category)
    if year:
        notices = notices.filter(first_published_at__year=year)
    return {
        "categories": categories,
        "category": category,
        "years": years,
        "year": year,
        "page_obj": Paginator(notices, PER_PAGE).get_page(query.get("page")),
    }


def neighbours(notice):
    """(newer, older) open notices beside this one below the same index; None where there is none."""
    if notice.pk is None or notice.first_published_at is None:
        return None, None
    beside = open_notices().sibling_of(notice, inclusive=False).order_by("first_published_at", "pk")
    newer = beside.filter(first_published_at__gt=notice.first_published_at).first()
    older = beside.filter(first_published_at__lt=notice.first_published_at).last()
    return newer, older
