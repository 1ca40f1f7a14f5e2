"""Pictures of the house."""

import uuid
from pathlib import PurePath

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.images.models import AbstractImage, AbstractRendition, Image


class PortalImage(AbstractImage):
    """Pictures of the house; an own model from the start, so that it can grow without a swap."""

    admin_form_fields = Image.admin_form_fields

    def get_upload_to(self, filename):
        """A name that nobody can guess: pictures in the body of a members' notice lie where pictures of open pages lie.

        Renditions take theirs from it.
        """
        return f"original_images/{uuid.uuid4().hex}{PurePath(filename).suffix.lower()}"

    class Meta(AbstractImage.Meta):
        verbose_name = _("image")
        verbose_name_plural = _("images")


class PortalRendition(AbstractRendition):
    image = models.ForeignKey(PortalImage, models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="rendition_once"),
        ]
