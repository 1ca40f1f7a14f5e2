"""Remittance codes: made so that a slip of the hand is noticed, found in whatever a bank writes around them."""

import pytest

from membership.dues.codes import ALPHABET, check_character, codes_in, in_groups, new_code

CODE = "HF7K3M9Q" + check_character("7K3M9Q")


def test_every_new_code_is_found_in_what_is_printed():
    for _number in range(200):
        code = new_code()
        assert codes_in(in_groups(code)) == [code]


def test_no_character_is_mistaken_for_another():
    assert not set("01ILO") & set(ALPHABET)
    assert len(set(ALPHABET)) == len(ALPHABET) == 31


@pytest.mark.parametrize(
    "memo",
    [
        CODE,
        CODE.lower(),
        f"会费 {in_groups(CODE)}",
        f"2026年会费，附言：{' '.join(CODE)}。",
        "".join(chr(ord(c) + 0xFEE0) for c in CODE),
        f"转账\n{CODE[:4]}\n{CODE[4:]}",
        f"HF{CODE}",
        f"摘要{CODE}X备注",
        f"{CODE}/{in_groups(CODE)}",
    ],
)
def test_a_code_is_found_whatever_stands_around_it(memo):
    assert codes_in(memo) == [CODE]


def test_every_wrong_character_and_every_swap_of_neighbours_is_noticed():
    wrong = [CODE[:i] + c + CODE[i + 1 :] for i in range(2, 9) for c in ALPHABET if c != CODE[i]]
    swapped = [CODE[:i] + CODE[i + 1] + CODE[i] + CODE[i + 2 :] for i in range(2, 8)]
    assert len(wrong) == 210
    assert [memo for memo in [*wrong, *swapped] if memo != CODE and codes_in(memo)] == []


@pytest.mark.parametrize("memo", ["", "会费", "HF", "HF123456", CODE[:-1], CODE[2:], "HF0O1IL00"])
def test_what_is_no_code(memo):
    assert codes_in(memo) == []


def test_several_codes_come_in_their_order():
    other = "HFAAAAAA" + check_character("AAAAAA")
    assert codes_in(f"{other} {CODE} {other}") == [other, CODE]
