"""What allauth asks about our users: phone numbers, codes, sign-up, where to go after login."""

import uuid

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import RateLimited
from allauth.usersessions.models import UserSession
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from membership.accounts import actions
from membership.accounts.forms import MobileField
from membership.accounts.models import User
from membership.accounts.states import CodePurpose
from membership.exceptions import Refusal

WAYS = {
    "reauthenticate": _("Use the password"),
    "mfa_reauthenticate": _("Use a code"),
    "mfa_reauthenticate:webauthn": _("Use a passkey"),
}


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "phone_password_mismatch": _("The mobile number or the password is not correct."),
        "incorrect_code": _("The code is not right or no longer valid. Check it, or ask for a new one."),
        "too_many_login_attempts": _("Too many wrong tries. Ask for a new code, or start again in a few minutes."),
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

    def pre_authenticate(self, request, **credentials):
        """Wrong passwords are counted by our own rows; allauth's limit is kept for codes of the second factor."""

    def get_reauthentication_methods(self, user):
        """Who has a second factor shows it again: a password alone changes nothing about it."""
        ways = [way | {"description": WAYS[way["id"]]} for way in super().get_reauthentication_methods(user)]
        return [way for way in ways if way["id"] != "reauthenticate"] or ways

    def authentication_failed(self, request, **credentials):
        actions.note_failed_login(credentials.get("phone", ""))

    def set_password(self, user, password):
        actions.change_password(user, password, by=user)

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
        """Raises RateLimited when somebody signs up with the number at this very moment: one code goes out, not two."""
        user.phone = form.cleaned_data["phone"]
        try:
            with transaction.atomic():
                actions.drop_unverified(user.phone)
                return super().save_user(request, user, form, commit)
        except IntegrityError as taken:
            raise RateLimited(str(user.phone_masked)) from taken

    def set_phone(self, user, phone, verified):
        """allauth repeats the number of a new user, which `save_user` has stored already."""

    def set_phone_verified(self, user, phone):
        """The new number of who is logged in, else the number of the account that signs up or logs in by code."""
        if self.request.user.is_authenticated:
            actions.change_phone(user, phone, by=user)
            update_session_auth_hash(self.request, user)
            UserSession.objects.create_from_request(self.request)  # the session has a new key in the list
        elif str(user.phone) == str(phone):
            actions.complete_sign_up(user)
        else:
            raise PermissionDenied("the account has another number by now")

    # --- Codes ---------------------------------------------------------------------------------------------------

    def generate_phone_verification_code(self, *, user, phone):
        """A key that stands for the code in the session; nobody can read the code from it."""
        return str(uuid.uuid4())

    def send_verification_code_sms(self, user, phone, code, **kwargs):
        by = user if self.request.user.is_authenticated else None  # who asks from outside may be anybody
        self._within_limits(actions.send_code, code, self._purpose(user), phone, by=by)

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
