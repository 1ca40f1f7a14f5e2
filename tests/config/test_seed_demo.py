"""The demo association: made through the verbs, once, and only where its known passwords do no harm."""

from collections import Counter

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from cms.models import NoticeCategory, NoticePage
from config.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from membership.accounts.models import User
from membership.audit.models import AuditEntry
from membership.dues import invariants
from membership.dues.models import (
    BankStatement,
    DuesOrder,
    DuesSettings,
    DuesStandard,
    Invoice,
    PaidYear,
    Payment,
    Refund,
    ReissueRequest,
)
from membership.dues.standing import Account
from membership.messaging.gateways import memory
from membership.messaging.models import OutboundMessage
from membership.tracking.models import DeliberationResult, Delivery, Receipt, Reminder
from membership.tracking.states import ReceiptKind
from membership.units.models import Document, LevelTerm, Membership, Review, Seat, Unit
from membership.units.uscc import validate_uscc
from tests.files import private_files

pytestmark = pytest.mark.django_db

# Name: credit code, kind, state of the certification, lines of standing.
NAMED = {
    "示范建设集团有限公司": (
        "91510100MA0000001L",
        "contractor",
        "active",
        ["大协会普通会员", "安全分会普通会员", "质量分会理事"],
    ),
    "示范工程检测有限公司": ("91510100MA0000002P", "testing", "active", ["大协会普通会员", "检测分会理事"]),
    "示范监理咨询有限公司": (
        "91510100MA0000003T",
        "supervision",
        "active",
        ["大协会常务理事单位", "安全分会普通会员", "监理分会副会长"],
    ),
    "示范建工（外省）有限公司": ("91500000MA0000004L", "contractor", "pending", []),
    "示范职业学院": ("12510000MA00000051", "school", "active", ["大协会普通会员", "质量分会普通会员"]),
    "示范行业研究会": ("51510000MA00000063", "society", "draft", []),
}


@pytest.fixture
def demo(settings):
    settings.IS_DEMO = True
    call_command("seed_demo", verbosity=0)


def everything():
    """How many rows each table has, and what the important ones say."""
    counts = {model._meta.label: model._base_manager.count() for model in apps.get_models()}
    facts = [
        list(model._base_manager.order_by("pk").values())
        for model in (Unit, Membership, User, Delivery, Receipt, NoticePage, OutboundMessage)
    ]
    return counts, facts


def test_known_passwords_are_made_in_development_only(settings):
    settings.IS_DEMO = False
    before = everything()
    with pytest.raises(CommandError, match="仅可在开发设置下|development settings only|开发设置"):
        call_command("seed_demo")
    assert everything() == before


def register_of_the_demo():
    named = Unit.objects.filter(name__in=NAMED).with_memberships()
    assert {unit.name: standing(unit) for unit in named} == NAMED

    invented = Unit.objects.exclude(name__in=NAMED)
    codes = list(Unit.objects.values_list("uscc", flat=True))
    for code in codes:
        validate_uscc(code)
    assert invented.count() >= 40
    assert (len(set(codes)), len(set(Unit.objects.values_list("name", flat=True)))) == (len(codes), len(codes))
    states = set(Membership.objects.filter(body__kind="association").values_list("state", flat=True))
    assert states == {"draft", "pending", "returned", "active", "rejected"}

    people = {account.phone: account for account in DEMO_ACCOUNTS}
    for phone, account in people.items():
        user = User.objects.get(phone=f"+86{phone}")
        assert (user.name, user.check_password(DEMO_PASSWORD)) == (account.name, True)
    assert {user.seat.unit.name for user in User.objects.filter(seat__unit__name__in=NAMED)} == set(NAMED)


def standing(unit):
    """As NAMED has it."""
    certification, *_branches = unit.memberships.all()
    lines = [m.standing_line for m in unit.memberships.all() if m.state == "active"]
    return unit.uscc, unit.unit_type, certification.state, lines


def notices_and_answers_of_the_demo():
    delivered = NoticePage.objects.filter(pk__in=Delivery.objects.values("notice"))
    assert delivered.count() >= 12
    shown_to_members = set(delivered.values_list("category__slug", flat=True))
    assert {"notice", "activity", "training", "receipt"} <= shown_to_members
    assert set(NoticePage.objects.values_list("category__slug", flat=True)) == set(
        NoticeCategory.objects.values_list("slug", flat=True)
    )
    assert set(delivered.values_list("receipt_kind", flat=True)) >= {
        ReceiptKind.NONE,
        ReceiptKind.DELIBERATION,
        ReceiptKind.ATTENDANCE,
    }
    standing = Receipt.objects.current().filter(sent_back_at=None)
    assert standing.count() == Delivery.objects.filter(receipted_at__isnull=False).count() > 0
    assert Receipt.objects.filter(sent_back_at__isnull=False).count() == 1
    assert {True, False} == set(Receipt.objects.filter(origin="paper").values_list("is_late", flat=True))
    assert (Reminder.objects.count(), DeliberationResult.objects.count()) == (9, 1)
    assert len(private_files()) >= Document.objects.count() > 0


