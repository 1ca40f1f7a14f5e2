"""The invoice of an order: its files, by e-mail, and another one in its place."""

import pytest
import time_machine
from django.core.files.storage import storages

from membership.audit.models import AuditEntry
from membership.dues import actions
from membership.dues.models import ReissueRequest
from membership.messaging.models import OutboundMessage
from tests.membership.dues.conftest import snapshot
from tests.portal.conftest import look
from tests.portal.orders import at, content_of, events, facts, page_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-06-01T12:00:00+08:00", tick=False) as traveller:
        yield traveller


def test_the_files_of_the_invoice_are_fetched_and_that_is_on_record(ours, invoice, paid):
    page = look(ours.client, at(paid))
    assert facts(page)["发票号码"] == "26512000000012345678"
    links = [link["href"] for link in page.select(".file a[download]")]
    assert len(links) == 2
    for link in links:
        response = ours.client.get(link)
        assert response["Content-Disposition"].startswith("attachment")
        assert content_of(response)
    entries = AuditEntry.objects.filter(verb="dues.download_invoice")
    assert list(entries.values_list("actor", "unit_id")) == [(ours.user.pk, ours.unit.pk)] * 2


def test_an_invoice_that_was_voided_is_no_longer_handed_out(ours, invoice, paid, books):
    links = [link["href"] for link in look(ours.client, at(paid)).select(".file a[download]")]
    actions.void_invoice(invoice, by=books.finance, reason="抬头有误")
    page = look(ours.client, at(paid))
    assert (page.select(".file"), "发票作废" in events(page)) == ([], True)
    assert {ours.client.get(link).status_code for link in links} == {404}
    assert ours.client.post(at(paid, "invoice/send/"), {"email": "a@example.com"}).status_code == 404


def test_a_file_that_the_storage_has_lost_is_explained(ours, invoice, paid):
    document = invoice.files.first().document
    storages["private"].delete(document.file.name)
    response = ours.client.get(at(paid, f"invoice/{document.pk}/"))
    assert (response.status_code, "028-86000000" in response.content.decode()) == (404, True)


def test_the_invoice_is_sent_to_an_address(ours, invoice, paid):
    before = OutboundMessage.objects.count()
    response = ours.client.post(at(paid, "invoice/send/"), {"email": " caiwu@example.com "}, follow=True)
    assert page_of(response).select_one(".banner p").text == "发票正在发送至 caiwu@example.com。"
    assert OutboundMessage.objects.count() == before + 1
    assert AuditEntry.objects.filter(verb="dues.send_invoice", actor=ours.user).count() == 1


@pytest.mark.parametrize("email", ["", "x", "a@b\x00.com", "a@example.com,b@example.com", "a" * 300 + "@example.com"])
def test_what_is_no_address_is_refused(ours, invoice, paid, email):
    before = snapshot()
    response = ours.client.post(at(paid, "invoice/send/"), {"email": email})
    assert (response.status_code, len(page_of(response).select(".error-summary a"))) == (422, 1)
    assert snapshot() == before


def test_after_five_mails_a_day_the_page_says_so(ours, invoice, paid):
    codes = [ours.client.post(at(paid, "invoice/send/"), {"email": "a@example.com"}).status_code for _ in range(6)]
    assert codes == [302] * 5 + [409]


def test_another_invoice_is_asked_for_once(ours, invoice, paid, books):
    reason = "抬头有误，请改为集团名称"
    assert ours.client.post(at(paid, "invoice/reissue/"), {"reason": ""}).status_code == 422
    assert ours.client.post(at(paid, "invoice/reissue/"), {"reason": "字" * 201}).status_code == 422
    assert ours.client.post(at(paid, "invoice/reissue/"), {"reason": reason})["Location"] == at(paid)
    page = look(ours.client, at(paid))
    assert (reason in page.text, page.select("form[action$='reissue/']")) == (True, [])
    assert ours.client.post(at(paid, "invoice/reissue/"), {"reason": "再次"}).status_code == 409
    asked = ReissueRequest.objects.get()
    actions.refuse_reissue(asked, by=books.finance, answer="抬头与转账单位一致，无需换开")
    page = look(ours.client, at(paid))
    assert ("无需换开" in page.text, len(page.select("form[action$='reissue/']"))) == (True, 1)
