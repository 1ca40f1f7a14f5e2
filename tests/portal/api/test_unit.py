"""单位信息 for programs: the same draft, the same rules and sentences, the same rounds as on the page."""

import pytest

from membership.audit.models import AuditEntry
from membership.units.models import Document, ProfileDraft, Review, Seat, Unit
from membership.units.profile import profile_of
from tests.factories import UserFactory, document, put_papers_on_file, qualification, uscc
from tests.files import docx, pdf
from tests.membership.units.profiles import FILLED, certificate
from tests.portal.api.conftest import API, errors_of, logged_in, problem_of, send
from tests.portal.profile import EDIT, Applicant, S, decide, parsed, summary

pytestmark = pytest.mark.django_db

FIRST = ("name", "uscc", "unit_type", "province", "legal_representative", "contact_name", "contact_phone")


@pytest.fixture
def us(db):
    return Applicant()


@pytest.fixture
def reviewer(db):
    return UserFactory(root=True, name="周审")


def upload(us, kind="business_license", file=None):
    return us.client.post(f"{API}/unit/documents/{kind}", {"file": file or pdf()})


def facts():
    return FILLED | {"was_member_before": False}


def draft(us, version=0, **changes):
    return send(us.client, "patch", "/unit/draft", {"version": version, **changes})


def complete(us):
    """Everything that handing in asks for; the answer."""
    papers = {
        kind: upload(us, kind).json()["id"] for kind in ("business_license", "application_form", "commitment_letter")
    }
    row = certificate(us.unit, document=upload(us, "qualification").json()["id"])
    row |= {"id": None, "category": int(row["category"])}
    return draft(us, facts=facts(), documents=papers, qualifications=[row])


def look(us):
    answer = us.client.get(f"{API}/unit")
    assert answer.status_code == 200
    return answer.json()


class TestRegistering:
    def test_a_person_without_a_unit_becomes_its_administrator(self, outsider):
        person = logged_in(UserFactory(name="李四"))
        answer = send(person.client, "post", "/unit", {name: FILLED[name] for name in FIRST})
        assert answer.status_code == 201
        assert (answer.json()["state"], answer.json()["hands_in"]) == ("draft", "submit")
        seat = Seat.objects.get(user=person.user)
        assert (seat.unit.name, seat.duty) == (FILLED["name"], "owner")
        again = send(person.client, "post", "/unit", {name: FILLED[name] for name in FIRST})
        assert problem_of(again) == (409, "has_seat")

    def test_the_sentences_of_the_page(self):
        person = logged_in(UserFactory())
        before = Unit.objects.count()
        errors = errors_of(send(person.client, "post", "/unit", {name: FILLED[name] for name in FIRST} | {"uscc": "1"}))
        page = parsed(person.client.post("/portal/unit/", FILLED | {"uscc": "1"}))
        assert set(errors) == {"uscc"}
        assert errors["uscc"] in page.text
        assert Unit.objects.count() == before

    def test_a_unit_that_is_registered_already(self, ours):
        person = logged_in(UserFactory())
        entered = {name: FILLED[name] for name in FIRST} | {"uscc": ours.unit.uscc}
        assert problem_of(send(person.client, "post", "/unit", entered)) == (409, "uscc_taken")


