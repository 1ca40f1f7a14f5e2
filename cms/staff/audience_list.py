"""发送名单: every unit that the choices of an audience reach, on a page of its own beside the editor."""

from django.core.paginator import Paginator
from django.db.models import OuterRef, Q, Subquery
from django.http import FileResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.forms.audience import AudienceFields
from cms.staff.audience import HAS_PHONE, require_editor
from membership.spreadsheets import Column, Sheet, as_file
from membership.tracking import audience
from membership.units.models import Membership

PER_PAGE = 50
SEARCH_MAX = 100
ROWS_AT_ONCE = 500


class AudienceListView(WagtailAdminTemplateMixin, TemplateView):
    """What was chosen is posted, as the editor's page does it for the count, and carried along: nothing is stored."""

    template_name = "cms/staff/audience_list.html"
    http_method_names = ["post"]
    header_icon = "group"

    def dispatch(self, request, *args, **kwargs):
        require_editor(request.user)
        return super().dispatch(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        if "export" in request.POST:
            return self.export()
        return self.render_to_response(self.get_context_data())

    def get_page_title(self):
        return _("Units that the notice is sent to")

    def get_breadcrumbs_items(self):
        return [*self.breadcrumbs_items, {"url": "", "label": self.get_page_title()}]

    @cached_property
    def words(self):
        return self.request.POST.get("q", "").strip()[:SEARCH_MAX]

    @cached_property
    def only_without_phone(self):
        return "without_phone" in self.request.POST

    @cached_property
    def reached(self):
        form = AudienceFields(self.request.POST)
        form.full_clean()
        return audience.units(form.chosen_rules())

    @property
    def units(self):
        """Those reached that the search leaves, with their level in the association and whether they have a number."""
        level = Membership.objects.certifications().filter(unit=OuterRef("pk")).values("level__name")
        found = self.reached.filter(~HAS_PHONE if self.only_without_phone else Q())
        found = found.matching(self.words) if self.words else found
        return found.annotate(has_phone=HAS_PHONE, level_name=Subquery(level[:1])).order_by("name", "pk")

    def get_context_data(self, **kwargs):
        chosen = self.request.POST
        carried = [(name, value) for name in AudienceFields.base_fields for value in chosen.getlist(name)]
        return super().get_context_data(
            carried=carried,
            words=self.words,
            only_without_phone=self.only_without_phone,
            total=self.reached.count(),
            without_phone=self.reached.filter(~HAS_PHONE).count(),
            page=Paginator(self.units, PER_PAGE).get_page(chosen.get("p")),
            **kwargs,
        )

    def export(self):
        """The list as XLSX: units only, no persons."""
        columns = [
            Column(_("Unit"), 40),
            Column(_("Credit code"), 22),
            Column(_("Level"), 16),
            Column(_("Province"), 12),
            Column(_("Mobile number"), 14),
        ]
        rows = (
            (unit.name, unit.uscc, unit.level_name, unit.get_province_display(), self.has_number(unit))
            for unit in self.units.iterator(chunk_size=ROWS_AT_ONCE)
        )
        name = f"{self.get_page_title()}.xlsx"
        return FileResponse(
            as_file([Sheet(self.get_page_title(), columns, rows)], name), as_attachment=True, filename=name
        )

    @staticmethod
    def has_number(unit):
        return _("on file") if unit.has_phone else _("not on file")
