"""Aliyun SMS: sends an approved template with its variables, by the official SDK (requirements-aliyun.txt).

The SDK reads its credentials from ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET.
"""

import json
from functools import cache
from importlib import import_module

from django.conf import settings
from django.utils.module_loading import import_string

from membership.messaging.gateways import PermanentFailure, TemporaryFailure

CONNECT_MILLISECONDS = 3_000
READ_MILLISECONDS = 5_000
# The account or the provider, not the message, is at fault: once that is over the message can go.
# https://help.aliyun.com/zh/sms/developer-reference/api-error-codes
PASSING = {
    "isp.SYSTEM_ERROR",
    "isp.GATEWAY_ERROR",
    "isp.RAM_PERMISSION_DENY",
    "isv.BUSINESS_LIMIT_CONTROL",
    "isv.DAY_LIMIT_CONTROL",
    "isv.AMOUNT_NOT_ENOUGH",
    "isv.OUT_OF_SERVICE",
}
NO_WAY_THERE = ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError")


def send(recipient, text, *, template="", variables=None):
    """Send once. A read timeout or a broken connection is not caught: nobody knows whether the message left."""
    if not template:
        raise PermanentFailure("no template code of the provider is entered for this text")
    fields = {
        "phone_numbers": recipient,
        "sign_name": settings.SMS_SIGNATURE,
        "template_code": template,
        "template_param": json.dumps(variables or {}, ensure_ascii=False),
    }
    client = import_string(settings.ALIYUN_SMS_CLIENT)()
    try:
        answer = client.send_sms(**fields)
    except Exception as failure:
        known = _failure_of(failure)
        if known is None:
            raise
        raise known from failure
    if answer.code != "OK":
        raise _failure(answer.code)
    return answer.biz_id


class OfficialClient:
    """The SDK's client, reduced to one call with plain fields; its answer has `code`, `message` and `biz_id`."""

    def __init__(self):
        self.client, self.request = _sdk()

    def send_sms(self, **fields):
        return self.client.send_sms(self.request(**fields)).body


@cache
def _sdk():
    """The client and the class of its requests. The SDK is an extra: only who sends through Aliyun installs it."""
    try:
        sdk = import_module("alibabacloud_dysmsapi20170525.client")
        models = import_module("alibabacloud_dysmsapi20170525.models")
        config = import_module("alibabacloud_tea_openapi.utils_models").Config
        credentials = import_module("alibabacloud_credentials.client").Client
    except ImportError as missing:
        raise TemporaryFailure(f"{missing.name} is missing: pip install -r requirements-aliyun.txt") from missing
    client = sdk.Client(
        config(
            credential=credentials(),
            endpoint=settings.ALIYUN_SMS_ENDPOINT,
            connect_timeout=CONNECT_MILLISECONDS,
            read_timeout=READ_MILLISECONDS,
        )
    )
    return client, models.SendSmsRequest


def _failure_of(failure):
    """What an exception of the SDK means; None when nobody knows whether the message left."""
    code, status = getattr(failure, "code", None), getattr(failure, "status_code", None)
    if code and status:
        return TemporaryFailure(str(code)) if status >= 500 or status in (401, 403, 429) else _failure(code)
    words = str(failure)
    never_left = any(sign in words for sign in NO_WAY_THERE)
    return TemporaryFailure("no connection to the provider") if never_left else None


def _failure(code):
    is_passing = code in PASSING or "Throttling" in code
    return (TemporaryFailure if is_passing else PermanentFailure)(code)
