"""Who may see all background jobs, and have one tried again."""

from django.core.exceptions import PermissionDenied


def may_see(user):
    """Administrators: arguments and errors are theirs to read."""
    return user.is_active and user.has_perm("jobs.view_job")


def may_try_again(user):
    """Whoever sees the jobs and may have them tried again."""
    return may_see(user) and user.has_perm("jobs.retry_job")


def require(allowed):
    """Raise PermissionDenied (403) unless allowed."""
    if not allowed:
        raise PermissionDenied
