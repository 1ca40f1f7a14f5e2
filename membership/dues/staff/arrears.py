"""应收清单: members with the years and the yuan that they owe; reminding those that are chosen."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from membership.dues import actions, owing, permissions
from membership.dues.actions.exports import WHILE_WAITING
from membership.dues.actions.reminders import forecast, is_quiet
from membership.dues.amounts import in_figures
from membership.dues.staff.filters import ArrearsFilter
from membership.exceptions import Refusal
from membership.messaging.texts import compose
from membership.office_files import XLSX
from membership.units.models import Membership, Unit

LIST = "dues_arrears"
PER_PAGE = 50


class ArrearsView(WagtailAdminTemplateMixin, TemplateView):
    """The list, or all of it as a workbook."""

    title = gettext_lazy("Dues receivable")
    template_name = "dues/staff/arrears.html"
    header_icon = "warning"
    _show_breadcrumbs = True

    def dispatch(self, request, *args, **kwargs):
        if not permissions.may_see_orders(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self):
        return self.title

    def get_breadcrumbs_items(self):
        return [{"url": "", "label": self.title}]

    def get_header_buttons(self):
        query = self.request.GET.copy()
        query["export"] = "xlsx"
        return [HeaderButton(label=_("Export XLSX"), url=f"?{query.urlencode()}", icon_name="download")]

    @cached_property
    def filter(self):
        return ArrearsFilter(self.request.GET)

    @cached_property
    def members(self):
        chosen = self.filter.chosen
        if chosen is None:
            return Membership.objects.none()
        return owing.narrowed(self.request.user, timezone.now(), **chosen)

    def get(self, request, *args, **kwargs):
        if request.GET.get("export") == "xlsx":
            return self.workbook()
        return super().get(request, *args, **kwargs)

    def workbook(self):
        user = self.request.user
        if self.members.count() > WHILE_WAITING:
            job = actions.request_workbook("arrears", by=user, title=str(self.title), chosen=self.filter.chosen)
            return redirect("job_progress", job.pk)
        workbook = actions.export_arrears(self.members, by=user)
        return FileResponse(workbook, as_attachment=True, filename=workbook.name, content_type=XLSX)

    def get_context_data(self, **kwargs):
        page = Paginator(self.members, PER_PAGE).get_page(self.request.GET.get("p"))
        query = self.request.GET.copy()
        query.pop("p", None)
        debts = owing.debts(page.object_list, timezone.now())
        return super().get_context_data(
            filter=self.filter,
            page_obj=page,
            query=query.urlencode(),
            rows=[(debt, owing.in_short(debt.years), in_figures(debt.amount), _gaps(debt)) for debt in debts],
            may_remind=permissions.may_manage_orders(self.request.user),
            **kwargs,
        )


def _gaps(debt):
    """Years for which no standard says a price at this level."""
    return owing.in_short(year for year, price in debt.lines if price is None)


class RemindView(WagtailAdminTemplateMixin, TemplateView):
    """提醒: says whom, in which words, and who is passed over; asks once more."""

    title = gettext_lazy("Remind of dues")
    template_name = "dues/staff/remind.html"
    header_icon = "mail"
    _show_breadcrumbs = True

    def dispatch(self, request, *args, **kwargs):
        if not permissions.may_manage_orders(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self):
        return self.title

    def get_breadcrumbs_items(self):
        return [{"url": reverse(LIST), "label": ArrearsView.title}, {"url": "", "label": self.title}]

    @cached_property
    def units(self):
        """The units ticked, one page of them at most; what is no number names nothing."""
        asked = self.request.POST if self.request.method == "POST" else self.request.GET
        keys = [key for key in asked.getlist("unit") if key.isascii() and key.isdigit() and len(key) < 19]
        return list(Unit.objects.for_user(self.request.user).filter(pk__in=keys[:PER_PAGE]).order_by("name", "pk"))

    def get(self, request, *args, **kwargs):
        if not self.units:
            messages.warning(request, _("Tick the units that shall be reminded."))
            return redirect(LIST)
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        now = timezone.now()
        found = forecast(self.units, now)
        reminded = [row for row in found if not row.obstacle]
        return super().get_context_data(
            units=self.units,
            reminded=[(row, compose(row.text, row.variables).text) for row in reminded],
            passed_over=[row for row in found if row.obstacle],
            is_quiet=is_quiet(now),
            back_url=reverse(LIST),
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        try:
            outcome = actions.remind(self.units, by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect(LIST)
        words = ngettext("%(number)s unit is reminded.", "%(number)s units are reminded.", outcome.sent)
        messages.success(request, words % {"number": outcome.sent})
        return redirect(LIST)


urlpatterns = [
    path("", ArrearsView.as_view(), name=LIST),
    path("remind/", RemindView.as_view(), name="dues_remind"),
]
