"""The second factor: allauth.mfa in our words, with sealed secrets, and with what the association asks of its staff."""

from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.dispatch import receiver
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from membership.accounts import actions
from membership.messaging.seal import seal, unseal

# What stands alone; recovery codes only replace one of these.
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
WANTED = "accounts_wanted"  # where somebody wanted to go who had to set up or show a second factor first


class SecondFactorAdapter(DefaultMFAAdapter):
    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _(
            "The association asks its staff for a second factor. Set up another one before you remove this one."
        ),
        "cannot_generate_recovery_codes": _("Set up the authenticator app or a passkey first."),
        "incorrect_code": _("The code is not right or has been used. Wait for the next one."),
    }

    def encrypt(self, text):
        return seal(text)

    def decrypt(self, encrypted_text):
        return unseal(encrypted_text)

    def _get_user_identifier(self, user):
        """How the app and the passkey of a person call the account: never the whole number."""
        return f"{user.name} {user.phone_masked}".strip()

    def get_public_key_credential_rp_entity(self):
        return super().get_public_key_credential_rp_entity() | {"name": self.get_totp_issuer()}

    def generate_authenticator_name(self, user, type):
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey %(number)d") % {"number": number}

    def can_delete_authenticator(self, authenticator):
        return may_lose(authenticator.user, [authenticator])


def may_lose(user, authenticators):
    """Whether the person may part with these: staff who must have a second factor keep one."""
    if not (settings.STAFF_MFA_REQUIRED and user.is_staff):
        return True
    kept = Authenticator.objects.filter(user=user, type__in=FACTORS)
    return kept.exclude(pk__in=[authenticator.pk for authenticator in authenticators]).exists()


def has_passed(request):
    """Whether this very session has shown a second factor that the person still has."""
    records = get_authentication_records(request, request.user)
    return any(record["method"] == "mfa" for record in records) and is_mfa_enabled(request.user)


@receiver(authenticator_added)
def keep_in_mind(sender, request, user, authenticator, **kwargs):
    """Whoever sets up a first factor has just shown it; a further one proves nothing about the first."""
    if authenticator.type not in FACTORS:
        return
    actions.note_second_factor(user, "added", authenticator.type)
    others = Authenticator.objects.filter(user=user, type__in=FACTORS).exclude(pk=authenticator.pk)
    if not others.exists():
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)


@receiver(authenticator_removed)
def note_removal(sender, user, authenticator, **kwargs):
    actions.note_second_factor(user, "removed", authenticator.type)


@receiver(authenticator_reset)
def note_new_codes(sender, user, authenticator, **kwargs):
    actions.note_second_factor(user, "renewed", authenticator.type)
