"""Files that go with e-mails: kept in the private storage, sent with the mail, left out when they are too large."""

import pytest
from django.core import mail
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import IntegrityError, transaction

from membership.messaging import actions, mails
from membership.messaging.models import OutboundMessage
from membership.messaging.states import Channel, MessageState
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

WORDS = {"unit": "示范工程检测有限公司"}


def stored(content=b"%PDF-1.7", key="documents/a"):
    return storages["private"].save(key, ContentFile(content))


def attached(key, name="发票_DD2026000001.pdf", mime="application/pdf"):
    return {"name": name, "key": key, "mime": mime}


def post(*files, channel=Channel.EMAIL, to="li@example.com"):
    return actions.post(channel, "invoice_issued", to, attachments=files, **WORDS)


def row(message):
    return OutboundMessage.objects.get(pk=message.pk)


def test_files_go_with_the_mail():
    first, second = stored(), stored(b"<x/>", "documents/b")
    message = post(attached(first), attached(second, "发票_DD2026000001.xml", "application/xml"))
    [sent] = mail.outbox
    assert (sent.to, "会费票据已开具" in sent.body, "附件" in sent.body) == (["li@example.com"], True, False)
    assert [tuple(a) for a in sent.attachments] == [
        ("发票_DD2026000001.pdf", b"%PDF-1.7", "application/pdf"),
        ("发票_DD2026000001.xml", b"<x/>", "application/xml"),
    ]
    assert b"filename*=utf-8''%E5%8F%91" in sent.message().as_bytes()
    assert (row(message).state, row(message).attachments[0]["key"]) == (MessageState.SENT, first)


def test_files_that_are_too_large_are_left_out_and_the_mail_says_so(monkeypatch):
    monkeypatch.setattr(mails, "ATTACHED_MAX_BYTES", 15)
    message = post(attached(stored()), attached(stored(key="documents/b")))
    [sent] = mail.outbox
    assert (sent.attachments, sent.body.splitlines()[-1]) == (
        [],
        "附件超过10 MB，未随邮件发送，请登录会员之家下载。",
    )
    assert row(message).state == MessageState.SENT


def test_a_file_that_the_storage_has_lost_is_a_failure_in_words_and_can_be_sent_again():
    message = post(attached("documents/gone"))
    assert (row(message).state, row(message).error) == (
        MessageState.FAILED,
        "附件“发票_DD2026000001.pdf”在存储中已丢失。",
    )
    assert mail.outbox == []
    stored(key="documents/gone")
    actions.send_again(row(message), by=UserFactory(root=True))
    assert [[a[0] for a in sent.attachments] for sent in mail.outbox] == [["发票_DD2026000001.pdf"]]


def test_storage_that_cannot_be_reached_is_tried_again(monkeypatch):
    key = stored()

    def unreachable(self, name, mode="rb"):
        raise ConnectionError("no route")

    with monkeypatch.context() as broken:
        broken.setattr(type(storages["private"]), "_open", unreachable)
        message = post(attached(key))
    assert (row(message).state, mail.outbox) == (MessageState.QUEUED, [])
    actions.send(row(message))
    assert (row(message).state, len(mail.outbox)) == (MessageState.SENT, 1)


def test_no_sms_carries_a_file():
    with pytest.raises(IntegrityError), transaction.atomic():
        post(attached("documents/a"), channel=Channel.SMS, to="+8613811138111")
    assert not OutboundMessage.objects.exists()
