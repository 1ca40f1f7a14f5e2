"""The read-only content API of the open site: what anybody may read there, for programs."""

from django.http import JsonResponse
from django.urls import reverse
from django.utils import timezone
from rest_framework.fields import Field
from rest_framework.filters import BaseFilterBackend
from rest_framework.renderers import JSONRenderer
from wagtail.api import APIField
from wagtail.api.v2.filters import ChildOfFilter, DescendantOfFilter, OrderingFilter
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.utils import BadRequestError, get_full_url
from wagtail.api.v2.views import BaseAPIViewSet, PagesAPIViewSet
from wagtail.models import Page, Site

from cms.models import ActivityPage, NoticeCategory, NoticeIndexPage, NoticePage
from home.models import DuesStandardPage, HomePage
from home.throttles import OpenThrottle
from membership.dues.calendar import dues_year
from membership.dues.models import DuesStandard

CODES = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    429: "too_many_requests",
}
OFFSET_MAX = 1_000_000
FIELDS_MAX_CHARACTERS = 500  # the parameter nests; its parser calls itself for each level


class BodyField(Field):
    """The body as HTML, as the page itself shows it."""

    def to_representation(self, value):
        return str(value.render_as_block()).strip()


class CategoryField(Field):
    def to_representation(self, category):
        return {"name": category.name, "slug": category.slug}


class AttachmentsField(Field):
    """The files of an open notice and where anybody may download them."""

    def to_representation(self, placements):
        return [self._file(placement) for placement in placements.select_related("attachment")]

    def _file(self, placement):
        file = placement.attachment
        url = get_full_url(self.context["request"], reverse("home:attachment", args=[placement.pk]))
        return {"title": file.title, "name": file.original_name, "size": file.size, "type": file.mime, "url": url}


class StandardsField(Field):
    """The standard in force and the one to come: yuan a year by level, and where the resolution is."""

    def get_attribute(self, page):
        return DuesStandard.objects.current_and_coming(dues_year(timezone.now()))

    def to_representation(self, standards):
        return [self._standard(standard) for standard in standards]

    def _standard(self, standard):
        rates = [{"level": rate.level.name, "amount": str(rate.amount)} for rate in standard.rates.all()]
        url = get_full_url(self.context["request"], reverse("home:resolution", args=[standard.pk]))
        return {"first_year": standard.first_year, "title": standard.title, "rates": rates, "resolution": url}


# The only fields of our pages that leave the house here. Audience, deliveries and receipts never do.
NOTICE_FIELDS = [
    APIField("category", serializer=CategoryField()),
    APIField("document_no"),
    APIField("pinned"),
    APIField("body", serializer=BodyField()),
    APIField("attachments", serializer=AttachmentsField()),
    APIField("receipt_kind"),
    APIField("deadline"),
    APIField("contact"),
]
OPEN_FIELDS = {
    HomePage: [APIField("hero_title"), APIField("hero_text"), APIField("body", serializer=BodyField())],
    NoticeIndexPage: [APIField("intro")],
    DuesStandardPage: [APIField("intro"), APIField("standards", serializer=StandardsField())],
    NoticePage: NOTICE_FIELDS,
    ActivityPage: [*NOTICE_FIELDS, *(APIField(name) for name in ("starts_at", "ends_at", "venue", "quota"))],
}


class CategoryFilter(BaseFilterBackend):
    """?category=announcement: notices of one category, by its slug."""

    def filter_queryset(self, request, queryset, view):
        slug = request.GET.get("category")
        if slug is None:
            return queryset
        category = NoticeCategory.objects.filter(slug=slug).first()
        if category is None:
            raise BadRequestError("category doesn't exist")
        return queryset.filter(pk__in=NoticePage.objects.filter(category=category).values("pk"))


class OpenPagesAPIViewSet(PagesAPIViewSet):
    """Live pages that nobody is kept from. Who asks makes no difference: no session is read, so staff see no more."""

    authentication_classes = []
    http_method_names = ["get", "head"]
    renderer_classes = [JSONRenderer]
    throttle_classes = [OpenThrottle]
    filter_backends = [CategoryFilter, ChildOfFilter, DescendantOfFilter, OrderingFilter]
    known_query_parameters = frozenset(
        ["limit", "offset", "fields", "order", "type", "category", "child_of", "descendant_of"]
    )
    meta_fields = [
        *BaseAPIViewSet.meta_fields,
        "html_url",
        "slug",
        "seo_title",
        "search_description",
        "first_published_at",
        "parent",
    ]
    orders = ("id", "title", "slug", "first_published_at")

    def initial(self, request, *args, **kwargs):
        super().initial(request, *args, **kwargs)
        self._refuse_what_no_database_can_ask(request.GET)

    def _refuse_what_no_database_can_ask(self, query):
        for name, value in query.items():
            if "\x00" in name or "\x00" in value:
                raise BadRequestError("null characters are not allowed")
        if len(query.get("fields", "")) > FIELDS_MAX_CHARACTERS:
            raise BadRequestError(f"fields cannot be longer than {FIELDS_MAX_CHARACTERS} characters")
        for name, most in (("offset", OFFSET_MAX), ("id", 2**63 - 1)):
            if name in query and not (query[name].isascii() and query[name].isdigit() and int(query[name]) <= most):
                raise BadRequestError(f"{name} must be a positive integer up to {most}")

    def handle_exception(self, exc):
        """Every refusal has the same two keys: a code that stays as it is, and words for whoever debugs."""
        response = super().handle_exception(exc)
        words = response.data.get("message") or response.data.get("detail")
        response.data = {"code": CODES[response.status_code], "message": str(words)}
        return response

    def check_query_parameters(self, queryset):
        unknown = set(self.request.GET) - self.known_query_parameters
        if unknown:
            raise BadRequestError(f"query parameter is not an operation: {', '.join(sorted(unknown))}")

    def get_base_queryset(self):
        site = Site.find_for_request(self.request)
        if site is None:
            return Page.objects.none()
        return Page.objects.live().public().descendant_of(site.root_page, inclusive=True)

    @classmethod
    def get_body_fields(cls, model):
        return cls._convert_api_fields(cls.body_fields) + OPEN_FIELDS.get(model, [])

    @classmethod
    def get_available_fields(cls, model, db_fields_only=False):
        """Only lists ask for fields of the database, to order by them; those are few and indexed or short."""
        return list(cls.orders) if db_fields_only else super().get_available_fields(model)

    @classmethod
    def get_detail_default_fields(cls, model):
        return cls.get_available_fields(model)


def no_such_endpoint(request):
    """Whatever else is asked for below the API's address is not there, and is said so in JSON."""
    return JsonResponse({"code": CODES[404], "message": "There is no such endpoint."}, status=404)


content_api = WagtailAPIRouter("content-api")
content_api.register_endpoint("pages", OpenPagesAPIViewSet)
