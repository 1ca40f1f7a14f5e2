"""会费 for programs: quote, order, proof, invoice – the same prices, refusals and files as on the pages."""

from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone

from membership.dues import actions
from membership.dues.models import DuesOrder, DuesSettings, ReissueRequest
from membership.messaging.models import OutboundMessage
from membership.units.models import Document
from tests.files import docx, pdf
from tests.membership.dues.conftest import billing, issue, pay, place
from tests.portal.api.conftest import API, errors_of, problem_of, send

pytestmark = pytest.mark.django_db


def order_dues(person, years=1, amount=None, confirmed=False, **fields):
    body = {"years": years, "amount": amount or f"{2000 * years}.00", "billing": billing(person.unit, **fields)}
    return send(person.client, "post", "/orders", body | {"title_confirmed": confirmed})


def get(person, path):
    answer = person.client.get(API + path)
    assert answer.status_code == 200
    return answer.json()


class TestQuote:
    def test_standing_price_and_offers(self, ours, books):
        told = get(ours, "/dues")
        year = timezone.localdate().year
        assert (told["yearly"], told["level"], told["this_year"]) == ("2000.00", "普通会员", year)
        assert [(each["years"], each["amount"], each["last_year"]) for each in told["offers"]] == [
            (1, "2000.00", year),
            (2, "4000.00", year + 1),
            (3, "6000.00", year + 2),
        ]
        assert (told["obstacle"], told["open_order"]) == (None, None)
        assert told["billing"]["payer_name"] == ours.unit.name
        answer = ours.client.get(told["standard"]["url"])
        assert b"".join(answer.streaming_content).startswith(b"%PDF")

    def test_what_stands_in_the_way(self, ours):
        assert get(ours, "/dues")["obstacle"]["code"] == "no_account"
        assert problem_of(order_dues(ours)) == (409, "no_account")

    def test_years_owed(self, ours, books):
        DuesSettings.load()
        ours.unit.joined_on = timezone.localdate() - timedelta(days=400)
        ours.unit.save()
        told = get(ours, "/dues")
        assert told["state"] == "owing"
        assert str(timezone.localdate().year) in told["state_label"]


class TestOrdering:
    def test_an_order_with_all_that_paying_it_takes(self, ours, books):
        answer = order_dues(ours, years=3)
        assert answer.status_code == 201
        told, order = answer.json(), DuesOrder.objects.get()
        assert (told["number"], told["amount"], told["amount_in_words"]) == (order.number, "6000.00", "陆仟元整")
        assert (told["remittance_code"], told["payee"]["account_number"]) == (
            order.remittance_code,
            "6222000011112222333",
        )
        assert (told["state"], told["state_label"], told["is_open"]) == ("awaiting_payment", "待缴费", True)
        shared = ours.client.get(urlsplit(told["shared_url"]).path)
        assert (shared.status_code, order.printed_code in shared.content.decode()) == (200, True)
        assert get(ours, "/dues")["open_order"] == order.number
        assert problem_of(order_dues(ours)) == (409, "order_open")
        assert DuesOrder.objects.count() == 1

    def test_entries_to_put_right(self, ours, books):
        errors = errors_of(order_dues(ours, contact_name="", tax_no="1", invoice_kind="other"))
        assert set(errors) == {"billing.contact_name", "billing.tax_no", "billing.invoice_kind"}
        assert set(errors_of(order_dues(ours, invoice_title="别的公司"))) == {"title_confirmed"}
        assert DuesOrder.objects.count() == 0
        assert order_dues(ours, invoice_title="别的公司", confirmed=True).status_code == 201

    @pytest.mark.parametrize("amount", ["1999.00", "2,000.01", "很多", "", "-2000.00", "2e3"])
    def test_nobody_pays_a_price_not_seen(self, ours, books, amount):
        body = {"years": 1, "amount": amount, "billing": billing(ours.unit)}
        assert problem_of(send(ours.client, "post", "/orders", body)) == (409, "amount_changed")
        assert DuesOrder.objects.count() == 0

    def test_more_years_than_there_are(self, ours, books):
        rules = DuesSettings.load()
        rules.max_years = 2
        rules.save()
        assert problem_of(order_dues(ours, years=3)) == (409, "years")
        assert problem_of(order_dues(ours, years=4)) == (422, "malformed")

    def test_list_page_after_page(self, ours, outsider, books):
        numbers = []
        for _number in range(3):
            numbers.append(order_dues(ours).json()["number"])
            assert ours.client.post(f"{API}/orders/{numbers[-1]}/cancel").json()["state"] == "cancelled"
        place(outsider.unit, outsider.user)
        first = get(ours, "/orders?limit=2")
        second = get(ours, f"/orders?limit=2&cursor={first['next_cursor']}")
        assert [row["number"] for row in first["items"] + second["items"]] == numbers[::-1]
        assert second["next_cursor"] is None

    def test_constant_queries(self, ours, books, django_assert_num_queries):
        order_dues(ours)
        with django_assert_num_queries(5):
            get(ours, "/orders")
        for _number in range(20):
            number = get(ours, "/dues")["open_order"]
            ours.client.post(f"{API}/orders/{number}/cancel")
            order_dues(ours)
        with django_assert_num_queries(5):
            assert len(get(ours, "/orders")["items"]) == 20


