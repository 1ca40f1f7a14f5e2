"""换绑手机号: who may, what happens, what is refused, and who gets the letter."""

import pytest
from django.contrib.auth import get_user
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import storages
from django.test import Client

from membership.accounts import actions as accounts
from membership.accounts.models import User
from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.messaging.models import OutboundMessage
from membership.units import actions
from membership.units.models import PhoneRebinding
from tests.factories import PASSWORD, UnitFactory, UserFactory, clerk
from tests.files import pdf, pdf_bytes, private_files, upload
from tests.membership.units.conftest import employee
from tests.races import at_once

pytestmark = pytest.mark.django_db

INDEX = "/cms/phones/"
OLD, NEW = "+8613811138111", "+8613811138222"


@pytest.fixture
def member():
    return clerk(UnitFactory(certified=True, name="示范建设"), phone=OLD, name="李四")


@pytest.fixture
def reviewer(client):
    user = employee("会员审核", phone="+8613800000002", name="审核员")
    client.force_login(user)
    return user


def page(user):
    return f"{INDEX}{user.pk}/"


def facts(**changed):
    return {
        "phone": "138 1113 8222",
        "again": "13811138222",
        "reason": "手机遗失",
        "letter": pdf("申请函.pdf"),
    } | changed


def rebind(member, by, phone=NEW):
    return actions.rebind_phone(member, phone, by=by, letter=pdf("申请函.pdf"), reason="手机遗失")


def errors(response):
    return {name: [str(e) for e in said] for name, said in response.context["form"].errors.items()}


def nothing_happened():
    return (
        set(User.objects.filter(phone=OLD).values_list("name", flat=True)),
        PhoneRebinding.objects.count(),
        AuditEntry.objects.filter(verb="units.rebind_phone").count(),
        OutboundMessage.objects.count(),
    ) == ({"李四"}, 0, 0, 0)


# --- The way through ------------------------------------------------------------------------------------------------
def test_reviewer_binds_a_lost_number_to_a_new_one(client, reviewer, member):
    session = Client()
    session.force_login(member)

    response = client.post(page(member), facts())

    assert (response.status_code, response["Location"]) == (302, INDEX)
    member.refresh_from_db()
    assert (str(member.phone), member.phone_verified) == (NEW, True)
    assert get_user(session).is_authenticated is False
    logins = [
        Client().post("/accounts/login/", {"login": phone[3:], "password": PASSWORD}).status_code
        for phone in (OLD, NEW)
    ]
    assert logins == [200, 302]


def test_rebinding_is_on_record_without_personal_values(reviewer, member):
    rebinding = rebind(member, reviewer)

    entry = AuditEntry.objects.about(member).get()
    assert (entry.verb, entry.actor, entry.unit_id) == ("units.rebind_phone", reviewer, member.seat.unit_id)
    assert (entry.before, entry.after) == ({}, {"rebinding": str(rebinding.pk), "letter": rebinding.sha256})
    assert (rebinding.user, rebinding.unit.name, rebinding.reason) == (member, "示范建设", "手机遗失")
    assert (rebinding.rebound_by, rebinding.original_name, rebinding.mime) == (
        reviewer,
        "申请函.pdf",
        "application/pdf",
    )


def test_both_numbers_are_told(reviewer, member):
    rebind(member, reviewer)
    told = set(OutboundMessage.objects.values_list("template", "recipient"))
    assert told == {("phone_rebound", OLD), ("phone_rebound_here", NEW)}


def test_a_sign_up_that_was_never_verified_keeps_nobody_out(client, reviewer, member):
    UserFactory(phone=NEW, phone_verified=False)
    assert client.post(page(member), facts()).status_code == 302
    assert User.objects.get(phone=NEW) == member


def test_number_without_a_unit_can_be_rebound(client, reviewer):
    user = UserFactory(phone=OLD)
    client.post(page(user), facts())
    assert PhoneRebinding.objects.get().unit is None


# --- Refused --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"phone": "028-86000000", "again": "028-86000000"}, "phone", "请填写 11 位手机号码"),
        ({"again": "13811138223"}, "again", "两次输入的手机号不一致。"),
        ({"reason": ""}, "reason", "必需字段"),
    ],
)
def test_wrong_facts_are_said_at_their_field(client, reviewer, member, wrong, field, sentence):
    response = client.post(page(member), facts(**wrong))
    assert response.status_code == 422
    assert [word.startswith(sentence[:4]) for word in errors(response)[field]] == [True]
    assert nothing_happened()


def test_number_that_has_an_account_is_refused_in_words(client, reviewer, member):
    UserFactory(phone=NEW)
    response = client.post(page(member), facts())
    assert errors(response) == {"phone": ["该手机号已有账号。"]}
    with pytest.raises(Refusal) as refusal:
        rebind(member, reviewer)
    assert refusal.value.code == "phone_taken"
    assert nothing_happened()


@pytest.mark.parametrize(
    "letter",
    [
        upload("letter.pdf", b"<script>alert(1)</script>%PDF-1.4", "application/pdf"),
        upload("letter.exe", pdf_bytes(), "application/pdf"),
        upload("letter.pdf", b"%PDF-1.4 broken", "application/pdf"),
        upload("letter.svg", b"<svg/>", "image/svg+xml"),
    ],
    ids=["html", "name", "damaged", "svg"],
)
def test_what_is_no_scan_is_refused(client, reviewer, member, letter):
    response = client.post(page(member), facts(letter=letter))
    assert list(errors(response)) == ["letter"]
    letter.seek(0)
    with pytest.raises(ValidationError):
        actions.rebind_phone(member, NEW, by=reviewer, letter=letter, reason="手机遗失")
    assert nothing_happened()


