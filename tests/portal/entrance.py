"""What a person does at the entrance, over HTTP."""

import re

from bs4 import BeautifulSoup
from captcha.models import CaptchaStore

from membership.messaging.gateways import memory
from tests.captcha import ANSWER
from tests.factories import PASSWORD as OLD_PASSWORD

PHONE, PASSWORD = "13900001111", "hui-yuan-zhi-jia-26"
LOGIN, SIGN_UP, BY_CODE = "/accounts/login/", "/accounts/signup/", "/accounts/login/code/"
VERIFY, CONFIRM, FORGOTTEN = "/accounts/phone/verify/", "/accounts/login/code/confirm/", "/accounts/password/forgotten/"
CHANGE_PHONE = "/accounts/phone/change/"


def captcha():
    """An unused captcha, as a page that was opened holds it."""
    return {"captcha_0": CaptchaStore.generate_key(), "captcha_1": ANSWER}


def texts_to(phone):
    return [text for to, text in memory.outbox if to == f"+86{phone}"]


def sent_code(phone=PHONE):
    """The code in the last text message to this number."""
    return re.search(r"\d{6}", texts_to(phone)[-1])[0]


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def ask_for_account(client, **changes):
    data = {"phone": PHONE, "password1": PASSWORD, "password2": PASSWORD, "agree": "on", **captcha(), **changes}
    return client.post(SIGN_UP, {name: value for name, value in data.items() if value is not None})


def log_in(client, phone=PHONE, password=OLD_PASSWORD, **more):
    return client.post(LOGIN, {"login": phone, "password": password, **more})


def ask_for_code(client, phone=PHONE, url=BY_CODE, **changes):
    return client.post(url, {"phone": phone, **captcha(), **changes})


def ask_for_number(client, phone, **changes):
    return client.post(CHANGE_PHONE, {"password": OLD_PASSWORD, "phone": phone, **captcha(), **changes})


def errors(response, form="form"):
    return {name: list(said) for name, said in response.context[form].errors.items()}


def page_of(response):
    """The page without what differs at every view: the CSRF token and the key of the captcha."""
    html = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return re.sub(r"[0-9a-f]{40}", "", html)


def words(response):
    return BeautifulSoup(response.content, "html.parser").select_one("main").get_text(" ", strip=True)
