"""Who may see and settle messages, and who may change their wording."""

from django.core.exceptions import PermissionDenied


def may_see(user):
    """Administrators: numbers of members stand in the list."""
    return user.is_active and user.has_perm("messaging.view_outboundmessage")


def may_settle(user):
    """Whoever sees the messages and may decide on those that did not arrive."""
    return may_see(user) and user.has_perm("messaging.settle_outboundmessage")


def may_edit_texts(user):
    """Administrators."""
    return user.is_active and user.has_perm("messaging.change_messagetext")


def require(allowed):
    """Raise PermissionDenied (403) unless allowed."""
    if not allowed:
        raise PermissionDenied
