"""两步验证: allauth's pages where our rules ask for more than they do."""

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import views as allauth
from django.forms import Form


class RemovePasskeyForm(Form):
    def __init__(self, *args, authenticator, **kwargs):
        self.authenticator = authenticator
        super().__init__(*args, **kwargs)

    def clean(self):
        adapter = get_adapter()
        if not adapter.can_delete_authenticator(self.authenticator):
            raise adapter.validation_error("cannot_delete_authenticator")
        return super().clean()


class RemovePasskeyView(allauth.RemoveWebAuthnView):
    """Staff who must have a second factor keep the last one."""

    form_class = RemovePasskeyForm

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"authenticator": self.object}