def test_number_that_changed_meanwhile_is_refused(reviewer, member):
    stale = User.objects.get(pk=member.pk)
    accounts.change_phone(member, "+8613811138333", by=member)
    with pytest.raises(Refusal) as refusal:
        rebind(stale, reviewer)
    assert refusal.value.code == "stale"
    assert (str(User.objects.get(pk=member.pk).phone), PhoneRebinding.objects.count()) == ("+8613811138333", 0)
    assert private_files() == []


# --- Who may --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ["编辑", "分会秘书", "财务", "秘书长"])
def test_other_roles_neither_see_nor_rebind(client, reviewer, member, role):
    letter = rebind(member, reviewer)
    other = clerk(member.seat.unit, duty="agent", phone="+8613811138444")
    client.force_login(employee(role))
    paths = [INDEX, page(other), f"{INDEX}letters/{letter.pk}/"]
    assert [client.get(path).status_code for path in paths] == [302] * 3  # Wagtail's way of saying no
    client.post(page(other), facts(phone="13811138555", again="13811138555"))
    with pytest.raises(PermissionDenied):
        rebind(other, employee(role), "+8613811138555")
    assert User.objects.get(pk=other.pk).phone == "+8613811138444"
    assert PhoneRebinding.objects.count() == 1


@pytest.mark.parametrize("role", ["会员审核", "系统管理员"])
def test_reviewers_and_administrators_may(client, member, role):
    client.force_login(employee(role))
    assert [client.get(path).status_code for path in (INDEX, page(member))] == [200, 200]
    assert client.post(page(member), facts())["Location"] == INDEX


def test_strangers_and_members_are_kept_out(reviewer, member):
    letter = rebind(member, reviewer)
    inside = Client()
    inside.force_login(User.objects.get(pk=member.pk))
    for path in (INDEX, page(member), f"{INDEX}letters/{letter.pk}/"):
        assert Client().get(path).status_code == 302
        assert inside.get(path, follow=True).status_code == 403


@pytest.mark.parametrize("trait", ["staff", "root"])
def test_numbers_of_the_staff_are_out_of_reach(client, reviewer, trait):
    colleague = UserFactory(phone=OLD, name="李四", **{trait: True})
    assert client.get(page(colleague)).status_code == 404
    assert client.post(page(colleague), facts()).status_code == 404
    with pytest.raises(PermissionDenied):
        rebind(colleague, reviewer)
    assert nothing_happened()


# --- Letter and list ------------------------------------------------------------------------------------------------
def test_letter_is_a_private_download(client, reviewer, member):
    rebinding = rebind(member, reviewer)
    response = client.get(f"{INDEX}letters/{rebinding.pk}/")
    assert b"".join(response.streaming_content) == pdf_bytes()
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert (response["X-Content-Type-Options"], response["Content-Type"]) == ("nosniff", "application/pdf")
    assert rebinding.letter.storage == storages["private"]
    assert "申请" not in rebinding.letter.name
    with pytest.raises(NotImplementedError):
        _url = rebinding.letter.url


@pytest.mark.parametrize("query", ["13811138111", "1113 8111", "李四", "示范建"])
def test_account_is_found_by_number_name_and_unit(client, reviewer, member, query):
    clerk(UnitFactory(name="旁观建设"), phone="+8613911139999", name="王五")
    UserFactory(phone="+8613811138112", name="李四", staff=True)
    UserFactory(phone="+8613811138113", name="李四", phone_verified=False)
    response = client.get(INDEX, {"q": query})
    assert list(response.context["members"]) == [member]
    assert "13811138111" not in response.content.decode().replace(f'value="{query}"', "")


def test_search_for_nothing_finds_nothing(client, reviewer, member):
    assert list(client.get(INDEX, {"q": " "}).context["members"]) == []


@pytest.mark.parametrize("count", [1, 50])
def test_list_asks_the_same_number_of_questions(client, reviewer, member, count, django_assert_num_queries):
    first = rebind(member, reviewer)
    for _number in range(count - 1):
        PhoneRebinding.objects.create(
            user=member, unit=first.unit, reason="x", letter=first.letter.name, rebound_by=reviewer
        )
    client.get(INDEX)
    with django_assert_num_queries(11):
        assert len(client.get(INDEX, {"q": "李四"}).context["rebindings"]) == min(count, 20)


# --- Races ----------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_staff_and_the_member_change_the_number_at_once():
    member = clerk(UnitFactory(certified=True), phone=OLD, name="李四")
    reviewer = employee("会员审核", phone="+8613800000002")

    def change(number):
        person = User.objects.get(pk=member.pk)
        person.phone = OLD  # both have read it before either wrote
        if number:
            return rebind(person, reviewer)
        return accounts.change_phone(person, "+8613811138333", by=person)

    answers = at_once(2, change)

    refused = [answer for answer in answers if isinstance(answer, Refusal)]
    phone = str(User.objects.get(pk=member.pk).phone)
    assert [refusal.code for refusal in refused] == ["stale"]
    assert (phone == NEW) == (PhoneRebinding.objects.count() == 1)
    assert phone in {NEW, "+8613811138333"}
    moves = AuditEntry.objects.filter(verb__in=["units.rebind_phone", "accounts.change_phone"])
    assert moves.count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_members_bound_to_one_number_at_once():
    members = [clerk(UnitFactory(certified=True)) for _number in range(2)]
    reviewer = employee("会员审核")
    answers = at_once(2, lambda number: rebind(members[number], reviewer))
    assert [a.code for a in answers if isinstance(a, Refusal)] == ["phone_taken"]
    assert (User.objects.filter(phone=NEW).count(), PhoneRebinding.objects.count()) == (1, 1)
