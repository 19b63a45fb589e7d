"""Everything that can be done to the book: one verb per function, each one transaction."""

from __future__ import annotations

from servicecenter.ledger.actions.charging import About, bill, charge, withdraw
from servicecenter.ledger.actions.closing import Counted, close_day, countersign
from servicecenter.ledger.actions.refunds import (
    agree_refund,
    ask_refund,
    decline_refund,
    open_refund,
    pay_refund,
)
from servicecenter.ledger.actions.returning import deduct, refund, reverse
from servicecenter.ledger.actions.taking import note_payment, print_receipt, take

__all__ = [
    "About",
    "Counted",
    "agree_refund",
    "ask_refund",
    "bill",
    "charge",
    "close_day",
    "countersign",
    "decline_refund",
    "deduct",
    "note_payment",
    "open_refund",
    "pay_refund",
    "print_receipt",
    "refund",
    "reverse",
    "take",
    "withdraw",
]
