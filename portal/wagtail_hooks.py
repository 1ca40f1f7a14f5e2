"""What 会员之家 adds to the Wagtail admin."""

from wagtail import hooks

from cms.previewing import HOOK
from portal.previews import show_notice_as_unit

hooks.register(HOOK, show_notice_as_unit)
