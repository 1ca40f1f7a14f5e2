"""What the pages about one notice have in common: who may see them, the notice, the trail, the chosen units."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.forms.board import BoardFilterForm
from cms.models import NoticePage
from membership.tracking.models import Delivery
from membership.units.models import Unit


def percent(part, whole):
    """Whole percent, rounded down, so that 100 % means all; 0 of nothing."""
    return part * 100 // whole if whole else 0


class DeliveriesAreSeen:
    """A view of the staff area about deliveries; who may not see them, or not do `may`, is sent home with words."""

    may = None

    def dispatch(self, request, *args, **kwargs):
        allowed = request.user.has_perm("tracking.view_delivery")
        if not allowed or (self.may is not None and not type(self).may(request.user)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class NoticeStaffView(DeliveriesAreSeen, WagtailAdminTemplateMixin, TemplateView):
    header_icon = "mail"

    def get_breadcrumbs_items(self):
        overview = {"url": reverse("notices:overview"), "label": _("Receipts overview")}
        return [*self.breadcrumbs_items, overview, *self.crumbs()]

    def crumbs(self):
        """What follows the overview in the trail."""
        raise NotImplementedError

    def answer(self, status, **context):
        """The page once more, with what was typed, after a refusal."""
        return self.render_to_response(self.get_context_data(**context), status=status)


class NoticeView(NoticeStaffView):
    """A page about one notice, below its board."""

    @cached_property
    def notice(self):
        return get_object_or_404(NoticePage.objects.select_related("category"), pk=self.kwargs["page_id"])

    @property
    def board_url(self):
        return reverse("notices:board", args=[self.notice.pk])

    @cached_property
    def deliveries(self):
        return Delivery.objects.for_user(self.request.user).of_members().filter(notice=self.notice)

    def crumbs(self):
        return [{"url": self.board_url, "label": self.notice.title}, {"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs):
        return super().get_context_data(notice=self.notice, board_url=self.board_url, **kwargs)


class Selection:
    """Which units of a notice a person means: those ticked, else those that the filter of the list leaves."""

    def __init__(self, data):
        ticked = {value for value in data.getlist("unit") if value.isascii() and value.isdigit() and len(value) < 10}
        self.ticked = sorted(int(value) for value in ticked)
        self.filter = BoardFilterForm(data)

    @property
    def is_everybody(self):
        return not self.ticked and not self.filter.typed

    @property
    def carried(self):
        """[(name, value)] for the form that asks once more."""
        return [("unit", unit) for unit in self.ticked] or self.filter.typed

    def narrow(self, deliveries):
        return deliveries.filter(unit__in=self.ticked) if self.ticked else self.filter.narrow(deliveries)

    def units(self, deliveries):
        """The units for a verb; None for all of them, also those that join meanwhile."""
        if self.is_everybody:
            return None
        return Unit.objects.filter(pk__in=self.narrow(deliveries).values("unit"))
