"""The example client plays a member's whole journey against a live server; the office does its part."""

import pytest

from cms.models import AssociationSettings
from examples.mini_client.client import Portal, Refused
from examples.mini_client.journey import Journey
from examples.mini_client.papers import credit_code
from membership.dues.models import DuesOrder, PaidYear
from membership.messaging.gateways import memory
from membership.tracking.models import Receipt
from membership.units import actions
from membership.units.models import Level, Membership, Unit
from membership.units.uscc import validate_uscc
from tests.captcha import ANSWER
from tests.files import pdf_bytes
from tests.membership.dues.conftest import issue, open_books, pay
from tests.portal.api.programs import PASSWORD, sent_code
from tests.portal.conftest import deliberation, deliver

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

PHONE, NAME = "13900007777", "接口示例建设有限公司"


class Office:
    """What the association does while the program waits."""

    def __init__(self):
        AssociationSettings.load().save()
        self.people, self.did = open_books(), []

    def wait(self, what, is_done):
        assert is_done() is False
        getattr(self, what)()
        self.did.append(what)
        assert is_done() is True

    def certified(self):
        unit = Unit.objects.get(name=NAME)
        for membership in Membership.objects.filter(unit=unit).order_by("body__sort_order", "pk"):
            level = Level.objects.get(body_kind=membership.body.kind, slug="ordinary")
            review = membership.reviews.get(state="open")
            actions.approve(review, by=self.people.reviewer, level=level)
        deliver(deliberation(title="关于审议章程修订案的通知", upload_required=True))

    def invoiced(self):
        order = DuesOrder.objects.get()
        pay(order, self.people.finance)
        issue(DuesOrder.objects.get(), self.people.finance)


def journey(live_server, wait):
    said = []
    portal = Portal(live_server.url)
    how = {"solve": lambda captcha: ANSWER, "read_code": sent_code, "wait": wait}
    return Journey(portal, tell=said.append, **how), said


def test_from_signing_up_to_the_invoice(live_server):
    office = Office()
    program, said = journey(live_server, office.wait)
    files = program.run(PHONE, PASSWORD, NAME)
    order, receipt = DuesOrder.objects.get(), Receipt.objects.get()
    assert files == {f"发票_{order.number}.pdf": pdf_bytes()}
    assert office.did == ["certified", "invoiced"]
    assert (order.unit.name, order.years, order.state) == (NAME, 3, "paid")
    assert PaidYear.objects.filter(unit=order.unit).count() == 3
    assert (receipt.delivery.unit, receipt.opinions.count()) == (order.unit, 2)
    assert Membership.objects.filter(unit=order.unit, state="active").count() == 2
    assert [line for line in said if line.startswith("待补充")] == []
    assert said[-1].startswith("已下载发票 26512000000012345678")
    assert len(memory.outbox) > 0


def test_a_refusal_brings_its_code_and_its_sentences(live_server):
    program, _said = journey(live_server, None)
    program.sign_up(PHONE, PASSWORD)
    with pytest.raises(Refused) as refused:
        program.portal.get("orders")
    assert (refused.value.status, refused.value.code) == (403, "no_unit")
    with pytest.raises(Refused) as refused:
        program.portal.write("PATCH", "account", {"name": ""})
    assert (refused.value.status, refused.value.code) == (422, "invalid")
    assert refused.value.errors == {"name": "请填写姓名"}


def test_invented_credit_codes_are_good_ones():
    for _number in range(50):
        validate_uscc(credit_code())
