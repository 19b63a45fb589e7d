"""Money comes in: the receipt, what a technician says was paid, and prints."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Role, User
from servicecenter.accounts.numbers import next_in_series
from servicecenter.audit.events import record
from servicecenter.ledger.actions.posting import (
    CASHIERS,
    Settled,
    checked_method,
    locked,
    may,
    open_day,
    post,
)
from servicecenter.ledger.models import Account, Charge, Entry, EntryKind, PaymentNote, Receipt, ReceiptPrint
from servicecenter.lib.clock import instant, start_of_day
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted

# 收据
LETTER = "S"
LONGEST_REFERENCE = 80


def take(
    charge: Charge,
    *,
    method: str,
    amount: Decimal | None = None,
    reference: str = "",
    payer: str = "",
    by: User,
    at: datetime | None = None,
) -> Receipt:
    """Takes what is owed, all of it, and writes the receipt. `amount`: what the cashier saw, if known.

    Of two desks that take the same charge one gets the money; the other is refused `charge_settled`, as for a charge
    that was withdrawn. Refuses `invalid` for an unknown method, a transfer without its reference, and an `amount` that
    is not what is owed; `not_found` and `not_permitted` to whoever takes no money here.
    """
    may(by, charge.community_id, CASHIERS)
    checked_method(method, reference)
    with transaction.atomic():
        fresh = locked(charge)
        when = instant(at)
        owed = fresh.owed
        if owed <= 0:
            raise Settled
        if amount is not None and amount != owed:
            raise Invalid(errors={"amount": [_("This is not what is owed: please look at it again.")]})
        day = open_day(fresh.community_id, by, when)
        entry = post(
            EntryKind.RECEIPT,
            {method: owed, Account.RECEIVABLE: -owed},
            community_id=fresh.community_id,
            day=day,
            by=by,
            at=when,
            cashier=by,
            charge=fresh,
        )
        return _receipt(entry, fresh, day, method=method, amount=owed, reference=reference, payer=payer)


def _receipt(
    entry: Entry, charge: Charge, day: date, *, method: str, amount: Decimal, reference: str, payer: str
) -> Receipt:
    """The number comes last, so that nobody waits for it longer than the insert takes."""
    sequence = next_in_series(charge.community, LETTER, start_of_day(day))
    cashier = entry.cashier
    assert cashier is not None
    return Receipt.objects.create(
        community=charge.community,
        number=f"{LETTER}{day:%y%m%d}-{charge.community.series}{sequence:04d}",
        sequence=sequence,
        day=day,
        charge=charge,
        entry=entry,
        amount=amount,
        method=method,
        reference=reference.strip()[:LONGEST_REFERENCE],
        payer=(payer.strip() or charge.payer)[:100],
        item=charge.item,
        cashier=cashier,
        cashier_name=str(cashier),
        at=entry.at,
    )


def note_payment(
    charge: Charge, *, method: str, reference: str = "", by: User, at: datetime | None = None
) -> PaymentNote:
    """A technician writes down that the owner paid on the spot: cash to hand in, or the reference of a transfer.

    It moves no money: the desk takes it and writes the receipt. Refuses `not_found` for a charge of somebody else's
    job, `not_permitted` to other roles, `charge_settled`, and `invalid` without a reference for anything but cash.
    """
    if not Charge.objects.visible_to(by).filter(pk=charge.pk).exists():
        raise NotFound
    if by.role != Role.TECHNICIAN:
        raise NotPermitted
    checked_method(method, reference)
    said = reference.strip()[:LONGEST_REFERENCE]
    if method != "cash" and not said:
        raise Invalid(errors={"reference": [_("Please write down the reference of the payment.")]})
    with transaction.atomic():
        fresh = locked(charge)
        when = instant(at)
        if fresh.owed <= 0:
            raise Settled
        note = PaymentNote.objects.create(
            community=fresh.community, charge=fresh, method=method, reference=said, by=by, at=when
        )
        record(
            community_id=fresh.community_id,
            work=fresh.work,
            case_id=fresh.case_id,
            action="money.noted",
            by=by,
            at=when,
            text=said,
            data={"charge": fresh.number, "amount": str(fresh.owed), "method": method},
        )
        return note


def print_receipt(receipt: Receipt, *, by: User, at: datetime | None = None) -> ReceiptPrint:
    """Counts one more print of a receipt; every one but the first says so on paper."""
    may(by, receipt.community_id, CASHIERS)
    with transaction.atomic():
        Receipt.objects.select_for_update(of=("self",)).get(pk=receipt.pk)
        last = receipt.prints.aggregate(last=Max("print_no"))["last"] or 0
        return ReceiptPrint.objects.create(
            community_id=receipt.community_id, receipt=receipt, print_no=last + 1, by=by, at=instant(at)
        )
