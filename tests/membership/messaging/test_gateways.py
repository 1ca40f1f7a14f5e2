"""Gateways: what leaves for each provider, and what its answers mean for the message."""

import json
import socket
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Event, Thread
from types import SimpleNamespace

import pytest
from django.core.cache import caches
from moto.server import ThreadedMotoServer
from moto.sns.models import sns_backends

from membership.messaging import actions
from membership.messaging.gateways import (
    PermanentFailure,
    TemporaryFailure,
    aliyun,
    console,
    memory,
    sms_gateway,
    sns,
)
from membership.messaging.models import MessageText, OutboundMessage
from membership.messaging.states import MessageState

PHONE = "+8613811138111"
TEXT = "【会员之家】您的手机号已注册会员之家账号，请直接登录。如非本人操作，请忽略。"
REGION = "ap-southeast-1"


# --- Choice ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "module"), [("console", console), ("memory", memory), ("sns", sns), ("aliyun", aliyun)]
)
def test_gateway_is_chosen_by_short_name_or_path(settings, name, module):
    settings.SMS_GATEWAY = name
    assert sms_gateway() is module
    settings.SMS_GATEWAY = f"membership.messaging.gateways.{name}"
    assert sms_gateway() is module


# --- Console --------------------------------------------------------------------------------------------------------
def test_console_prints_and_keeps_the_last_fifty_of_a_demo(settings, capsys):
    settings.IS_DEMO = True
    for number in range(51):
        console.send(PHONE, f"第{number}条", template="", variables={})
    assert capsys.readouterr().out.splitlines()[-1] == f"SMS → {PHONE}: 第50条"
    kept = console.inbox()
    assert [letter["text"] for letter in kept] == [f"第{number}条" for number in range(50, 0, -1)]
    assert {letter["recipient"] for letter in kept} == {PHONE}


def test_console_keeps_nothing_outside_a_demo(settings):
    settings.IS_DEMO = False
    console.send(PHONE, "你好", template="", variables={})
    assert (console.inbox(), caches["default"].get(console.INBOX)) == ([], None)


# --- AWS SNS --------------------------------------------------------------------------------------------------------
@pytest.fixture
def aws(monkeypatch, settings):
    """Credentials of nobody, and a client for this test alone."""
    for name, value in (
        ("AWS_ACCESS_KEY_ID", "testing"),
        ("AWS_SECRET_ACCESS_KEY", "testing"),
        ("AWS_DEFAULT_REGION", REGION),
    ):
        monkeypatch.setenv(name, value)
    settings.SMS_GATEWAY = "sns"
    sns._client.cache_clear()
    yield
    sns._client.cache_clear()


