"""会费缴纳 (guide 三.(一)–(三)): how the unit stands, for how many years it pays, and what the invoice says."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from membership.dues import actions
from membership.dues.amounts import parse
from membership.dues.forms import BillingForm, YearsForm
from membership.dues.models import DuesStandard
from membership.dues.owing import in_short
from membership.exceptions import Refusal
from membership.private_files import as_download
from membership.units import uploads
from portal.books import account_of
from portal.dues_marks import standing_mark
from portal.views.gates import for_certified_units


@require_safe
@for_certified_units
def index(request):
    """The standing of the unit and step 1, 选择年限; an open order stands in the place of a second one."""
    account = account_of(request)
    return _start(request, account, YearsForm(account=account))


@require_http_methods(["GET", "HEAD", "POST"])
@for_certified_units
def order(request):
    """Step 2, 填写发票信息, for the years in the address; its POST places the order at the amount that was shown."""
    account = account_of(request)
    if account.open_order:
        return _to_open_order(request, account.open_order)
    if request.method == "POST":
        return _place(request, account)
    years = YearsForm(request.GET if "years" in request.GET else None, account=account)
    if account.obstacle or not years.is_bound:
        return redirect("portal:dues")
    if not years.is_valid():
        return _start(request, account, years, status=422)
    return _billing_page(request, years, BillingForm(unit=account.unit))


@require_safe
@for_certified_units
def resolution(request, pk):
    """The resolution by which a standard was set (收费依据)."""
    standard = get_object_or_404(DuesStandard.objects.in_force(), pk=pk)
    name = standard.resolution_name
    try:
        mime = uploads.media_type(standard.resolution) or "application/octet-stream"
        return as_download(standard.resolution, name=name, mime=mime)
    except FileNotFoundError:
        return render(request, "portal/file_missing.html", {"name": name}, status=404)


def _start(request, account, years, status=200):
    mark = standing_mark(account.standing)
    standard = account.standard_of(account.standing.this_year)
    context = {"account": account, "mark": mark, "standard": standard, "years": years}
    context |= {"waived": in_short(account.waived), "left_out": in_short(account.left_out)}
    return render(request, "portal/dues/index.html", context, status=status)


def _place(request, account):
    years, form = YearsForm(request.POST, account=account), BillingForm(request.POST, unit=account.unit)
    if account.obstacle:
        code, sentence = account.obstacle
        return _billing_page(request, years, form, refusal=Refusal(sentence, code=code), status=409)
    if not (years.is_valid() & form.is_valid()):
        return _billing_page(request, years, form, status=422)
    facts = {"years": years.choice.years, "amount": parse(request.POST.get("amount", "")), "billing": form.billing()}
    try:
        placed = actions.place_order(account.unit, by=request.user, **facts)
    except Refusal as refusal:
        return _refused(request, form, refusal)
    return redirect("portal:pay-order", number=placed.number)


def _refused(request, form, refusal):
    """What stands now, with everything that was typed: another tab may have ordered, the price may have changed."""
    account = account_of(request)
    if account.open_order:
        return _to_open_order(request, account.open_order)
    years = YearsForm(request.POST, account=account)
    return _billing_page(request, years, form, refusal=refusal, status=409)


def _to_open_order(request, placed):
    messages.info(request, _("Your unit has an order that is not paid yet. It is shown here; no second one was made."))
    return redirect("portal:pay-order", number=placed.number)


def _billing_page(request, years, form, *, refusal=None, status=200):
    context = {"years": years, "form": form, "refusal": refusal}
    return render(request, "portal/dues/billing.html", context, status=status)
