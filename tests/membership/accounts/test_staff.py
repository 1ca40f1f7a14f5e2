"""The association's staff as its administrator keeps it, and the own account of each."""

import re

import pytest
from django.contrib.auth import get_user
from django.contrib.auth.models import Group
from django.test import Client

from membership.accounts import actions
from membership.accounts.models import User
from membership.audit.models import AuditEntry
from tests.factories import PASSWORD, UnitFactory, UserFactory, clerk
from tests.membership.units.conftest import employee

pytestmark = pytest.mark.django_db

USERS = "/cms/users/"
NEW = "neues-haus-am-fluss"


@pytest.fixture
def administrator(client):
    user = employee("系统管理员", name="管理员")
    client.force_login(user)
    return user


def edit(user):
    return f"{USERS}edit/{user.pk}/"


def role(name="编辑"):
    return Group.objects.get(name=name).pk


def facts(**changed):
    return {
        "phone": "138 0000 0001",
        "name": "王晓编",
        "email": "",
        "password1": NEW,
        "password2": NEW,
        "groups": [role()],
    } | changed


def errors(response):
    return {name: [str(e) for e in said] for name, said in response.context["form"].errors.items()}


# --- Create ---------------------------------------------------------------------------------------------------------
def test_administrator_employs_a_colleague_who_can_log_in_at_once(client, administrator):
    response = client.post(f"{USERS}new/", facts())

    user = User.objects.get(phone="+8613800000001")
    assert (response.status_code, response["Location"]) == (302, USERS)
    assert (user.name, user.is_staff, user.is_superuser, user.phone_verified) == ("王晓编", True, False, True)
    assert [group.name for group in user.groups.all()] == ["编辑"]
    entry = AuditEntry.objects.about(user).get()
    assert (entry.verb, entry.actor, entry.before) == ("accounts.save_staff", administrator, {})
    assert entry.after == {"roles": ["编辑"], "active": True, "superuser": False, "new_password": True}
    door = Client()
    assert door.post("/accounts/login/", {"login": "13800000001", "password": NEW})["Location"] == "/cms/"


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"phone": "028-86000000"}, "phone", "请填写 11 位手机号码"),
        ({"password2": "another-one"}, "password2", "两次输入的密码不一致。"),
        ({"password1": "12345678", "password2": "12345678"}, "password2", "这个密码太常见了。"),
        ({"password1": "13800000001", "password2": "13800000001"}, "password2", "密码不能包含您的手机号"),
        ({"groups": []}, "groups", "请至少选择一个角色。"),
    ],
)
def test_wrong_facts_employ_nobody(client, administrator, wrong, field, sentence):
    response = client.post(f"{USERS}new/", facts(**wrong))
    assert errors(response) == {field: [sentence]}
    assert (User.objects.count(), AuditEntry.objects.count()) == (1, 0)


def test_number_of_a_member_makes_no_staff_of_the_member(client, administrator):
    member = UserFactory(phone="+8613800000001")
    response = client.post(f"{USERS}new/", facts())
    assert errors(response) == {"phone": ["该手机号已有账号。"]}
    member.refresh_from_db()
    assert (member.is_staff, member.check_password(PASSWORD)) == (False, True)


@pytest.mark.parametrize("poison", [{"is_superuser": "on"}, {"is_staff": "", "phone_verified": "", "pk": "1"}])
def test_administrator_makes_no_superuser(client, administrator, poison):
    client.post(f"{USERS}new/", facts(**poison))
    user = User.objects.get(phone="+8613800000001")
    assert (user.is_superuser, user.is_staff) == (False, True)


def test_superuser_makes_a_superuser_without_a_role(client):
    client.force_login(UserFactory(root=True))
    client.post(f"{USERS}new/", facts(is_superuser="on", groups=[]))
    assert User.objects.get(phone="+8613800000001").is_superuser is True


# --- Edit -----------------------------------------------------------------------------------------------------------
def test_administrator_changes_roles_and_switches_off(client, administrator):
    colleague = employee("编辑", phone="+8613800000001")
    data = facts(groups=[role("财务")], password1="", password2="", is_active="")

    assert client.post(edit(colleague), data).status_code == 302

    colleague.refresh_from_db()
    assert (colleague.is_active, [g.name for g in colleague.groups.all()]) == (False, ["财务"])
    assert colleague.check_password(PASSWORD)
    entry = AuditEntry.objects.about(colleague).get()
    assert entry.before == {"roles": ["编辑"], "active": True, "superuser": False}
    assert entry.after == {"roles": ["财务"], "active": False, "superuser": False, "new_password": False}


def test_new_password_from_the_administrator_ends_the_colleagues_sessions(client, administrator):
    colleague = employee("编辑", phone="+8613800000001")
    theirs = Client()
    theirs.force_login(colleague)

    client.post(edit(colleague), facts(is_active="on"))

    colleague.refresh_from_db()
    assert colleague.check_password(NEW)
    assert get_user(theirs).is_authenticated is False
    assert AuditEntry.objects.about(colleague).get().after["new_password"] is True


def test_number_is_shown_as_people_write_it(client, administrator):
    colleague = employee("编辑", phone="+8613800000001")
    assert 'value="13800000001"' in client.get(edit(colleague)).content.decode()