@pytest.fixture
def moto(aws, settings):
    """AWS as moto plays it, over HTTP; returns the texts that it was given."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings.SNS_ENDPOINT_URL = f"http://{host}:{port}"
    sent = sns_backends["123456789012"][REGION].sms_messages
    sent.clear()
    yield sent
    server.stop()


@contextmanager
def answering(status, body=b"", wait=None):
    """A server that gives every request this answer, after `wait` is set; yields its address and what came in."""
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            received.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            if wait:
                wait.wait(20)
            if not status:
                return  # breaks off without an answer
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            """Silent."""

    class Quiet(HTTPServer):
        def handle_error(self, request, client_address):
            """The client has gone."""

    server = Quiet(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", received
    finally:
        if wait:
            wait.set()
        server.shutdown()
        thread.join()
        server.server_close()


def refusal(code):
    words = f"<Type>Sender</Type><Code>{code}</Code><Message>{PHONE}</Message>"
    return f"<ErrorResponse><Error>{words}</Error></ErrorResponse>".encode()


@pytest.mark.django_db
def test_sns_publishes_to_the_number(moto):
    message = actions.post("sms", "account_exists", PHONE)
    message.refresh_from_db()
    assert list(moto.items()) == [(message.reference, (PHONE, TEXT))]
    assert (message.state, message.error) == (MessageState.SENT, "")


@pytest.mark.django_db
def test_sns_refuses_what_is_no_number(moto):
    message = actions.post("sms", "account_exists", "1381113x111")
    message.refresh_from_db()
    assert (message.state, moto) == (MessageState.FAILED, {})
    assert message.error == "400 InvalidParameter"


def test_sns_says_that_it_is_a_transactional_message(aws, settings):
    body = b"<PublishResponse><PublishResult><MessageId>m-1</MessageId></PublishResult></PublishResponse>"
    with answering(200, body) as (address, received):
        settings.SNS_ENDPOINT_URL = address
        assert sns.send(PHONE, TEXT, template="", variables={}) == "m-1"
    assert len(received) == 1
    assert "AWS.SNS.SMS.SMSType" in received[0]
    assert "Transactional" in received[0]


@pytest.mark.parametrize(
    ("status", "code", "failure"),
    [
        (400, "Throttling", TemporaryFailure),
        (400, "ThrottledException", TemporaryFailure),
        (429, "TooManyRequests", TemporaryFailure),
        (500, "InternalError", TemporaryFailure),
        (503, "ServiceUnavailable", TemporaryFailure),
        (403, "InvalidClientTokenId", TemporaryFailure),
        (400, "InvalidParameter", PermanentFailure),
        (400, "OptedOut", PermanentFailure),
        (404, "NotFound", PermanentFailure),
    ],
)
def test_sns_refusals_are_told_apart_after_one_request(aws, settings, status, code, failure):
    with answering(status, refusal(code)) as (address, received):
        settings.SNS_ENDPOINT_URL = address
        with pytest.raises(failure, match=f"^{status} {code}$"):
            sns.send(PHONE, TEXT, template="", variables={})
    assert len(received) == 1


def test_sns_out_of_reach_is_temporary(aws, settings):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings.SNS_ENDPOINT_URL = f"http://127.0.0.1:{port}"
    with pytest.raises(TemporaryFailure, match="^EndpointConnectionError$"):
        sns.send(PHONE, TEXT, template="", variables={})


@pytest.mark.parametrize("missing", ["AWS_DEFAULT_REGION", "AWS_ACCESS_KEY_ID"])
def test_sns_without_its_environment_is_temporary(aws, settings, monkeypatch, tmp_path, missing):
    monkeypatch.delenv(missing)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "nothing"))
    settings.SNS_ENDPOINT_URL = "http://127.0.0.1:9" if missing != "AWS_DEFAULT_REGION" else None
    with pytest.raises(TemporaryFailure):
        sns.send(PHONE, TEXT, template="", variables={})


@pytest.mark.django_db
def test_sns_that_hangs_leaves_the_outcome_unknown_after_one_request(aws, settings, monkeypatch):
    monkeypatch.setattr(sns, "READ_SECONDS", 0.2)
    with answering(200, wait=Event()) as (address, received):
        settings.SNS_ENDPOINT_URL = address
        message = actions.post("sms", "verification_code", PHONE, secrets={"code": "123456"})
    message.refresh_from_db()
    assert (message.state, message.sealed) == (MessageState.SENDING, "")
    assert len(received) == 1


@pytest.mark.django_db
def test_sns_that_breaks_off_leaves_the_outcome_unknown(aws, settings):
    with answering(0) as (address, received):
        settings.SNS_ENDPOINT_URL = address
        message = actions.post("sms", "account_exists", PHONE)
    message.refresh_from_db()
    assert (message.state, len(received)) == (MessageState.SENDING, 1)


# --- Aliyun ---------------------------------------------------------------------------------------------------------
class Provider:
    """Stands where the SDK's client stands; answers or raises as the test says."""

    sent = []
    answer = "OK"

    def send_sms(self, **fields):
        self.sent.append(fields)
        if isinstance(self.answer, Exception):
            raise self.answer
        return SimpleNamespace(code=self.answer, message="", biz_id="9006195^0")