def books_of_the_demo():
    assert invariants.broken() == []
    standard = DuesStandard.objects.get()
    rates = dict(standard.rates.values_list("level__slug", "amount"))
    assert rates == {
        "president": 10000,
        "vice_president": 10000,
        "standing_council": 6000,
        "council": 4000,
        "ordinary": 2000,
    }
    assert (DuesSettings.current().takes_transfers, standard.resolution_name[-4:]) == (True, ".pdf")
    states = DuesOrder.objects.counts_by_state()
    assert (states["paid"] >= 20, states["awaiting_payment"] >= 2, states["cancelled"], states["expired"]) == (
        True,
        True,
        1,
        1,
    )
    assert Payment.objects.count() == states["paid"]
    assert PaidYear.objects.filter(order=None, waiver=None).exists()
    assert [year.waived > 0 for year in PaidYear.objects.waived()] == [True]
    guide = Unit.objects.get(name="示范建设集团有限公司")
    assert (Account(guide).standing.arrears, Account(guide).open_order.years) == ([], 3)
    owing = Account(Unit.objects.get(name="示范监理咨询有限公司")).standing
    assert owing.arrears == [owing.this_year - 1, owing.this_year]


def finance_office_of_the_demo():
    statement = BankStatement.objects.get()
    desk = {"matched": 2, "suggested": 1, "mismatch": 1, "unmatched": 1, "refunded": 1, "discarded": 0}
    assert (statement.state, statement.debit_count, statement.entries.counts()) == ("booked", 1, desk)
    assert Payment.objects.exclude(entry=None).count() == 2
    assert Refund.objects.get().amount == 300
    assert Invoice.objects.standing().count() == DuesOrder.objects.paid().count() - 4
    assert DuesOrder.objects.awaiting_invoice().count() == 4
    assert (Invoice.objects.exclude(voided_at=None).count(), ReissueRequest.objects.open().count()) == (1, 1)
    guide = Unit.objects.get(name="示范建设集团有限公司")
    assert [invoice.order.unit for invoice in Invoice.objects.filter(order__unit=guide)] == [guide]
    assert DuesOrder.objects.open().filter(unit=guide).exists()


def demo_is_made_through_the_verbs():
    seats = Seat.objects.filter(unit__name="示范建设集团有限公司").order_by("pk").values_list("user__name", "duty")
    assert list(seats) == [("李四", "owner"), ("钱芳", "agent")]
    verbs = Counter(AuditEntry.objects.values_list("verb", flat=True))
    decided = Counter(Membership.objects.values_list("state", flat=True))
    expected = {
        "units.register_unit": Unit.objects.count(),
        "units.submit": Membership.objects.exclude(state="draft").count(),
        "units.invite": 2,
        "units.accept_invitation": 1,
        "units.approve": decided["active"],
        "units.send_back": decided["returned"],
        "units.reject": decided["rejected"],
        "units.store_document": Document.objects.count(),
    }
    assert {verb: verbs[verb] for verb in expected} == expected
    rounds = Counter(Review.objects.filter(subject="application").values_list("membership__state", "state"))
    ends = {"pending": "open", "returned": "returned", "active": "approved", "rejected": "rejected"}
    assert rounds == {(state, ends[state]): number for state, number in decided.items() if state != "draft"}
    asked = Review.objects.exclude(subject="application").values_list("subject", "membership__body__slug", "state")
    assert set(asked) == {("change", "association", "open"), ("leave", "quality", "open")}
    secretary = User.objects.get(phone="+8613800000005")
    assert set(secretary.body_staff.values_list("body__slug", flat=True)) == {"safety", "quality"}
    assert LevelTerm.objects.current().count() == decided["active"]
    assert OutboundMessage.objects.exclude(state="sent").count() == 0
    assert {text[:6] for _to, text in memory.outbox} == {"【会员之家】"}


def second_run_changes_nothing(capsys):
    before = everything()
    call_command("seed_demo")
    assert everything() == before
    assert capsys.readouterr().out == "演示协会已齐备，未作任何改动。\n"


def test_the_demo(demo, subtests, capsys):
    """One test, for the demo takes a minute to make."""
    for look in (register_of_the_demo, notices_and_answers_of_the_demo, books_of_the_demo, finance_office_of_the_demo):
        with subtests.test(look.__name__):
            look()
    with subtests.test("verbs"):
        demo_is_made_through_the_verbs()
    with subtests.test("twice"):
        second_run_changes_nothing(capsys)
