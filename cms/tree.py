"""The members' tree: pages that carry a view restriction, and all below them. What is in it must not get out."""

from wagtail.models import PagePermissionTester, PageViewRestriction


def is_members_only(page):
    """Whether the page or one of its ancestors carries a view restriction."""
    return page.get_view_restrictions().exists()


def would_get_out(page, parent):
    """Whether the page, set or copied below `parent`, would lose the restriction that it now inherits."""
    return is_members_only(page) and not page.view_restrictions.exists() and not is_members_only(parent)


class RestrictionsAsFound:
    """A page that need not be asked for its restrictions where the query that found it saw that there are none."""

    is_kept_from_nobody = False

    def get_view_restrictions(self):
        return PageViewRestriction.objects.none() if self.is_kept_from_nobody else super().get_view_restrictions()


class NoticePermissionTester(PagePermissionTester):
    """Who may read a notice follows from its place in the tree; there is no switch on the page for it."""

    def can_set_view_restrictions(self):
        return False
