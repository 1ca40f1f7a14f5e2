"""What can be followed: the newest pages of each index as RSS and Atom, open activities as a calendar."""

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.views.decorators.http import require_safe
from wagtail.models import Page, Site

from cms import calendar_file
from cms.models import ActivityPage, AssociationSettings
from home.kept_pages import open_to_all
from home.listing import public
from home.summaries import summary
from home.trail import has_feed

ENTRIES = 30
EVENTS = 200
PAST_DAYS = 90  # activities that ended longer ago are no longer in the calendar


class IndexFeed(Feed):
    """The newest pages below one index, whichever types they have."""

    feed_type = Rss201rev2Feed
    is_open_to_all = True

    def get_object(self, request, where):
        return _Followed(request, _index_at(request, where))

    def title(self, followed):
        return _plain(" - ".join(part for part in (followed.index.title, followed.organizer) if part))

    def link(self, followed):
        return followed.index.get_full_url(followed.request)

    def description(self, followed):
        return _plain(summary(followed.index) or followed.index.title)

    def feed_url(self, followed):
        return followed.request.build_absolute_uri(followed.request.path)

    def items(self, followed):
        pages = public(followed.index.get_children().live())
        newest = pages.filter(first_published_at__isnull=False).order_by("-first_published_at", "-pk")
        return [_Entry(page, followed.request) for page in newest[:ENTRIES].specific()]

    def item_title(self, entry):
        return _plain(entry.page.title)

    def item_link(self, entry):
        return entry.page.get_full_url(entry.request)

    def item_description(self, entry):
        return _plain(summary(entry.page))

    def item_pubdate(self, entry):
        return timezone.localtime(entry.page.first_published_at)

    def item_updateddate(self, entry):
        return timezone.localtime(entry.page.last_published_at or entry.page.first_published_at)


class AtomIndexFeed(IndexFeed):
    feed_type = Atom1Feed
    subtitle = IndexFeed.description


class _Followed:
    def __init__(self, request, index):
        self.request, self.index, self.organizer = request, index, AssociationSettings.current().name


class _Entry:
    def __init__(self, page, request):
        self.page, self.request = page, request


def _index_at(request, where):
    site = Site.find_for_request(request)
    if site is None:
        raise Http404
    at = public(Page.objects.live()).filter(url_path=f"{site.root_page.url_path}{where}/")
    index = get_object_or_404(at).specific
    if not has_feed(type(index)):
        raise Http404
    return index


def _plain(text):
    """Without the characters that XML has no place for."""
    return "".join(each for each in text if each.isprintable() or each in "\n\t")


def _answer(content, name):
    answer = HttpResponse(content, content_type=calendar_file.MEDIA_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _address(page, request):
    return page.get_full_url(request) or request.build_absolute_uri("/")


@open_to_all
@require_safe
def calendar(request):
    """All open activities ahead and of late, for programs that look again and again."""
    organizer = AssociationSettings.current().name
    since = timezone.now() - timezone.timedelta(days=PAST_DAYS)
    activities = public(ActivityPage.objects.live()).filter(ends_at__gte=since).defer_streamfields()
    events = [
        (activity, calendar_file.uid_of(activity, settings.WAGTAILADMIN_BASE_URL), _address(activity, request))
        for activity in activities.order_by("starts_at", "pk")[:EVENTS]
    ]
    return _answer(calendar_file.calendar(events, organizer=organizer, name=organizer), "calendar.ics")


@open_to_all
@require_safe
def activity_calendar(request, pk):
    """One open activity, to be put into one's own calendar."""
    activity = get_object_or_404(public(ActivityPage.objects.live()), pk=pk)
    content = calendar_file.calendar_of(
        activity,
        uid=calendar_file.uid_of(activity, settings.WAGTAILADMIN_BASE_URL),
        organizer=AssociationSettings.current().name,
        address=_address(activity, request),
    )
    return _answer(content, f"activity-{pk}.ics")
