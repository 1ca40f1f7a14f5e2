"""The association's staff as the administrator keeps it: who they are, their number and their roles.

Members' accounts are not shown here: their units look after them.
"""

from allauth.mfa.models import Authenticator
from django import forms
from django.contrib.auth import update_session_auth_hash
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn, TitleColumn
from wagtail.admin.widgets.button import HeaderButton
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import CreateView, EditView, HistoryView, IndexView, UserViewSet

from membership.accounts import actions
from membership.accounts.forms import MobileField
from membership.accounts.models import User
from membership.accounts.phones import national
from membership.accounts.staff.second_factor import ResetSecondFactorView


class StaffFields:
    """What the forms of a new and of a known colleague have in common."""

    error_messages = {
        "duplicate_username": _("This mobile number already has an account."),
        "password_mismatch": _("The two passwords are not the same."),
    }

    def __init__(self, *args, for_user=None, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["phone"] = national(self.instance.phone)
        if "is_superuser" in self.fields and not (for_user and for_user.is_superuser):
            del self.fields["is_superuser"]

    def clean(self):
        cleaned = super().clean()
        is_superuser = cleaned.get("is_superuser", self.instance.is_superuser)
        if "groups" in cleaned and not cleaned["groups"] and not is_superuser:
            self.add_error("groups", _("Choose at least one role."))
        return cleaned


class StaffCreationForm(StaffFields, UserCreationForm):
    phone = MobileField()
    name = forms.CharField(label=_("Full name"), max_length=50)
    email = forms.EmailField(label=_("E-mail"), required=False)
    first_name = last_name = None

    class Meta(UserCreationForm.Meta):
        fields = ["phone", "name", "email", "is_superuser", "groups"]


class StaffEditForm(StaffFields, UserEditForm):
    phone = MobileField()
    name = forms.CharField(label=_("Full name"), max_length=50)
    email = forms.EmailField(label=_("E-mail"), required=False)
    first_name = last_name = None

    class Meta(UserEditForm.Meta):
        fields = ["phone", "name", "email", "is_active", "is_superuser", "groups"]


class StaffPolicy(ModelPermissionPolicy):
    """Accounts are switched off, never deleted: what their holders did stays on record."""

    def user_has_permission(self, user, action):
        return action != "delete" and super().user_has_permission(user, action)

    def user_has_any_permission(self, user, actions):
        return super().user_has_any_permission(user, set(actions) - {"delete"})


class StaffListView(IndexView):
    search_fields = ["name", "phone", "email"]
    columns = [
        TitleColumn("name", label=_("Full name"), url_name="wagtailusers_users:edit", sort_key="name", accessor=str),
        Column("phone", label=_("Mobile number"), accessor=lambda user: national(user.phone)),
        Column("groups", label=_("Roles"), accessor=lambda user: "、".join(group.name for group in user.groups.all())),
        BooleanColumn("is_active", label=_("Active"), sort_key="is_active", width="10%"),
        DateColumn("last_login", label=_("Last login"), sort_key="last_login", width="15%"),
    ]

    def get_base_queryset(self):
        return User.objects.staff_for(self.request.user).prefetch_related("groups")

    def order_queryset(self, queryset):
        return queryset.order_by(self.ordering or "phone")


class StaffCreateView(CreateView):
    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"for_user": self.request.user}

    def save_instance(self):
        user = self.form.save(commit=False)
        return actions.save_staff(user, by=self.request.user, groups=self.form.cleaned_data["groups"])


class StaffEditView(EditView):
    """Addresses of other accounts lead nowhere; a superuser's is open to superusers only."""

    def get_object(self, queryset=None):
        return super().get_object(User.objects.staff_for(self.request.user))

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"for_user": self.request.user}

    def get_header_buttons(self):
        buttons = super().get_header_buttons()
        if self.editing_self or not Authenticator.objects.filter(user=self.object).exists():
            return buttons
        url = reverse("wagtailusers_users:reset_second_factor", args=[self.object.pk])
        return [*buttons, HeaderButton(label=_("Reset second factor"), url=url, icon_name="key")]

    def save_instance(self):
        user = self.form.save(commit=False)
        self.has_content_changes = self.form.has_changed()
        actions.save_staff(user, by=self.request.user, groups=self.form.cleaned_data["groups"])
        if user == self.request.user:
            update_session_auth_hash(self.request, user)
        return user


class StaffHistoryView(HistoryView):
    def get_base_object_queryset(self):
        return User.objects.staff_for(self.request.user)


class StaffViewSet(UserViewSet):
    permission_policy = StaffPolicy(User)
    menu_label = _("Staff")
    ordering = "phone"
    index_view_class = StaffListView
    add_view_class = StaffCreateView
    edit_view_class = StaffEditView
    history_view_class = StaffHistoryView

    def get_form_class(self, for_update=False):
        return StaffEditForm if for_update else StaffCreationForm

    def get_urlpatterns(self):
        reset = path("edit/<int:pk>/second-factor/", ResetSecondFactorView.as_view(), name="reset_second_factor")
        return [*super().get_urlpatterns(), reset]
