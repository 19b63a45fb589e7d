"""Amounts in words."""

from __future__ import annotations

from decimal import Decimal

import pytest

from servicecenter.lib.money import capitals, yuan


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        ("0", "零元整"),
        ("0.05", "伍分"),
        ("0.50", "伍角整"),
        ("10", "壹拾元整"),
        ("80", "捌拾元整"),
        ("325.04", "叁佰贰拾伍元零肆分"),
        ("1409.50", "壹仟肆佰零玖元伍角整"),
        ("1680.32", "壹仟陆佰捌拾元零叁角贰分"),
        ("6007.14", "陆仟零柒元壹角肆分"),
        ("10001", "壹万零壹元整"),
        ("107000.53", "壹拾万柒仟元零伍角叁分"),
        ("999999.99", "玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        ("100010000", "壹亿零壹万元整"),
    ],
)
def test_an_amount_is_written_as_accountants_write_it(amount: str, words: str) -> None:
    assert capitals(Decimal(amount)) == words


def test_a_negative_amount_has_no_words() -> None:
    with pytest.raises(ValueError, match="negative"):
        capitals(Decimal("-1"))


def test_yuan_have_two_places_and_a_sign() -> None:
    assert (yuan(Decimal("1234.5")), yuan(Decimal("-30"))) == ("¥1,234.50", "−¥30.00")
