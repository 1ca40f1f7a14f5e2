"""对账导入: upload a bank's table, say what its columns are if that is not sure, see what booking would do, book."""

from decimal import Decimal

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from membership.dues import actions, permissions
from membership.dues.actions.statements import KNOWN
from membership.dues.amounts import in_figures
from membership.dues.models import BankStatement
from membership.dues.staff.columns import ColumnsForm
from membership.dues.statements import MAX_ROWS
from membership.dues.states import EntryState, Ground, StatementState
from membership.exceptions import Refusal
from membership.jobs.staff.progress import progress_of

PER_PAGE = 50
STATEMENTS_PER_PAGE = 20
FAULTY_SHOWN = 200
AT_WORK = (StatementState.READING, StatementState.BOOKING)
KNOWN_LABEL = gettext_lazy("Known before")
# What booking would do with a credit, in the words of the preview.
FORETOLD = {
    EntryState.MATCHED: gettext_lazy("Will be booked"),
    EntryState.SUGGESTED: EntryState.SUGGESTED.label,
    EntryState.MISMATCH: EntryState.MISMATCH.label,
    EntryState.UNMATCHED: EntryState.UNMATCHED.label,
    KNOWN: KNOWN_LABEL,
}


class StatementForm(forms.Form):
    """The table that the bank gave."""

    file = forms.FileField(
        label=gettext_lazy("Bank statement"),
        help_text=gettext_lazy("Excel (.xlsx) or CSV as the bank’s website gives it, at most 5,000 transactions"),
        error_messages={
            "required": gettext_lazy("Choose the file of the bank."),
            "empty": gettext_lazy("The file is empty."),
        },
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )


