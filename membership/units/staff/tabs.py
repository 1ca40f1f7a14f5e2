"""Tabs of the page of one unit. Each room adds its own through the hook `register_unit_tab`."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import registry as log_registry

from membership.audit.models import AuditEntry
from membership.units import permissions
from membership.units.models import Document, LevelTerm, Membership, Qualification, Review, Seat
from membership.units.profile import CONTACT, FACTS, items, plain
from membership.units.states import MOVES, PAPERS, STANDING, DocumentKind, MembershipState

HOOK = "register_unit_tab"
SOON = timedelta(days=60)
PER_PAGE = 50
OF_MEMBERSHIP = ("joined_on", "was_member_before")


class UnitTab:
    """One tab: `name` in the address, `label`, `order`, and a template in which `tab` is what `get_context` says."""

    name = ""
    label = ""
    order = 0
    template_name = ""

    def is_shown(self, user):
        """Whether this person may see the tab, of any unit that the person may see."""
        return True

    def get_context(self, request, unit):
        """What the template shows. Starts at `for_user` for every noun."""
        return {}


def tabs_for(user):
    """The tabs that this person may see, in their order."""
    found = [tab() for tab in hooks.get_hooks(HOOK)]
    return sorted((tab for tab in found if tab.is_shown(user)), key=lambda tab: tab.order)


class FactsTab(UnitTab):
    """基本: what is on file, and who acts for the unit."""

    name, label, order = "facts", _("Facts"), 100
    template_name = "units/staff/unit/facts.html"

    def get_context(self, request, unit):
        facts = {"facts": {name: plain(getattr(unit, name)) for name in FACTS}, "documents": {}, "qualifications": []}
        found = {item.key: item for item in items(facts)}
        basic = [name for name in FACTS if name not in {*CONTACT, *OF_MEMBERSHIP, "entry_permit_valid_until"}]
        return {
            "groups": [
                (gettext("Basic facts"), [found[name] for name in basic]),
                (gettext("Contact"), [found[name] for name in CONTACT]),
                (gettext("Admission"), [found[name] for name in OF_MEMBERSHIP]),
            ],
            "seats": Seat.objects.for_user(request.user).filter(unit=unit).for_list(),
        }


class StandingTab(UnitTab):
    """分会: the standing in every body with the levels held, and what this person may decide on it."""

    name, label, order = "standing", _("Bodies"), 200
    template_name = "units/staff/unit/standing.html"

    def get_context(self, request, unit):
        terms = Prefetch("level_terms", LevelTerm.objects.select_related("level", "document", "decided_by"))
        memberships = Membership.objects.for_register(request.user).filter(unit=unit).for_list()
        rounds = Prefetch(
            "reviews", Review.objects.for_user(request.user).select_related("decided_by").order_by("-pk"), "rounds"
        )
        rows = list(memberships.prefetch_related(terms, rounds))
        seen = set(Membership.objects.for_user(request.user).filter(unit=unit).values_list("pk", flat=True))
        files = [term.document_id for row in rows for term in row.level_terms.all() if term.document_id]
        return {
            "rows": [(row, row.pk in seen, verbs_for(request.user, row) if row.pk in seen else []) for row in rows],
            "may_open": openable(request.user, files),
        }


class CertificatesTab(UnitTab):
    """资质: papers and qualification certificates with their files and how long they are valid."""

    name, label, order = "certificates", _("Qualifications"), 300
    template_name = "units/staff/unit/certificates.html"

    def get_context(self, request, unit):
        today = timezone.localdate()
        rows = list(Qualification.objects.for_user(request.user).filter(unit=unit).for_list())
        ids = {kind: getattr(unit, f"{kind}_id") for kind in PAPERS}
        files = Document.objects.in_bulk([pk for pk in ids.values() if pk])
        papers = []
        for kind in PAPERS:
            day = unit.entry_permit_valid_until if kind == DocumentKind.ENTRY_PERMIT else None
            papers.append((kind.label, files.get(ids[kind]), day, validity(day, today)))
        return {
            "papers": papers,
            "certificates": [(row, validity(row.valid_until, today)) for row in rows],
            "may_open": openable(request.user, [*files, *(row.document_id for row in rows)]),
        }


class AuditTab(UnitTab):
    """操作日志: what was done about the unit; without the right to the whole trail, what one did oneself."""

    name, label, order = "log", _("Audit log"), 900
    template_name = "units/staff/unit/log.html"

    def get_context(self, request, unit):
        user = request.user
        entries = AuditEntry.objects.filter(unit_id=unit.pk).select_related("actor")
        sees_all = user.has_perm("audit.view_auditentry")
        if not sees_all:
            entries = entries.filter(Q(actor=user) | self._about_own_branches(user, unit))
        bodies = dict(Membership.objects.filter(unit=unit).values_list("pk", "body__short_name"))
        page = Paginator(entries.order_by("-pk"), PER_PAGE).get_page(request.GET.get("p"))
        return {
            "page_obj": page,
            "entries": [(entry, verb_in_words(entry.verb), self._about(entry, bodies)) for entry in page],
            "sees_all": sees_all,
        }

    @staticmethod
    def _about_own_branches(user, unit):
        """Whoever sees every unit has no branch of their own; a secretary sees what was done about own memberships."""
        if user.has_perm("units.view_unit"):
            return Q(pk=None)
        memberships = Membership.objects.for_user(user).filter(unit=unit)
        reviews = Review.objects.for_user(user).filter(membership__unit=unit)
        return _about(memberships) | _about(reviews)

    @staticmethod
    def _about(entry, bodies):
        """Which body an act was about, and the state that it led to."""
        told = []
        if entry.object_type == "units.membership" and entry.object_id.isdigit():
            told.append(bodies.get(int(entry.object_id), ""))
            state = entry.after.get("state")
            if state in MembershipState.values and state != entry.before.get("state"):
                told.append(MembershipState(state).label)
        return " · ".join(str(word) for word in told if word)


def _about(nouns):
    """Entries about these objects."""
    ids = [str(pk) for pk in nouns.values_list("pk", flat=True)]
    return Q(object_type=nouns.model._meta.label_lower, object_id__in=ids)


def verbs_for(user, membership):
    """[(address, label)] of the pages on which this person may decide about the standing."""
    state = MembershipState(membership.state)
    verbs = []
    if state in STANDING and permissions.may_grant_level(user, membership):
        verbs.append(("level", _("Change level")))
    if permissions.may_review(user, membership):
        labels = {"suspend": _("Suspend"), "resume": _("Resume"), "leave": _("End membership")}
        verbs += [(verb, label) for verb, label in labels.items() if state in MOVES[verb][0]]
    return [(reverse(f"membership_{verb}", args=[membership.pk]), label) for verb, label in verbs]


def openable(user, ids):
    """Which of these files the person may open."""
    return set(Document.objects.for_user(user).filter(pk__in=ids).values_list("pk", flat=True))


def validity(day, today):
    """(tone, words) for the last day of a certificate: run out, soon, or nothing to say."""
    if day is None:
        return "", ""
    left = (day - today).days
    if left < 0:
        return "late", gettext("Run out")
    if left == 0:
        return "soon", gettext("Last day")
    if left <= SOON.days:
        return "soon", gettext("%(days)s days left") % {"days": left}
    return "ok", gettext("Valid")


def verb_in_words(verb):
    """The act as Wagtail's history tells it."""
    return str(log_registry.formatters[verb].message) if log_registry.action_exists(verb) else verb
