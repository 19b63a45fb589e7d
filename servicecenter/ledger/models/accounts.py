"""The accounts of a community's book, as data: every community has the same ones."""

from __future__ import annotations

from django.db import models
from django.utils.translation import pgettext_lazy


class Method(models.TextChoices):
    """How money changes hands. Each is an account of its own."""

    CASH = "cash", pgettext_lazy("money", "Cash")
    TRANSFER = "transfer", pgettext_lazy("money", "Bank transfer")
    WECHAT = "wechat", pgettext_lazy("money", "WeChat Pay")
    ALIPAY = "alipay", pgettext_lazy("money", "Alipay")


class Account(models.TextChoices):
    """Where a line of an entry stands. Money and what is owed to us count up, income and deposits down."""

    CASH = "cash", pgettext_lazy("money", "Cash")
    TRANSFER = "transfer", pgettext_lazy("money", "Bank transfer")
    WECHAT = "wechat", pgettext_lazy("money", "WeChat Pay")
    ALIPAY = "alipay", pgettext_lazy("money", "Alipay")
    RECEIVABLE = "receivable", pgettext_lazy("money", "Owed to us")
    DEPOSITS = "deposits", pgettext_lazy("money", "Deposits")
    INCOME_REPAIR = "income_repair", pgettext_lazy("money", "Income from repairs")
    INCOME_CARD = "income_card", pgettext_lazy("money", "Income from keys and cards")
    INCOME_DECORATION = "income_decoration", pgettext_lazy("money", "Income from decoration")
    INCOME_OTHER = "income_other", pgettext_lazy("money", "Other income")
    # 长短款: what the drawer had more or less than the book.
    DIFFERENCE = "difference", pgettext_lazy("money", "Cash over and short")


class Kind(models.TextChoices):
    """What a charge is for."""

    REPAIR = "repair", pgettext_lazy("charge", "Repair")
    CARD = "card", pgettext_lazy("charge", "Keys and cards")
    DECORATION = "decoration", pgettext_lazy("charge", "Decoration")
    OTHER = "other", pgettext_lazy("charge", "Other service")
    DEPOSIT = "deposit", pgettext_lazy("charge", "Deposit")


# What the desk charges by hand; repairs are charged by their completion.
BILLED = [each for each in Kind.choices if each[0] != Kind.REPAIR]


class EntryKind(models.TextChoices):
    """What an entry of the book records."""

    CHARGE = "charge", pgettext_lazy("entry", "Charged")
    WITHDRAWAL = "withdrawal", pgettext_lazy("entry", "Charge withdrawn")
    RECEIPT = "receipt", pgettext_lazy("entry", "Paid")
    REVERSAL = "reversal", pgettext_lazy("entry", "Payment reversed")
    REFUND = "refund", pgettext_lazy("entry", "Money returned")
    DEDUCTION = "deduction", pgettext_lazy("entry", "Kept from the deposit")
    DIFFERENCE = "difference", pgettext_lazy("entry", "Over or short")


# Entries that move money: they stand in somebody's drawer.
WITH_MONEY = (EntryKind.RECEIPT, EntryKind.REVERSAL, EntryKind.REFUND, EntryKind.DIFFERENCE)
METHODS: tuple[str, ...] = tuple(Method.values)


def account_of(kind: str) -> str:
    """Where a charge of this kind is credited: deposits stay the payer's money, everything else is income."""
    if kind == Kind.DEPOSIT:
        return Account.DEPOSITS.value
    return Account(f"income_{kind}").value
