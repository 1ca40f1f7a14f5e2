"""单位信息 on its way: handed in, withdrawn, sent back, certified, changed; nothing half-written, nobody else's."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.units import actions
from membership.units.models import Document, Membership, ProfileDraft, Qualification, Review, Unit
from membership.units.profile import profile_of
from membership.units.states import ReviewState
from tests.factories import UnitFactory, UserFactory, document, qualification, uscc
from tests.files import pdf, pdf_bytes
from tests.membership.units.profiles import FILLED, as_posted, certificate, entries
from tests.portal.conftest import look
from tests.portal.profile import CHECK, DRAFT, EDIT, UNIT, Applicant, S, decide, parsed, summary, version, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def us(db):
    return Applicant()


@pytest.fixture
def reviewer(db):
    return UserFactory(root=True, name="周审")


# --- Handing in -----------------------------------------------------------------------------------------------------


def test_from_the_form_over_the_check_to_under_review(us):
    values = as_posted(entries(us.unit), action="submit")
    assert us.client.post(EDIT, values)["Location"] == CHECK
    page = look(us.client, CHECK)
    rows = {row.dt.text: row.dd for row in page.select("dl > div")}
    assert rows["单位名称"].find(string=True, recursive=False).strip() == "示范路桥有限公司"
    assert rows["QQ"].select_one(".text-3").text == "未提供"
    link = rows["地址"].select_one("a")
    assert (link["href"], link.text) == (f"{EDIT}#id_address", "修改 地址")
    assert rows["营业执照"].a.text == "business_license.pdf"
    assert us.state == S.DRAFT

    answer = us.client.post(CHECK, {"version": page.select_one("[name=version]")["value"]})
    assert answer["Location"] == f"{UNIT}?submitted"
    review = Review.objects.get()
    assert (us.state, us.fresh.address, Qualification.objects.get().unit) == (S.PENDING, "示范市建设路 1 号", us.unit)
    assert ProfileDraft.objects.count() == 0
    page = look(us.client, answer["Location"])
    dialog = page.select_one("dialog")
    assert [dialog.h2.text.strip(), dialog.p.text] == ["提交成功", "是否前往加入分会？"]
    assert [(link.text, link["href"]) for link in dialog.select("a")] == [
        ("取消", UNIT),
        ("前往", "/portal/unit/branches/"),
    ]
    page = look(us.client, UNIT)
    assert page.select("dialog, form [name=name]") == []
    facts = {row.dt.text: row.dd.text.strip() for row in page.select("dl > div")}
    assert (facts["受理编号"], facts["审核进度"]) == (review.reference, "等待审核人员查阅")
    assert [step.contents[1].strip() for step in page.select(".stepper > li")] == ["已提交", "初审", "认证"]
    assert "协会将在 3 个工作日内完成审核" in page.text


def test_an_incomplete_draft_is_not_checked_but_mended(us):
    us.client.post(EDIT, as_posted(entries(us.unit, papers=[], qq="1"), action="save"))
    before = written()
    assert us.client.get(CHECK)["Location"] == f"{EDIT}?check"
    assert us.client.post(CHECK, {"version": 1})["Location"] == f"{EDIT}?check"
    page = look(us.client, f"{EDIT}?check")
    assert summary(page) == [
        ("#id_qq", "QQ 号应为 5 至 12 位数字"),
        ("#id_business_license", "请上传营业执照"),
        ("#id_application_form", "请上传入会申请书"),
        ("#id_commitment_letter", "请上传申请材料真实性承诺书"),
    ]
    assert written() == before


def test_what_a_colleague_changed_meanwhile_is_checked_again(us):
    us.save()
    us.save(us.colleague(), version=1)
    before = written()
    answer = us.client.post(CHECK, {"version": 1})
    assert (answer.status_code, written()) == (409, before)
    assert parsed(answer).select_one(".banner-danger").p.text == "您打开此页后，单位信息有改动，请重新核对"


def test_sent_twice_it_is_handed_in_once(us):
    us.save()
    assert us.client.post(CHECK, {"version": 1}).status_code == 302
    again = us.client.post(CHECK, {"version": 1})
    assert (again.status_code, Review.objects.count()) == (409, 1)


def test_state_level_unit_and_number_that_are_posted_change_nothing(us, outsider):
    level = outsider.unit.memberships.get().level
    poison = {"state": "active", "level": level.pk, "unit": outsider.unit.pk, "member_no": "HY00001", "id": 1}
    poison |= {"submitted_at": "2020-01-01", "certificate_code": "X" * 16, "round": 9, "decided_by": us.user.pk}
    before = written()
    us.save(**poison)
    assert written() == before
    us.client.post(CHECK, {"version": 1, **poison})
    ours = Membership.objects.get(unit=us.unit)
    assert (ours.state, ours.level, ours.member_no, ours.round, ours.decided_by) == (S.PENDING, None, "", 1, None)
    assert (
        Unit.objects.values().get(pk=outsider.unit.pk)
        == before[0][[u["id"] for u in before[0]].index(outsider.unit.pk)]
    )
    assert us.fresh.certificate_code == us.unit.certificate_code
    assert (us.fresh.submitted_at - timezone.now()) < timedelta(minutes=1)


def test_a_unit_of_the_same_name_is_a_warning(us):
    us.save()
    assert look(us.client, CHECK).select(".banner-warn") == []
    UnitFactory(name="示范路桥有限公司", submitted_at=None)
    assert look(us.client, CHECK).select(".banner-warn") == []
    UnitFactory(name="示范路桥有限公司")
    assert look(us.client, CHECK).select_one(".banner-warn").p.text.startswith("已有同名单位登记")
    assert us.client.post(CHECK, {"version": 1}).status_code == 302


def test_the_entry_permit_is_no_concern_of_the_home_province(us):
    us.save()
    assert "入川备案许可证" not in look(us.client, CHECK).select_one("#papers").text


def test_a_credit_code_that_was_taken_meanwhile_is_said(us):
    us.save()
    UnitFactory(uscc=uscc(500))
    before = written()
    assert us.client.post(CHECK, {"version": 1})["Location"] == f"{EDIT}?check"
    assert written() == before


# --- Withdrawing and revising ---------------------------------------------------------------------------------------


def test_withdrawn_while_nobody_has_opened_it(us):
    us.hand_in()
    page = look(us.client, UNIT)
    assert [button.text.strip() for button in page.select(".form-actions--plain .btn")] == [
        "修改资料",
        "撤回",
        "加入分会",
    ]
    assert us.client.post("/portal/unit/withdraw/")["Location"] == UNIT
    assert us.state == S.DRAFT
    assert look(us.client, UNIT).select_one("#id_address")["value"] == "示范市建设路 1 号"


def test_not_withdrawn_once_a_reviewer_has_opened_it(us, reviewer):
    us.hand_in()
    actions.claim(Review.objects.get(), by=reviewer)
    page = look(us.client, UNIT)
    assert [button.text.strip() for button in page.select(".form-actions--plain .btn")] == ["修改资料", "加入分会"]
    us.client.post("/portal/unit/withdraw/")
    assert us.state == S.PENDING
    assert (
        look(us.client, UNIT).select_one(".banner").p.text
        == "协会已开始审核，不能撤回申请。如需更改，可修改资料后重新提交。"
    )


def test_revised_while_pending_it_is_a_new_round(us):
    us.hand_in()
    assert look(us.client, EDIT).select_one("#id_address")["value"] == "示范市建设路 1 号"
    us.hand_in(address="新地址 2 号")
    rounds = list(Review.objects.order_by("round").values_list("round", "state", "snapshot__facts__address"))
    assert rounds == [(1, "void", "示范市建设路 1 号"), (2, "open", "新地址 2 号")]


# --- Sent back ------------------------------------------------------------------------------------------------------


@pytest.fixture
def returned(us, reviewer):
    """Sent back with a fact and a certificate marked."""
    us.hand_in()
    row = Qualification.objects.get()
    verdicts = {
        "name": {"ok": True, "reason": "", "words": ""},
        "legal_representative": {"ok": False, "reason": "other", "words": "与执照不一致"},
        f"qualification:{row.pk}": {"ok": False, "reason": "blurred", "words": "第 2 页"},
    }
    decide(us.unit, reviewer, "send_back", remark="请修改两处", verdicts=verdicts)
    return us


def test_exactly_what_is_marked_is_highlighted(returned):
    page = look(returned.client, UNIT)
    inset = page.select_one(".inset-warn")
    assert inset.p.text == "请修改两处"
    assert [(item.a["href"], item.text) for item in inset.select("li")] == [
        ("#id_legal_representative", "法人代表：与执照不一致"),
        ("#certificate-1", "资质证书 1：模糊不清：第 2 页"),
    ]
    marked = page.select(".marked")
    assert [each.select_one(".returned").text.strip() for each in marked] == [
        "审核意见： 与执照不一致",
        "审核意见： 模糊不清：第 2 页",
    ]
    assert [bool(card.select("details")) for card in page.select("form .card")] == [True, True, True, True]
    assert page.select_one("details #id_address") is not None
    assert page.select("details #id_legal_representative, details .certificate") == []


def test_mended_it_goes_back_and_the_reviewer_sees_the_difference(returned):
    row = Qualification.objects.get()
    values = entries(returned.unit, legal_representative="新代表", rows=[certificate(returned.unit, id=str(row.pk))])
    returned.client.post(EDIT, as_posted(values, action="submit"))
    returned.client.post(CHECK, {"version": version(returned.unit)})
    assert returned.state == S.PENDING
    assert Qualification.objects.get().pk == row.pk
    assert [review.round for review in Review.objects.order_by("round")] == [1, 2]


# --- Certified ------------------------------------------------------------------------------------------------------


@pytest.fixture
def member(ours):
    """A certified unit with its papers on file."""
    facts = {name: value for name, value in FILLED.items() if name not in {"uscc", "was_member_before"}}
    papers = {f"{kind}_id": document(ours.unit, kind).pk for kind in ("business_license", "application_form")}
    papers["commitment_letter_id"] = document(ours.unit, "commitment_letter").pk
    Unit.objects.filter(pk=ours.unit.pk).update(**facts, **papers)
    qualification(ours.unit, valid_until=timezone.localdate() - timedelta(days=1))
    ours.unit.refresh_from_db()
    return ours


def proposal(member, **changes):
    """What the form of the change posts."""
    profile = profile_of(member.unit)
    facts = {name: str(value) for name, value in profile["facts"].items()}
    return as_posted({**profile, "facts": facts | changes}, action="submit", version=version(member.unit))


def propose(member, **changes):
    assert member.client.post(EDIT, proposal(member, **changes))["Location"] == CHECK
    return member.client.post(CHECK, {"version": version(member.unit)})


def test_a_certified_profile_is_read_only_with_two_ways_to_change_it(member):
    page = look(member.client, UNIT)
    assert [link.text.strip() for link in page.select(".page-head__actions a")] == [
        "修改联系信息",
        "申请变更",
        "打印登记表",
    ]
    assert page.select("main form") == []
    rows = {row.dt.text: row.dd for row in page.select("dl > div")}
    assert rows["资质证书 1"].select_one(".tag").text == "已过期"
    assert page.select_one(".banner").p.text == "有证书已过期，请通过“申请变更”上传新的证书。"


def test_contact_changes_at_once(member):
    posted = {
        "contact_name": "孙三",
        "contact_phone": "028-86000000-801",
        "address": "新址",
        "legal_representative": "某人",
    }
    assert member.client.post("/portal/unit/contact/", posted)["Location"] == UNIT
    member.unit.refresh_from_db()
    assert (member.unit.contact_name, member.unit.contact_phone, member.unit.address) == (
        "孙三",
        "028-86000000-801",
        "新址",
    )
    assert member.unit.legal_representative == "赵一"
    assert AuditEntry.objects.get(verb="units.update_contact").actor == member.user


def test_contact_that_is_wrong_is_refused_and_kept(member):
    before = written()
    answer = member.client.post("/portal/unit/contact/", {"contact_name": "", "contact_phone": "1", "address": "新址"})
    assert (answer.status_code, written()) == (422, before)
    assert parsed(answer).select_one("#id_address")["value"] == "新址"


@pytest.mark.parametrize("state", [S.DRAFT, S.PENDING, S.RETURNED, S.SUSPENDED, S.LEFT])
def test_contact_page_is_for_the_certified(ours, state):
    Membership.objects.filter(unit=ours.unit).update(state=state)
    assert ours.client.get("/portal/unit/contact/")["Location"] == UNIT


def test_a_change_is_proposed_and_the_certified_facts_stay(member, reviewer):
    page = look(member.client, EDIT)
    assert [card.text for card in page.select("form .card__head h2")] == ["基本信息", "入会信息", "证书材料"]
    assert page.select("#id_address, #id_contact_name") == []
    assert propose(member, legal_representative="新代表")["Location"] == f"{UNIT}?submitted"

    page = look(member.client, UNIT)
    rows = {row.dt.text: row.dd.text.strip() for row in page.select("dl > div")}
    assert rows["法人代表"] == "赵一"
    assert page.select_one(".inset h2").contents[0].strip() == "变更审核中"
    assert look(member.client, EDIT).select_one("#id_legal_representative")["value"] == "新代表"
    decide(member.unit, reviewer, "approve", subject="change")
    page = look(member.client, UNIT)
    rows = {row.dt.text: row.dd.text.strip() for row in page.select("dl > div")}
    assert (rows["法人代表"], page.select(".inset")) == ("新代表", [])


def test_a_change_is_withdrawn(member):
    propose(member, legal_representative="新代表")
    member.client.post("/portal/unit/change/withdraw/")
    assert Review.objects.get(subject="change").state == ReviewState.VOID
    assert look(member.client, EDIT).select_one("#id_legal_representative")["value"] == "赵一"


def test_a_change_that_comes_back_is_mended(member, reviewer):
    propose(member, legal_representative="新代表")
    verdicts = {"legal_representative": {"ok": False, "reason": "other", "words": "缺任命文件"}}
    decide(member.unit, reviewer, "send_back", subject="change", remark="请补充", verdicts=verdicts)
    assert look(member.client, UNIT).select_one(".inset-warn h2").contents[0].strip() == "变更申请已退回"
    page = look(member.client, EDIT)
    assert page.select_one("#id_legal_representative")["value"] == "新代表"
    assert [mark.select_one(".returned").text.strip() for mark in page.select(".marked")] == ["审核意见： 缺任命文件"]


def test_a_change_of_nothing_is_refused(member):
    before = written()
    member.client.post(EDIT, proposal(member))
    answer = member.client.post(CHECK, {"version": 1})
    assert (answer.status_code, written()) == (409, before)
    assert parsed(answer).select_one(".banner").p.text == "未修改需要审核的内容。"


# --- Doors ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [S.REJECTED, S.SUSPENDED, S.LEFT])
@pytest.mark.parametrize("url", [EDIT, CHECK])
def test_nothing_is_edited_in_the_other_states(ours, state, url):
    Membership.objects.filter(unit=ours.unit).update(state=state)
    before = written()
    for answer in (ours.client.get(url), ours.client.post(url, as_posted(entries(ours.unit), action="submit"))):
        assert answer["Location"] == UNIT
    assert ours.client.post(DRAFT, as_posted(entries(ours.unit))).status_code == 409
    assert (written(), ProfileDraft.objects.count()) == (before, 0)


@pytest.mark.parametrize("url", [EDIT, DRAFT, CHECK, "/portal/unit/withdraw/", "/portal/unit/change/withdraw/"])
def test_who_acts_for_no_unit_gets_nowhere(us, url):
    staff = Client()
    staff.force_login(UserFactory(root=True))
    before = written()
    assert (staff.post(url, {"version": 0}).status_code, written()) == (403, before)
    assert Client().post(url)["Location"].startswith("/accounts/login/")


def test_one_unit_sees_nothing_of_the_other(us, outsider):
    us.hand_in()
    for url in (UNIT, EDIT, CHECK):
        body = outsider.client.get(url, follow=True).content.decode()
        assert [text for text in ("示范路桥有限公司", "赵一", uscc(500)) if text in body] == []


@pytest.mark.parametrize("count", [1, 20])
def test_the_form_asks_as_often_for_twenty_certificates(us, count, django_assert_num_queries):
    rows = [certificate(us.unit) for _n in range(count)]
    us.client.post(EDIT, as_posted(entries(us.unit, rows=rows), action="save"))
    look(us.client, UNIT)
    with django_assert_num_queries(6):
        look(us.client, UNIT)


@pytest.mark.parametrize("count", [1, 20])
def test_the_record_asks_as_often_for_twenty_certificates(us, count, django_assert_num_queries):
    rows = [certificate(us.unit) for _n in range(count)]
    us.hand_in(rows=rows)
    with django_assert_num_queries(8):
        look(us.client, UNIT)


def test_bytes_of_a_pdf_are_what_they_were(us):
    us.client.post(
        EDIT, as_posted(entries(us.unit, papers=[]), action="save", **{"business_license-file": pdf("a.pdf")})
    )
    stored = Document.objects.get(original_name="a.pdf")
    with stored.file.open("rb") as file:
        assert file.read() == pdf_bytes()
