"""Columns that the lists of the editorial room share."""

from django.utils import timezone
from django.utils.formats import date_format
from wagtail.admin.ui.tables import Column


class MomentColumn(Column):
    """A date and time in full: deadlines lie ahead, and Wagtail's own column calls all that lies ahead “just now”."""

    def get_value(self, instance):
        moment = super().get_value(instance)
        return date_format(timezone.localtime(moment), "Y-m-d H:i") if moment else "--"
