"""Money goes back, or a payment was none. Nothing is edited: each is an entry of its own with its reason."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import User
from servicecenter.ledger.actions.posting import (
    AGREEING,
    CASHIERS,
    LEADERS,
    checked_amount,
    checked_method,
    checked_reason,
    locked,
    may,
    open_day,
    post,
)
from servicecenter.ledger.models import Account, Charge, Entry, EntryKind, Kind, Receipt, account_of
from servicecenter.lib.clock import instant, local_day
from servicecenter.lib.refusals import Invalid, NotPermitted, Refusal


class Reversed(Refusal):
    """The payment was undone before, or its money went back since."""

    code = "receipt_reversed"
    sentence = _("This receipt was undone before, or its money was returned or kept.")


def reverse(receipt: Receipt, *, reason: str, by: User, at: datetime | None = None) -> Entry:
    """冲销: the payment was written down by mistake (wrong charge, wrong method). Owed again; the receipt is void.

    It leaves the drawer of whoever took it. Supervisors only. Refuses `receipt_reversed` the second time and where
    money of it was returned, kept, or is about to be; `invalid` without a reason.
    """
    may(by, receipt.community_id, LEADERS)
    why = checked_reason(reason)
    with transaction.atomic():
        charge = locked(receipt.charge)
        when = instant(at)
        undone = Entry.objects.filter(reverses=receipt.entry_id).exists()
        if undone or charge.held < receipt.amount or charge.refunds.open().exists():
            raise Reversed
        return post(
            EntryKind.REVERSAL,
            {Account.RECEIVABLE: receipt.amount, receipt.method: -receipt.amount},
            community_id=charge.community_id,
            day=open_day(charge.community_id, receipt.cashier, when),
            by=by,
            at=when,
            cashier=receipt.cashier,
            charge=charge,
            reverses=receipt.entry,
            reason=why,
        )


def refund(
    charge: Charge,
    *,
    amount: Decimal,
    method: str,
    reference: str = "",
    reason: str,
    by: User,
    agreed_by: User,
    at: datetime | None = None,
) -> Entry:
    """退款: `by` pays money back for good, all of it or a part, after `agreed_by` agreed, never what was kept.

    For apps whose own papers prove both (a decoration); at the desk see `refunds`. Refuses `invalid` for more than can
    go back, an unknown method, a transfer without its reference, and without a reason; as `two_people` does.
    """
    two_people(charge, by, agreed_by)
    checked_method(method, reference)
    why = checked_reason(reason)
    with transaction.atomic():
        fresh = locked(charge)
        when = instant(at)
        checked_amount(amount, fresh.held)
        return post(
            EntryKind.REFUND,
            {account_of(fresh.kind): amount, method: -amount},
            community_id=fresh.community_id,
            day=open_day(fresh.community_id, by, when),
            by=by,
            at=when,
            cashier=by,
            charge=fresh,
            agreed_by=agreed_by,
            reason=f"{why} ({reference.strip()})"[:500] if reference.strip() else why,
        )


def deduct(
    charge: Charge,
    *,
    amount: Decimal,
    reason: str,
    by: User,
    agreed_by: User,
    at: datetime | None = None,
) -> Entry:
    """Keeps a part of a deposit that was paid (damage, rubbish left behind): it becomes income.

    Refuses `invalid` for a charge that is no deposit, and for more than is left of it; as `two_people` does.
    """
    two_people(charge, by, agreed_by)
    why = checked_reason(reason)
    if charge.kind != Kind.DEPOSIT:
        raise Invalid(errors={"kept": [_("This is no deposit.")]})
    with transaction.atomic():
        fresh = locked(charge)
        when = instant(at)
        checked_amount(amount, fresh.held)
        return post(
            EntryKind.DEDUCTION,
            {Account.DEPOSITS: amount, Account.INCOME_DECORATION: -amount},
            community_id=fresh.community_id,
            day=local_day(when),
            by=by,
            at=when,
            charge=fresh,
            agreed_by=agreed_by,
            reason=why,
        )


def two_people(charge: Charge, by: User, agreed_by: User) -> None:
    """Refuses `not_permitted` where one person asks and agrees, or one of them may not; as `may` does."""
    may(by, charge.community_id, CASHIERS)
    may(agreed_by, charge.community_id, AGREEING)
    if by.pk == agreed_by.pk:
        raise NotPermitted(_("Nobody agrees to their own refund."))
