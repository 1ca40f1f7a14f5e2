"""Money in words and figures. Amounts are Decimal yuan with two places; a float is a mistake."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation

FEN = Decimal("0.01")
DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ["", "拾", "佰", "仟"]
GROUPS = ["", "万", "亿", "万亿"]
LIMIT = Decimal("10000000000")  # of a typed amount, exclusive


def in_words(amount):
    """The amount as a Chinese bank writes it: 4000 → 肆仟元整, 1008.5 → 壹仟零捌元伍角整.

    Raises ValueError for a negative one, for more than two places and from ten thousand billion on.
    """
    if amount < 0 or amount != amount.quantize(FEN) or amount >= 10**16:
        raise ValueError(amount)
    yuan, fen = divmod(int(amount * 100), 100)
    jiao, fen = divmod(fen, 10)
    words = f"{_whole(yuan)}元" if yuan else ""
    if jiao:
        words += f"{DIGITS[jiao]}角"
    elif fen and yuan:
        words += "零"
    if fen:
        return f"{words}{DIGITS[fen]}分"
    return f"{words or '零元'}整"


def _whole(number):
    """A whole number above 0 in groups of four places; a gap between them is one 零."""
    words, gap = "", False
    for place in range((len(str(number)) - 1) // 4, -1, -1):
        group = number // 10000**place % 10000
        if not group:
            gap = bool(words)
            continue
        if words and (gap or group < 1000):
            words += "零"
        words, gap = words + _group(group) + GROUPS[place], False
    return words


def _group(number):
    words, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if gap else "") + DIGITS[digit] + PLACES[place]
            gap = False
        else:
            gap = bool(words)
    return words


def parse(text):
    """The amount that a person or a bank wrote, or None: ¥ 12，000.00 and １２０００ are 12000.00; (5.00) is −5.00.

    Thousands are groups of three; anything doubtful (1.234,56; 1,2; 3 places; words) is None, never 0.
    """
    if isinstance(text, Decimal):
        return text.quantize(FEN) if text.is_finite() and abs(text) < LIMIT and text == text.quantize(FEN) else None
    plain = re.sub(r"\s|^[¥￥]|元$|RMB|CNY", "", unicodedata.normalize("NFKC", str(text)).replace("，", ","))
    plain = plain.lstrip("¥￥").replace("−", "-")
    if re.fullmatch(r"\(.+\)", plain):
        plain = f"-{plain[1:-1]}"
    if not re.fullmatch(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d{1,2})?", plain, re.ASCII):
        return None
    try:
        amount = Decimal(plain.replace(",", "")).quantize(FEN)
    except InvalidOperation:
        return None
    return amount if abs(amount) < LIMIT else None


def in_figures(amount):
    """The amount as lists show it: 12,000.00."""
    return f"{amount:,.2f}"
