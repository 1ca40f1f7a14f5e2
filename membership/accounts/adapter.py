"""What allauth asks about our users: phone numbers, sign-up, where to go after login."""

from allauth.account.adapter import DefaultAccountAdapter
from django.urls import reverse

from membership.accounts.forms import MobileField
from membership.accounts.models import User


class AccountAdapter(DefaultAccountAdapter):
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
