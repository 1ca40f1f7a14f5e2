"""会费标准: the standards with their rates and resolutions, a form for a new one, and withdrawing."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django.views.generic import FormView, TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from membership.dues import actions, permissions, resolutions
from membership.dues.calendar import dues_year
from membership.dues.models import DuesStandard
from membership.dues.staff.forms import StandardForm
from membership.exceptions import Refusal

LIST = "dues_standards"


class StandardsAreSeen(WagtailAdminTemplateMixin):
    """Open to readers of the books; setting and withdrawing to those who may set."""

    header_icon = "doc-full"
    _show_breadcrumbs = True
    is_setting = False

    def dispatch(self, request, *args, **kwargs):
        may = permissions.may_set_standard if self.is_setting else permissions.may_see_standards
        if not may(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self):
        return self.title

    def get_breadcrumbs_items(self):
        here = {"url": "", "label": self.title}
        return [{"url": reverse(LIST), "label": StandardListView.title}, here] if self.is_setting else [here]


class StandardListView(StandardsAreSeen, TemplateView):
    """Every standard that was ever set, the latest year first."""

    title = gettext_lazy("Dues standards")
    template_name = "dues/staff/standards.html"

    def get_header_buttons(self):
        if not permissions.may_set_standard(self.request.user):
            return []
        return [HeaderButton(label=_("Set a standard"), url=reverse("dues_standard_add"), icon_name="plus")]

    def get_context_data(self, **kwargs):
        standards = list(DuesStandard.objects.select_related("created_by", "withdrawn_by").with_rates())
        year = dues_year(timezone.now())
        standing = [row for row in standards if row.withdrawn_at is None]
        current = next((row for row in standing if row.first_year <= year), None)
        return super().get_context_data(
            standards=[(row, *_told(row, current, year)) for row in standards],
            may_set=permissions.may_set_standard(self.request.user),
            **kwargs,
        )


def _told(standard, current, year):
    """(tone, words) of how a standard stands."""
    if standard.withdrawn_at:
        return "over", _("Standard withdrawn")
    if standard == current:
        return "paid", _("In force")
    return ("todo", _("To come")) if standard.first_year > year else ("over", _("Replaced by a later one"))


class SetStandardView(StandardsAreSeen, FormView):
    """设置会费标准; the resolution is kept when another field is refused."""

    title = gettext_lazy("Set a standard")
    template_name = "dues/staff/standard_form.html"
    form_class = StandardForm
    is_setting = True
    AT_FIELD = {"year_taken": "first_year"}

    def get_initial(self):
        """The amounts of the latest standard, which a new one mostly changes in part."""
        latest = DuesStandard.objects.in_force().order_by("-first_year").with_rates().first()
        rates = latest.rates.all() if latest else []
        amounts = {f"level-{rate.level_id}": f"{rate.amount:.2f}" for rate in rates}
        this_year = dues_year(timezone.now())
        return {"first_year": max(latest.first_year, this_year) + 1 if latest else this_year, **amounts}

    def post(self, request, *args, **kwargs):
        form = self.get_form()
        is_valid = form.is_valid()
        form.keep_file(by=request.user)
        return self.form_valid(form) if is_valid and not form.errors else self.form_invalid(form)

    def form_valid(self, form):
        names = ("title", "document_no", "decided_on", "first_year")
        facts = {name: form.cleaned_data[name] for name in names}
        try:
            with form.file.open() as resolution:
                actions.set_standard(by=self.request.user, rates=form.rates, resolution=resolution, **facts)
        except Refusal as refusal:
            form.add_error(self.AT_FIELD.get(refusal.code), str(refusal))
            return self.form_invalid(form)
        form.file.delete()
        messages.success(self.request, _("The standard has been set from %(year)s on.") % {"year": facts["first_year"]})
        return redirect(LIST)

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(back_url=reverse(LIST), **kwargs)
        context["media"] = context["form"].media
        return context


class WithdrawView(StandardsAreSeen, TemplateView):
    """撤回: only while nobody has ordered by it."""

    title = gettext_lazy("Withdraw the standard")
    template_name = "dues/staff/standard_withdraw.html"
    is_setting = True

    @cached_property
    def standard(self):
        return get_object_or_404(DuesStandard.objects.with_rates(), pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        return super().get_context_data(standard=self.standard, back_url=reverse(LIST), **kwargs)

    def post(self, request, *args, **kwargs):
        try:
            actions.withdraw_standard(self.standard, by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The standard has been withdrawn."))
        return redirect(LIST)


@require_safe
def resolution(request, pk):
    """The resolution of a standard as a download, for readers of the books."""
    if not permissions.may_see_standards(request.user):
        raise PermissionDenied
    return resolutions.download(get_object_or_404(DuesStandard, pk=pk))


urlpatterns = [
    path("", StandardListView.as_view(), name=LIST),
    path("new/", SetStandardView.as_view(), name="dues_standard_add"),
    path("<int:pk>/withdraw/", WithdrawView.as_view(), name="dues_standard_withdraw"),
    path("<int:pk>/resolution/", resolution, name="dues_standard_resolution"),
]