class TestPaying:
    def test_proof(self, ours, order):
        answer = ours.client.post(f"{API}/orders/{order.number}/proof", {"file": pdf("凭证.pdf")})
        assert answer.status_code == 200
        assert (answer.json()["state"], answer.json()["proof"]["name"]) == ("awaiting_confirmation", "凭证.pdf")
        assert answer.json()["events"][0]["words"] == "凭证.pdf"

    def test_what_is_no_proof(self, ours, order):
        assert set(errors_of(ours.client.post(f"{API}/orders/{order.number}/proof", {"file": docx()}))) == {"file"}
        assert Document.objects.filter(unit=ours.unit).count() == 0

    def test_a_closed_order_takes_none_and_is_not_cancelled(self, ours, paid):
        answer = ours.client.post(f"{API}/orders/{paid.number}/proof", {"file": pdf()})
        assert problem_of(answer) == (409, "wrong_state")
        assert problem_of(ours.client.post(f"{API}/orders/{paid.number}/cancel")) == (409, "has_payment")
        assert Document.objects.filter(unit=ours.unit).count() == 0

    def test_the_slip_is_there_while_there_is_something_to_pay(self, ours, order, books, press):
        answer = ours.client.get(f"{API}/orders/{order.number}/slip")
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
        pay(order, books.finance)
        assert problem_of(ours.client.get(f"{API}/orders/{order.number}/slip")) == (404, "not_found")

    def test_once_paid_nothing_more_is_to_be_paid(self, ours, paid):
        told = get(ours, f"/orders/{paid.number}")
        assert (told["payee"], told["shared_url"], told["received"]) == (None, None, "6000.00")
        assert (told["paid_on"], told["state_label"], told["has_invoice"]) == ("2026-06-01", "已缴费", False)


class TestInvoice:
    def test_list_and_files(self, ours, outsider, invoice):
        (told,) = get(ours, "/invoices")["items"]
        assert (told["number"], told["amount"], told["order"]) == (invoice.number, "6000.00", invoice.order.number)
        assert [file["name"].rpartition(".")[2] for file in told["files"]] == ["pdf", "ofd"]
        answer = ours.client.get(told["files"][0]["url"])
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
        assert get(outsider, "/invoices")["items"] == []
        assert get(ours, f"/orders/{invoice.order.number}")["invoice"] == told

    def test_a_file_of_a_void_invoice_is_handed_out_by_no_address(self, ours, invoice, books):
        (told,) = get(ours, "/invoices")["items"]
        file = told["files"][0]
        answer = ours.client.get(f"{API}/documents/{file['id']}")
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
        actions.void_invoice(invoice, by=books.finance, reason="抬头有误", red_number="26512000000099999999")
        assert problem_of(ours.client.get(file["url"])) == (404, "not_found")
        assert problem_of(ours.client.get(f"{API}/documents/{file['id']}")) == (404, "not_found")
        assert get(ours, "/invoices")["items"] == []

    def test_sent_by_mail(self, ours, invoice):
        path = f"/orders/{invoice.order.number}/invoice/send"
        assert set(errors_of(send(ours.client, "post", path, {"email": "中文@"}))) == {"email"}
        answers = [send(ours.client, "post", path, {"email": "a@example.com"}) for _time in range(6)]
        assert [answer.status_code for answer in answers[:5]] == [204] * 5
        assert problem_of(answers[5]) == (409, "too_often")
        assert OutboundMessage.objects.filter(channel="email", recipient="a@example.com").count() == 5

    def test_another_one_asked_for(self, ours, invoice):
        path = f"/orders/{invoice.order.number}/invoice/reissue"
        assert set(errors_of(send(ours.client, "post", path, {"reason": " "}))) == {"reason"}
        answer = send(ours.client, "post", path, {"reason": "抬头有误"})
        assert (answer.status_code, answer.json()["reissue_asked_at"] is None) == (200, False)
        assert problem_of(send(ours.client, "post", path, {"reason": "抬头有误"})) == (409, "open_request")
        assert ReissueRequest.objects.count() == 1

    def test_without_an_invoice(self, ours, paid):
        path = f"/orders/{paid.number}/invoice"
        assert problem_of(send(ours.client, "post", f"{path}/send", {"email": "a@example.com"})) == (404, "not_found")
        assert problem_of(send(ours.client, "post", f"{path}/reissue", {"reason": "x"})) == (404, "not_found")

    def test_queries_do_not_grow(self, ours, books, django_assert_num_queries):
        for number in range(3):
            order = place(ours.unit, ours.user)
            pay(order, books.finance)
            issue(order, books.finance, number=f"2651200000001234567{number}")
        with django_assert_num_queries(7):
            assert len(get(ours, "/invoices")["items"]) == 3
        with django_assert_num_queries(7):
            assert len(get(ours, "/invoices?limit=1")["items"]) == 1