class TestDraft:
    def test_anything_may_be_kept_and_what_is_missing_is_said(self, us):
        answer = draft(us, facts={"legal_representative": "赵\0一", "staff_count": "很多"})
        assert answer.status_code == 200
        told = answer.json()
        assert (told["draft"]["version"], told["draft"]["saved_by"]) == (1, "李四")
        assert told["draft"]["facts"]["staff_count"] == "很多"
        to_do = {each["field"]: each["words"] for each in told["to_do"]}
        assert {"facts.staff_count", "facts.address", "documents.business_license", "qualifications"} <= set(to_do)
        assert Unit.objects.get(pk=us.unit.pk).legal_representative == us.unit.legal_representative

    def test_what_is_left_out_stays(self, us):
        complete(us)
        told = draft(us, 1, facts={"address": "新路 2 号"}).json()
        assert (told["draft"]["facts"]["address"], told["draft"]["facts"]["city"]) == ("新路 2 号", FILLED["city"])
        assert len(told["draft"]["qualifications"]) == 1
        assert told["to_do"] == []

    def test_a_paper_is_replaced_and_taken_away(self, us):
        first = complete(us).json()["draft"]["documents"]["business_license"]
        other = upload(us).json()
        assert other["note"] != ""
        told = draft(us, 1, documents={"business_license": other["id"]}).json()
        assert told["draft"]["documents"]["business_license"] == other["id"] != first
        told = draft(us, 2, documents={"business_license": None}).json()
        assert told["draft"]["documents"]["business_license"] is None
        assert [each["field"] for each in told["to_do"]] == ["documents.business_license"]
        assert Document.objects.filter(unit=us.unit, kind="business_license").count() == 2

    def test_a_colleague_who_was_quicker_is_not_overwritten(self, us):
        draft(us, facts={"city": "成都市"})
        answer = send(us.colleague(), "patch", "/unit/draft", {"version": 0, "facts": {"city": "绵阳市"}})
        assert problem_of(answer) == (409, "stale")
        assert ProfileDraft.objects.get().values["facts"]["city"] == "成都市"

    def test_a_file_of_another_unit_is_none(self, us, outsider):
        theirs = document(outsider.unit)
        complete(us)
        told = draft(us, 1, documents={"business_license": str(theirs.pk)}).json()
        assert [each["field"] for each in told["to_do"]] == ["documents.business_license"]
        assert problem_of(send(us.client, "post", "/unit/submit", {"version": 2})) == (422, "invalid")
        assert us.state == S.DRAFT

    def test_what_the_page_saved_is_there(self, us):
        us.save()
        assert look(us)["draft"]["facts"] == {name: FILLED.get(name, "") for name in look(us)["draft"]["facts"]} | {
            "was_member_before": False
        }


class TestHandingIn:
    def test_from_the_draft_to_under_review(self, us):
        assert complete(us).json()["to_do"] == []
        answer = send(us.client, "post", "/unit/submit", {"version": 1})
        assert answer.status_code == 200
        told = answer.json()
        assert (told["state"], told["hands_in"], told["may_withdraw"]) == ("pending", "revise", True)
        assert (told["application"]["reference"], us.state) == (Review.objects.get().reference, S.PENDING)
        assert us.fresh.address == FILLED["address"]
        assert AuditEntry.objects.filter(verb="units.submit").count() == 1

    def test_what_is_missing_is_said_in_the_words_of_the_page(self, us):
        draft(us, facts={"address": ""})
        answer = send(us.client, "post", "/unit/submit", {"version": 1})
        words = [words for _anchor, words in summary(parsed(us.client.get(f"{EDIT}?check")))]
        assert set(errors_of(answer)) >= {"facts.address", "documents.business_license", "qualifications"}
        assert any(errors_of(answer)["facts.address"] in line for line in words)
        assert (us.state, Review.objects.count()) == (S.DRAFT, 0)

    def test_what_a_colleague_changed_meanwhile_is_read_again(self, us):
        complete(us)
        draft(us, 1, facts={"city": "绵阳市"})
        assert problem_of(send(us.client, "post", "/unit/submit", {"version": 1})) == (409, "stale")
        assert us.state == S.DRAFT

    def test_taken_back_until_a_reviewer_has_opened_it(self, us):
        complete(us)
        send(us.client, "post", "/unit/submit", {"version": 1})
        answer = us.client.post(f"{API}/unit/withdraw")
        assert (answer.status_code, answer.json()["state"]) == (200, "draft")
        assert problem_of(us.client.post(f"{API}/unit/withdraw")) == (409, "wrong_state")

    def test_what_comes_back_names_the_fields(self, us, reviewer):
        complete(us)
        send(us.client, "post", "/unit/submit", {"version": 1})
        marked = {"contact_phone": {"ok": False, "reason": "other", "words": "号码有误"}}
        marked["business_license"] = {"ok": False, "reason": "blurred", "words": ""}
        row = Review.objects.get().snapshot["qualifications"][0]["id"]
        marked[f"qualification:{row}"] = {"ok": False, "reason": "expired", "words": ""}
        decide(us.unit, reviewer, "send_back", remark="请修改", verdicts=marked)
        told = look(us)
        assert (told["state"], told["remark"], told["hands_in"]) == ("returned", "请修改", "submit")
        assert {each["field"]: each["words"] for each in told["application"]["remarks"]} == {
            "facts.contact_phone": "号码有误",
            "documents.business_license": "模糊不清",
            "qualifications.0": "已过期",
        }

    def test_a_unit_that_was_refused_hands_nothing_in(self, us):
        us.unit.memberships.update(state="rejected", submitted_at=us.unit.created_at)
        told = look(us)
        assert (told["hands_in"], told["draft"], told["to_do"]) == ("", None, [])
        assert problem_of(draft(us, facts={"city": "x"})) == (409, "wrong_state")
        assert problem_of(send(us.client, "post", "/unit/submit", {"version": 0})) == (409, "wrong_state")


