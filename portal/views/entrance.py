"""注册账号, 登录, 忘记密码, 更换手机: allauth's pages where the guide or our rules ask for more than they do."""

from allauth.account import views as allauth
from allauth.account.adapter import get_adapter
from allauth.account.forms import SetPasswordForm
from allauth.account.internal.flows.password_change import change_password, finalize_password_change
from allauth.core.exceptions import RateLimited
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext as _
from django.views.generic import FormView

from membership.accounts.allauth_forms import ResendCodeForm, change_of_number, seconds_to_wait, send_again
from membership.accounts.logins import entered_code_lately
from membership.accounts.phones import national
from membership.exceptions import Refusal


class ResendByCaptcha:
    """A page that waits for a code: the button for a new one asks for a captcha first."""

    def get_form_class(self):
        return ResendCodeForm if self._action == "resend" else super().get_form_class()

    def get_form_kwargs(self):
        kwargs = super().get_form_kwargs()
        if self._action == "resend":
            kwargs = {name: value for name, value in kwargs.items() if name in {"data", "files", "initial", "prefix"}}
        return kwargs

    def _resend_form_valid(self, form):
        try:
            send_again(self._waiting_process())
        except RateLimited as refused:
            form.add_error(None, str(refused))
            return self.form_invalid(form)
        messages.success(self.request, _("A new code is on its way."))
        return redirect(self.passthrough_next_url(self.request.path))

    def form_invalid(self, form):
        if self._action == "resend":
            return self.render_to_response(self.get_context_data(form=form), status=422)
        response = super().form_invalid(form)
        if response.status_code == 200:
            response.status_code = 422
        return response

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        context["recipient"] = national(self.sent_to())
        context["wait"] = seconds_to_wait(self.sent_to())
        if self._action == "resend":
            context["resend_form"] = context["form"]
            context["verify_form"] = self._verify_form_class()()
        else:
            context["resend_form"] = ResendCodeForm()
        return context


class ConfirmLoginCodeView(ResendByCaptcha, allauth.ConfirmLoginCodeView):
    def sent_to(self):
        return self._process.state["phone"]

    def _waiting_process(self):
        return self._process

    def _verify_form_class(self):
        return allauth.get_form_class(allauth.app_settings.FORMS, "confirm_login_code", self.form_class)


class VerifyByCode(ResendByCaptcha):
    def sent_to(self):
        return self.process.phone

    def _waiting_process(self):
        return self.process

    def _verify_form_class(self):
        return self._get_verify_form_class()


class VerifyNewAccountView(VerifyByCode, allauth._VerifyPhoneSignupView):
    pass


class VerifyNewNumberView(VerifyByCode, allauth._VerifyPhoneChangeView):
    """确认绑定此手机号 (guide 四.(二)): the second half of 更换手机, on the same page for the person."""

    template_name = "account/phone_change.html"

    def _verify_form_valid(self, form):
        try:
            return super()._verify_form_valid(form)
        except Refusal as refusal:
            form.add_error("code", str(refusal))
            return self.render_to_response(self.get_context_data(form=form), status=409)

    def respond_process_failed(self, form):
        messages.error(self.request, get_adapter().error_messages["too_many_login_attempts"])
        return super().respond_process_failed(form)

    def respond_process_succeeded(self, form):
        messages.success(self.request, _("Your mobile number has been changed. Sign in with the new one from now on."))
        return redirect("account_change_phone")


@login_not_required
def verify_phone(request):
    view = VerifyNewNumberView if request.user.is_authenticated else VerifyNewAccountView
    return view.as_view()(request)


class ChangePhoneView(allauth.ChangePhoneView):
    """发送验证码 of 更换手机. A number that somebody else has is answered like any other; its holder is told."""

    def form_valid(self, form):
        change_of_number(self.request, form).send()
        return HttpResponseRedirect(self.get_success_url())

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)


class ForgottenPasswordView(allauth.RequestLoginCodeView):
    """忘记密码: the code proves the number, then a new password is set."""

    template_name = "account/password_forgotten.html"

    def get_success_url(self):
        query = f"next={reverse('set_forgotten_password')}"
        return f"{reverse('account_confirm_login_code')}?{query}"


class SetForgottenPasswordView(FormView):
    """A new password without the old one: only within minutes of a code that this very session has entered."""

    template_name = "account/password_set.html"
    form_class = SetPasswordForm
    success_url = reverse_lazy("portal:home")

    def dispatch(self, request, *args, **kwargs):
        if not entered_code_lately(request):
            return redirect("account_change_password" if request.user.is_authenticated else "forgotten_password")
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"user": self.request.user}

    def form_valid(self, form):
        change_password(self.request.user, form.cleaned_data["password1"])
        finalize_password_change(self.request, self.request.user)
        return super().form_valid(form)


class SignUpView(allauth.SignupView):
    def form_valid(self, form):
        """One transaction: a refused text message leaves no half-made account."""
        with transaction.atomic():
            return super().form_valid(form)
