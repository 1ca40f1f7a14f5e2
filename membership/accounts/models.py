"""Nouns of accounts: the user who logs in by mobile number, codes sent to a number, consents, failed logins."""

import secrets
import uuid
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from membership.accounts.phones import mask, validate_mobile
from membership.accounts.states import CodePurpose

CODE_DIGITS = 6
CODE_LIFETIME = timedelta(minutes=10)
CODE_SKEW = timedelta(minutes=1)  # that the clocks of our machines may differ
CODE_TRIES = 5


class UserManager(BaseUserManager):
    def create_user(self, phone, password=None, **fields):
        """A person who may log in with this number, for which the maker vouches; without a password by other means.

        Raises ValidationError unless it is a mainland mobile number.
        """
        fields.setdefault("phone_verified", True)
        user = self.model(phone=phone, email=self.normalize_email(fields.pop("email", "")), **fields)
        validate_mobile(user.phone)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, phone, password=None, **fields):
        return self.create_user(phone, password, is_staff=True, is_superuser=True, **fields)

    def unfinished(self):
        """Sign-ups whose number nobody has verified yet: no accounts, and nobody's number."""
        return self.filter(phone_verified=False, last_login=None, closed_at=None, is_staff=False)

    def staff_for(self, user):
        """Colleagues whose accounts this person may look after: superusers only a superuser."""
        staff = self.filter(is_staff=True)
        return staff if user.is_superuser else staff.filter(is_superuser=False)


