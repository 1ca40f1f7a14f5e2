"""Pages of one invoice: enter it, see it, add files, send it, replace it, void it; refuse a request for another."""

from django.contrib.messages import error, success
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView, View

from membership.dues import actions, permissions
from membership.dues.actions.invoices import FILES_MAX
from membership.dues.models import DuesOrder, Invoice, InvoiceFile, ReissueRequest
from membership.dues.staff.invoice_forms import IssueForm, RedNumberForm, RefuseForm, ReplaceForm, SendForm
from membership.dues.staff.invoices import InvoicesPage
from membership.dues.states import OrderState
from membership.exceptions import Refusal
from membership.private_files import as_download

# Fields of a form beside which a refusal of a verb belongs, by its code.
FIELD_OF = {
    "number": "number",
    "taken": "number",
    "red_number": "red_number",
    "issued_on": "issued_on",
    "title": "title",
    "no_file": "uploads",
    "file_used": "kept",
}


def order_invoices(order, user):
    """What `dues/staff/_invoices.html` shows of an order: its invoices, and what this person may do about them."""
    invoices = list(Invoice.objects.for_user(user).filter(order=order).for_list())
    may_issue = permissions.may_issue(user)
    lacks_one = DuesOrder.objects.awaiting_invoice().filter(pk=order.pk).exists()
    return {"invoices": invoices, "may_issue": may_issue, "can_issue": may_issue and lacks_one, "order": order}


def store_files(order, files, *, by):
    """Keep the uploads for the unit of the order; returns the documents, and sentences about those refused."""
    documents, problems = [], []
    for upload in files[:FILES_MAX]:
        try:
            documents.append(actions.store_invoice_file(upload, order, by=by))
        except ValidationError as refused:
            problems += refused.messages
    if len(files) > FILES_MAX:
        problems.append(_("An invoice has at most %(count)s files.") % {"count": FILES_MAX})
    return documents, problems


class OneInvoice(InvoicesPage):
    """An invoice that this person may see, or 404."""

    @cached_property
    def invoice(self):
        invoices = Invoice.objects.for_user(self.request.user).for_list()
        return get_object_or_404(invoices, pk=self.kwargs["pk"])

    @property
    def page_url(self):
        return reverse("dues_invoices:invoice", args=[self.invoice.pk])


class Deciding(InvoicesPage, TemplateView):
    """A form for one verb: shown, judged, and shown again with what was typed and uploaded when it is refused."""

    is_for_issuers = True
    template_name = "dues/staff/invoices/decide.html"
    button = ""
    done = ""

    def get(self, request, *args, **kwargs):
        if problem := self.obstacle():
            error(request, problem)
            return redirect(self.back_url)
        return self.render_to_response(self.get_context_data(form=self.make_form()))

    def post(self, request, *args, **kwargs):
        if problem := self.obstacle():
            error(request, problem)
            return redirect(self.back_url)
        form = self.make_form(*self.data_and_problems())
        if form.is_valid():
            try:
                to = self.decide(form)
            except Refusal as refusal:
                field = FIELD_OF.get(refusal.code)
                form.add_error(field if field in form.fields else None, str(refusal))
            else:
                success(request, self.done)
                return redirect(to)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def obstacle(self):
        """Why nothing can be decided now, or empty."""
        return ""

    def data_and_problems(self):
        return self.request.POST, []

    def get_context_data(self, **kwargs):
        facts = {"back_url": self.back_url, "button": self.button, "order": self.order}
        return super().get_context_data(**{"invoice": None, "asked": None} | facts | kwargs)


class WithFiles(Deciding):
    """A form whose files are stored before it is judged."""

    def data_and_problems(self):
        documents, problems = store_files(self.order, self.request.FILES.getlist("uploads"), by=self.request.user)
        data = self.request.POST.copy()
        data.setlist("kept", [*data.getlist("kept"), *(str(document.pk) for document in documents)])
        return data, problems


class IssueView(WithFiles):
    """登记票据 for an order; number, day and files may come with the address from many files at once."""

    button = gettext_lazy("Enter the invoice and tell the unit")
    done = gettext_lazy("The invoice has been entered. The unit is told by text message and e-mail.")

    @cached_property
    def order(self):
        orders = DuesOrder.objects.for_user(self.request.user).select_related("unit", "level")
        return get_object_or_404(orders, pk=self.kwargs["pk"])

    @property
    def back_url(self):
        return reverse("dues_invoices:index")

    def get_page_title(self):
        return _("Issue invoice")

    def obstacle(self):
        if DuesOrder.objects.awaiting_invoice().filter(pk=self.order.pk).exists():
            return ""
        return _("Order %(order)s waits for no invoice.") % {"order": self.order.number}

    def make_form(self, data=None, problems=()):
        if data is not None:
            return IssueForm(self.order, data, problems=problems)
        asked, order = self.request.GET, self.order
        initial = {"kind": order.invoice_kind, "title": order.invoice_title, "tax_no": order.tax_no}
        initial |= {"number": asked.get("number", "")[:40], "issued_on": asked.get("day") or timezone.localdate()}
        return IssueForm(order, initial=initial | {"kept": asked.getlist("file")})

    def decide(self, form):
        invoice = actions.issue_invoice(self.order, by=self.request.user, **form.facts)
        return reverse("dues_invoices:invoice", args=[invoice.pk])


