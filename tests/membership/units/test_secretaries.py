"""分会秘书: who may appoint and dismiss them, what is refused, the pages of the staff; questions of a branch."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied

from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.units import actions
from membership.units.models import Body, BodyStaff, BranchQuestion, Membership, Unit
from tests.factories import MembershipFactory, UserFactory
from tests.membership.units.conftest import branch, employee

pytestmark = pytest.mark.django_db

INDEX = "/cms/secretaries/"


@pytest.fixture
def newcomer(db):
    """Staff with the role of a branch secretary and no branch yet."""
    return employee("分会秘书", name="周敏")


@pytest.fixture
def administrator(client):
    user = employee("系统管理员", name="管理员")
    client.force_login(user)
    return user


def state():
    return (
        sorted(BodyStaff.objects.values_list("body__slug", "user__name")),
        AuditEntry.objects.filter(verb__endswith="_secretary").count(),
    )


# --- The verbs ------------------------------------------------------------------------------------------------------
def test_a_secretary_sees_the_units_of_the_branch_from_then_on(people, newcomer):
    MembershipFactory(unit=people.unit, body=branch("quality"))
    MembershipFactory(unit=people.other, body=branch("safety"))
    appointed = actions.appoint_secretary(branch("quality"), newcomer, by=people.administrator)
    assert list(Unit.objects.for_user(newcomer)) == [people.unit]
    assert [m.body.slug for m in Membership.objects.for_user(newcomer)] == ["quality"]

    actions.dismiss_secretary(appointed, by=people.administrator)
    assert list(Unit.objects.for_user(newcomer)) == []


def test_both_verbs_leave_one_record_each_at_the_branch(people, newcomer):
    appointed = actions.appoint_secretary(branch(), newcomer, by=people.administrator)
    actions.dismiss_secretary(appointed, by=people.administrator)
    entries = AuditEntry.objects.about(branch()).order_by("pk")
    assert [(e.verb, e.actor, e.before, e.after) for e in entries] == [
        ("units.appoint_secretary", people.administrator, {}, {"user": newcomer.pk}),
        ("units.dismiss_secretary", people.administrator, {"user": newcomer.pk}, {}),
    ]


@pytest.mark.parametrize(
    ("slug", "who", "code"),
    [
        ("association", "newcomer", "no_branch"),
        ("quality", "owner", "no_staff"),
        ("quality", "editor", "no_right"),
        ("quality", "secretary", "appointed"),
    ],
)
def test_what_makes_no_sense_is_refused(people, newcomer, slug, who, code):
    body = Body.objects.association() if slug == "association" else branch(slug)
    user = newcomer if who == "newcomer" else getattr(people, who)
    before = state()
    with pytest.raises(Refusal) as refusal:
        actions.appoint_secretary(body, user, by=people.administrator)
    assert (refusal.value.code, state()) == (code, before)


def test_who_has_left_the_staff_is_not_appointed(people, newcomer):
    newcomer.is_active = False
    newcomer.save()
    with pytest.raises(Refusal, match="不是协会工作人员"):
        actions.appoint_secretary(branch(), newcomer, by=people.administrator)


def test_a_secretary_is_dismissed_once(people):
    appointed = BodyStaff.objects.get(user=people.secretary)
    actions.dismiss_secretary(appointed, by=people.administrator)
    before = state()
    with pytest.raises(Refusal) as refusal:
        actions.dismiss_secretary(BodyStaff(pk=appointed.pk or 1, body=branch(), user=people.secretary), by=people.root)
    assert (refusal.value.code, state()) == ("dismissed", before)


@pytest.mark.parametrize(
    "who", ["owner", "outsider", "reviewer", "secretary", "editor", "finance", "secretary_general"]
)
def test_only_administrators_appoint_and_dismiss(people, newcomer, who):
    by, before = getattr(people, who), state()
    with pytest.raises(PermissionDenied):
        actions.appoint_secretary(branch("safety"), newcomer, by=by)
    with pytest.raises(PermissionDenied):
        actions.dismiss_secretary(BodyStaff.objects.get(user=people.secretary), by=by)
    assert state() == before


# --- The pages ------------------------------------------------------------------------------------------------------
def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def test_the_administrator_appoints_and_dismisses(client, administrator, newcomer):
    body = branch()
    form = soup(client.get(f"{INDEX}create/"))
    assert [option.text for option in form.select("#id_body option")][1:] == [
        "检测分会",
        "安全分会",
        "监理分会",
        "鉴定分会",
        "质量分会",
    ]
    response = client.post(f"{INDEX}create/", {"body": body.pk, "user": newcomer.pk})
    assert (response.status_code, response["Location"]) == (302, INDEX)
    listed = soup(client.get(INDEX))
    assert [cell.get_text(strip=True) for cell in listed.select("tbody td")][-1] == "质量分会"
    assert "周敏" in listed.select_one("tbody").text

    appointed = BodyStaff.objects.get()
    ask = soup(client.get(f"{INDEX}delete/{appointed.pk}/"))
    assert "解除后，周敏 不能再查看质量分会的单位和申请" in ask.text
    response = client.post(f"{INDEX}delete/{appointed.pk}/")
    assert (response.status_code, response["Location"], state()) == (302, INDEX, ([], 2))


def test_members_are_not_offered_as_secretaries(client, administrator, newcomer):
    member = UserFactory(name="李四")
    options = {option["value"] for option in soup(client.get(f"{INDEX}create/")).select("#id_user option")}
    assert (str(newcomer.pk) in options, str(member.pk) in options) == (True, False)
    response = client.post(f"{INDEX}create/", {"body": branch().pk, "user": member.pk})
    assert (response.status_code, state()) == (200, ([], 0))


@pytest.mark.parametrize("role", ["编辑", None])
def test_the_page_says_why_somebody_cannot_be_appointed(client, administrator, newcomer, role):
    if role:
        newcomer.groups.set([Group.objects.get(name=role)])
    else:
        BodyStaff.objects.create(user=newcomer, body=branch())
    before = state()
    page = soup(client.post(f"{INDEX}create/", {"body": branch().pk, "user": newcomer.pk}))
    words = "周敏 尚无分会审核权限" if role else "周敏 已是该分会的秘书"
    assert (words in page.text, state()) == (True, before)


@pytest.mark.parametrize("role", ["会员审核", "分会秘书", "编辑", "财务", "秘书长"])
def test_nobody_else_meets_the_pages(client, newcomer, role):
    client.force_login(employee(role))
    appointed = BodyStaff.objects.create(user=newcomer, body=branch())
    for address in (INDEX, f"{INDEX}create/", f"{INDEX}delete/{appointed.pk}/"):
        assert client.post(address, {"body": branch("safety").pk, "user": newcomer.pk}).status_code == 302
        assert client.get(address)["Location"] == "/cms/"
    assert state() == ([("quality", "周敏")], 0)


@pytest.mark.parametrize("count", [1, 50])
def test_the_list_asks_as_often_for_one_as_for_fifty(client, administrator, count, django_assert_num_queries):
    for number in range(count):
        BodyStaff.objects.create(user=employee("分会秘书", name=f"秘书{number}"), body=branch())
    client.get(INDEX)
    with django_assert_num_queries(13):
        client.get(INDEX)


# --- Questions of a branch ------------------------------------------------------------------------------------------
def edited(body, *questions):
    """What the page of the branch posts with these questions: {field: value} each."""
    data = {
        "name": body.name,
        "short_name": body.short_name,
        "slug": body.slug,
        "sort_order": body.sort_order,
        "is_open": "on",
        "questions-TOTAL_FORMS": len(questions),
        "questions-INITIAL_FORMS": 0,
        "questions-MIN_NUM_FORMS": 0,
        "questions-MAX_NUM_FORMS": 1000,
    }
    for number, question in enumerate(questions):
        question = {"ORDER": number + 1, "field_type": "singleline", "required": "on"} | question
        data |= {f"questions-{number}-{name}": value for name, value in question.items()}
    return data


def edit(client, body, *questions):
    return client.post(f"/cms/bodies/edit/{body.pk}/", edited(body, *questions))


def test_the_page_of_a_branch_keeps_its_questions(client, administrator):
    page = soup(client.get(f"/cms/bodies/edit/{branch().pk}/"))
    assert "入会附加问题" in page.text
    response = edit(
        client, branch(), {"label": "资质等级"}, {"label": "专业", "field_type": "checkboxes", "choices": "房建\n市政"}
    )
    assert response.status_code == 302
    asked = BranchQuestion.objects.filter(body=branch()).order_by("sort_order")
    assert list(asked.values_list("label", "field_type", "choices")) == [
        ("资质等级", "singleline", ""),
        ("专业", "checkboxes", "房建\n市政"),
    ]


@pytest.mark.parametrize(
    ("questions", "words"),
    [
        ([{"label": "专业", "field_type": "dropdown"}], "填写可供选择的选项，每行一个。"),
        ([{"label": "专业", "field_type": "radio", "choices": " , "}], "填写可供选择的选项，每行一个。"),
        ([{"label": "专业"}, {"label": "专业 "}], "该分会已有相同的问题，请更换其中一个的表述。"),
    ],
)
def test_a_question_that_cannot_be_answered_is_refused(client, administrator, questions, words):
    response = edit(client, branch(), *questions)
    assert (response.status_code, words in response.content.decode()) == (200, True)
    assert BranchQuestion.objects.count() == 0


def test_the_association_asks_no_such_questions(client, administrator):
    body = Body.objects.association()
    assert "入会附加问题" not in client.get(f"/cms/bodies/edit/{body.pk}/").content.decode()
    edit(client, body, {"label": "资质等级"})
    assert BranchQuestion.objects.count() == 0


@pytest.mark.parametrize("role", ["会员审核", "分会秘书", "编辑"])
def test_only_administrators_change_what_is_asked(client, role):
    client.force_login(employee(role))
    edit(client, branch(), {"label": "资质等级"})
    assert BranchQuestion.objects.count() == 0
