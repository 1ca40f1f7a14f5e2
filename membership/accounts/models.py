"""The user: a person who logs in by mobile number."""

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from membership.accounts.phones import mask, validate_mobile


class UserManager(BaseUserManager):
    def create_user(self, phone, password=None, **fields):
        """A person who may log in with this number; without a password only by other means.

        Raises ValidationError unless it is a mainland mobile number.
        """
        user = self.model(phone=phone, email=self.normalize_email(fields.pop("email", "")), **fields)
        validate_mobile(user.phone)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, phone, password=None, **fields):
        return self.create_user(phone, password, is_staff=True, is_superuser=True, **fields)

    def staff_for(self, user):
        """Colleagues whose accounts this person may look after: superusers only a superuser."""
        staff = self.filter(is_staff=True)
        return staff if user.is_superuser else staff.filter(is_superuser=False)


class User(AbstractBaseUser, PermissionsMixin):
    phone = PhoneNumberField(
        _("mobile number"),
        unique=True,
        region="CN",
        validators=[validate_mobile],
        error_messages={
            "unique": _("This mobile number already has an account."),
        },
    )
    phone_verified = models.BooleanField(_("number verified"), default=False, editable=False)
    name = models.CharField(_("name"), max_length=50, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    is_staff = models.BooleanField(_("association staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("registered"), default=timezone.now)

    objects = UserManager()

    USERNAME_FIELD = "phone"
    REQUIRED_FIELDS = []

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["pk"]

    def __str__(self):
        return self.name or self.phone_masked

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
        return str(self.phone)

    def get_full_name(self):
        return str(self)

    def get_short_name(self):
        return str(self)
