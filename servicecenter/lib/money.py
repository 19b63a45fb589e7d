"""Yuan in words: `¥1,234.50` for screens, 大写金额 for receipts."""

from __future__ import annotations

from decimal import Decimal

# Of one amount; what a person pays at a desk is far below.
LARGEST = Decimal("999999.99")

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


def yuan(amount: Decimal) -> str:
    """¥1,234.50; below zero −¥30.00."""
    sign = "−" if amount < 0 else ""
    return f"{sign}¥{abs(amount):,.2f}"


def is_whole_cents(amount: Decimal) -> bool:
    """Whether an amount has no more than two places (and is a number at all)."""
    # Not by quantizing, which refuses what has too many digits.
    places = amount.normalize().as_tuple().exponent
    return isinstance(places, int) and places >= -2


def capitals(amount: Decimal) -> str:
    """大写金额 as banks and accountants write it: 壹仟肆佰零玖元伍角整. Refuses one below zero with ValueError."""
    if amount < 0:
        raise ValueError("an amount in words is not negative")
    cents = int((amount * 100).to_integral_value())
    whole, jiao, fen = cents // 100, cents // 10 % 10, cents % 10
    words = f"{_whole(whole)}元" if whole or not cents else ""
    if jiao:
        # A zero in front of the jiao is spoken where yuan end in one.
        words += ("零" if whole and whole % 10 == 0 else "") + f"{_DIGITS[jiao]}角"
    elif fen and whole:
        words += "零"
    return words + (f"{_DIGITS[fen]}分" if fen else "整")


def _whole(number: int) -> str:
    if number == 0:
        return _DIGITS[0]
    words, index, gap = "", 0, False
    while number:
        number, group = divmod(number, 10000)
        if group:
            zero = "零" if gap and words and not words.startswith("零") else ""
            words = _group(group) + _GROUPS[index] + zero + words
        # A group that begins with a zero, or is empty, leaves one 零 before what follows.
        gap = group < 1000
        index += 1
    return words


def _group(number: int) -> str:
    words, zero = "", False
    for place, digit in enumerate(reversed(str(number))):
        if digit == "0":
            zero = bool(words)
        else:
            words = _DIGITS[int(digit)] + _PLACES[place] + ("零" if zero else "") + words
            zero = False
    return words
