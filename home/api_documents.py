"""Files of the open site, for programs: what stands on a live open page, and no other of the library of the office."""

from django.db.models import OuterRef, Q, Subquery
from django.urls import reverse
from rest_framework.fields import Field
from wagtail.api import APIField
from wagtail.api.v2.filters import OrderingFilter
from wagtail.api.v2.utils import get_full_url
from wagtail.api.v2.views import BaseAPIViewSet

from cms.attachments import Attachment
from cms.models import NoticeAttachment
from home.api_endpoints import OpenEndpoint
from home.models import PageFile


class FileField(Field):
    """The file itself and where anybody may download it, by the first open page that has it."""

    def get_attribute(self, attachment):
        return attachment

    def to_representation(self, attachment):
        at = {"home:attachment": attachment.on_notice, "home:file": attachment.on_page}
        name, key = next((name, key) for name, key in at.items() if key)
        url = get_full_url(self.context["request"], reverse(name, args=[key]))
        return {"name": attachment.original_name, "size": attachment.size, "type": attachment.mime, "url": url}


class OpenDocumentsAPIViewSet(OpenEndpoint, BaseAPIViewSet):
    """Attachments of live open notices and pages. What is on none of these, or was taken back, does not exist here."""

    model = Attachment
    name = "documents"
    filter_backends = [OrderingFilter]
    body_fields = ["id", "title", APIField("file", serializer=FileField())]
    meta_fields = ["type", "detail_url"]
    listing_default_fields = ["id", "type", "detail_url", "title", "file"]
    nested_default_fields = ["id", "type", "detail_url", "title"]

    def get_queryset(self):
        on_notice, on_page = (
            Subquery(placed.objects.open_to_public().filter(attachment=OuterRef("pk")).order_by("pk").values("pk")[:1])
            for placed in (NoticeAttachment, PageFile)
        )
        rows = Attachment.objects.annotate(on_notice=on_notice, on_page=on_page)
        return rows.filter(Q(on_notice__isnull=False) | Q(on_page__isnull=False)).order_by("id")
