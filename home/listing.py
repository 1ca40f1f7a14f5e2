"""What the open site lists: notices that anybody may read, by category and year, in pages."""

from django.core.paginator import Paginator
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef, Q, Window
from django.db.models.functions import ExtractYear, RowNumber
from wagtail.models import Page, PageViewRestriction

from cms.models import NoticeCategory, NoticePage
from membership.prepared import Prepared

PER_PAGE = 20
ON_HOME_PAGE = 5


PATH = ExpressionWrapper(OuterRef("path"), output_field=CharField())


def restricted():
    """Whether somebody is kept from a page, by itself or by one above it."""
    return Exists(PageViewRestriction.objects.alias(asked=PATH).filter(asked__startswith=F("page__path")))


def below_an_alias():
    """Whether a page or one above it is an alias: then what keeps people from another page keeps them from this one."""
    return Exists(Page.objects.filter(alias_of__isnull=False).alias(asked=PATH).filter(asked__startswith=F("path")))


def public(pages):
    """Those of `pages` that nobody is kept from, asked within their own query: Wagtail's `public()` needs one more."""
    return pages.filter(~restricted())


def open_notices():
    """Live notices that nobody is kept from, with what a list shows of them, pinned first, then the newest."""
    return (
        public(NoticePage.objects.live())
        .select_related("category")
        .annotate(starts_at=F("activitypage__starts_at"), venue=F("activitypage__venue"))
        .defer_streamfields()
        .newest()
    )


def newest_by_category(count=ON_HOME_PAGE):
    """[(category, its `count` newest open notices, the index of the first)]; categories without any are left out."""
    place = Window(RowNumber(), partition_by="category", order_by=["-pinned", "-first_published_at", "-pk"])
    grouped = {}
    for notice in open_notices().annotate(place=place).filter(place__lte=count):
        grouped.setdefault(notice.category, []).append(notice)
    above = {category: notices[0].path[: -NoticePage.steplen] for category, notices in grouped.items()}
    indexes = {index.path: index for index in Page.objects.filter(path__in=above.values())}
    categories = sorted(grouped, key=lambda category: (category.sort_order, category.pk))
    return [(category, grouped[category], indexes[above[category]]) for category in categories]


def read_listing(index, query):
    """The open notices below an index as the query string asks: `category` (slug), `year`, `page`.

    Returns what can be chosen, what is chosen, one page of notices, and the query string under which search engines
    shall know it: further pages of the whole list have their own, a choice has none. Values that name nothing are
    ignored, so no query string can break the page.
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
    page_obj = Paginator(notices, PER_PAGE).get_page(query.get("page"))
    return {
        "categories": categories,
        "category": category,
        "years": years,
        "year": year,
        "page_obj": page_obj,
        "canonical": f"page={page_obj.number}" if page_obj.number > 1 and not category and not year else "",
    }


def neighbours(notice):
    """(newer, older) open notices beside this one below the same index; None where there is none."""
    if notice.pk is None or notice.first_published_at is None:
        return None, None
    first, last = notice._get_children_path_interval(notice.path[: -NoticePage.steplen])
    found = _beside(notice.depth, notice=notice.pk, first=first, last=last)
    pick = {page.first_published_at > notice.first_published_at: page for page in found}
    return pick.get(True), pick.get(False)


@Prepared
def _beside(depth, *, notice, first, last):
    """The open notices of this depth and within these paths that were published just before and just after this one."""
    moment = NoticePage.objects.filter(pk=notice).values("first_published_at")
    within = public(NoticePage.objects.live().filter(depth=depth, path__gte=first, path__lte=last))
    newer = within.filter(first_published_at__gt=moment).order_by("first_published_at", "pk")
    older = within.filter(first_published_at__lt=moment).order_by("-first_published_at", "-pk")
    beside = NoticePage.objects.filter(Q(pk=newer.values("pk")[:1]) | Q(pk=older.values("pk")[:1]))
    return beside.only("title", "url_path", "first_published_at")
