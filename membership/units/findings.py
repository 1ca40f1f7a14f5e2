"""What the machine finds in something handed in, so that the reviewer need not look for it: marks, never decisions."""

from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from membership.units.models import MembershipSettings, Unit
from membership.units.papers import missing_documents
from membership.units.profile import facts_in
from membership.units.regions import Province
from membership.units.states import DocumentKind, MembershipState, ReviewSubject
from membership.units.uscc import validate_uscc

OK, WARN, BAD = "ok", "warn", "bad"
SOON = timedelta(days=60)
NAMED = 3  # other units that a finding names


@dataclass(frozen=True)
class Finding:
    """A sentence about one item (`key`, empty for the whole) and how much it weighs: ok, warn or bad."""

    weight: str
    words: str
    key: str = ""


def findings(review):
    """What is found in this review, the grave first. Two queries at most."""
    if review.subject == ReviewSubject.LEAVE:
        return []
    if not review.membership.is_certification:
        return [_certification(review.membership.unit)]
    profile, facts = review.snapshot, facts_in(review.snapshot)
    found = [
        *_credit_code(facts),
        *_elsewhere(review.membership.unit_id, facts),
        *_dates(profile, facts),
        *_papers(review, profile, facts),
    ]
    return sorted(found, key=lambda finding: [BAD, WARN, OK].index(finding.weight))


def _certification(unit):
    certification = unit.certification
    if certification.state == MembershipState.ACTIVE:
        return Finding(OK, _("The association has certified the unit."))
    words = _("The association has not certified the unit yet (%(state)s): the branch can approve it only afterwards.")
    return Finding(BAD, words % {"state": certification.get_state_display()})


def _credit_code(facts):
    try:
        validate_uscc(facts.uscc)
    except ValidationError as wrong:
        yield Finding(BAD, " ".join(wrong.messages), "uscc")
        return
    yield Finding(OK, _("The check digit of the credit code is right."), "uscc")
    region = facts.uscc[2:4]
    if region in Province.values and region != facts.province:
        words = {"code": Province(region).label, "place": Province(facts.province).label}
        yield Finding(WARN, _("The credit code was given in %(code)s, the unit says %(place)s.") % words, "province")


def _elsewhere(unit_id, facts):
    """The same code, name or telephone with another unit that has handed in its application. One query."""
    same = Q(uscc=facts.uscc) | Q(name=facts.name) | Q(contact_phone=facts.contact_phone)
    others = list(Unit.objects.filter(same, submitted_at__isnull=False).exclude(pk=unit_id).order_by("pk")[:20])
    checks = [
        ("uscc", BAD, _("The same credit code is registered for: %(units)s.")),
        ("name", WARN, _("Another unit has the same name: %(units)s.")),
        ("contact_phone", WARN, _("The same contact phone is registered for: %(units)s.")),
    ]
    for key, weight, words in checks:
        value = getattr(facts, key)
        named = [f"{unit.name}（{unit.uscc}）" for unit in others if value and getattr(unit, key) == value]
        if named:
            more = "……" if len(named) > NAMED else ""
            yield Finding(weight, words % {"units": "、".join(named[:NAMED]) + more}, key)
    if not others:
        yield Finding(OK, _("No other unit has this code, name or contact phone."))


def _dates(profile, facts):
    today = timezone.localdate()
    dated = [(f"qualification:{row['id']}", _certificate(row), row["valid_until"]) for row in profile["qualifications"]]
    permit = facts.entry_permit_valid_until
    dated.append(("entry_permit", str(DocumentKind.ENTRY_PERMIT.label), permit.isoformat() if permit else ""))
    for key, name, until in dated:
        if until and until < today.isoformat():
            yield Finding(BAD, _("%(name)s ran out on %(day)s.") % {"name": name, "day": until}, key)
        elif until and until < (today + SOON).isoformat():
            yield Finding(WARN, _("%(name)s runs out on %(day)s.") % {"name": name, "day": until}, key)


def _certificate(row):
    label = str(DocumentKind.QUALIFICATION.label)
    return f"{label} {row['certificate_no']}".strip()


def _papers(review, profile, facts):
    rules = MembershipSettings.current()
    missing = missing_documents(facts, profile["documents"], profile["qualifications"])
    for kind in missing:
        yield Finding(BAD, _("Missing: %(name)s.") % {"name": DocumentKind(kind).label}, str(kind))
    if review.waives_papers:
        words = {"day": facts.joined_on, "rule": rules.paperwork_exempt_before}
        sentence = _(
            "No application form or letter: the unit says that it joined on %(day)s, before %(rule)s. Check it in the "
            "old lists of members before you approve."
        )
        yield Finding(WARN, sentence % words, "joined_on")
    permit = profile["documents"].get(str(DocumentKind.ENTRY_PERMIT))
    is_outside = facts.province != rules.home_province
    if is_outside and permit:
        yield Finding(OK, _("From another province, with its entry permit."), "entry_permit")
    elif permit:
        yield Finding(WARN, _("An entry permit of a unit from the home province."), "entry_permit")
