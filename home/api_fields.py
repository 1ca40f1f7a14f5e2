"""How values of open pages are told to programs. Page types of this room name these in their own `api_fields`."""

from django.urls import reverse
from django.utils import timezone
from rest_framework.fields import Field
from wagtail.api.v2.utils import get_full_url

from membership.dues.calendar import dues_year
from membership.dues.models import DuesStandard


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
