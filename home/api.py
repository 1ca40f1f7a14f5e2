"""The read-only content API of the open site: what anybody may read there, for programs."""

from django.http import JsonResponse
from wagtail.api import APIField
from wagtail.api.v2.filters import ChildOfFilter, DescendantOfFilter, OrderingFilter
from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import BaseAPIViewSet, PagesAPIViewSet
from wagtail.models import Page, Site

from cms.models import ActivityPage, NoticeIndexPage, NoticePage
from home.api_documents import OpenDocumentsAPIViewSet
from home.api_endpoints import CODES, CategoryFilter, OpenEndpoint, WordsFilter
from home.api_fields import (
    AttachmentsField,
    BodyField,
    BranchField,
    CategoryField,
    FilesField,
    PictureField,
    StandardsField,
)
from home.api_files import OpenImagesAPIViewSet
from home.models import ArticlePage, BranchPage, DownloadsPage, DuesStandardPage, HomePage, SectionPage

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
PAGE_FIELDS = [
    APIField("summary"),
    APIField("picture", serializer=PictureField()),
    APIField("body", serializer=BodyField()),
]
OPEN_FIELDS = {
    HomePage: [APIField("hero_title"), APIField("hero_text"), APIField("body", serializer=BodyField())],
    NoticeIndexPage: [APIField("intro")],
    DuesStandardPage: [APIField("intro"), APIField("standards", serializer=StandardsField())],
    SectionPage: [*PAGE_FIELDS, APIField("shows")],
    ArticlePage: [
        *PAGE_FIELDS,
        *(APIField(name) for name in ("issuer", "document_no", "issued_on", "effective_on", "source")),
        APIField("files", serializer=FilesField()),
    ],
    BranchPage: [
        *PAGE_FIELDS,
        APIField("branch", serializer=BranchField()),
        *(APIField(name) for name in ("members", "contact_name", "phone", "email", "office")),
    ],
    DownloadsPage: [*PAGE_FIELDS, APIField("files", serializer=FilesField())],
    NoticePage: NOTICE_FIELDS,
    ActivityPage: [*NOTICE_FIELDS, *(APIField(name) for name in ("starts_at", "ends_at", "venue", "quota"))],
}


class OpenPagesAPIViewSet(OpenEndpoint, PagesAPIViewSet):
    """Live pages that nobody is kept from. Who asks makes no difference: no session is read, so staff see no more."""

    filter_backends = [CategoryFilter, ChildOfFilter, DescendantOfFilter, OrderingFilter, WordsFilter]
    known_query_parameters = OpenEndpoint.known_query_parameters | {
        "type",
        "category",
        "child_of",
        "descendant_of",
        "search",
    }
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

    def get_base_queryset(self):
        site = Site.find_for_request(self.request)
        if site is None:
            return Page.objects.none()
        return Page.objects.live().public().descendant_of(site.root_page, inclusive=True)

    @classmethod
    def get_body_fields(cls, model):
        """Types that are not named above tell what their own `api_fields` name, and without these only their title."""
        own = OPEN_FIELDS[model] if model in OPEN_FIELDS else model.__dict__.get("api_fields", [])
        return cls._convert_api_fields(cls.body_fields) + own


def no_such_endpoint(request):
    """Whatever else is asked for below the API's address is not there, and is said so in JSON."""
    return JsonResponse({"code": CODES[404], "message": "There is no such endpoint."}, status=404)


content_api = WagtailAPIRouter("content-api")
content_api.register_endpoint("pages", OpenPagesAPIViewSet)
content_api.register_endpoint("images", OpenImagesAPIViewSet)
content_api.register_endpoint("documents", OpenDocumentsAPIViewSet)