class OfInvoice(OneInvoice):
    """A form about an invoice that stands."""

    @property
    def order(self):
        return self.invoice.order

    @property
    def back_url(self):
        return self.page_url

    def obstacle(self):
        return "" if self.invoice.is_standing else _("This invoice has been replaced or voided. Reload the page.")

    def get_context_data(self, **kwargs):
        request = self.invoice.requests.open().first()
        return super().get_context_data(invoice=self.invoice, asked=request, **kwargs)


class ReplaceView(OfInvoice, WithFiles):
    """换开: another invoice in the place of this one."""

    button = gettext_lazy("Replace the invoice and tell the unit")
    done = gettext_lazy("The invoice has been replaced. The unit is told by text message and e-mail.")

    def get_page_title(self):
        return _("Replace invoice")

    def make_form(self, data=None, problems=()):
        if data is not None:
            return ReplaceForm(self.invoice, data, problems=problems)
        invoice = self.invoice
        initial = {"kind": invoice.kind, "title": invoice.title, "tax_no": invoice.tax_no}
        return ReplaceForm(invoice, initial=initial | {"issued_on": timezone.localdate()})

    def decide(self, form):
        fresh = actions.replace_invoice(self.invoice, by=self.request.user, **form.facts)
        return reverse("dues_invoices:invoice", args=[fresh.pk])


class VoidView(OfInvoice, Deciding):
    """红冲、作废: the invoice stands no longer."""

    button = gettext_lazy("Void the invoice")
    done = gettext_lazy("The invoice is void.")

    def get_page_title(self):
        return _("Void invoice")

    def make_form(self, data=None, problems=()):
        return RedNumberForm(self.invoice, data)

    def decide(self, form):
        actions.void_invoice(self.invoice, by=self.request.user, **form.cleaned_data)
        return self.page_url


class RefuseView(Deciding):
    """不予换开, with words to the unit."""

    button = gettext_lazy("Refuse and tell the unit")
    done = gettext_lazy("The request has been refused. The unit is told by text message.")
    back_url = property(lambda self: reverse("dues_invoices:list", args=["requests"]))

    @cached_property
    def asked(self):
        requests = ReissueRequest.objects.for_user(self.request.user).for_list()
        return get_object_or_404(requests, pk=self.kwargs["pk"])

    @property
    def order(self):
        return self.asked.invoice.order

    def get_page_title(self):
        return _("Refuse another invoice")

    def obstacle(self):
        return _("This request has been answered already.") if self.asked.closed_at else ""

    def make_form(self, data=None, problems=()):
        return RefuseForm(data)

    def decide(self, form):
        actions.refuse_reissue(self.asked, by=self.request.user, **form.cleaned_data)
        return self.back_url

    def get_context_data(self, **kwargs):
        return super().get_context_data(invoice=self.asked.invoice, asked=self.asked, **kwargs)


class InvoiceView(OneInvoice, TemplateView):
    """One invoice: what it says, its files, what came before and after it, what may be done."""

    template_name = "dues/staff/invoices/invoice.html"

    def get_page_title(self):
        return _("Invoice %(number)s") % {"number": self.invoice.number}

    def get_context_data(self, **kwargs):
        invoice = self.invoice
        requests = invoice.requests.select_related("asked_by", "closed_by").order_by("-asked_at")
        kwargs = {"send_form": SendForm(initial={"email": invoice.order.email}), **kwargs}
        return super().get_context_data(
            invoice=invoice,
            requests=requests,
            may_issue=self.may_issue,
            can_replace=invoice.is_standing and invoice.order.state == OrderState.PAID,
            **kwargs,
        )


class AddFilesView(OneInvoice, View):
    """补充文件: more files of an invoice that stands."""

    is_for_issuers = True

    def post(self, request, pk):
        documents, problems = store_files(self.invoice.order, request.FILES.getlist("uploads"), by=request.user)
        if not documents and not problems:
            problems = [_("Choose a file.")]
        for document in documents:
            try:
                actions.add_invoice_file(self.invoice, by=request.user, document=document)
            except Refusal as refusal:
                problems.append(f"{document.original_name}：{refusal}")
            else:
                success(request, _("The file “%(name)s” has been added.") % {"name": document.original_name})
        for problem in problems:
            error(request, problem)
        return redirect(self.page_url)


class SendView(InvoiceView):
    """邮件发送: the files to an address."""

    is_for_issuers = True

    def get(self, request, pk):
        return redirect(self.page_url)

    def post(self, request, pk):
        form = SendForm(request.POST)
        if form.is_valid():
            try:
                actions.send_invoice(self.invoice, by=request.user, **form.cleaned_data)
            except Refusal as refusal:
                form.add_error("email", str(refusal))
            else:
                success(request, _("The invoice is on its way to %(email)s.") % form.cleaned_data)
                return redirect(self.page_url)
        return self.render_to_response(self.get_context_data(send_form=form), status=422)


class FileView(InvoicesPage, View):
    """One file of an invoice as a download, which leaves a line in the trail."""

    def get(self, request, pk):
        files = InvoiceFile.objects.for_user(request.user).select_related("document", "invoice__order__unit")
        file = get_object_or_404(files, pk=pk)
        try:
            document = actions.download_invoice(file, by=request.user)
            return as_download(document.file, name=file.download_name, mime=document.mime)
        except FileNotFoundError as lost:
            raise Http404 from lost
