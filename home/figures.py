"""Numbers that the open site tells of the association, counted at most every five minutes in each process."""

from django.core.cache import caches
from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from home import listing
from membership.units.models import Body, Membership
from membership.units.states import BodyKind

SECONDS = 300


class FigureSource(TextChoices):
    """Where a figure on the home page comes from."""

    ENTERED = "entered", _("The number entered here")
    MEMBERS = "members", _("Counted: member units of the association")
    BRANCHES = "branches", _("Counted: branches")
    BRANCH_MEMBERS = "branch_members", _("Counted: memberships in branches")
    NOTICES = "notices", _("Counted: open announcements and activities of this year")


COUNTED = {
    FigureSource.MEMBERS: lambda: Membership.objects.certifications().in_force().count(),
    FigureSource.BRANCHES: lambda: Body.objects.filter(kind=BodyKind.BRANCH).count(),
    FigureSource.BRANCH_MEMBERS: lambda: (
        Membership.objects.filter(body__kind=BodyKind.BRANCH, unit__in=_members()).in_force().count()
    ),
    FigureSource.NOTICES: lambda: (
        listing.open_notices().filter(first_published_at__year=timezone.localtime().year).count()
    ),
}


def _members():
    return Membership.objects.certifications().in_force().values("unit")


def counted(source):
    """The number now, or as it was up to five minutes ago."""
    return caches["process"].get_or_set(f"home.figure.{source}", COUNTED[source], SECONDS)


def members_of(body):
    """How many units are members of this branch, and of the association too; or were up to five minutes ago."""

    def count():
        return Membership.objects.filter(body=body, unit__in=_members()).in_force().count()

    return caches["process"].get_or_set(f"home.members.{body.pk}", count, SECONDS)
