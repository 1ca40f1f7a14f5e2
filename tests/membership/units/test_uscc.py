"""Credit codes after GB 32100-2015."""

import pytest
from django.core.exceptions import ValidationError

from membership.units.uscc import ALPHABET, check_character, normalise, validate_uscc

NAMED = [
    "91510100MA0000001L",
    "91510100MA0000002P",
    "91510100MA0000003T",
    "91500000MA0000004L",
    "12510000MA00000051",
    "51510000MA00000063",
]


def code(first17):
    return first17 + check_character(first17)


@pytest.mark.parametrize("valid", [*NAMED, *[code(f"{c}1510100MA0000001") for c in "123456789ANY"]])
def test_valid_code(valid):
    validate_uscc(valid)


def test_check_character_is_zero_when_nothing_remains():
    first17 = next(f for f in (f"91510100MA{n:07d}" for n in range(100)) if check_character(f) == "0")
    validate_uscc(first17 + "0")


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("91510100MA0000001", "统一社会信用代码应为 18 位，您输入了 17 位"),
        ("91510100MA0000001LL", "统一社会信用代码应为 18 位，您输入了 19 位"),
        ("", "统一社会信用代码应为 18 位，您输入了 0 位"),
        ("91510100IA0000001L", "统一社会信用代码第 9 位不能是“I”"),
        ("91510100MO0000001L", "统一社会信用代码第 10 位不能是“O”"),
        ("91510100MA000000ZL", "统一社会信用代码第 17 位不能是“Z”"),
        ("91510100MA0000001S", "统一社会信用代码第 18 位不能是“S”"),
        ("9151010AMA0000001L", "统一社会信用代码第 8 位不能是“A”"),
        ("B1510100MA0000001L", "统一社会信用代码第 1 位不能是“B”"),
        ("0" * 18, "统一社会信用代码第 1 位不能是“0”"),
        ("91510100MA000000１L", "统一社会信用代码第 17 位不能是“１”"),
        ("91510100MA0000001M", "统一社会信用代码与末位校验码不符，请对照营业执照核对"),
        ("91510100MA0000010L", "统一社会信用代码与末位校验码不符，请对照营业执照核对"),
    ],
)
def test_wrong_code_is_told_what_is_wrong(wrong, sentence):
    with pytest.raises(ValidationError) as refused:
        validate_uscc(wrong)
    assert refused.value.messages == [sentence]


def test_every_other_last_character_is_wrong():
    accepted = []
    for last in ALPHABET:
        try:
            validate_uscc("91510100MA0000001" + last)
        except ValidationError:
            continue
        accepted.append(last)
    assert accepted == ["L"]


@pytest.mark.parametrize(
    "typed",
    [
        "91510100ma0000001l",
        " 91510100 MA0000001L\n",
        "９１５１０１００ＭＡ００００００１Ｌ",
        "91510100\u3000MA0000001L",
        "91510100-MA000000-1L",
        "\u200b91510100MA0000001L\ufeff",
    ],
)
def test_normalise_forgives_how_it_is_typed(typed):
    assert normalise(typed) == "91510100MA0000001L"
