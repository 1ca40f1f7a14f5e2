"""分会秘书: which of the staff looks after which branch."""

from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail_modeladmin.helpers import ButtonHelper, PermissionHelper
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import CreateView, DeleteView

from membership.accounts.models import User
from membership.exceptions import Refusal
from membership.units import actions, permissions
from membership.units.models import Body, BodyStaff
from membership.units.states import BodyKind


class AppointedByAdministrators(PermissionHelper):
    """Secretaries are appointed and dismissed, by the verbs alone; there is nothing to edit."""

    def user_can_list(self, user):
        return permissions.may_appoint(user)

    def user_can_create(self, user):
        return permissions.may_appoint(user)

    def user_can_edit_obj(self, user, obj):
        return False

    def user_can_delete_obj(self, user, obj):
        return permissions.may_appoint(user)


class DismissButton(ButtonHelper):
    def delete_button(self, *args, **kwargs):
        words = {"label": _("Dismiss"), "title": _("Dismiss this secretary")}
        return super().delete_button(*args, **kwargs) | words


class SecretaryForm(WagtailAdminModelForm):
    """Branches and staff to choose from; whether it may be is for the verb to say."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = Body.objects.filter(kind=BodyKind.BRANCH)
        self.fields["body"].label = _("Branch")
        self.fields["user"].queryset = User.objects.filter(is_staff=True, is_active=True).order_by("name", "pk")
        self.fields["user"].label_from_instance = lambda user: f"{user} {user.phone_masked}"

    def clean(self):
        """Said here as the verb would say it, before the constraint says it in its own words."""
        cleaned = super().clean()
        user, body = cleaned.get("user"), cleaned.get("body")
        if user and body and user.body_staff.filter(body=body).exists():
            self.add_error("user", _("%(who)s is secretary of this branch already.") % {"who": user})
        return cleaned


class AppointView(CreateView):
    page_title = gettext_lazy("Appoint secretary")

    def get_page_subtitle(self):
        return ""

    def form_valid(self, form):
        body, user = form.cleaned_data["body"], form.cleaned_data["user"]
        try:
            actions.appoint_secretary(body, user, by=self.request.user)
        except Refusal as refusal:
            form.add_error("user", str(refusal))
            return self.form_invalid(form)
        words = _("%(who)s looks after the branch now: %(branch)s.") % {"who": user, "branch": body}
        messages.success(self.request, words)
        return redirect(self.index_url)


class DismissView(DeleteView):
    page_title = gettext_lazy("Dismiss secretary")

    def confirmation_message(self):
        words = {"who": self.instance.user, "branch": self.instance.body}
        return _("%(who)s will no longer see the units of the branch: %(branch)s. What was decided stays.") % words

    def post(self, request, *args, **kwargs):
        try:
            actions.dismiss_secretary(self.instance, by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("%(who)s has been dismissed.") % {"who": self.instance.user})
        return redirect(self.index_url)


class SecretaryAdmin(ModelAdmin):
    model = BodyStaff
    base_url_path = "secretaries"
    menu_label = gettext_lazy("Branch secretaries")
    menu_icon = "user"
    menu_order = 225
    add_to_settings_menu = True
    permission_helper_class = AppointedByAdministrators
    button_helper_class = DismissButton
    create_view_class = AppointView
    delete_view_class = DismissView
    history_view_enabled = False
    list_display = ("user", "body")
    list_select_related = ("user", "body")
    ordering = ("body__sort_order", "body_id", "user__name", "pk")
    edit_handler = ObjectList([FieldPanel("body"), FieldPanel("user")], base_form_class=SecretaryForm)

    def register_indexing(self):
        """As for units."""
