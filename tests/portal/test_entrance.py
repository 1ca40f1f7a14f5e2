"""Sign-up, login and forgotten password over HTTP."""

import re

import pytest
from captcha.models import CaptchaStore

from membership.accounts.models import User
from membership.messaging.gateways import memory
from tests.captcha import ANSWER

pytestmark = pytest.mark.django_db
PHONE, PASSWORD = "13900001111", "hui-yuan-zhi-jia-26"


def captcha():
    """An unused captcha, as a page that was opened holds it."""
    return {"captcha_0": CaptchaStore.generate_key(), "captcha_1": ANSWER}


def sent_code(phone=PHONE):
    """The code in the last text message to this number."""
    text = [text for to, text in memory.outbox if to == f"+86{phone}"][-1]
    return re.search(r"\d{6}", text)[0]


def ask_for_account(client, **changes):
    data = {"phone": PHONE, "password1": PASSWORD, "password2": PASSWORD, "agree": "on", **captcha(), **changes}
    return client.post("/accounts/signup/", data)


def test_sign_up_ends_on_the_task_list(client, django_capture_on_commit_callbacks):
    answer = ask_for_account(client)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/phone/verify/")
    page = client.get("/accounts/phone/verify/")
    assert page.status_code == 200
    answer = client.post("/accounts/phone/verify/", {"code": sent_code()})
    assert (answer.status_code, answer["Location"]) == (302, "/portal/")
    user = User.objects.get()
    assert user.phone_verified
    assert user.consents.count() == 1
