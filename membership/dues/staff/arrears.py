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

from membership import pdf
from membership.dues import actions, owing, permissions
from membership.dues.actions.exports import WHILE_WAITING
from membership.dues.actions.reminders import forecast, is_quiet
from membership.dues.amounts import in_figures
from membership.dues.staff.filters import ArrearsFilter
from membership.exceptions import Refusal
from membership.jobs import actions as jobs
from membership.messaging.texts import compose
from membership.office_files import XLSX
from membership.private_files import as_download
from membership.units import uploads
from membership.units.models import Membership, Unit

LIST = "dues_arrears"
PER_PAGE = 50
KINDS = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}


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
        buttons = []
        for kind in KINDS:
            query = self.request.GET.copy()
            query["export"] = kind
            label = _("Export %(kind)s") % {"kind": kind.upper()}
            buttons.append(HeaderButton(label=label, url=f"?{query.urlencode()}", icon_name="download"))
        return buttons

    @cached_property
    def filter(self):
        return ArrearsFilter(self.request.GET)

    @cached_property
    def members(self):
        return self.narrowed()

    def narrowed(self):
        """The members that owe something, as the filter asks."""
        chosen = self.filter.chosen
        if chosen is None:
            return Membership.objects.none()
        return owing.narrowed(self.request.user, timezone.now(), **chosen)

    def get(self, request, *args, **kwargs):
        if request.GET.get("export") in KINDS:
            return self.workbook(request.GET["export"])
        return super().get(request, *args, **kwargs)

    def workbook(self, kind):
        user = self.request.user
        if self.members.count() > WHILE_WAITING:
            asked = {"title": str(self.title), "chosen": self.filter.chosen, "kind": kind}
            return redirect("job_progress", actions.request_workbook("arrears", by=user, **asked).pk)
        workbook = actions.export_arrears(self.members, by=user, kind=kind)
        return FileResponse(workbook, as_attachment=True, filename=workbook.name, content_type=KINDS[kind])

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


def _ticked(asked):
    """Ids of the units ticked, one page of them at most; what is no number names nothing."""
    keys = [key for key in asked.getlist("unit") if key.isascii() and key.isdigit() and len(key) < 19]
    return [int(key) for key in keys[:PER_PAGE]]


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
        asked = self.request.POST if self.request.method == "POST" else self.request.GET
        return list(Unit.objects.for_user(self.request.user).filter(pk__in=_ticked(asked)).order_by("name", "pk"))

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


class WholeListView(ArrearsView):
    """Something done to every member of the list as it is narrowed, after one more look at whom."""

    template_name = "dues/staff/whole_list.html"
    hint = button = ""

    def get_header_buttons(self):
        return []

    def get_breadcrumbs_items(self):
        return [{"url": reverse(LIST), "label": ArrearsView.title}, {"url": "", "label": self.title}]

    def obstacle(self):
        """Why it cannot be done now, or ""."""
        return ""

    def get(self, request, *args, **kwargs):
        return self.render_to_response(self.get_context_data(**kwargs))

    def get_context_data(self, **kwargs):
        said = {"hint": self.hint, "button": self.button, "obstacle": self.obstacle()}
        back = f"{reverse(LIST)}?{self.request.GET.urlencode()}"
        return super().get_context_data(back_url=back, **said, **kwargs)

    def post(self, request, *args, **kwargs):
        if self.filter.chosen is None or self.obstacle() or not self.members.exists():
            return self.render_to_response(self.get_context_data(**kwargs), status=422)
        return self.do()

    def do(self):
        """Enqueue the job and lead to its page."""
        raise NotImplementedError

    def job(self, name, chosen, **more):
        facts = {"user_id": self.request.user.pk, "chosen": chosen, "title": str(self.title)}
        return redirect("job_progress", jobs.enqueue(name, by=self.request.user, **facts, **more).pk)


class RemindAllView(WholeListView):
    """提醒全部."""

    title = gettext_lazy("Remind all of the list")
    header_icon = "mail"
    button = gettext_lazy("Remind all of them")
    hint = gettext_lazy(
        "Each unit is sent one text message to its administrator, and is reminded at most once a day. Members that are "
        "suspended, have uploaded a proof of transfer or have no administrator are passed over."
    )

    def dispatch(self, request, *args, **kwargs):
        if not permissions.may_manage_orders(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def obstacle(self):
        is_late = is_quiet(timezone.now())
        return _("Units are reminded from 9 to 18 o'clock only. Come back then.") if is_late else ""

    def do(self):
        return self.job("dues.remind_all", self.filter.chosen, result_url=reverse(LIST))


class LettersView(WholeListView):
    """催缴函 to the units ticked or to the whole list: one at once, several as one PDF by a job."""

    title = gettext_lazy("Dunning letters")
    header_icon = "doc-full"
    button = gettext_lazy("Make the letters (PDF)")
    hint = gettext_lazy(
        "One page for each unit: what it owes by year, and the account to pay to. All of them in one PDF."
    )

    @cached_property
    def ticked(self):
        return _ticked(self.request.GET)

    def narrowed(self):
        if self.ticked:
            return owing.narrowed(self.request.user, timezone.now(), units=self.ticked)
        return super().narrowed()

    def get(self, request, *args, **kwargs):
        if "ticked" in request.GET and not self.ticked:
            messages.warning(request, _("Tick the units that shall be written to."))
            return redirect(LIST)
        return super().get(request, *args, **kwargs)

    def do(self):
        chosen = {"units": self.ticked} if self.ticked else self.filter.chosen
        if self.members.count() > 1:
            return self.job("dues.print_letters", chosen)
        try:
            letter = actions.print_letters(self.members, by=self.request.user)
        except (Refusal, pdf.PdfUnavailable) as failure:
            messages.error(self.request, str(failure))
            return redirect(LIST)
        return as_download(letter, name=uploads.clean_name(letter.name), mime=pdf.MEDIA_TYPE)


urlpatterns = [
    path("", ArrearsView.as_view(), name=LIST),
    path("remind/all/", RemindAllView.as_view(), name="dues_remind_all"),
    path("letters/", LettersView.as_view(), name="dues_letters"),
    path("remind/", RemindView.as_view(), name="dues_remind"),
]
