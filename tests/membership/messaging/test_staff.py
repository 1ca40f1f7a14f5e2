"""Messages in the office: who sees them, what may be done with one, and how texts are worded."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.jobs.models import Job
from membership.messaging import actions, texts
from membership.messaging.gateways import memory
from membership.messaging.models import MessageText, OutboundMessage
from membership.messaging.states import MessageState
from tests.factories import UserFactory
from tests.membership.units.conftest import employee
from tests.races import at_once

pytestmark = pytest.mark.django_db

PHONE = "+8613811138111"
LIST = "/cms/outgoing-messages/"
TEXTS = "/cms/message-texts/"
ROLES = ("编辑", "会员审核", "分会秘书", "财务", "秘书长", "系统管理员")
WORDS = {"unit": "示范工程检测有限公司"}


@pytest.fixture
def administrator(client):
    user = employee("系统管理员", name="管理员")
    client.force_login(user)
    return user


def message(state=MessageState.FAILED, **fields):
    now = timezone.now()
    times = {"claimed_at": now} if state != MessageState.QUEUED else {}
    times |= {"sent_at": now} if state == MessageState.SENT else {}
    facts = {"channel": "sms", "template": "unit_handed_over", "recipient": PHONE, "variables": WORDS, **times}
    return OutboundMessage.objects.create(state=state, **facts | fields)


def wording(key):
    return MessageText.objects.get(key=key)


def state(row):
    return OutboundMessage.objects.get(pk=row.pk).state


def everything():
    return list(OutboundMessage.objects.order_by("pk").values()), Job.objects.count(), AuditEntry.objects.count()


# --- Who ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", ROLES)
def test_only_administrators_see_messages_and_texts(client, role):
    row, text = message(), wording("unit_handed_over")
    client.force_login(employee(role))
    allowed = role == "系统管理员"
    paths = (LIST, f"{LIST}inspect/{row.pk}/", TEXTS, f"{TEXTS}edit/{text.pk}/")
    assert [client.get(path).status_code for path in paths] == [200 if allowed else 302] * 4


@pytest.mark.parametrize("role", [*ROLES[:-1], None])
@pytest.mark.parametrize("verb", ["send_again", "settle_unknown", "save_text"])
def test_nobody_else_may_do_anything_with_them(client, role, verb):
    row, user = message(MessageState.UNKNOWN), employee(role) if role else UserFactory()
    calls = {
        "send_again": lambda: actions.send_again(row, by=user),
        "settle_unknown": lambda: actions.settle_unknown(row, by=user, has_arrived=True),
        "save_text": lambda: actions.save_text(
            wording("account_exists"), by=user, wording="您已注册。", template_code=""
        ),
    }
    before = everything()
    with pytest.raises(PermissionDenied):
        calls[verb]()
    assert everything() == before
    assert wording("account_exists").text == texts.TEXTS["account_exists"]


@pytest.mark.parametrize("verb", ["send-again", "arrived", "not-arrived"])
def test_buttons_of_others_lead_nowhere(client, verb):
    row = message(MessageState.UNKNOWN)
    address = f"{LIST}{row.pk}/{verb}/"
    before = everything()
    client.force_login(employee("秘书长"))
    assert client.post(address).status_code in (302, 403)
    client.force_login(UserFactory())
    assert client.post(address).status_code in (302, 403)
    client.logout()
    assert client.post(address).status_code == 302
    assert everything() == before


def test_switched_off_administrator_sees_nothing(administrator):
    message()
    assert OutboundMessage.objects.for_user(administrator).count() == 1
    administrator.is_active = False
    assert OutboundMessage.objects.for_user(administrator).count() == 0


# --- The list -------------------------------------------------------------------------------------------------------
def test_list_masks_numbers_and_marks_what_did_not_arrive(client, administrator):
    for each in MessageState:
        message(each)
    page = client.get(LIST).content.decode()
    assert ("13811138111" in page, page.count("138****8111")) == (False, len(MessageState))
    marked = {each.value for each in MessageState if f'data-outcome="{each.value}"' in page}
    assert marked == {"failed", "unknown", "expired"}


@pytest.mark.parametrize("query", ["state__exact=failed", "template=unit_handed_over"])
def test_list_is_filtered(client, administrator, query):
    wanted = message()
    message(MessageState.SENT, template="account_exists", variables={})
    page = client.get(f"{LIST}?{query}")
    assert [row.pk for row in page.context["object_list"]] == [wanted.pk]


@pytest.mark.parametrize(
    ("day", "found"),
    [("0", [0]), ("1", [1]), ("week", [0, 1, 6]), ("month", [0, 1, 6, 7, 29]), ("", [0, 1, 6, 7, 29, 30]), ("x", None)],
)
def test_list_is_filtered_by_day(client, administrator, day, found):
    noon = timezone.localtime().replace(hour=12)
    ages = [0, 1, 6, 7, 29, 30]
    for age in ages:
        row = message()
        OutboundMessage.objects.filter(pk=row.pk).update(created_at=noon - timedelta(days=age))
    page = client.get(f"{LIST}?day={day}")
    listed = [(noon - row.created_at).days for row in page.context["object_list"]]
    assert sorted(listed) == (ages if found is None else found)


@pytest.mark.parametrize("count", [1, 50])
def test_list_costs_the_same_for_one_and_fifty(client, administrator, count, django_assert_num_queries):
    for _number in range(count):
        message()
    client.get(LIST)
    with django_assert_num_queries(11):
        client.get(LIST)


def test_page_of_a_message_shows_neither_number_nor_code(client, administrator):
    row = message(
        MessageState.FAILED, template="verification_code", variables={}, error="x", sealed="", claimed_at=timezone.now()
    )
    page = client.get(f"{LIST}inspect/{row.pk}/").content.decode()
    assert ("13811138111" in page, "138****8111" in page, "send-again" in page) == (False, True, False)


# --- Send again -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("was", [MessageState.FAILED, MessageState.UNKNOWN])
def test_a_new_message_takes_the_place_of_the_old(client, administrator, was):
    row, other = message(was), message(was)
    response = client.post(f"{LIST}{row.pk}/send-again/")

    assert (response.status_code, response["Location"]) == (302, LIST)
    fresh = OutboundMessage.objects.get(repeats=row)
    assert (state(row), state(other), fresh.state) == (MessageState.REPLACED, was, MessageState.SENT)
    assert memory.outbox == [(PHONE, "【会员之家】您已成为示范工程检测有限公司的单位管理员，请登录会员之家查看。")]
    assert fresh.caused_by == administrator
    entry = AuditEntry.objects.about(row).get()
    assert (entry.verb, entry.actor) == ("messaging.send_again", administrator)
    assert (entry.before, entry.after) == ({"state": was}, {"message": fresh.pk})


@pytest.mark.parametrize("was", [each for each in MessageState if each not in ("failed", "unknown")])
def test_what_is_under_way_or_done_is_not_sent_again(administrator, was):
    row = message(was)
    before = everything()
    with pytest.raises(Refusal) as refusal:
        actions.send_again(row, by=administrator)
    assert (refusal.value.code, everything(), memory.outbox) == ("wrong_state", before, [])


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"template": "verification_code", "variables": {}}, "secret"),
        ({"template": "gone_from_the_code"}, "secret"),
        ({"expires_at": timezone.now() - timedelta(days=1)}, "expired"),
    ],
)
def test_codes_and_what_is_of_no_use_are_not_sent_again(administrator, changes, code):
    row = message(**changes)
    before = everything()
    with pytest.raises(Refusal) as refusal:
        actions.send_again(row, by=administrator)
    assert (refusal.value.code, everything(), memory.outbox) == (code, before, [])


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_who_send_again_at_once_send_once(administrator):
    row = message()
    results = at_once(2, lambda number: actions.send_again(OutboundMessage.objects.get(pk=row.pk), by=administrator))
    assert sorted(isinstance(result, Refusal) for result in results) == [False, True]
    assert (OutboundMessage.objects.filter(repeats=row).count(), len(memory.outbox)) == (1, 1)


def test_worker_that_comes_back_late_moves_nothing(administrator):
    """The old row is out of the game: neither its success nor its failure touches what was sent in its place."""
    row = message(MessageState.UNKNOWN)
    actions.send_again(row, by=administrator)
    actions.send(row)
    assert (state(row), len(memory.outbox)) == (MessageState.REPLACED, 1)


# --- Settle ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("verb", "becomes"), [("arrived", MessageState.SENT), ("not-arrived", MessageState.FAILED)])
def test_outcome_is_noted_by_hand(client, administrator, verb, becomes):
    row, other = message(MessageState.UNKNOWN), message(MessageState.UNKNOWN)
    client.post(f"{LIST}{row.pk}/{verb}/")
    row.refresh_from_db()
    assert (row.state, state(other), memory.outbox) == (becomes, MessageState.UNKNOWN, [])
    assert row.sent_at == (row.claimed_at if becomes == MessageState.SENT else None)
    entry = AuditEntry.objects.about(row).get()
    assert (entry.verb, entry.before, entry.after) == (
        "messaging.settle_unknown",
        {"state": "unknown"},
        {"state": becomes},
    )


@pytest.mark.parametrize("has_arrived", [True, False])
@pytest.mark.parametrize("was", [each for each in MessageState if each != "unknown"])
def test_only_what_nobody_knows_is_settled(administrator, was, has_arrived):
    row = message(was)
    before = everything()
    with pytest.raises(Refusal):
        actions.settle_unknown(row, by=administrator, has_arrived=has_arrived)
    assert everything() == before


def test_buttons_are_pressed_not_visited(client, administrator):
    row = message(MessageState.UNKNOWN)
    assert client.get(f"{LIST}{row.pk}/arrived/").status_code == 405
    assert state(row) == MessageState.UNKNOWN


# --- Texts ----------------------------------------------------------------------------------------------------------
def test_there_is_a_row_for_every_text_in_its_original_wording():
    """A text that is new in the code needs a migration like messaging.0004."""
    assert dict(MessageText.objects.values_list("key", "text")) == texts.TEXTS


def test_administrator_words_a_text_and_the_next_message_carries_it(
    client, administrator, django_capture_on_commit_callbacks
):
    text = wording("unit_handed_over")
    new = {"text": "请查收：{unit}现由您管理。", "template_code": "SMS_1"}
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(f"{TEXTS}edit/{text.pk}/", new)

    assert response.status_code == 302
    text.refresh_from_db()
    assert (text.text, text.template_code, text.updated_by) == (new["text"], "SMS_1", administrator)
    entry = AuditEntry.objects.about(text).get()
    before = {"text": texts.TEXTS["unit_handed_over"], "template_code": ""}
    assert (entry.verb, entry.before, entry.after) == ("messaging.save_text", before, new)
    actions.post("sms", "unit_handed_over", PHONE, **WORDS)
    assert memory.outbox == [(PHONE, "【会员之家】请查收：示范工程检测有限公司现由您管理。")]


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "没有变量",
        "{unit}和{level}",
        "{unit}{unit}",
        "{unit",
        "{unit!r}",
        "{unit:>90}",
        "{unit.__class__}",
        "{}{unit}",
        "{unit}见http://example.org",
        "{unit}见 www.example.org",
        "【某协会】{unit}",
        "{unit}" + "长" * 53,
        "{unit}" + "😀" * 27,
    ],
)
def test_wording_that_would_not_do_is_refused(client, administrator, wrong):
    text = wording("unit_handed_over")
    before = AuditEntry.objects.count()
    response = client.post(f"{TEXTS}edit/{text.pk}/", {"text": wrong, "template_code": ""})
    assert (response.status_code, list(response.context["form"].errors)) == (200, ["text"])
    text.refresh_from_db()
    assert (text.text, AuditEntry.objects.count()) == (texts.TEXTS["unit_handed_over"], before)


def test_longest_wording_is_taken(client, administrator):
    text = wording("unit_handed_over")
    longest = "{unit}" + "长" * 52  # 6 of the signature, 52, 12 for the name
    assert client.post(f"{TEXTS}edit/{text.pk}/", {"text": longest, "template_code": ""}).status_code == 302
    text.refresh_from_db()
    assert (text.text, texts.own_length(longest)) == (longest, 58)


def test_page_of_a_text_shows_it_with_sample_values_and_its_length(client, administrator):
    page = client.get(f"{TEXTS}edit/{wording('membership_approved').pk}/")
    example = "【会员之家】示范建设集团有限公司认证已通过，等级：大协会理事单位。请登录会员之家查看。"
    assert (page.context["example"], page.context["length"]) == (example, len(example))
    assert example in page.content.decode()


def test_texts_are_neither_made_nor_deleted(client, administrator):
    text = wording("account_exists")
    assert [client.get(TEXTS + path).status_code for path in ("create/", f"delete/{text.pk}/")] == [302, 302]
    client.post(f"{TEXTS}delete/{text.pk}/")
    assert MessageText.objects.count() == len(texts.TEXTS)


def test_group_of_administrators_holds_the_rights():
    held = Group.objects.get(name="系统管理员").permissions.filter(content_type__app_label="messaging")
    assert set(held.values_list("codename", flat=True)) == {
        "view_outboundmessage",
        "settle_outboundmessage",
        "view_messagetext",
        "change_messagetext",
    }
