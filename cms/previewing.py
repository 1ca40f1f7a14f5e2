"""How an unpublished notice may be looked at: as the public page, or as a unit will see it."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

HOOK = "show_notice_as_unit"  # (request, notice, has_answered) → response; 会员之家 knows how its pages look
AWAITING, ANSWERED = "awaiting", "answered"


class PreviewedAsUnit:
    """A page with the previews of Wagtail and those of a member unit, before and after it has answered."""

    @property
    def preview_modes(self):
        return [
            ("", _("Public page")),
            (AWAITING, _("As a member (not answered)")),
            (ANSWERED, _("As a member (answered)")),
        ]

    def serve_preview(self, request, mode_name):
        shown = hooks.get_hooks(HOOK) if mode_name in (AWAITING, ANSWERED) else []
        if not shown:
            return super().serve_preview(request, "")
        return shown[0](request, self, has_answered=mode_name == ANSWERED)
