"""The graphic captcha: read once, right or wrong, by whoever sends first."""

import secrets
import unicodedata

from captcha.fields import CaptchaField
from captcha.models import CaptchaStore
from django.core.exceptions import ValidationError
from django.forms import MultiValueField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

CHARACTERS = "abcdefghjkmnpqrtuvwxy346789"  # none that looks like another
LENGTH = 4


def challenge():
    """What the picture shows and what must be typed; small and capital letters are the same."""
    answer = "".join(secrets.choice(CHARACTERS) for _place in range(LENGTH))
    return answer.upper(), answer


class GraphicCodeField(CaptchaField):
    """django-simple-captcha's field, whose answer is used up by one of two who send it at once."""

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Picture code"))
        kwargs["error_messages"] = {
            "invalid": _("The picture code is not right, or it is too old. Type the new one."),
            "required": _("Type the characters of the picture."),
        }
        super().__init__(**kwargs)

    def clean(self, value):
        key, answer = (list(value or ()) + ["", ""])[:2]
        MultiValueField.clean(self, [key, answer])
        CaptchaStore.remove_expired()
        shown = CaptchaStore.objects.filter(hashkey=key, expiration__gt=timezone.now()).first()
        used, _rows = CaptchaStore.objects.filter(hashkey=key).delete()
        if not (shown and used and shown.response == _plain(answer)):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return value


def _plain(answer):
    """What was typed, in the half-width small letters that Chinese input methods do not always write."""
    return unicodedata.normalize("NFKC", str(answer)).strip().lower()