class DeskOnly:
    """Open to finance and to whoever reads its books; what is done there, the verbs guard."""

    def dispatch(self, request, *args, **kwargs):
        if not permissions.may_see_desk(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def may_work(self):
        return permissions.may_work_the_desk(self.request.user)

    def get_context_data(self, **kwargs):
        return super().get_context_data(may_work=self.may_work, **kwargs)


class StatementsView(DeskOnly, WagtailAdminTemplateMixin, FormView):
    """The upload and the files so far."""

    template_name = "dues/staff/statements/index.html"
    form_class = StatementForm
    header_icon = "upload"
    _show_breadcrumbs = True
    page_title = gettext_lazy("Bank statements")

    def get_breadcrumbs_items(self):
        return [{"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs):
        past = BankStatement.objects.for_user(self.request.user).for_list()
        page = Paginator(past, STATEMENTS_PER_PAGE).get_page(self.request.GET.get("p"))
        for statement in page:
            statement.figures = in_figures(statement.credit_total)
            statement.new_count = statement.credit_count - statement.known_count
        return super().get_context_data(statements=page, limit=MAX_ROWS, **kwargs)

    def form_valid(self, form):
        try:
            statement = actions.upload_statement(form.cleaned_data["file"], by=self.request.user)
        except ValidationError as unreadable:
            form.add_error("file", unreadable)
            return self.form_invalid(form)
        return redirect("dues_statement", statement.pk)

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)


class OneStatement(DeskOnly):
    @cached_property
    def statement(self):
        rows = BankStatement.objects.for_user(self.request.user).select_related("created_by", "booked_by", "job")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_page_title(self):
        return self.statement.original_name

    def get_breadcrumbs_items(self):
        return [
            {"url": reverse("dues_statements"), "label": _("Bank statements")},
            {"url": "", "label": self.get_page_title()},
        ]


class StatementView(OneStatement, WagtailAdminTemplateMixin, TemplateView):
    """One statement: how far it is, what booking would do, what became of it."""

    template_name = "dues/staff/statements/statement.html"
    header_icon = "upload"
    _show_breadcrumbs = True

    def get_context_data(self, **kwargs):
        statement = self.statement
        state = StatementState(statement.state)
        context = super().get_context_data(statement=statement, state=state, at_work=state in AT_WORK, **kwargs)
        if state in AT_WORK:
            return context | self.progress()
        context |= {"faulty": statement.faulty_rows[:FAULTY_SHOWN], "faulty_count": len(statement.faulty_rows)}
        if state == StatementState.READ:
            return context | self.outlook()
        return context | (self.result() if state == StatementState.BOOKED else {})

    def progress(self):
        """What the page shows of the job, to whoever started it."""
        job = self.statement.job
        own = job is not None and job.created_by_id == self.request.user.pk
        return progress_of(job) | {"own": True} if own else {"own": False}

    def outlook(self):
        outlook, statement = self.statement.outlook, self.statement
        counts = [
            {"key": str(key), "label": label, "count": number, "yuan": in_figures(Decimal(yuan))}
            for key, label in FORETOLD.items()
            for number, yuan in [outlook["counts"][key]]
        ]
        wanted = self.request.GET.get("rows")
        shown = wanted if wanted in FORETOLD else next((item["key"] for item in counts if item["count"]), KNOWN)
        rows = [_foretold(row) for row in outlook["rows"] if row[5] == shown]
        return {
            "counts": [item | {"active": item["key"] == shown} for item in counts],
            "new": statement.credit_count - statement.known_count,
            "total": in_figures(statement.credit_total),
            "shown": FORETOLD[shown],
            "shown_key": str(shown),
            "rows": Paginator(rows, PER_PAGE).get_page(self.request.GET.get("p")),
        }

    def result(self):
        """贷方合计 = 此前已导入 + 已入账 + 未匹配 + 已搁置 + 已退款, as the new credits of this file are now."""
        statement, entries = self.statement, self.statement.entries.all()
        balance, counts = entries.balance(), entries.counts()
        return {
            "new": statement.credit_count - statement.known_count,
            "total": in_figures(statement.credit_total),
            "sums": [
                (KNOWN_LABEL, in_figures(statement.credit_total - balance.credits)),
                (_("Booked for orders"), in_figures(balance.booked)),
                (_("Waiting on the desk"), in_figures(balance.on_desk)),
                (_("Set aside"), in_figures(balance.discarded)),
                (_("Refunded"), in_figures(balance.refunded)),
            ],
            "is_even": balance.is_even,
            "states": [(state, state.label, counts[state]) for state in EntryState],
        }


def _foretold(row):
    number, day, payer, memo, yuan, _state, ground, order = row
    return {
        "number": number,
        "day": day,
        "payer": payer,
        "memo": memo,
        "yuan": in_figures(Decimal(yuan)),
        "words": Ground(ground).label if ground else "",
        "order": order,
    }


class ColumnsView(OneStatement, WagtailAdminTemplateMixin, FormView):
    """The first rows of the file, and over each column what it is."""

    template_name = "dues/staff/statements/columns.html"
    form_class = ColumnsForm
    header_icon = "upload"
    _show_breadcrumbs = True

    def dispatch(self, request, *args, **kwargs):
        answer = super().dispatch(request, *args, **kwargs) if permissions.may_work_the_desk(request.user) else None
        if answer is None:
            raise PermissionDenied
        return answer

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"statement": self.statement}

    def get_context_data(self, **kwargs):
        return super().get_context_data(statement=self.statement, **kwargs)

    def form_valid(self, form):
        chosen = {"header_row": form.cleaned_data["header_row"], "columns": form.cleaned_data["columns"]}
        try:
            actions.choose_columns(self.statement, by=self.request.user, **chosen)
        except Refusal as refusal:
            messages.error(self.request, str(refusal))
        return redirect("dues_statement", self.statement.pk)

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)


class ConfirmView(OneStatement, View):
    """确认入账: book what the preview has shown."""

    def post(self, request, pk):
        try:
            actions.confirm_statement(self.statement, by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("dues_statement", pk)


urlpatterns = [
    path("", StatementsView.as_view(), name="dues_statements"),
    path("<uuid:pk>/", StatementView.as_view(), name="dues_statement"),
    path("<uuid:pk>/columns/", ColumnsView.as_view(), name="dues_statement_columns"),
    path("<uuid:pk>/confirm/", ConfirmView.as_view(), name="confirm_dues_statement"),
]


class DeskMenuItem(MenuItem):
    """For whoever may see the desk."""

    def is_shown(self, request):
        return permissions.may_see_desk(request.user)


def menu_item():
    label, url = gettext_lazy("Bank statements"), reverse_lazy("dues_statements")
    return DeskMenuItem(label, url, name="bank-statements", icon_name="upload", order=20)
