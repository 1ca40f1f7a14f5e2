"""A colleague has lost phone and recovery codes: the administrator takes the second factor back."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from membership.accounts import actions
from membership.accounts.models import User


class ResetSecondFactorView(WagtailAdminTemplateMixin, TemplateView):
    template_name = "accounts/staff/reset_second_factor.html"
    header_icon = "key"
    _show_breadcrumbs = True

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm("accounts.change_user"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def colleague(self):
        return get_object_or_404(User.objects.staff_for(self.request.user), pk=self.kwargs["pk"])

    def get_page_title(self):
        return _("Reset second factor")

    def get_breadcrumbs_items(self):
        return [
            {"url": reverse("wagtailusers_users:index"), "label": _("Staff")},
            {"url": reverse("wagtailusers_users:edit", args=[self.colleague.pk]), "label": str(self.colleague)},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs):
        return super().get_context_data(colleague=self.colleague, **kwargs)

    def post(self, request, *args, **kwargs):
        actions.reset_second_factor(self.colleague, by=request.user)
        messages.success(request, _("The second factor has been reset."))
        return redirect("wagtailusers_users:edit", self.colleague.pk)
