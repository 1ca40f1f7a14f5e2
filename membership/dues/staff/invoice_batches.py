"""批量上传: the files of many invoices at once, and what became of each."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView

from membership.dues import actions
from membership.dues.staff.invoice_forms import BatchForm
from membership.dues.staff.invoices import InvoicesPage
from membership.exceptions import Refusal


class BatchView(InvoicesPage, TemplateView):
    """The upload, and below it what became of the files: entered, added, kept for the hand, refused."""

    is_for_issuers = True
    template_name = "dues/staff/invoices/upload.html"
    page_title = _("Upload many invoices")

    def get(self, request):
        form = BatchForm(initial={"issued_on": timezone.localdate()})
        return self.render_to_response(self.get_context_data(form=form))

    def post(self, request):
        form, outcome = BatchForm(request.POST), None
        if form.is_valid():
            day = form.cleaned_data["issued_on"]
            try:
                outcome = actions.file_invoices(request.FILES.getlist("uploads"), by=request.user, issued_on=day)
            except Refusal as refusal:
                form.add_error("uploads", str(refusal))
        context = self.get_context_data(form=form, outcome=outcome, kept=_kept(outcome))
        return self.render_to_response(context, status=200 if outcome else 422)

    def get_context_data(self, **kwargs):
        return super().get_context_data(**{"outcome": None, "kept": [], **kwargs})


def _kept(outcome):
    """Files that wait for a person, each with the address of the form that holds them already."""
    rows = []
    for kept in outcome.kept if outcome else []:
        known = [("number", kept.facts.number)] if kept.facts.number else []
        known += [("day", f"{kept.facts.day:%Y-%m-%d}")] if kept.facts.day else []
        known += [("file", str(document.pk)) for document in kept.documents]
        url = f"{reverse('dues_invoices:issue', args=[kept.order.pk])}?{urlencode(known)}"
        rows.append({"order": kept.order, "documents": kept.documents, "problem": kept.problem, "url": url})
    return rows
