"""分会 for programs: rows, questions, applying, contact, leaving."""

import pytest
from django.test import Client

from membership.units.models import Body, Membership, Review
from tests.factories import clerk, document, review
from tests.files import pdf
from tests.portal.api.conftest import API, errors_of, problem_of, send
from tests.portal.branches import LI, S, branch, in_branch, in_chinese
from tests.portal.test_branch_questions import ANSWERS, NONSENSE, ask, kept

pytestmark = pytest.mark.django_db

TICKED = {"checkbox": (True, "是")}


def rows(person):
    return {row["slug"]: row for row in person.client.get(f"{API}/bodies").json()["items"]}


def apply(person, round=0, answers=(), slug="quality", **changes):
    entered = LI | {"round": round, "answers": list(answers)} | changes
    return send(person.client, "put", f"/bodies/{slug}/application", entered)


def state(unit):
    membership = Membership.objects.filter(unit=unit, body__slug="quality").first()
    return membership and membership.state


def test_rows_with_the_own_standing(ours, outsider):
    in_branch(ours.unit, S.ACTIVE)
    in_branch(outsider.unit, S.PENDING, slug="safety")
    told = rows(ours)
    assert list(told) == list(Body.objects.values_list("slug", flat=True))
    assert (told["quality"]["state"], told["quality"]["level"], told["quality"]["may_leave"]) == (
        "active",
        "普通会员",
        True,
    )
    assert (told["safety"]["state"], told["safety"]["application"]) == (None, "申请加入")
    association = next(row for row in told.values() if row["kind"] == "association")
    assert (association["state"], association["is_member"], association["application"]) == ("active", True, "")


def test_page_after_page(ours):
    slugs, cursor = [], ""
    while cursor is not None:
        page = ours.client.get(f"{API}/bodies?limit=2{cursor and '&cursor=' + cursor}").json()
        slugs += [row["slug"] for row in page["items"]]
        cursor = page["next_cursor"]
    assert slugs == list(Body.objects.values_list("slug", flat=True))


def test_applying_saying_the_same_again_and_revising(ours):
    assert apply(ours).json()["state"] == "pending"
    assert apply(ours, 1).json()["round"] == 1
    assert apply(ours, 1, contact_name="王五").json()["round"] == 2
    assert problem_of(apply(ours, 1, contact_name="赵六")) == (409, "stale")
    assert Membership.objects.get(unit=ours.unit, body=branch()).contact_name == "王五"
    assert Review.objects.filter(membership__body=branch()).count() == 2


@pytest.mark.parametrize("kind", ANSWERS)
def test_questions_of_every_kind(ours, kind):
    question = int(ask(kind).removeprefix("question_"))
    (told,) = ours.client.get(f"{API}/bodies/quality").json()["questions"]
    assert (told["id"], told["type"], told["required"]) == (question, kind, True)
    value, words = (ANSWERS | TICKED)[kind]
    answer = apply(ours, answers=[{"question": question, "value": value}])
    assert answer.status_code == 200
    assert answer.json()["answers"] == kept(ours.unit) == [{"label": "您的答复", "value": words}]
    (told,) = answer.json()["questions"]
    assert told["answer"] == (words.split("；") if isinstance(value, list) else True if kind == "checkbox" else words)


@pytest.mark.parametrize("kind", NONSENSE)
def test_answers_that_are_none(ours, kind):
    question = int(ask(kind).removeprefix("question_"))
    assert set(errors_of(apply(ours, answers=[{"question": question, "value": NONSENSE[kind]}]))) == {"answers.0.value"}
    assert set(errors_of(apply(ours, answers=[]))) == {"answers"}
    other = False if isinstance(NONSENSE[kind], list) else ["x"]
    assert set(errors_of(apply(ours, answers=[{"question": question, "value": other}]))) == {"answers.0.value"}
    assert state(ours.unit) is None


