"""Whose money it is: the pure function, case by case."""

from decimal import Decimal

import pytest

from membership.dues.codes import check_character
from membership.dues.matching import Money, match, name_key
from tests.membership.dues.bank import claim


def code(body):
    return f"HF{body}{check_character(body)}"


ONE, TWO, STRAY = code("7K3M9Q"), code("A2B3C4"), code("ZZZZ99")


def money(key=1, amount="2000.00", memo="", payer="", account=""):
    return Money(key, Decimal(amount), payer, account, memo)


def verdict(credit, *claims, **known):
    """(state, ground, order) of one credit."""
    found = match([credit], claims, **known)[credit.key]
    return str(found.state), str(found.ground), found.claim and found.claim.pk


@pytest.mark.parametrize(
    "memo",
    [ONE, f"会费{ONE}", "hf-7k3m9q-" + ONE[-1].lower(), f"HF 7K3M\n9Q{ONE[-1]}", f"订单：{ONE[:5]} {ONE[5:]}，谢谢",
     "".join(chr(ord(letter) + 0xFEE0) for letter in ONE)],
)  # fmt: skip
def test_code_and_exact_amount_are_booked_however_the_code_is_written(memo):
    assert verdict(money(memo=memo, payer="总公司"), claim(code=ONE)) == ("matched", "code", 1)


@pytest.mark.parametrize("amount", ["1999.99", "2000.01", "1000.00", "4000.00"])
def test_code_and_another_amount_are_never_booked(amount):
    assert verdict(money(amount=amount, memo=ONE, payer="单位1"), claim(code=ONE)) == ("mismatch", "code_amount", 1)


@pytest.mark.parametrize(
    ("state", "ground"),
    [("paid", "order_paid"), ("cancelled", "order_cancelled"), ("expired", "order_expired"),
     ("reversed", "order_reversed")],
)  # fmt: skip
def test_code_of_an_order_that_is_over_says_so_and_suggests_nothing(state, ground):
    other = claim(2, TWO, names=frozenset({"单位1"}))
    assert verdict(money(memo=ONE, payer="单位1"), claim(code=ONE, state=state), other) == ("unmatched", ground, None)


def test_order_with_a_year_paid_otherwise_is_not_booked():
    assert verdict(money(memo=ONE), claim(code=ONE, year_paid=True)) == ("unmatched", "year_paid", None)


def test_of_two_with_the_same_code_only_the_first_fills_the_order():
    found = match([money(1, memo=ONE), money(2, memo=ONE), money(3, "5.00", ONE)], [claim(code=ONE)])
    assert [(str(v.state), str(v.ground)) for v in found.values()] == [
        ("matched", "code"),
        ("unmatched", "order_paid"),
        ("unmatched", "order_paid"),
    ]


def test_two_codes_are_for_a_person_to_divide():
    claims = [claim(1, ONE), claim(2, TWO)]
    assert verdict(money(amount="4000.00", memo=f"{ONE} {TWO}"), *claims) == ("unmatched", "several_codes", None)
    assert verdict(money(memo=f"{ONE} {STRAY} {ONE}"), *claims) == ("matched", "code", 1)


@pytest.mark.parametrize("payer", ["四川示范（集团）有限公司", "四川示范(集团) 有限公司", "四川示范【集团】有限公司"])
def test_name_and_exact_amount_are_a_suggestion_only(payer):
    order = claim(names=frozenset({name_key("四川示范(集团)有限公司")}))
    assert verdict(money(payer=payer), order) == ("suggested", "name", 1)


@pytest.mark.parametrize("payer", ["四川示范集团有限责任公司", "四川示范集团公司", "四川示范", ""])
def test_other_names_are_not_guessed(payer):
    assert verdict(money(payer=payer), claim(names=frozenset({"四川示范集团有限公司"})))[0] == "unmatched"


def test_name_with_another_amount_or_several_orders_waits_with_its_ground():
    same = frozenset({"单位1"})
    assert verdict(money(amount="5.00", payer="单位1"), claim()) == ("unmatched", "name_amount", None)
    assert verdict(money(payer="单位1"), claim(1, ONE), claim(2, TWO, names=same)) == (
        "unmatched", "several_orders", None,
    )  # fmt: skip
    assert verdict(money(payer="单位1"), claim(1, ONE), claim(2, TWO, names=same, missing=Decimal(5))) == (
        "suggested", "name", 1,
    )  # fmt: skip


def test_account_known_from_earlier_is_a_suggestion():
    known = {"payers": {"622": {1, 7}}}
    assert verdict(money(payer="总公司", account="622"), claim(), **known) == ("suggested", "account", 1)
    assert verdict(money(payer="总公司", account="623"), claim(), **known) == ("unmatched", "nothing", None)
    assert verdict(money(account="622"), claim(1, ONE), claim(7, TWO), **known) == ("unmatched", "several_orders", None)


def test_one_order_is_suggested_once():
    found = match([money(1, payer="单位1"), money(2, payer="单位1")], [claim()])
    assert [str(v.ground) for v in found.values()] == ["name", "also_suggested"]
    assert verdict(money(payer="单位1"), claim(), suggested=[1]) == ("unmatched", "also_suggested", None)


def test_codes_go_before_likeness_whatever_the_order_of_the_rows():
    found = match([money(1, payer="单位1"), money(2, memo=ONE, payer="他人")], [claim(code=ONE)])
    assert [str(v.state) for v in (found[1], found[2])] == ["unmatched", "matched"]


def test_unknown_code_and_nothing_at_all():
    assert verdict(money(memo=STRAY), claim(code=ONE)) == ("unmatched", "code_unknown", None)
    assert verdict(money(memo="会费"), claim(code=ONE)) == ("unmatched", "nothing", None)