def test_superuser_without_a_role_can_save_the_own_account(client):
    root = UserFactory(root=True, phone="+8613800000001")
    client.force_login(root)
    response = client.post(edit(root), facts(groups=[], password1="", password2=""))
    root.refresh_from_db()
    assert (response.status_code, root.name, root.is_superuser, root.is_active) == (302, "王晓编", True, True)


def test_new_own_password_keeps_the_own_session(client, administrator):
    client.post(edit(administrator), facts(groups=[role("系统管理员")]))
    administrator.refresh_from_db()
    assert administrator.check_password(NEW)
    assert get_user(client) == administrator


def test_history_of_a_colleague_says_what_was_done(client, administrator):
    colleague = employee("编辑", phone="+8613800000001")
    client.post(edit(colleague), facts(is_active="on"))
    page = client.get(f"{USERS}history/{colleague.pk}/")
    assert page.status_code == 200
    assert "保存了账号" in page.content.decode()


# --- Who is shown, what is never done -------------------------------------------------------------------------------
def test_list_shows_staff_and_no_member(client, administrator):
    colleague = employee("财务", name="刘财务", phone="+8613800000003")
    member = clerk(UnitFactory(certified=True), name="会员李四", phone="+8613811138111")
    root = UserFactory(root=True, name="超级用户")

    page = client.get(USERS).content.decode()

    shown = [colleague.name, "13800000003", "财务"]
    hidden = [member.name, "13811138111", root.name]
    assert [word for word in shown + hidden if word in page] == shown


@pytest.mark.parametrize("path", ["edit/{}/", "history/{}/", "delete/{}/"])
@pytest.mark.parametrize("who", ["member", "root"])
def test_members_and_superusers_are_out_of_the_administrators_reach(client, administrator, path, who):
    target = clerk(UnitFactory()) if who == "member" else UserFactory(root=True)
    before = User.objects.values().get(pk=target.pk)
    for method in (client.get, client.post):
        assert method(USERS + path.format(target.pk), facts()).status_code in {302, 404}
    assert User.objects.values().get(pk=target.pk) == before


@pytest.mark.parametrize("by", ["系统管理员", "root"])
def test_nobody_is_deleted(client, by):
    client.force_login(UserFactory(root=True) if by == "root" else employee(by))
    colleague = employee("编辑")
    client.post(f"{USERS}delete/{colleague.pk}/")
    client.post(f"/cms/bulk/accounts/user/delete/?next={USERS}&id={colleague.pk}")
    assert User.objects.filter(pk=colleague.pk).exists()


@pytest.mark.parametrize("action", ["delete", "assign_role", "set_active_state"])
def test_accounts_are_changed_one_by_one(client, administrator, action):
    member = clerk(UnitFactory())
    response = client.post(
        f"/cms/bulk/accounts/user/{action}/?next={USERS}&id={member.pk}",
        {"role": role("系统管理员"), "mark_as_active": "False"},
    )
    member.refresh_from_db()
    assert (response.status_code, response["Location"]) == (302, USERS)
    assert (member.is_active, member.groups.count()) == (True, 0)


@pytest.mark.parametrize("role_name", ["编辑", "会员审核", "分会秘书", "财务", "秘书长"])
@pytest.mark.parametrize("path", ["", "new/", "edit/{}/"])
def test_other_roles_do_not_reach_the_accounts(client, role_name, path):
    colleague = employee("编辑")
    client.force_login(employee(role_name))
    before = User.objects.values().get(pk=colleague.pk)
    for method in (client.get, client.post):
        response = method(USERS + path.format(colleague.pk), facts())
        assert (response.status_code, response["Location"]) == (302, "/cms/")
    assert User.objects.values().get(pk=colleague.pk) == before
    assert User.objects.filter(phone="+8613800000001").exists() is False


# --- The own account ------------------------------------------------------------------------------------------------
def test_own_account_changes_the_name_with_one_record(client):
    user = employee("编辑", name="王晓编")
    client.force_login(user)
    page = client.get("/cms/account/").content.decode()
    assert "/accounts/password/change/" in client.get("/cms/").content.decode() + page

    actions.rename(user, by=user, name="王小编")
    actions.rename(user, by=user, name="王小编")

    user.refresh_from_db()
    assert user.name == "王小编"
    entry = AuditEntry.objects.about(user).get()
    assert (entry.verb, entry.before, entry.after) == ("accounts.rename", {}, {})


class BrokenTrail(Exception):
    pass


def test_what_cannot_be_recorded_does_not_happen(monkeypatch):
    user = employee("编辑", name="王晓编")

    def broken(self, *args, **kwargs):
        raise BrokenTrail

    monkeypatch.setattr(AuditEntry, "save", broken)
    with pytest.raises(BrokenTrail):
        actions.rename(User.objects.get(pk=user.pk), by=user, name="王小编")
    with pytest.raises(BrokenTrail):
        actions.save_staff(User.objects.get(pk=user.pk), by=user, groups=[])
    user.refresh_from_db()
    assert (user.name, user.groups.count()) == ("王晓编", 1)


def test_pages_of_a_colleague_show_every_field_that_they_ask_for(client, administrator):
    colleague = employee("编辑", name="王晓编")
    for path in (f"{USERS}new/", edit(colleague)):
        response = client.get(path)
        page = response.content.decode()
        missing = [name for name in response.context["form"].fields if f'name="{name}"' not in page]
        assert (missing, "<li>None</li>" in re.sub(r"\s", "", page)) == ([], False)
