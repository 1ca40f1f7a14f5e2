"""How values of open pages are told to programs. Page types of this room name these in their own `api_fields`."""

from django.urls import reverse
from django.utils import timezone
from rest_framework.fields import Field
from wagtail.api.v2.utils import get_full_url
from wagtail.images.models import SourceImageIOError

from membership.dues.calendar import dues_year
from membership.dues.models import DuesStandard

PICTURE = "max-1200x1200"


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


class FilesField(Field):
    """The files of an open page by group and where anybody may download them."""

    def get_attribute(self, page):
        return page.placed_files

    def to_representation(self, files):
        return [self._file(placed) for placed in files]

    def _file(self, placed):
        file = placed.attachment
        url = get_full_url(self.context["request"], reverse("home:file", args=[placed.pk]))
        facts = {"title": file.title, "name": file.original_name, "size": file.size, "type": file.mime, "url": url}
        return {"group": placed.group, "note": placed.note, **facts}


class PictureField(Field):
    """A picture as pages show it, with its size in pixels; null without one, or when its file is lost. Never the
    original: it may tell where and by whom it was taken."""

    def to_representation(self, picture):
        try:
            drawn = picture.get_rendition(PICTURE)
        except SourceImageIOError:
            return None
        url = get_full_url(self.context["request"], drawn.url)
        return {"url": url, "width": drawn.width, "height": drawn.height, "alt": drawn.alt}


class BranchField(Field):
    def to_representation(self, branch):
        return {"name": branch.name, "slug": branch.slug}


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
