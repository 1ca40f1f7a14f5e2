"""Money in words and figures."""

import ast
import re
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from membership.dues.amounts import DIGITS, in_words, parse

HOUSE = Path(__file__).parents[3]
MONEY = [
    "membership/dues/**/*.py",
    "portal/dues_marks.py",
    "portal/books.py",
    *(f"portal/{room}/{noun}.py" for room in ("views", "api") for noun in ("dues", "orders", "invoices")),
    "config/demo/dues*.py",
]
PAGES = [
    "dues/**/*.html",
    "modeladmin/dues/**/*.html",
    "portal/dues/*.html",
    "portal/orders/*",
    "pdf/dues_letters.html",
    "pdf/payment_slip.html",
]
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


def floats_in(source):
    """Lines with a float literal, `float` or a `FloatField`."""

    def is_float(node):
        if isinstance(node, ast.Constant):
            return isinstance(node.value, float)
        return getattr(node, "id", getattr(node, "attr", None)) in ("float", "FloatField")

    return [node.lineno for node in ast.walk(ast.parse(source)) if is_float(node)]


def test_no_room_of_money_knows_a_float():
    """A float anywhere in the code of dues, of its pages or of its API would round somebody's fen away."""
    files = [path for pattern in MONEY for path in sorted(HOUSE.glob(pattern))]
    found = [f"{path.name}:{line}" for path in files for line in floats_in(path.read_text(encoding="utf-8"))]
    assert (len(files) > 80, found) == (True, [])


@pytest.mark.parametrize("source", ["a = 0.1", "a = 1e3", "float(a)", "models.FloatField()", "isinstance(a, float)"])
def test_twin_a_float_is_found(source):
    assert floats_in(source) == [1]


def test_no_template_of_dues_reckons():
    """`floatformat` and `widthratio` go through binary fractions."""
    files = [path for folder in PAGES for path in sorted((HOUSE / "templates").glob(folder))]
    found = [path.name for path in files if re.search("floatformat|widthratio", path.read_text(encoding="utf-8"))]
    assert (len(files) > 40, found) == (True, [])
