"""The wording of a text as the administrator may change it."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminModelForm

from membership.messaging import texts

LINK = re.compile(r"https?:|www\.|\.(?:com|cn|net|org)\b", re.IGNORECASE)


class MessageTextForm(WagtailAdminModelForm):
    def clean_text(self):
        """One line with the variables of its key and nothing else in braces, and room for them within one SMS."""
        wording, key = self.cleaned_data["text"], self.instance.key
        needed = texts.placeholders(texts.TEXTS[key])
        try:
            is_right = texts.placeholders(wording) == needed
        except ValueError:
            is_right = False
        if not is_right:
            names = "、".join(f"{{{name}}}" for name in sorted(needed))
            raise ValidationError(
                _("Use exactly these variables: %(names)s.") % {"names": names}
                if needed
                else _("This text has no variables: leave out the braces.")
            )
        if any(sign in wording for sign in "【】"):
            raise ValidationError(_("The signature is added by itself: leave out 【】."))
        if LINK.search(wording):
            raise ValidationError(_("Text messages may not carry links."))
        self._keep_room(wording, needed)
        return wording

    def _keep_room(self, wording, needed):
        most = texts.SMS_MAX - texts.ROOM * len(needed)
        length = texts.own_length(wording)
        if length > most:
            raise ValidationError(
                _("Signature and words take %(length)d characters; at most %(most)d leave room for the variables.")
                % {"length": length, "most": most}
            )
