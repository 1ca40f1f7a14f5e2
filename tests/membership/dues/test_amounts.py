"""Money in words and figures."""

import ast
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from membership.dues.amounts import DIGITS, in_words, parse

DUES = Path(__file__).parents[3] / "membership" / "dues"
PLACES = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("0.56", "伍角陆分"),
        ("10", "壹拾元整"),
        ("105.30", "壹佰零伍元叁角整"),
        ("1008.05", "壹仟零捌元零伍分"),
        ("2000", "贰仟元整"),
        ("10000", "壹万元整"),
        ("12000.06", "壹万贰仟元零陆分"),
        ("100001", "壹拾万零壹元整"),
        ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("1000000", "壹佰万元整"),
        ("10203040.56", "壹仟零贰拾万叁仟零肆拾元伍角陆分"),
        ("100010000.01", "壹亿零壹万元零壹分"),
        ("1000000000000", "壹万亿元整"),
    ],
)
def test_amounts_in_words(amount, words):
    assert in_words(Decimal(amount)) == words


@pytest.mark.parametrize("amount", ["-0.01", "0.001", "10000000000000000"])
def test_what_has_no_words(amount):
    with pytest.raises(ValueError, match=re.escape(str(Decimal(amount)))):
        in_words(Decimal(amount))


@given(st.decimals(min_value=0, max_value=Decimal("9999999999.99"), places=2))
def test_words_read_back_are_the_amount(amount):
    assert read_back(in_words(amount)) == amount


def read_back(words):
    """The amount of its words, by a reading that knows nothing of how they were made."""
    yuan, rest = words.split("元") if "元" in words else ("", words)
    total = group = digit = 0
    for character in yuan:
        if character in DIGITS:
            digit = DIGITS.index(character)
        elif character in PLACES:
            group, digit = group + digit * PLACES[character], 0
        elif character == "万":
            total, group, digit = total + (group + digit) * 10**4, 0, 0
        else:
            total, group, digit = (total + group + digit) * 10**8, 0, 0
    fen = [DIGITS.index(rest[rest.index(sign) - 1]) * worth for sign, worth in (("角", 10), ("分", 1)) if sign in rest]
    return Decimal(total + group + digit) + Decimal(sum(fen)) / 100


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("2000", "2000.00"),
        ("23,000.00", "23000.00"),
        ("¥ 12，000.5", "12000.50"),
        ("１２０００．００", "12000.00"),
        ("2000元", "2000.00"),
        ("+5", "5.00"),
        ("-3.50", "-3.50"),
        ("(3.50)", "-3.50"),
        ("−3.50", "-3.50"),
        (" 1 000 ", "1000.00"),
        ("RMB 6,000.00", "6000.00"),
        (Decimal("2000.0"), "2000.00"),
    ],
)
def test_amounts_as_people_and_banks_write_them(typed, amount):
    assert parse(typed) == Decimal(amount)


@pytest.mark.parametrize(
    "typed",
    ["", " ", "-", "abc", "1.234,56", "1,2", "12.345", "1e5", "٣", "NaN", "12..0", "1,0000", "--5", "9" * 40, "贰仟"]
    + [Decimal("NaN"), Decimal("0.001"), Decimal("1e30"), None, 0.1 + 0.2],
)
def test_doubtful_amounts_are_none_and_never_zero(typed):
    assert parse(typed) is None


def test_no_room_of_money_knows_a_float():
    """A float anywhere in the code of dues would round somebody's fen away."""

    def is_float(node):
        if isinstance(node, ast.Constant):
            return isinstance(node.value, float)
        return getattr(node, "id", getattr(node, "attr", None)) in ("float", "FloatField")

    found = [
        f"{path.name}:{node.lineno}"
        for path in sorted(DUES.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if is_float(node)
    ]
    assert found == []
