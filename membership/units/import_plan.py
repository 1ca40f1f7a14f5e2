"""What an import of members would do with each row: the one judgement for the check and for the moment of writing."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from membership.units.import_columns import BRANCH
from membership.units.models import Membership, Unit
from membership.units.states import BodyKind, MembershipState, RowVerdict

# Facts that go through a review: an import completes them and never overwrites them.
REVIEWED = ("name", "unit_type", "province", "city", "legal_representative", "joined_on")
# Facts that the unit may change at once, and so may the office.
AT_ONCE = ("address", "contact_department", "contact_name", "contact_phone", "email")


@dataclass
class Plan:
    """What becomes of one row: `problems` are [column key, sentence], `unit` and `branches` what would be written."""

    number: int
    facts: dict
    unit_id: int | None = None
    unit: dict = field(default_factory=dict)
    member_no: str = ""
    branches: dict = field(default_factory=dict)
    problems: list = field(default_factory=list)
    changes: list = field(default_factory=list)

    @property
    def verdict(self):
        if self.problems:
            return RowVerdict.REJECTED
        if self.unit_id is None:
            return RowVerdict.CREATED
        return RowVerdict.UPDATED if self.unit or self.member_no or self.branches else RowVerdict.UNCHANGED

    def as_json(self):
        """What must be the same when it is written as it was when it was shown."""
        return {
            "unit_id": self.unit_id,
            "unit": self.unit,
            "member_no": self.member_no,
            "branches": self.branches,
        }


class Judge:
    """Judges rows in the order of the file, a few hundred at a time: it remembers what the file has said so far."""

    def __init__(self, columns):
        self.columns = {column.key: column for column in columns}
        self.seen = {"uscc": {}, "name": {}, "member_no": {}}

    def judge(self, rows):
        """Plans for [(number, facts)]. Four queries, however many rows there are."""
        facts = [row for _number, row in rows]
        units = Unit.objects.filter(uscc__in=[f["uscc"] for f in facts], submitted_at__isnull=False)
        by_code = {unit.uscc: unit for unit in units.with_memberships()}
        by_name = dict(
            Unit.objects.filter(name__in=[f["name"] for f in facts], submitted_at__isnull=False).values_list(
                "name", "uscc"
            )
        )
        numbers = Membership.objects.certifications().filter(
            member_no__in=[f["member_no"] for f in facts if f["member_no"]]
        )
        by_number = dict(numbers.values_list("member_no", "unit__uscc"))
        return [self._plan(number, row, by_code, by_name, by_number) for number, row in rows]

    def _plan(self, number, facts, by_code, by_name, by_number):
        plan = Plan(number, facts)
        unit = by_code.get(facts["uscc"])
        self._once_in_the_file(plan)
        if by_name.get(facts["name"], facts["uscc"]) != facts["uscc"]:
            self._say(plan, "name", _("A unit of this name is registered with the code %s.") % by_name[facts["name"]])
        if by_number.get(facts["member_no"], facts["uscc"]) != facts["uscc"]:
            self._say(plan, "member_no", _("Another unit has this member number."))
        if unit is None:
            plan.branches = _branches(facts)
            return plan
        plan.unit_id = unit.pk
        self._against(plan, unit)
        return plan

    def _say(self, plan, key, sentence):
        plan.problems.append([key, str(sentence)])

    def _once_in_the_file(self, plan):
        for key, seen in self.seen.items():
            value = plan.facts[key]
            earlier = seen.setdefault(value, plan.number) if value else plan.number
            if earlier != plan.number:
                self._say(plan, key, _("Row %(number)s of the file says the same.") % {"number": earlier})

    def _against(self, plan, unit):
        """Compare with a unit that is registered: complete, change what may be changed, refuse what differs."""
        by_body = {membership.body_id: membership for membership in unit.memberships.all()}
        certification = next((m for m in by_body.values() if m.body.kind == BodyKind.ASSOCIATION), None)
        if certification is None or certification.state != MembershipState.ACTIVE:
            state = certification.get_state_display() if certification else ""
            self._say(plan, "uscc", _("This unit is registered, in the state “%s”. Decide there.") % state)
            return
        for key in (*REVIEWED, *AT_ONCE):
            self._compare(plan, unit, key)
        self._level(plan, "level", plan.facts["level"], certification)
        if certification.member_no and plan.facts["member_no"] not in ("", certification.member_no):
            self._differs(plan, "member_no", certification.member_no)
        elif plan.facts["member_no"] and not certification.member_no:
            plan.member_no = plan.facts["member_no"]
            self._change(plan, "member_no", "", plan.member_no)
        for body, level in _branches(plan.facts).items():
            self._branch(plan, int(body), level, by_body.get(int(body)))

    def _compare(self, plan, unit, key):
        old, new = getattr(unit, key), plan.facts[key]
        old = old.isoformat() if hasattr(old, "isoformat") else old or ""
        if not new or new == old:
            return
        if old and key in REVIEWED:
            self._differs(plan, key, self._words(key, old))
        else:
            plan.unit[key] = new
            self._change(plan, key, self._words(key, old), self._words(key, new))

    def _branch(self, plan, body_id, level, membership):
        key = f"{BRANCH}{body_id}"
        if membership is None:
            plan.branches[str(body_id)] = level
            self._change(plan, key, "", self._words(key, level))
        elif membership.state == MembershipState.ACTIVE:
            self._level(plan, key, level, membership)
        else:
            state = membership.get_state_display()
            self._say(plan, key, _("The membership of the branch is in the state “%s”. Decide there.") % state)

    def _level(self, plan, key, level, membership):
        if level != membership.level_id:
            self._differs(plan, key, membership.level.name)

    def _differs(self, plan, key, registered):
        sentence = _("Differs from the register, which says “%s”. Change it there, or correct the file.")
        self._say(plan, key, sentence % registered)

    def _change(self, plan, key, before, after):
        plan.changes.append([self.columns[key].title, before, after])

    def _words(self, key, value):
        """The value of a column as people read it."""
        names = getattr(self.columns[key].field, "names", {})
        return str(names.get(value, value))


def _branches(facts):
    """{branch: level} of those that the row names; keys are texts, as in JSON."""
    return {key.removeprefix(BRANCH): level for key, level in facts.items() if key.startswith(BRANCH) and level}
