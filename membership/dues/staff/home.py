"""The start page of the office: orders that wait for confirmation, and how far the dues of this year have come in."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.ui.components import Component

from membership.dues import collection, permissions
from membership.dues.amounts import in_figures
from membership.dues.calendar import dues_year
from membership.dues.models import DuesOrder
from membership.dues.states import OrderState


class ConfirmSummary(SummaryItem):
    """待确认到账 n, for those who may confirm."""

    order = 220
    template_name = "dues/staff/home/waiting.html"

    def is_shown(self):
        return permissions.may_manage_orders(self.request.user)

    def get_context_data(self, parent_context):
        waiting = DuesOrder.objects.for_user(self.request.user).filter(state=OrderState.AWAITING_CONFIRMATION)
        number = waiting.count()
        url = f"{reverse('dues_orders_modeladmin_index')}?state={OrderState.AWAITING_CONFIRMATION}"
        return {"number": number, "url": url, "words": ngettext("transfer to confirm", "transfers to confirm", number)}


class CollectionPanel(Component):
    """会费进度: of this year, what is due and what has come, by level."""

    name = "dues_collection"
    template_name = "dues/staff/home/collection.html"
    order = 150

    class Media:
        css = {"all": ["dues/office.css"]}

    def get_context_data(self, parent_context):
        year = dues_year(timezone.now())
        rows = [row for row in collection.by_level(year) if row.units]
        whole = collection.total(rows, _("Total"))
        return {
            "year": year,
            "url": f"{reverse('dues_statistics')}?year={year}",
            "rows": [
                {
                    "label": row.label,
                    "due": in_figures(row.due),
                    "received": in_figures(row.received),
                    "rate": f"{row.rate or 0:.1f}%",
                    "units": f"{row.paid_units} / {row.units}",
                }
                for row in [*rows, whole]
            ]
            if rows
            else [],
        }
