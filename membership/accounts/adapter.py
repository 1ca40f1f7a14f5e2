"""What allauth asks about our users: phone numbers, sign-up, where to go after login."""

from allauth.account.adapter import DefaultAccountAdapter
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from membership.accounts.forms import MobileField
from membership.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "phone_password_mismatch": _("The mobile number or the password is not correct."),
        "too_many_login_attempts": _("Too many failed attempts. Try again in a few minutes."),
        "incorrect_password": _("The password is not correct."),
        "enter_current_password": _("The old password is not correct."),
    }

    def is_open_for_signup(self, request):
        return False

    def get_login_redirect_url(self, request):
        return reverse("wagtailadmin_home") if request.user.is_staff else reverse("portal:home")

    def phone_form_field(self, **kwargs):
        return MobileField(**kwargs)

    def get_phone(self, user):
        return (str(user.phone), user.phone_verified) if user.phone else None

    def get_user_by_phone(self, phone):
        return User.objects.filter(phone=phone).first()

    def set_phone(self, user, phone, verified):
        user.phone = phone
        user.phone_verified = verified
        user.save(update_fields=["phone", "phone_verified"])

    def set_phone_verified(self, user, phone):
        self.set_phone(user, phone, True)