def test_what_is_not_asked(ours):
    assert set(errors_of(apply(ours, answers=[{"question": 999_999, "value": "x"}]))) == {"answers.0"}
    assert set(errors_of(apply(ours, contact_name=" "))) == {"contact_name"}
    assert state(ours.unit) is None


def test_why_a_unit_cannot_apply(ours, pending):
    Body.objects.filter(slug="quality").update(is_open=False)
    assert problem_of(apply(ours)) == (409, "branch_closed")
    assert rows(ours)["quality"]["obstacle"]["code"] == "branch_closed"
    pending.unit.memberships.update(state="draft")
    answer = apply(pending, slug="safety")
    assert problem_of(answer) == (409, "profile_first")
    assert answer.json()["detail"] == in_chinese("Submit the unit profile first.")


def test_what_came_back_is_marked(ours):
    membership = in_branch(ours.unit, S.RETURNED, remark="请修改")
    marks = {"contact_phone": {"ok": False, "reason": "other", "words": "号码有误"}}
    review(membership, state="returned", verdicts=marks, remark="请修改")
    told = ours.client.get(f"{API}/bodies/quality").json()
    assert told["remark"] == "请修改"
    assert told["marked"] == [{"field": "contact_phone", "label": "联系电话", "words": "号码有误"}]


def test_taken_back(ours):
    apply(ours)
    assert ours.client.post(f"{API}/bodies/quality/withdraw").json()["state"] == "draft"
    assert problem_of(ours.client.post(f"{API}/bodies/quality/withdraw")) == (409, "wrong_state")
    assert problem_of(ours.client.post(f"{API}/bodies/safety/withdraw")) == (404, "not_found")


def test_contact_of_a_member(ours):
    in_branch(ours.unit, S.ACTIVE)
    answer = send(ours.client, "put", "/bodies/quality/contact", LI | {"contact_name": "钱七"})
    assert answer.json()["contact"]["contact_name"] == "钱七"
    assert set(errors_of(send(ours.client, "put", "/bodies/quality/contact", LI | {"email": "x"}))) == {"email"}
    in_branch(ours.unit, S.PENDING, slug="safety")
    assert problem_of(send(ours.client, "put", "/bodies/safety/contact", LI)) == (409, "wrong_state")


class TestLeaving:
    def leave(self, client, **changes):
        return send(client, "post", "/bodies/quality/leave", {"reason": "业务调整", "document": None} | changes)

    def test_asked_once_and_taken_back(self, ours):
        in_branch(ours.unit, S.ACTIVE)
        stored = ours.client.post(f"{API}/unit/documents/leave_application", {"file": pdf()}).json()["id"]
        answer = self.leave(ours.client, document=stored)
        assert (answer.status_code, answer.json()["is_leaving"]) == (200, True)
        assert str(Review.objects.get(subject="leave").document_id) == stored
        assert problem_of(self.leave(ours.client)) == (409, "open_request")
        answer = ours.client.post(f"{API}/bodies/quality/leave/withdraw")
        assert (answer.status_code, answer.json()["is_leaving"]) == (200, False)
        assert problem_of(ours.client.post(f"{API}/bodies/quality/leave/withdraw")) == (404, "not_found")

    def test_only_by_the_administrator(self, ours):
        in_branch(ours.unit, S.ACTIVE)
        agent = Client()
        agent.force_login(clerk(ours.unit, duty="agent"))
        assert problem_of(self.leave(agent)) == (403, "forbidden")
        assert Review.objects.count() == 0

    def test_without_words_or_with_a_file_of_another_unit(self, ours, outsider):
        in_branch(ours.unit, S.ACTIVE)
        theirs = document(outsider.unit, "leave_application")
        assert set(errors_of(self.leave(ours.client, reason=" "))) == {"reason"}
        assert set(errors_of(self.leave(ours.client, document=str(theirs.pk)))) == {"document"}
        assert Review.objects.count() == 0

    def test_who_is_no_member(self, ours):
        assert problem_of(self.leave(ours.client)) == (404, "not_found")