@pytest.fixture
def provider(settings, monkeypatch):
    settings.SMS_GATEWAY = "aliyun"
    settings.ALIYUN_SMS_CLIENT = f"{__name__}.Provider"
    monkeypatch.setattr(Provider, "sent", [])
    monkeypatch.setattr(Provider, "answer", "OK")
    return Provider


class SdkError(Exception):
    """As the SDK's exceptions look from outside."""

    def __init__(self, code, status_code):
        super().__init__(f"Error: {code}")
        self.code, self.status_code = code, status_code


def aliyun_send():
    return aliyun.send(PHONE, TEXT, template="SMS_154950909", variables={"unit": "示范"})


@pytest.mark.django_db
def test_aliyun_gets_the_approved_template_and_its_variables_cut(provider):
    MessageText.objects.filter(key="membership_approved").update(template_code="SMS_154950909")
    message = actions.post("sms", "membership_approved", PHONE, unit="示" * 100, level="大协会普通会员")
    message.refresh_from_db()
    assert (message.state, message.reference) == (MessageState.SENT, "9006195^0")
    (fields,) = provider.sent
    variables = json.loads(fields.pop("template_param"))
    assert fields == {"phone_numbers": PHONE, "sign_name": "会员之家", "template_code": "SMS_154950909"}
    assert (variables["level"], variables["unit"][-1], len(variables["unit"])) == ("大协会普通会员", "…", 37)


@pytest.mark.django_db
def test_aliyun_without_a_template_code_tells_the_office(provider):
    message = actions.post("sms", "account_exists", PHONE)
    message.refresh_from_db()
    assert (message.state, provider.sent) == (MessageState.FAILED, [])
    assert message.error == "no template code of the provider is entered for this text"


@pytest.mark.parametrize(
    ("answer", "failure"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", TemporaryFailure),
        ("isp.SYSTEM_ERROR", TemporaryFailure),
        ("isv.AMOUNT_NOT_ENOUGH", TemporaryFailure),
        ("isv.MOBILE_NUMBER_ILLEGAL", PermanentFailure),
        ("isv.SMS_TEMPLATE_ILLEGAL", PermanentFailure),
        ("isv.SMS_SIGNATURE_ILLEGAL", PermanentFailure),
        (SdkError("Throttling.User", 400), TemporaryFailure),
        (SdkError("ServiceUnavailable", 503), TemporaryFailure),
        (SdkError("InvalidAccessKeyId.NotFound", 403), TemporaryFailure),
        (SdkError("MissingPhoneNumbers", 400), PermanentFailure),
        (OSError("HTTPSConnectionPool: NewConnectionError: Connection refused"), TemporaryFailure),
    ],
)
def test_aliyun_refusals_are_told_apart(provider, answer, failure):
    provider.answer = answer
    with pytest.raises(failure):
        aliyun_send()
    assert len(provider.sent) == 1


@pytest.mark.django_db
def test_aliyun_that_hangs_leaves_the_outcome_unknown(provider):
    MessageText.objects.update(template_code="SMS_1")
    provider.answer = OSError("HTTPSConnectionPool: Read timed out.")
    message = actions.post("sms", "account_exists", PHONE)
    assert OutboundMessage.objects.get(pk=message.pk).state == MessageState.SENDING


def test_aliyun_without_its_sdk_names_what_to_install(settings):
    settings.ALIYUN_SMS_CLIENT = "membership.messaging.gateways.aliyun.OfficialClient"
    with pytest.raises(TemporaryFailure, match=r"pip install -r requirements-aliyun\.txt$"):
        aliyun_send()


def test_requirements_of_aliyun_are_exact(settings):
    lines = (settings.BASE_DIR / "requirements-aliyun.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert [pin.count("==") for pin in pins] == [1] * 3