class TestCertified:
    @pytest.fixture
    def filled(self, ours):
        for name, value in FILLED.items():
            if name not in {"name", "uscc", "was_member_before"}:
                setattr(ours.unit, name, value)
        put_papers_on_file(ours.unit)
        return ours

    def test_a_change_is_proposed_and_the_certified_facts_stay(self, filled):
        told = draft(filled, facts={"legal_representative": "钱七"}).json()
        assert (told["hands_in"], told["to_do"]) == ("request_change", [])
        told = send(filled.client, "post", "/unit/submit", {"version": 1}).json()
        assert (told["change"]["state"], told["on_file"]["facts"]["legal_representative"]) == ("open", "赵一")
        told = filled.client.post(f"{API}/unit/change/withdraw").json()
        assert told["change"]["state"] == "void"

    def test_what_changes_at_once_is_no_part_of_it(self, filled):
        assert set(errors_of(draft(filled, facts={"address": "新路"}))) == {"facts.address"}
        told = send(filled.client, "patch", "/unit/contact", {"address": "新路 3 号", "staff_count": "7"}).json()
        assert (told["on_file"]["facts"]["address"], told["on_file"]["facts"]["staff_count"]) == ("新路 3 号", "7")
        assert told["on_file"]["facts"]["contact_name"] == FILLED["contact_name"]
        errors = errors_of(send(filled.client, "patch", "/unit/contact", {"contact_phone": "不是电话"}))
        assert set(errors) == {"contact_phone"}

    def test_contact_before_certification_is_part_of_the_draft(self, us):
        assert problem_of(send(us.client, "patch", "/unit/contact", {"address": "新路"})) == (409, "wrong_state")

    def test_without_a_proposed_change(self, ours):
        assert problem_of(ours.client.post(f"{API}/unit/change/withdraw")) == (404, "not_found")


class TestDocuments:
    def test_pages_of_own_files_the_newest_first(self, us, outsider):
        ids = [upload(us).json()["id"] for _number in range(3)]
        document(outsider.unit)
        document(us.unit, "receipt")
        first = us.client.get(f"{API}/unit/documents?limit=2").json()
        assert [row["id"] for row in first["items"]] == ids[:0:-1]
        second = us.client.get(f"{API}/unit/documents?limit=2&cursor={first['next_cursor']}").json()
        assert ([row["id"] for row in second["items"]], second["next_cursor"]) == (ids[:1], None)
        assert us.client.get(f"{API}/unit/documents?kind=qualification").json()["items"] == []

    def test_a_cursor_of_another_list(self, us):
        cursor = us.client.get(f"{API}/bodies?limit=1").json()["next_cursor"]
        answer = us.client.get(f"{API}/unit/documents?cursor={cursor}")
        assert problem_of(answer) == (422, "malformed")

    def test_what_is_no_scan(self, us):
        assert set(errors_of(upload(us, file=docx()))) == {"file"}
        assert problem_of(upload(us, "receipt")) == (422, "malformed")
        assert Document.objects.count() == 0

    def test_choices(self, us):
        told = us.client.get(f"{API}/unit/choices").json()
        assert {"value": "contractor", "label": "施工"} in told["unit_types"]
        assert {"value": "51", "label": "四川省"} in told["provinces"]
        assert any(each["grades"] for each in told["categories"])


def test_on_file_is_what_is_on_file(ours):
    qualification(ours.unit)
    told = look(ours)["on_file"]
    assert told["qualifications"][0]["category"] == profile_of(ours.unit)["qualifications"][0]["category"]
    assert told["facts"]["uscc"] == ours.unit.uscc != uscc(500)
