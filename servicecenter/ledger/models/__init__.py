"""The book: charges, entries with their lines, receipts, and the day's cash-up."""

from __future__ import annotations

from servicecenter.ledger.models.accounts import BILLED, METHODS, Account, EntryKind, Kind, Method, account_of
from servicecenter.ledger.models.book import Entry, EntryQuerySet, Line
from servicecenter.ledger.models.cashups import CashCount, CashUp, CashUpQuerySet
from servicecenter.ledger.models.charges import Charge, ChargeQuerySet, ChargeState, PaymentNote
from servicecenter.ledger.models.receipts import Receipt, ReceiptPrint, ReceiptQuerySet
from servicecenter.ledger.models.refunds import Refund, RefundState

__all__ = [
    "BILLED",
    "METHODS",
    "Account",
    "CashCount",
    "CashUp",
    "CashUpQuerySet",
    "Charge",
    "ChargeQuerySet",
    "ChargeState",
    "Entry",
    "EntryKind",
    "EntryQuerySet",
    "Kind",
    "Line",
    "Method",
    "PaymentNote",
    "Receipt",
    "ReceiptPrint",
    "ReceiptQuerySet",
    "Refund",
    "RefundState",
    "account_of",
]
