"""单位同事 and the way in for a person without a unit: first form, invitations, removal, handing over."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.units import actions
from membership.units.models import INVITATION_LIFETIME, Seat, SeatInvitation, Unit
from tests.factories import UnitFactory, UserFactory, clerk, uscc
from tests.portal.conftest import look

pytestmark = pytest.mark.django_db

PEOPLE = "/portal/me/people/"
NUMBER = "+8613811139999"


def logged_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def agent(ours):
    return clerk(ours.unit, duty="agent", name="钱芳", phone="+8613811138121")


@pytest.fixture
def newcomer(db):
    return UserFactory(name="孙浩", phone=NUMBER)


@pytest.fixture
def invitation(ours):
    return actions.invite(ours.unit, NUMBER, by=ours.user)


def facts():
    return (
        list(Seat.objects.order_by("pk").values()),
        list(SeatInvitation.objects.order_by("pk").values()),
        Unit.objects.count(),
        AuditEntry.objects.count(),
    )


def names(page, heading):
    card = next(card for card in page.select("main .card") if card.h2 and card.h2.text == heading)
    return [row.strong.text for row in card.select(".people__row")]


def banner(page):
    return [banner.p.text for banner in page.select(".banner")]


# --- Without a unit -----------------------------------------------------------------------------------------------
REGISTER = {
    "name": "  示范新建　有限公司 ",
    "uscc": uscc(77).lower(),
    "unit_type": "contractor",
    "province": "51",
    "legal_representative": "张三",
    "contact_name": "孙浩",
    "contact_phone": "028-8600 0000",
}


def test_start_page_shows_the_steps_with_the_first_one_open(newcomer):
    page = look(logged_in(newcomer), "/portal/")
    rows = page.select(".tasks__row")
    assert [(row.select_one(".tasks__name").contents[0].text, row.a["href"] if row.a else None) for row in rows] == [
        ("填写单位信息", "/portal/unit/"),
        ("上传证书材料", None),
        ("提交认证", None),
        ("加入分会（可选）", None),
        ("等待审核", None),
        ("缴纳会费", None),
    ]
    assert page.select("#invitations") == []


@pytest.mark.parametrize("url", ["/portal/unit/branches/", "/portal/dues/", "/portal/messages/"])
def test_what_needs_a_unit_leads_to_the_form(newcomer, url):
    page = look(logged_in(newcomer), url, status=403)
    assert page.select_one(".locked .btn")["href"] == "/portal/unit/"


def test_a_unit_is_registered_in_draft_with_the_person_as_owner(newcomer):
    client = logged_in(newcomer)
    page = look(client, "/portal/unit/")
    assert [label.contents[0].strip() for label in page.select(".field__label")] == [
        "单位名称",
        "统一社会信用代码",
        "单位类型",
        "所在地",
        "法人代表",
        "联系人",
        "联系电话",
    ]
    assert page.select_one("#id_contact_phone")["value"] == "13811139999"
    response = client.post("/portal/unit/", REGISTER)
    assert (response.status_code, response["Location"]) == (302, "/portal/unit/")
    seat = Seat.objects.select_related("unit").get(user=newcomer)
    assert (seat.duty, seat.unit.name, seat.unit.uscc, seat.unit.contact_phone, seat.unit.submitted_at) == (
        "owner",
        "示范新建 有限公司",
        uscc(77),
        "028-86000000",
        None,
    )
    assert seat.unit.memberships.get().state == "draft"
    entry = AuditEntry.objects.get(verb="units.register_unit")
    assert (entry.actor, entry.unit_id) == (newcomer, seat.unit.pk)
    page = look(client, "/portal/unit/")
    assert banner(page) == ["单位已登记，请继续填写其余信息并上传证书"]
    assert (page.select_one("#id_name")["value"], page.select_one("#id_uscc")["value"]) == (
        "示范新建 有限公司",
        uscc(77),
    )
    assert page.select_one(".identity__name").text == "示范新建 有限公司"


@pytest.mark.parametrize(
    ("field", "value", "error"),
    [
        ("name", "", "请填写单位名称"),
        ("name", "甲", "请填写单位全称"),
        ("uscc", "", "请填写统一社会信用代码"),
        ("uscc", "91510100MA", "统一社会信用代码应为 18 位，您输入了 10 位"),
        ("unit_type", "", "请选择单位类型"),
        ("province", "", "请选择所在地"),
        ("legal_representative", " ", "请填写法人代表"),
        ("contact_name", "", "请填写联系人"),
        ("contact_phone", "", "请填写联系电话"),
        ("contact_phone", "86000000", "请填写手机号码，或带区号的固定电话，例如 028-86000000"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(newcomer, field, value, error):
    before = facts()
    client = logged_in(newcomer)
    response = client.post("/portal/unit/", REGISTER | {field: value})
    assert response.status_code == 422
    assert dict(response.context["form"].errors) == {field: [error]}
    assert facts() == before


def test_a_credit_code_that_is_taken_is_said_openly(newcomer, ours):
    before = facts()
    response = logged_in(newcomer).post("/portal/unit/", REGISTER | {"uscc": ours.unit.uscc})
    assert response.status_code == 422
    assert dict(response.context["form"].errors) == {
        "uscc": ["该统一社会信用代码的单位已登记。请联系该单位的管理员，邀请您的手机号码加入，或致电协会。"]
    }
    assert facts() == before


def test_a_code_that_only_drafts_have_is_free(newcomer):
    clerk(UnitFactory(uscc=uscc(77), submitted_at=None))
    assert logged_in(newcomer).post("/portal/unit/", REGISTER)["Location"] == "/portal/unit/"


def test_the_form_sent_twice_makes_one_unit(newcomer):
    client = logged_in(newcomer)
    client.post("/portal/unit/", REGISTER)
    assert client.post("/portal/unit/", REGISTER)["Location"] == "/portal/unit/"
    assert Unit.objects.count() == 1


# --- The list -----------------------------------------------------------------------------------------------------
def test_owner_sees_colleagues_with_buttons_and_open_invitations(ours, agent, outsider, invitation):
    actions.invite(outsider.unit, "+8613811137777", by=outsider.user)
    page = look(ours.client, PEOPLE)
    assert names(page, "单位同事") == ["李四", "钱芳"]
    assert names(page, "邀请同事") == ["138****9999"]
    notes = [note.text for note in page.select("main .people__note")]
    assert notes[1].startswith("经办人 · 138****8121 · 自 ")
    buttons = [button.contents[0].strip() for button in page.select("main .people__acts button")]
    assert buttons == ["移交管理员", "移除", "撤回"]


def test_agent_sees_them_without_buttons_and_may_leave(agent, invitation):
    page = look(logged_in(agent), PEOPLE)
    assert names(page, "单位同事") == ["李四", "钱芳"]
    assert [button.text.strip() for button in page.select("main button")] == ["退出本单位"]
    assert page.select("#id_phone") == []


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_asks_as_often_for_one_as_for_thirty(ours, number, django_assert_num_queries):
    for n in range(number):
        clerk(ours.unit, duty="agent")
        SeatInvitation.objects.create(unit=ours.unit, phone=f"+861370000{n:04d}", invited_by=ours.user)
    ours.client.get(PEOPLE)
    with django_assert_num_queries(8):
        assert len(look(ours.client, PEOPLE).select(".people__row")) == 1 + 2 * number


# --- Who may ------------------------------------------------------------------------------------------------------
def addresses(ours, agent, invitation):
    seat = Seat.objects.get(user=agent)
    return {
        "invite": (PEOPLE, {"phone": "13811136666"}),
        "remove": (f"{PEOPLE}{seat.pk}/remove/", {}),
        "hand_over": (f"{PEOPLE}{seat.pk}/hand-over/", {}),
        "leave": (f"{PEOPLE}leave/", {}),
        "revoke": (f"/portal/invitations/{invitation.pk}/revoke/", {}),
        "accept": (f"/portal/invitations/{invitation.pk}/accept/", {}),
        "decline": (f"/portal/invitations/{invitation.pk}/decline/", {}),
    }


WHAT = ["invite", "remove", "hand_over", "leave", "revoke", "accept", "decline"]
ANSWERS = {
    "owner": [302, 302, 302, "owner", 302, 403, 403],
    "agent": [403, 403, 403, 302, 404, 404, 404],
    "outsider": ["own", 404, 404, "owner", 404, 404, 404],
    "newcomer": [403, 404, 404, 404, 403, 302, 302],
    "staff": [403] * 7,
    "visitor": ["login"] * 7,
}


@pytest.mark.parametrize("what", WHAT)
@pytest.mark.parametrize("who", ANSWERS)
def test_who_may_do_what(ours, outsider, agent, newcomer, invitation, who, what):
    url, data = addresses(ours, agent, invitation)[what]
    persons = {"owner": ours.user, "agent": agent, "outsider": outsider.user, "newcomer": newcomer}
    persons |= {"staff": UserFactory(root=True)}
    client = logged_in(persons[who]) if who in persons else Client()
    before, wanted = facts(), ANSWERS[who][WHAT.index(what)]
    response = client.post(url, data)
    if wanted == "login":
        assert response["Location"] == f"/accounts/login/?next={url}"
    elif wanted == "owner":
        assert banner(look(client, PEOPLE)) == ["单位管理员须先移交管理员。"]
    elif wanted == "own":
        assert SeatInvitation.objects.get(phone="+8613811136666").unit == outsider.unit
        return
    else:
        assert response.status_code == wanted
    if wanted == 302:
        entry = AuditEntry.objects.latest("pk")
        assert (facts()[-1], entry.actor, entry.unit_id) == (before[-1] + 1, persons[who], ours.unit.pk)
    else:
        assert facts() == before


@pytest.mark.parametrize("what", ["remove", "hand_over", "leave", "revoke", "accept", "decline"])
def test_a_link_changes_nothing(ours, agent, invitation, what):
    before = facts()
    assert ours.client.get(addresses(ours, agent, invitation)[what][0]).status_code == 405
    assert facts() == before


# --- Inviting and answering ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("phone", "error"),
    [
        ("", "请填写手机号码"),
        ("028-86000000", "请填写 11 位手机号码"),
        ("138 1113 8121", "该同事已经是本单位的经办人员。"),
        ("13811139999", "该手机号码已有一份待接受的邀请。"),
    ],
)
def test_invitation_that_is_refused_says_why(ours, agent, invitation, phone, error):
    before = facts()
    response = ours.client.post(PEOPLE, {"phone": phone})
    assert (response.status_code, dict(response.context["form"].errors)) == (422, {"phone": [error]})
    assert facts() == before


def test_invited_person_accepts_on_the_start_page_and_acts(ours, newcomer, invitation):
    client = logged_in(newcomer)
    page = look(client, "/portal/")
    assert names(page, "收到的邀请") == ["示范工程检测有限公司"]
    accept = page.select_one("#invitations form")["action"]
    assert client.post(accept)["Location"] == "/portal/"
    page = look(client, "/portal/")
    assert banner(page) == ["您已成为示范工程检测有限公司的经办人"]
    assert page.select_one(".identity__name").text == "示范工程检测有限公司"
    assert client.get("/portal/messages/").status_code == 200


def test_who_acts_for_a_unit_already_hears_a_sentence(ours, outsider):
    invitation = actions.invite(ours.unit, str(outsider.user.phone), by=ours.user)
    before = facts()
    assert names(look(outsider.client, PEOPLE), "收到的邀请") == ["示范工程检测有限公司"]
    outsider.client.post(f"/portal/invitations/{invitation.pk}/accept/")
    assert banner(look(outsider.client, PEOPLE)) == ["您已在为一个单位办理业务，请先退出该单位。"]
    assert facts() == before


def test_lapsed_invitation_is_shown_to_nobody(ours, newcomer, invitation):
    SeatInvitation.objects.update(invited_at=timezone.now() - INVITATION_LIFETIME - timedelta(minutes=1))
    assert look(logged_in(newcomer), "/portal/").select("#invitations") == []
    assert len(look(ours.client, PEOPLE).select(".people__row")) == 1


def test_removed_colleague_is_without_a_unit_at_once(ours, agent):
    client = logged_in(agent)
    assert client.get("/portal/messages/").status_code == 200
    ours.client.post(f"{PEOPLE}{Seat.objects.get(user=agent).pk}/remove/")
    assert client.get("/portal/messages/").status_code == 403
    assert len(look(client, "/portal/").select(".tasks__row--blocked")) == 5
