"""会员导入: fetch the template, upload the filled one, read what the check found, confirm, fetch what was rejected."""

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from membership.exceptions import Refusal
from membership.jobs.staff.progress import progress_of
from membership.office_files import XLSX
from membership.units import actions, import_sheets, permissions
from membership.units.import_columns import MAX_ROWS, columns
from membership.units.models import UnitImport
from membership.units.states import ImportState, RowVerdict

PER_PAGE = 50
IMPORTS_PER_PAGE = 20
ORDER = [RowVerdict.REJECTED, RowVerdict.CREATED, RowVerdict.UPDATED, RowVerdict.UNCHANGED]


class ImportForm(forms.Form):
    """The table to be imported."""

    file = forms.FileField(
        label=gettext_lazy("Filled-in table"),
        help_text=gettext_lazy("Excel (.xlsx) or CSV, at most 10,000 rows and 20 MB"),
        error_messages={"required": gettext_lazy("Choose the filled-in table.")},
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )


class ImportersOnly:
    """Open to those who hold the right, closed with a 403 to everybody else."""

    def dispatch(self, request, *args, **kwargs):
        if not permissions.may_import(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class OneImport(ImportersOnly):
    @cached_property
    def unit_import(self):
        imports = UnitImport.objects.for_user(self.request.user).select_related("created_by", "confirmed_by", "job")
        return get_object_or_404(imports, pk=self.kwargs["pk"])


class ImportsView(ImportersOnly, WagtailAdminTemplateMixin, FormView):
    """What the import does, the template, the upload, and the imports so far."""

    template_name = "units/staff/imports/index.html"
    form_class = ImportForm
    header_icon = "upload"
    _show_breadcrumbs = True
    page_title = gettext_lazy("Import members")

    def get_breadcrumbs_items(self):
        return [{"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs):
        past = UnitImport.objects.for_user(self.request.user).select_related("created_by")
        page = Paginator(past, IMPORTS_PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(imports=page, limit=MAX_ROWS, **kwargs)

    def form_valid(self, form):
        try:
            unit_import = actions.start_import(form.cleaned_data["file"], by=self.request.user)
        except ValidationError as unreadable:
            form.add_error("file", unreadable)
            return self.form_invalid(form)
        return redirect("unit_import", unit_import.pk)

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)


class BlankView(ImportersOnly, View):
    """The template to fill in."""

    def get(self, request):
        return _workbook(import_sheets.template())


class ImportView(OneImport, WagtailAdminTemplateMixin, TemplateView):
    """One import: how far it is, what the check found, what was written."""

    template_name = "units/staff/imports/import.html"
    header_icon = "upload"
    _show_breadcrumbs = True

    def get_page_title(self):
        return self.unit_import.original_name

    def get_breadcrumbs_items(self):
        return [
            {"url": reverse("unit_imports"), "label": _("Import members")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs):
        unit_import = self.unit_import
        state = ImportState(unit_import.state)
        at_work = state in (ImportState.CHECKING, ImportState.WRITING)
        context = super().get_context_data(unit_import=unit_import, state=state, at_work=at_work, **kwargs)
        if at_work:
            return context | self.progress()
        return context | self.report(unit_import.rows)

    def progress(self):
        """What the page shows of the job, to whoever started it."""
        job = self.unit_import.job
        own = job is not None and job.created_by_id == self.request.user.pk
        return progress_of(job) | {"own": True} if own else {"own": False}

    def report(self, rows):
        counts = rows.counts()
        wanted = self.request.GET.get("rows")
        shown = wanted if wanted in RowVerdict else next((v for v in ORDER if counts[v]), ORDER[0])
        page = Paginator(rows.filter(verdict=shown).order_by("number"), PER_PAGE).get_page(self.request.GET.get("p"))
        titles = {column.key: column.title for column in columns()}
        for row in page:
            row.said = [(titles.get(key, key), sentence) for key, sentence in row.problems]
        return {
            "counts": [{"verdict": v, "label": v.label, "count": counts[v], "active": v == shown} for v in ORDER],
            "to_write": counts[RowVerdict.CREATED] + counts[RowVerdict.UPDATED],
            "created": counts[RowVerdict.CREATED],
            "updated": counts[RowVerdict.UPDATED],
            "left_out": counts[RowVerdict.REJECTED],
            "shown": RowVerdict(shown),
            "rows": page,
            "is_kept": bool(self.unit_import.file),
        }


class ConfirmView(OneImport, View):
    """Write what the check has shown."""

    def post(self, request, pk):
        try:
            actions.confirm_import(self.unit_import, by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("unit_import", pk)


class RejectedView(OneImport, View):
    """The rejected rows as a workbook."""

    def get(self, request, pk):
        if not self.unit_import.rows.filter(verdict=RowVerdict.REJECTED).exists():
            raise Http404
        return _workbook(import_sheets.rejected(self.unit_import))


def _workbook(file):
    response = FileResponse(file.file, as_attachment=True, filename=file.name, content_type=XLSX)
    response["Cache-Control"] = "private, no-store"
    return response


urlpatterns = [
    path("", ImportsView.as_view(), name="unit_imports"),
    path("template/", BlankView.as_view(), name="unit_import_template"),
    path("<uuid:pk>/", ImportView.as_view(), name="unit_import"),
    path("<uuid:pk>/confirm/", ConfirmView.as_view(), name="confirm_unit_import"),
    path("<uuid:pk>/rejected/", RejectedView.as_view(), name="unit_import_rejected"),
]


class ImportMenuItem(MenuItem):
    def is_shown(self, request):
        return permissions.may_import(request.user)


def menu_item():
    label = gettext_lazy("Import members")
    return ImportMenuItem(label, reverse("unit_imports"), name="import-members", icon_name="upload", order=30)
