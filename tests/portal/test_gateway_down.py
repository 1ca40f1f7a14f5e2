"""Signing up while no text message leaves: the page answers, because it only writes the message down."""

import pytest
from django.utils import timezone

from membership.accounts.models import User
from membership.messaging.gateways import TemporaryFailure, memory
from membership.messaging.models import OutboundMessage
from membership.messaging.states import MessageState
from tests.portal.test_entrance import PHONE, ask_for_account, sent_code
from tests.worker import work

pytestmark = pytest.mark.django_db


@pytest.fixture
def queue(settings):
    """Work is written down for a worker, as in production."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}


def test_sign_up_answers_while_the_gateway_hangs_and_the_code_leaves_once(client, queue):
    """No request meets the gateway, so that its 30 seconds are the worker's alone."""
    answer = ask_for_account(client)
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/phone/verify/")
    message = OutboundMessage.objects.get()
    assert (message.state, message.recipient, memory.outbox) == (MessageState.QUEUED, f"+86{PHONE}", [])
    assert message.expires_at > timezone.now()

    work()
    work()
    assert len(memory.outbox) == 1
    answer = client.post("/accounts/phone/verify/", {"code": sent_code()})
    assert (answer.status_code, User.objects.get().phone_verified) == (302, True)


def test_sign_up_answers_while_the_gateway_is_down_and_its_code_is_never_sent_later(client, queue, monkeypatch):
    def refuse(*args, **words):
        raise TemporaryFailure("connection refused")

    with monkeypatch.context() as down:
        down.setattr(memory, "send", refuse)
        assert ask_for_account(client).status_code == 302
        work()
    work()
    message = OutboundMessage.objects.get()
    assert (message.state, message.sealed, memory.outbox) == (MessageState.FAILED, "", [])
    assert client.get("/accounts/phone/verify/").status_code == 200
