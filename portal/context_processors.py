"""What the shell of 会员之家 shows on every page."""

from portal.shell import Shell
from portal.views.dev import has_inbox


def shell(request):
    """The shell of the request; it looks nothing up until a template of the portal asks."""
    return {"shell": Shell.of(request), "has_dev_inbox": has_inbox()}
