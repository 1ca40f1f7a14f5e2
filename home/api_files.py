"""Pictures of the open site, for programs.

The library of the office holds more than visitors see: pictures in notices to members, in drafts, what nobody has used
yet. So what is told is what a live open page refers to, itself or by a collection that it shows.
"""

from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField, IntegerField, Q
from django.db.models.functions import Cast
from wagtail.api import APIField
from wagtail.api.v2.filters import OrderingFilter
from wagtail.images.api.v2.views import ImagesAPIViewSet
from wagtail.models import Collection, CollectionViewRestriction, Page, ReferenceIndex, Site

from home.api_endpoints import OpenEndpoint
from home.api_fields import PICTURE, PictureField
from home.listing import public


def shown_on(pages, model):
    """The rows of `model` to which these pages refer in what they show."""
    of_pages = ReferenceIndex.objects.filter(
        base_content_type=ContentType.objects.get_for_model(Page),
        object_id__in=pages.order_by().annotate(key=Cast("pk", CharField())).values("key"),
        to_content_type=ContentType.objects.get_for_model(model),
    )
    return of_pages.annotate(target=Cast("to_object_id", IntegerField())).values("target")


def open_pages(request):
    site = Site.find_for_request(request)
    pages = Page.objects.live() if site else Page.objects.none()
    return public(pages.descendant_of(site.root_page, inclusive=True)) if site else pages


def _restricted_collections():
    kept = Q(pk__in=[])
    for path in CollectionViewRestriction.objects.values_list("collection__path", flat=True):
        kept |= Q(path__startswith=path)
    return Collection.objects.filter(kept)


class ThePicture(PictureField):
    def get_attribute(self, image):
        return image


class OpenImagesAPIViewSet(OpenEndpoint, ImagesAPIViewSet):
    """Pictures on live open pages; never an original, which may tell where and by whom it was taken."""

    filter_backends = [OrderingFilter]
    body_fields = ["id", "title", APIField("picture", serializer=ThePicture())]
    meta_fields = ["type", "detail_url"]
    listing_default_fields = ["id", "type", "detail_url", "title"]
    nested_default_fields = ["id", "type", "detail_url", "title"]

    def get_queryset(self):
        rows = self.model.objects.exclude(collection__in=_restricted_collections())
        shown = rows.filter(pk__in=shown_on(open_pages(self.request), self.model))
        return shown.order_by("id").prefetch_renditions(PICTURE)
