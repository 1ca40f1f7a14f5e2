"""What allauth asks about our users: phone numbers, codes, sign-up, where to go after login."""

import uuid

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import RateLimited
from allauth.usersessions.models import UserSession
from django.contrib.auth import update_session_auth_hash
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from membership.accounts import actions
from membership.accounts.forms import MobileField
from membership.accounts.models import User
from membership.accounts.states import CodePurpose
from membership.exceptions import Refusal


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "phone_password_mismatch": _("The mobile number or the password is not correct."),
        "incorrect_code": _("The code is not right or no longer valid. Check it, or ask for a new one."),
        "too_many_login_attempts": _("The code is void after several wrong tries. Ask for a new one."),
        "rate_limited": _("Too many tries. Wait a little and try again."),
        "enter_current_password": _("The old password is not correct."),
        "incorrect_password": _("The password is not correct."),
        "phone_taken": _("This number cannot be used. Check it, or ask for a new code."),
        "same_as_current": _("This is the number you have now. Enter the new one."),
    }

    # --- Where to go ---------------------------------------------------------------------------------------------

    def get_login_redirect_url(self, request):
        return reverse("wagtailadmin_home") if request.user.is_staff else reverse("portal:home")

    def get_signup_redirect_url(self, request):
        return reverse("portal:home")

    # --- Coming in -----------------------------------------------------------------------------------------------

    def login(self, request, user):
        super().login(request, user)
        actions.note_login(user)

    def authentication_failed(self, request, **credentials):
        actions.note_failed_login(credentials.get("phone", ""))

    # --- Phone numbers -------------------------------------------------------------------------------------------

    def phone_form_field(self, **kwargs):
        kwargs.pop("label", None)  # ours, in our words
        return MobileField(**kwargs)

    def get_phone(self, user):
        return (str(user.phone), user.phone_verified) if user.phone else None

    def get_user_by_phone(self, phone):
        """Whoever has proved to hold the number; a sign-up that was never verified is nobody."""
        return User.objects.filter(phone=phone, phone_verified=True).first()

    def save_user(self, request, user, form, commit=True):
        user.phone = form.cleaned_data["phone"]
        actions.drop_unverified(user.phone)
        return super().save_user(request, user, form, commit)

    def set_phone(self, user, phone, verified):
        """allauth repeats the number of a new user, which `save_user` has stored already."""

    def set_phone_verified(self, user, phone):
        if str(user.phone) == str(phone):
            actions.complete_sign_up(user)
            return
        actions.change_phone(user, phone, by=user)
        update_session_auth_hash(self.request, user)
        UserSession.objects.create_from_request(self.request)  # the session has a new key in the list

    # --- Codes ---------------------------------------------------------------------------------------------------

    def generate_phone_verification_code(self, *, user, phone):
        """A key that stands for the code in the session; nobody can read the code from it."""
        return str(uuid.uuid4())

    def send_verification_code_sms(self, user, phone, code, **kwargs):
        self._within_limits(actions.send_code, code, self._purpose(user), phone, by=user)

    def send_unknown_account_sms(self, phone, **kwargs):
        self._within_limits(actions.tell_holder, "unknown_account", phone)

    def send_account_already_exists_sms(self, phone):
        """Somebody signs up, or wants to change, to a number that has an account: only its holder learns of it.

        The work is that of a new sign-up, so that the time tells nothing.
        """
        if not self.request.user.is_authenticated:
            actions.pretend_sign_up(phone)
        self._within_limits(actions.tell_holder, "account_exists", phone)

    def _purpose(self, user):
        if self.request.user.is_authenticated:
            return CodePurpose.CHANGE_PHONE
        return CodePurpose.LOGIN if user.phone_verified else CodePurpose.SIGN_UP

    def _within_limits(self, verb, *args, **kwargs):
        try:
            verb(*args, **kwargs)
        except Refusal as refusal:
            raise RateLimited(str(refusal)) from refusal
