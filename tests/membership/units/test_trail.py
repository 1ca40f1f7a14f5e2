"""What cannot be recorded does not happen: every verb of the member register, with an audit trail that breaks."""

import pytest
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.messaging.gateways import memory
from membership.units import actions
from membership.units.profile import profile_of
from membership.units.states import MOVES, DocumentKind
from tests.factories import UserFactory, put_papers_on_file, review, uscc
from tests.files import pdf
from tests.membership.units.conftest import BY_UNIT, act, branch, handed_in, in_state, level, snapshot

pytestmark = pytest.mark.django_db
FROM = {"suspend": "active", "resume": "suspended", "leave": "active", "submit": "draft"}


class BrokenTrail(Exception):
    pass


@pytest.fixture
def broken_trail(people, monkeypatch):
    """Returns a check: the call fails with the trail, and nothing of it stays."""

    def check(call):
        def broken(self, *args, **kwargs):
            raise BrokenTrail

        before = snapshot()
        memory.outbox.clear()
        monkeypatch.setattr(AuditEntry, "save", broken)
        with pytest.raises(BrokenTrail):
            call()
        assert snapshot() == before
        assert memory.outbox == []

    return check


@pytest.mark.parametrize("slug", ["association", "quality"])
@pytest.mark.parametrize("verb", MOVES)
def test_move_of_a_membership(people, broken_trail, verb, slug):
    put_papers_on_file(people.unit)
    made = handed_in(people.unit, FROM.get(verb, "pending"), None if slug == "association" else branch(slug))
    broken_trail(lambda: act(verb, made.membership, people.owner if verb in BY_UNIT else people.reviewer))


@pytest.mark.parametrize("subject", ["change", "leave"])
@pytest.mark.parametrize("verb", ["approve", "send_back", "reject"])
def test_decision_on_a_request(people, broken_trail, verb, subject):
    proposal = profile_of(people.unit)
    proposal["facts"]["name"] = "示范建设集团"
    made = handed_in(people.unit, "active", subject=subject, snapshot=proposal)
    broken_trail(lambda: act(verb, made.membership, people.reviewer))


def test_leaving_with_branches(people, broken_trail):
    membership = in_state(people.unit, "active")
    review(in_state(people.unit, "active", branch()), "leave")
    broken_trail(lambda: act("leave", membership, people.reviewer))


def proposal(people):
    changed = profile_of(people.unit)
    changed["facts"]["name"] = "示范建设集团"
    return changed


FACTS = {"name": "新设建设", "unit_type": "contractor", "province": "51", "legal_representative": "张三"}
OTHERS = {
    "register_unit": lambda p: actions.register_unit(by=UserFactory(), uscc=uscc(901), **FACTS),
    "apply": lambda p: actions.apply(p.unit, branch(), by=p.owner, contact_name="王五"),
    "claim": lambda p: actions.claim(p.waiting, by=p.reviewer),
    "release": lambda p: actions.release(p.claimed, by=p.administrator),
    "assign": lambda p: actions.assign(p.waiting, by=p.reviewer, to=p.administrator),
    "judge": lambda p: actions.judge(p.waiting, by=p.reviewer, verdicts={"name": {"ok": True}}),
    "add_note": lambda p: actions.add_note(p.waiting, by=p.reviewer, text="已电话核实"),
    "change_level": lambda p: actions.change_level(
        p.member, by=p.reviewer, level=level(slug="council"), since=timezone.localdate(), remark="换届"
    ),
    "update_contact": lambda p: actions.update_contact(p.unit, by=p.agent, contact_name="王五"),
    "request_change": lambda p: actions.request_change(p.unit, by=p.owner, profile=proposal(p)),
    "request_leave": lambda p: actions.request_leave(p.member, by=p.owner, remark="业务调整"),
    "withdraw_request": lambda p: actions.withdraw_request(p.waiting, by=p.owner),
    "store_document": lambda p: actions.store_document(pdf(), unit=p.unit, kind=DocumentKind.RECEIPT, by=p.owner),
}


@pytest.mark.parametrize("verb", OTHERS)
def test_other_verb(people, broken_trail, verb):
    put_papers_on_file(people.unit)
    people.waiting = handed_in(people.unit, "active", subject="change")
    people.member = people.waiting.membership
    people.claimed = actions.claim(review(people.member, "leave"), by=people.administrator)
    broken_trail(lambda: OTHERS[verb](people))
