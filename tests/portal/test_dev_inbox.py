"""The inbox of the demo: texts that are only printed, for whoever tries it, and nowhere else."""

import pytest
from django.urls import reverse

from membership.messaging import actions

pytestmark = pytest.mark.django_db

INBOX = "/dev/inbox/"
PHONE = "+8613811138111"


@pytest.fixture
def demo(settings):
    settings.IS_DEMO, settings.SMS_GATEWAY = True, "console"


def test_texts_are_shown_newest_first_with_time_and_number(client, demo):
    actions.post("sms", "account_exists", PHONE)
    actions.post("sms", "verification_code", "+8613811138112", secrets={"code": "824617"})
    response = client.get(INBOX)
    page = response.content.decode()
    assert [letter["recipient"] for letter in response.context["texts"]] == ["+8613811138112", PHONE]
    assert page.index("验证码824617") < page.index("您的手机号已注册会员之家账号")
    assert "no-store" in response["Cache-Control"]


def test_empty_inbox_says_so(client, demo):
    assert "尚未发送短信" in client.get(INBOX).content.decode()


@pytest.mark.parametrize(
    ("is_demo", "gateway"), [(False, "console"), (True, "memory"), (False, "memory"), (True, "sns"), (False, "sns")]
)
def test_there_is_no_inbox_outside_a_demo(client, settings, is_demo, gateway):
    settings.IS_DEMO, settings.SMS_GATEWAY = is_demo, gateway
    assert client.get(INBOX).status_code == 404


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_request_login_code"])
def test_entrance_leads_there_in_a_demo_only(client, demo, settings, name):
    address = reverse(name)
    assert INBOX in client.get(address).content.decode()
    settings.IS_DEMO = False
    assert INBOX not in client.get(address).content.decode()


def test_inbox_is_only_read(client, demo):
    assert client.post(INBOX).status_code == 405
