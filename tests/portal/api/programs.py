"""Programs that use the headless face: a browser with its cookies, an app with its token; both solve captchas."""

import json
import re
from datetime import timedelta

from captcha.models import CaptchaStore
from django.db.models import F
from django.test import Client

from membership.accounts.models import SmsCode
from membership.messaging.gateways import memory
from tests.captcha import ANSWER

AUTH = "/api/auth"
PHONE, PASSWORD = "13900001111", "hui-yuan-zhi-jia-26"
WRONG = "a wrong one"


class Program:
    """Calls the headless face and keeps what a program keeps between calls: cookies, CSRF token, session token."""

    def __init__(self, kind, **extra):
        self.kind, self.token = kind, None
        self.client = Client(enforce_csrf_checks=True, **extra)

    def headers(self):
        if self.kind == "app":
            return {"X-Session-Token": self.token} if self.token else {}
        if "csrftoken" not in self.client.cookies:
            self.client.get(f"{AUTH}/browser/v1/config")
        return {"X-CSRFToken": self.client.cookies["csrftoken"].value}

    def call(self, method, path, body=None, **headers):
        answer = self.client.generic(
            method,
            f"{AUTH}/{self.kind}/v1/{path}",
            b"" if body is None else json.dumps(body),
            content_type="application/json",
            headers=self.headers() | headers,
        )
        self.token = answer.json().get("meta", {}).get("session_token", self.token)
        return answer

    def get(self, path):
        return self.call("GET", path)

    def post(self, path, body=None, **headers):
        return self.call("POST", path, body, **headers)

    def delete(self, path, body=None):
        return self.call("DELETE", path, body)

    def sign_up(self, phone=PHONE, **changes):
        return self.post(
            "auth/signup", {"phone": phone, "password": PASSWORD, "agree": True, "captcha": captcha(), **changes}
        )

    def log_in(self, phone, password):
        return self.post("auth/login", {"phone": phone, "password": password})

    def ask_code(self, phone, **changes):
        return self.post("auth/code/request", {"phone": phone, "captcha": captcha(), **changes})

    def member_api(self, path, method="get", **kwargs):
        headers = self.headers()
        return getattr(self.client, method)(f"/api/member/v1{path}", headers=headers, **kwargs)


def captcha(answer=ANSWER):
    return {"key": CaptchaStore.generate_key(), "answer": answer}


def sent_code(phone=PHONE):
    """The code in the last text message to this number."""
    text = [text for to, text in memory.outbox if to == f"+86{phone.removeprefix('+86')}"][-1]
    return re.search(r"\d{6}", text)[0]


def errors_of(answer):
    """[(param, code)] of a refusal; each has a sentence."""
    assert answer["Content-Type"] == "application/json"
    assert "no-store" in answer["Cache-Control"]
    body = answer.json()
    assert body["status"] == answer.status_code
    assert all(error["message"] for error in body["errors"])
    return [(error.get("param"), error["code"]) for error in body["errors"]]


def pending(answer):
    """The flow that waits for its next step."""
    assert answer.status_code == 401
    return [flow["id"] for flow in answer.json()["data"]["flows"] if flow.get("is_pending")]


def an_hour_later():
    """The codes sent so far no longer stand in the way of the next one."""
    SmsCode.objects.update(sent_at=F("sent_at") - timedelta(hours=1))