class User(AbstractBaseUser, PermissionsMixin):
    phone = PhoneNumberField(
        _("mobile number"),
        unique=True,
        null=True,  # a closed account has given its number back
        region="CN",
        validators=[validate_mobile],
        error_messages={
            "unique": _("This mobile number already has an account."),
        },
    )
    phone_verified = models.BooleanField(_("number verified"), default=False, editable=False)
    name = models.CharField(_("name"), max_length=50, blank=True)
    position = models.CharField(_("position"), max_length=50, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    notify_by_sms = models.BooleanField(_("notices by text message"), default=True)
    notify_by_email = models.BooleanField(_("notices by e-mail"), default=False)
    is_staff = models.BooleanField(_("association staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("registered"), default=timezone.now)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    # Counted up to end every session at once where neither password nor number changes.
    sessions_ended = models.PositiveIntegerField(default=0, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "phone"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, phone__isnull=False)
                | Q(closed_at__isnull=False, phone=None, is_active=False, name="", email="", position=""),
                name="user_closed_has_no_personal_data",
            ),
        ]
        indexes = [
            # The staff are few among thousands of clerks, and the office offers them as colleagues.
            models.Index(fields=["name", "id"], condition=Q(is_staff=True), name="user_staff"),
        ]

    def __str__(self):
        return str(_("Closed account")) if self.closed_at else self.name or self.phone_masked

    def _get_session_auth_hash(self, secret=None):
        """Sessions end with a new number as they do with a new password, and when they are ended as such."""
        facts = f"{self.password} {self.phone} {self.sessions_ended}"
        return salted_hmac("membership.accounts.session", facts, secret=secret, algorithm="sha256").hexdigest()

    @property
    def phone_masked(self):
        """The number as it may be shown: 138****8111."""
        return mask(self.phone)

    @property
    def first_name(self):
        """How Wagtail's side bar calls the person."""
        return str(self)

    def get_username(self):
        """The number as plain text: Wagtail puts it into its pages' data."""
        return str(self.phone or "")

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return str(self)


class SmsCodeQuerySet(models.QuerySet):
    def since(self, moment):
        return self.filter(sent_at__gt=moment)

    def redeemable(self, now):
        """Not used, not worn out by wrong tries, not too old; nor of the future, should the clock be set back."""
        fresh = {"sent_at__gt": now - CODE_LIFETIME, "sent_at__lte": now + CODE_SKEW}
        return self.filter(used_at=None, tries__lt=CODE_TRIES, **fresh)

    def count_try(self, pk, now, **bound):
        """Count one try on this code, bound to a purpose and a number; false when it may not be tried any more.

        The database counts, no session.
        """
        return bool(self.redeemable(now).filter(pk=pk, **bound).update(tries=F("tries") + 1))

    def void(self, phone, now):
        """End every code that is on its way to this number."""
        return self.filter(phone=phone, used_at=None).update(used_at=now)

    def use(self, pk, now):
        """Use the code up; true for the one who was first."""
        return bool(self.filter(pk=pk, used_at=None).update(used_at=now))

    def forgettable(self, now):
        """Older than any limit looks back."""
        return self.filter(sent_at__lt=now - timedelta(days=2))


class SmsCode(models.Model):
    """One code sent to one number for one purpose, or a message that counts against the same limits.

    The digits follow from a random seed and the secret key of the site: no table holds a readable code.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(_("purpose"), max_length=16, choices=CodePurpose.choices)
    phone = PhoneNumberField(_("mobile number"), region="CN")
    address = models.CharField(_("address"), max_length=45, blank=True)
    seed = models.CharField(max_length=64, default=secrets.token_hex, editable=False)
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)
    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    used_at = models.DateTimeField(_("used"), null=True)

    objects = SmsCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("code by text message")
        verbose_name_plural = _("codes by text message")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=Q(tries__lte=CODE_TRIES), name="sms_code_tries"),
        ]
        indexes = [
            models.Index(fields=["phone", "sent_at"], name="sms_code_by_phone"),
            models.Index(fields=["address", "sent_at"], name="sms_code_by_address"),
            models.Index(fields=["sent_at"], name="sms_code_by_time"),
        ]

    def __str__(self):
        return f"{self.get_purpose_display()} {self.pk}"

    @property
    def digits(self):
        """The six digits that the person receives."""
        number = int(
            salted_hmac("membership.accounts.code", f"{self.pk} {self.seed}", algorithm="sha256").hexdigest(), 16
        )
        return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}d}"

    @property
    def expires_at(self):
        return self.sent_at + CODE_LIFETIME


class FailedLoginQuerySet(models.QuerySet):
    def of(self, phone):
        return self.filter(phone_key=phone_key(phone))

    def since(self, moment):
        return self.filter(at__gt=moment)


class FailedLogin(models.Model):
    """A wrong password: counted to ask for a captcha, never to lock anybody out. It holds no number, only its mark."""

    phone_key = models.CharField(max_length=64)
    address = models.CharField(_("address"), max_length=45, blank=True)
    at = models.DateTimeField(_("time"), default=timezone.now)

    objects = FailedLoginQuerySet.as_manager()

    class Meta:
        verbose_name = _("failed login")
        verbose_name_plural = _("failed logins")
        default_permissions = ()
        indexes = [
            models.Index(fields=["phone_key", "at"], name="failed_login_by_phone"),
            models.Index(fields=["address", "at"], name="failed_login_by_address"),
        ]

    def __str__(self):
        return f"{self.address} {self.at}"


def phone_key(phone):
    """A mark that stands for a number and does not tell it."""
    return salted_hmac("membership.accounts.phone", str(phone), algorithm="sha256").hexdigest()


class Consent(models.Model):
    """That a person agreed to the terms and the privacy policy, in which version, when."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="consents", verbose_name=_("user"))
    terms_version = models.CharField(_("version of the terms"), max_length=20)
    privacy_version = models.CharField(_("version of the privacy policy"), max_length=20)
    given_at = models.DateTimeField(_("given"), default=timezone.now)

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["user", "terms_version", "privacy_version"], name="consent_once_per_version"
            ),
        ]

    def __str__(self):
        return f"{self.user_id} {self.terms_version} {self.privacy_version}"


@register_setting(icon="key", order=60)
class SmsCodeSettings(BaseGenericSetting):
    """Whether codes are sent at all, and how many an hour: the brake when somebody abuses the forms.

    Its row is also the lock under which sends are counted.
    """

    is_sending = models.BooleanField(
        _("send codes by text message"),
        default=True,
        help_text=_("Switched off, nobody can sign up, sign in by code or change the number."),
    )
    codes_per_hour = models.PositiveIntegerField(
        _("codes an hour for everybody together"), default=2000, help_text=_("What is above is refused in words.")
    )

    class Meta:
        verbose_name = _("codes by text message")

    def __str__(self):
        return str(self._meta.verbose_name)
