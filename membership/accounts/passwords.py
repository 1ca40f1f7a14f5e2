"""What a password must be, in words that are there in every language of the portal (Django's are not)."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from membership.accounts.phones import national


class LongEnough(MinimumLengthValidator):
    def get_error_message(self):
        return self.get_help_text()

    def get_help_text(self):
        return _("A password has at least %(count)s characters.") % {"count": self.min_length}


class NotTheOwnNumber:
    """The first thing that somebody else would try (Django's check of similarity reads plain text only)."""

    def validate(self, password, user=None):
        number = national(user.phone) if user else ""
        if number and number in password:
            raise ValidationError(self.get_help_text(), code="own_number")

    def get_help_text(self):
        return _("A password does not contain your mobile number.")
