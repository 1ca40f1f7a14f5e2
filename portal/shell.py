"""The shell of 会员之家: identity card, menu and badges."""

from functools import cached_property, lru_cache
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.models import AssociationSettings
from membership.prepared import Prepared
from membership.tracking.models import Delivery
from membership.units.models import Membership, Unit
from membership.units.states import BodyKind, MembershipState
from portal.kept import HOLE

TAGS = {
    MembershipState.DRAFT: "muted",
    MembershipState.PENDING: "info",
    MembershipState.RETURNED: "warn",
    MembershipState.ACTIVE: "ok",
    MembershipState.REJECTED: "danger",
    MembershipState.SUSPENDED: "warn",
    MembershipState.LEFT: "muted",
}

HOUSE = "building-office-2"

# Why messages and dues are closed to a unit, and what comes next.
WHAT_IS_MISSING = {
    MembershipState.DRAFT: gettext_lazy(
        "Your unit has not applied for certification yet. Fill in the unit profile, upload the certificates and submit."
    ),
    MembershipState.PENDING: gettext_lazy("The application of your unit is under review. There is nothing to do now."),
    MembershipState.RETURNED: gettext_lazy(
        "The association has sent your application back. Change what it names and submit it again."
    ),
    MembershipState.REJECTED: gettext_lazy("The application was not approved. For questions contact the association."),
    MembershipState.SUSPENDED: gettext_lazy(
        "The membership of your unit is suspended. Until it is resumed, messages and dues are closed and no notices "
        "are sent. To resume it, contact the association."
    ),
    MembershipState.LEFT: gettext_lazy("Your unit has left the association. To join again, contact the association."),
}
# The page on which the unit can do something about it.
NEXT_STEPS = {
    MembershipState.DRAFT: (gettext_lazy("Fill in the unit profile"), "portal:unit"),
    MembershipState.PENDING: (gettext_lazy("See the steps"), "portal:home"),
    MembershipState.RETURNED: (gettext_lazy("Go and change it"), "portal:unit"),
}
STOPPED = {MembershipState.SUSPENDED, MembershipState.LEFT}
# What the reviewers or the staff have written is told as long as it is the last word.
WITH_REMARK = {MembershipState.RETURNED, MembershipState.REJECTED, *STOPPED}

# Why a person who acts for no unit sees nothing here, and where to go instead.
STAFF_WITHOUT_UNIT = gettext_lazy(
    "Your account belongs to the staff of the association and acts for no unit. "
    "Notices, reviews and receipts are found in the staff area."
)
WITHOUT_SEAT = gettext_lazy(
    "Fill in the unit profile to register your unit. If it is registered already, ask its administrator to invite "
    "your mobile number."
)


@Prepared
def memberships_of_unit_of(*, user):
    """The memberships of the unit for which a person acts, each with this unit."""
    return Membership.objects.filter(unit__seats__user=user).select_related("unit").for_list()


@Prepared
def unread_of(*, unit):
    """(category id, number of unread messages) of a unit."""
    return Delivery.objects.filter(unit=unit).numbers_of_unread()


class MenuItem(NamedTuple):
    key: str
    label: str
    url: str
    icon: str
    badge: int = 0
    active: bool = False


class Menu(NamedTuple):
    """The guide's menu: two entries before certification, four after, and the start page."""

    here: str  # the entry under which the page lies
    is_certified: bool
    unread: int

    @property
    def items(self):
        certified = (("messages", _("Message centre"), "bell"), ("dues", _("Dues"), "wallet"))
        account = ("account", _("Account"), "user-circle")
        return self._items(("home", _("Home"), "home"), ("unit", _("Unit profile"), HOUSE), certified, account)

    @property
    def tabs(self):
        """The bar at the foot of a phone: the menu in short words."""
        certified = (("messages", _("Inbox"), "bell"), ("dues", _("Fees"), "wallet"))
        me = ("me", _("Me"), "user-circle")
        return self._items(("home", _("Home"), "home"), ("unit", _("My unit"), HOUSE), certified, me)

    def _items(self, home, unit, certified, own):
        """`MenuItem` for each; before certification without the rooms that are closed until then."""
        for key, label, icon in [home, unit, *(certified if self.is_certified else ()), own]:
            is_here = self.here == key or (self.here, key) == ("account", "me")  # a phone has one entry for both
            badge = self.unread if key == "messages" else 0
            yield MenuItem(key, label, address(key), icon, badge, is_here)


