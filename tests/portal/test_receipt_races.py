"""Twenty who press 提交回执 at the same moment: one receipt, and nobody is left without an answer that can be read."""

from threading import Barrier

import pytest
from bs4 import BeautifulSoup
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone

from config.urls import urlpatterns as ours_as_they_are
from membership.audit.models import AuditEntry
from membership.tracking.models import Delivery, Opinion, Receipt
from membership.tracking.states import ReceiptState
from tests.factories import clerk
from tests.portal.api.conftest import problem_of, put
from tests.portal.conftest import deliberation, member
from tests.portal.test_receipts import Asked
from tests.races import TOGETHER, at_once

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

MANY = 20
everybody_looked = Barrier(MANY, timeout=TOGETHER)


def submit_without_guard(request, pk):
    """The twin of the view: it looks whether a receipt is in, and then writes one."""
    is_first = not Receipt.objects.filter(delivery=pk).exists()
    everybody_looked.wait()
    if not is_first:
        return HttpResponse(status=409)
    with transaction.atomic():
        Receipt.objects.create(delivery_id=pk, version=1, submitted_by=request.user)
    return HttpResponse(status=302)


urlpatterns = [path("portal/without-guard/<int:pk>/", submit_without_guard), *ours_as_they_are]


@pytest.fixture
def asked():
    """A deliberation sent to our unit and to one that must not be touched, and our administrator."""
    us = member("示范工程检测有限公司", "李四")
    member("示范监理咨询有限公司", "王五")
    asked = Asked(deliberation(), us.unit)
    asked.person = us.user
    return asked


def browsers(person):
    """As many browsers in which this person is logged in."""
    clients = [Client(raise_request_exception=False) for _number in range(MANY)]
    for client in clients:
        client.force_login(person)
    return clients


def differing(asked, number):
    """Answers that no two of the twenty have in common."""
    first, _second = asked.items
    return asked.answers(**{f"comment_{first.pk}": f"意见 {number}"})


def one_stands(asked):
    """One receipt, whole and recorded once; the other unit was asked and has not answered."""
    receipt = Receipt.objects.get()
    assert (receipt.version, receipt.superseded_at, receipt.opinions.count()) == (1, None, 2)
    assert (Opinion.objects.count(), AuditEntry.objects.filter(verb="tracking.submit_receipt").count()) == (2, 1)
    states = Delivery.objects.order_by("pk").values_list("receipt_state", "receipt_version")
    assert sorted(states) == [(ReceiptState.AWAITING, 0), (ReceiptState.SUBMITTED, 1)]
    assert Delivery.objects.get(pk=asked.delivery.pk).receipted_at == receipt.submitted_at
    return receipt


def test_the_same_answer_from_twenty_tabs_leads_to_the_one_receipt(asked):
    clients = browsers(asked.person)

    answers = at_once(MANY, lambda number: clients[number].post(asked.submit, asked.answers()))

    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, asked.done)] * MANY
    one_stands(asked)


def test_nineteen_with_another_answer_see_the_one_that_stands_and_what_they_wrote(asked):
    clients = browsers(asked.person)

    answers = at_once(MANY, lambda number: clients[number].post(asked.submit, differing(asked, number)))

    assert sorted(answer.status_code for answer in answers) == [302] + [409] * (MANY - 1)
    receipt = one_stands(asked)
    first, _second = asked.items
    stands = receipt.opinions.get(item=first).comment
    when = timezone.localtime(receipt.submitted_at)
    words = f"回执未提交 李四 已于 {when:%Y-%m-%d %H:%M} 提交此回执。如需修改，请先查看已提交的内容。"
    for number, answer in enumerate(answers):
        if answer.status_code == 409:
            page = BeautifulSoup(answer.content, "html.parser")
            assert page.select_one("[role=alert]").get_text(" ", strip=True) == words
            assert [cell.text for cell in page.select("#receipt tbody tr")[0].select("th, td")][2] == stands
            assert page.select_one(f"#id_comment_{first.pk}").text.strip() == f"意见 {number}"


def test_colleagues_at_once_have_one_first(asked):
    colleagues = [asked.person, *(clerk(asked.delivery.unit, duty="agent", name=f"同事{n}") for n in range(1, MANY))]
    clients = [Client() for _person in colleagues]
    for client, person in zip(clients, colleagues, strict=True):
        client.force_login(person)

    answers = at_once(MANY, lambda number: clients[number].post(asked.submit, asked.answers()))

    assert sorted(answer.status_code for answer in answers) == [302] + [409] * (MANY - 1)
    won = next(number for number, answer in enumerate(answers) if answer.status_code == 302)
    assert one_stands(asked).submitted_by == colleagues[won]


@pytest.mark.parametrize("is_same", [True, False])
def test_programs_at_once_are_told_the_same(asked, is_same):
    clients = browsers(asked.person)

    def give(number):
        said = [
            {"item": item.pk, "choice": "agree", "comment": "" if is_same else f"意见 {number}"} for item in asked.items
        ]
        return put(clients[number], f"/messages/{asked.delivery.pk}/receipt", {"version": 0, "opinions": said})

    answers = at_once(MANY, give)

    one_stands(asked)
    first, *others = sorted(answers, key=lambda answer: (answer.status_code != 201, answer.status_code))
    assert first.status_code == 201
    if is_same:
        assert [(other.status_code, other.json()) for other in others] == [(200, first.json())] * (MANY - 1)
    else:
        assert {problem_of(other) for other in others} == {(409, "already_submitted")}
        assert {other.json()["detail"].partition(" ")[0] for other in others} == {"李四"}


@pytest.mark.urls(__name__)
def test_twin_without_the_guard_leaves_people_before_a_broken_page(asked):
    """All have looked before anybody writes: the constraint stops nineteen, and they see an error of the server."""
    clients = browsers(asked.person)

    answers = at_once(MANY, lambda number: clients[number].post(f"/portal/without-guard/{asked.delivery.pk}/"))

    assert sorted(answer.status_code for answer in answers) == [302] + [500] * (MANY - 1)
