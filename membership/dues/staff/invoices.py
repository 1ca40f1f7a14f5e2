"""会费 ▸ 发票: what waits for an invoice, requests for another one, what is to be voided, what was issued."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from membership.dues import actions, permissions
from membership.dues.models import DuesOrder, DuesSettings, Invoice, ReissueRequest
from membership.dues.staff.menu import BooksMenuItem
from membership.office_files import XLSX
from membership.units.working_days import working_days_since

PER_PAGE = 20
QUERY_MAX = 100


@dataclass(frozen=True)
class Tab:
    """One list: its part of the address, its label, and what is said when nothing is in it."""

    slug: str
    label: str
    nothing: str

    @property
    def url(self):
        return reverse("dues_invoices:list", args=[self.slug])

    def rows(self, user):
        """What stands in it for this person."""
        invoices = Invoice.objects.for_user(user)
        return {
            "awaiting": lambda: DuesOrder.objects.for_user(user).awaiting_invoice(),
            "requests": lambda: ReissueRequest.objects.for_user(user).open(),
            "red": invoices.awaiting_red,
            "issued": lambda: invoices,
        }[self.slug]()


TABS = {
    tab.slug: tab
    for tab in (
        Tab("awaiting", _("Awaiting invoice"), _("Every paid order has its invoice.")),
        Tab("requests", _("Requests for another invoice"), _("No unit asks for another invoice.")),
        Tab("red", _("To be voided"), _("No invoice of a reversed payment stands.")),
        Tab("issued", _("Issued"), _("No invoice has been entered yet.")),
    )
}


class InvoicesPage(WagtailAdminTemplateMixin):
    """Open to those who read the books, 403 to everybody else; `is_for_issuers` closes it to readers."""

    header_icon = "doc-full"
    _show_breadcrumbs = True
    is_for_issuers = False

    def dispatch(self, request, *args, **kwargs):
        may = permissions.may_issue if self.is_for_issuers else permissions.may_see_orders
        if not may(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        return [
            {"url": reverse("dues_invoices:index"), "label": _("Invoices")},
            {"url": "", "label": self.get_page_title()},
        ]

    @property
    def may_issue(self):
        return permissions.may_issue(self.request.user)


class Searched:
    """The words that were searched for, in `q`."""

    @cached_property
    def query(self):
        return self.request.GET.get("q", "").strip()[:QUERY_MAX]

    def found(self, rows):
        return rows.matching(self.query) if self.query else rows


class InvoicesView(Searched, InvoicesPage, TemplateView):
    """One of the lists."""

    template_name = "dues/staff/invoices/index.html"
    page_title = _("Invoices")

    def dispatch(self, request, *args, slug="awaiting", **kwargs):
        if slug not in TABS:
            raise Http404
        self.tab = TABS[slug]
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        return [{"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs):
        rows = self.found(self.tab.rows(self.request.user)).for_list()
        if self.tab.slug == "awaiting":
            rows = rows.order_by("paid_on", "pk")
        page = Paginator(rows, PER_PAGE).get_page(self.request.GET.get("p"))
        if self.tab.slug == "awaiting":
            _count_days(page)
        return super().get_context_data(
            tab=self.tab,
            tabs=[
                {"tab": tab, "count": tab.rows(self.request.user).count(), "active": tab == self.tab}
                for tab in TABS.values()
            ],
            rows=page,
            query=self.query,
            may_issue=self.may_issue,
            **kwargs,
        )


def _count_days(orders):
    """Working days since the money came, and whether that is more than was promised."""
    allowed, today = DuesSettings.current().invoice_days, timezone.localdate()
    for order in orders:
        order.days = working_days_since(order.paid_on, today)
        order.is_late = order.days > allowed


class AwaitingWorkbookView(Searched, InvoicesPage, View):
    """待开票 as a workbook, narrowed by the search."""

    is_for_issuers = True

    def get(self, request):
        orders = self.found(TABS["awaiting"].rows(request.user)).order_by("paid_on", "pk")
        workbook = actions.export_awaiting_invoice(orders, by=request.user)
        return FileResponse(workbook, as_attachment=True, filename=workbook.name, content_type=XLSX)


def menu_item():
    url = reverse("dues_invoices:index")
    return BooksMenuItem(_("Invoices"), url, name="dues-invoices", icon_name="doc-full-inverse", order=40)