class Identity(NamedTuple):
    """The card of who acts: name and mark of the unit, and how it stands in each body."""

    unit_name: str
    tag: str
    css: str
    standing: tuple[str, ...]


class Rail(NamedTuple):
    """What stands beside a page."""

    identity: Identity
    menu: Menu


class Topbar(NamedTuple):
    association: str
    person: str
    token: str = HOLE


class Shell:
    """Everything around a page: who acts, for which unit, with what standing, and where they can go."""

    def __init__(self, request):
        self.request = request

    @classmethod
    def of(cls, request):
        """The one shell of this request, so that the view and its template share what it has looked up."""
        if not hasattr(request, "shell"):
            request.shell = cls(request)
        return request.shell

    @property
    def user(self):
        return self.request.user

    @cached_property
    def unit(self):
        """The unit of the person with its memberships, or None. One query, two for a unit that applied nowhere."""
        memberships = memberships_of_unit_of(user=self.user.pk)
        if not memberships:
            return Unit.objects.filter(seats__user=self.user).with_memberships().first()
        return memberships[0].unit.having(memberships)

    @cached_property
    def memberships(self):
        return list(self.unit.memberships.all()) if self.unit else []

    @cached_property
    def certification(self):
        """The membership of the association, or None."""
        return next((m for m in self.memberships if m.body.kind == BodyKind.ASSOCIATION), None)

    @property
    def state(self):
        """The state of the unit is that of its certification."""
        return MembershipState(self.certification.state) if self.certification else MembershipState.DRAFT

    @property
    def is_certified(self):
        return self.state == MembershipState.ACTIVE

    @property
    def has_stopped(self):
        """The unit was a member and is none for now, or for good."""
        return self.state in STOPPED

    @property
    def missing(self):
        """Why messages and dues are closed to this unit, in a sentence; empty for a certified one."""
        return WHAT_IS_MISSING.get(self.state, "")

    @property
    def without_unit(self):
        """What a person without a seat is told."""
        return STAFF_WITHOUT_UNIT if self.user.is_staff else WITHOUT_SEAT

    @property
    def remark(self):
        """What the staff wrote when the application came back or was refused, or the membership stopped."""
        return self.certification.remark if self.state in WITH_REMARK and self.certification else ""

    @property
    def next_step(self):
        """Label and address of the page that leads on; None where only the association can help."""
        if self.state not in NEXT_STEPS:
            return None
        label, name = NEXT_STEPS[self.state]
        return {"label": label, "url": reverse(name)}

    @property
    def display_name(self):
        return str(self.user)

    @property
    def unit_name(self):
        return self.unit.name if self.unit else self.user.phone_masked

    @property
    def tag(self):
        """The mark beside the unit's name: label and colour of the state of its certification."""
        if not self.unit and self.user.is_staff:
            return {"label": _("Association staff"), "css": "info"}
        return {"label": self.state.label, "css": TAGS[self.state]}

    @property
    def standing(self):
        """One line per body (guide 一.(四)): 大协会普通会员, 安全分会普通会员, 质量分会理事."""
        return [m.standing_line for m in self.memberships if m.state == MembershipState.ACTIVE]

    @property
    def identity(self):
        mark = self.tag
        return Identity(str(self.unit_name), str(mark["label"]), mark["css"], tuple(self.standing))

    @cached_property
    def unread(self):
        """{category id: unread messages} of the unit. One query."""
        if not self.unit:
            return {}
        return dict(unread_of(unit=self.unit.pk))

    @property
    def unread_total(self):
        return sum(self.unread.values())

    @cached_property
    def menu(self):
        return Menu(self._here, self.is_certified, self.unread_total if self.is_certified else 0)

    @property
    def rail(self):
        return Rail(self.identity, self.menu)

    @property
    def topbar(self):
        return Topbar(AssociationSettings.current().name, self.display_name)

    @property
    def _here(self):
        """The entry of the menu under which this page lies; empty for none."""
        path = self.request.path
        if path == address("home"):
            return "home"
        return next((key for key, places in _places() if path.startswith(places)), "")


@lru_cache
def address(name):
    """Where a page of the portal without parameters lies; the same as long as the process lives."""
    return reverse(f"portal:{name}")


@lru_cache
def _places():
    """(entry of the menu, beginnings of the addresses that lie under it)."""
    pages = {"unit": (), "messages": (), "dues": (address("orders"),), "account": ("/accounts/",), "me": ()}
    return [(key, (address(key), *others)) for key, others in pages.items()]
