"""换绑手机号: find the account of a member who has lost the phone, check the letter, bind the new number."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView, TemplateView, View
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from membership.accounts.models import User
from membership.accounts.phones import national
from membership.exceptions import Refusal
from membership.private_files import as_download
from membership.units import actions
from membership.units.forms import RebindPhoneForm
from membership.units.models import PhoneRebinding

FOUND_AT_MOST = 20
PER_PAGE = 20


class RebindersOnly:
    """Open to those who hold the right, closed with a 403 to everybody else."""

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm("units.rebind_phone"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class RebindingPage(RebindersOnly, WagtailAdminTemplateMixin):
    header_icon = "key"
    _show_breadcrumbs = True

    def get_page_title(self):
        return _("Rebind mobile number")


class RebindingsView(RebindingPage, TemplateView):
    """Search for the account above, what was rebound below."""

    template_name = "units/staff/phones/index.html"

    def get_breadcrumbs_items(self):
        return [{"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs):
        query = self.request.GET.get("q", "").strip()
        past = PhoneRebinding.objects.for_user(self.request.user).select_related("user", "unit", "rebound_by")
        page = Paginator(past.order_by("-rebound_at"), PER_PAGE).get_page(self.request.GET.get("p"))
        return super().get_context_data(query=query, members=find_members(query), rebindings=page, **kwargs)


def find_members(query):
    """Members whose number, name or unit holds these characters; the first twenty. Staff are not found here."""
    if not query:
        return []
    digits = "".join(c for c in query if c.isdigit())
    wanted = Q(name__icontains=query) | Q(seat__unit__name__icontains=query)
    if len(digits) >= 4:
        wanted |= Q(phone__contains=digits)
    members = User.objects.filter(wanted, is_staff=False, phone_verified=True, closed_at=None)
    return members.select_related("seat__unit").order_by("name", "pk")[:FOUND_AT_MOST]


class RebindView(RebindingPage, FormView):
    """The form for one account."""

    template_name = "units/staff/phones/rebind.html"
    form_class = RebindPhoneForm
    success_url = reverse_lazy("phone_rebindings")

    @cached_property
    def member(self):
        members = User.objects.filter(is_staff=False, phone_verified=True, closed_at=None)
        return get_object_or_404(members.select_related("seat__unit"), pk=self.kwargs["pk"])

    def get_breadcrumbs_items(self):
        return [
            {"url": reverse("phone_rebindings"), "label": self.get_page_title()},
            {"url": "", "label": str(self.member)},
        ]

    def get_context_data(self, **kwargs):
        return super().get_context_data(member=self.member, number=national(self.member.phone), **kwargs)

    def form_valid(self, form):
        facts = {name: form.cleaned_data[name] for name in ("phone", "letter", "reason")}
        try:
            actions.rebind_phone(self.member, by=self.request.user, **facts)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, _("The number has been rebound. Both numbers are told by text message."))
        return redirect(self.success_url)

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)


class LetterView(RebindersOnly, View):
    """The stored letter as a download."""

    def get(self, request, pk):
        rebinding = get_object_or_404(PhoneRebinding.objects.for_user(request.user), pk=pk)
        return as_download(rebinding.letter, name=rebinding.original_name, mime=rebinding.mime)


urlpatterns = [
    path("", RebindingsView.as_view(), name="phone_rebindings"),
    path("<int:pk>/", RebindView.as_view(), name="rebind_phone"),
    path("letters/<uuid:pk>/", LetterView.as_view(), name="rebinding_letter"),
]


class RebindingMenuItem(MenuItem):
    def is_shown(self, request):
        return request.user.has_perm("units.rebind_phone")


def menu_item():
    label = gettext_lazy("Rebind mobile number")
    return RebindingMenuItem(label, reverse("phone_rebindings"), name="rebind-phone", icon_name="key", order=610)
