"""退款 at the desk: one person asks, another agrees, and then the money is paid out."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import User
from servicecenter.audit.events import record
from servicecenter.ledger.actions.posting import AGREEING, CASHIERS, checked_reason, locked, may
from servicecenter.ledger.actions.returning import deduct, refund
from servicecenter.ledger.models import Charge, Kind, Refund, RefundState
from servicecenter.lib.clock import instant
from servicecenter.lib.money import is_whole_cents
from servicecenter.lib.refusals import Invalid, NotPermitted, Refusal

NOTHING = Decimal(0)
LONGEST = 300


class RefundMoved(Refusal):
    """Another one is open, or somebody decided or paid out meanwhile."""

    code = "refund_moved"
    sentence = _("This refund has moved on meanwhile. Please look at it again.")


def open_refund(charge: Charge) -> Refund:
    """The refund of a charge that waits to be agreed to or paid out; refuses `refund_moved` where there is none."""
    found = charge.refunds.open().select_related("charge").first()
    if found is None:
        raise RefundMoved
    return found


def ask_refund(
    charge: Charge,
    *,
    amount: Decimal,
    kept: Decimal = NOTHING,
    reason: str,
    by: User,
    at: datetime | None = None,
) -> Refund:
    """Asks for `amount` to go back to the payer and, of a deposit, for `kept` to be kept. Nothing moves yet.

    Refuses `refund_moved` while another one is open; `invalid` for nothing, more than there is, something kept of what
    is no deposit, and without a reason; `not_found` and `not_permitted` to whoever does not work at this desk.
    """
    may(by, charge.community_id, CASHIERS)
    why = checked_reason(reason)[:LONGEST]
    with transaction.atomic():
        fresh = locked(charge)
        if fresh.refunds.open().exists():
            raise RefundMoved
        _check(fresh, amount, kept)
        asked = Refund.objects.create(
            community=fresh.community,
            charge=fresh,
            amount=amount,
            kept=kept,
            reason=why,
            asked_by=by,
            asked_at=instant(at),
        )
        _tell(asked, "asked", why, by, asked.asked_at)
        return asked


def _check(charge: Charge, amount: Decimal, kept: Decimal) -> None:
    if kept and charge.kind != Kind.DEPOSIT:
        raise Invalid(errors={"kept": [_("This is no deposit.")]})
    for name, given in (("amount", amount), ("kept", kept)):
        if not is_whole_cents(given) or given < 0:
            raise Invalid(errors={name: [_("Please enter an amount in yuan.")]})
    if not 0 < amount + kept <= charge.held:
        sentence = _("Between 0.01 and %(most)s yuan can go back or be kept.") % {"most": charge.held}
        raise Invalid(errors={"amount": [sentence]})


def agree_refund(asked: Refund, *, by: User, at: datetime | None = None) -> Refund:
    """A second person agrees: what is kept of a deposit becomes income now, the rest waits to be paid out.

    Refuses `not_permitted` to whoever asked and to other roles, `refund_moved` where it was decided before.
    """
    _may_decide(asked, by)
    with transaction.atomic():
        fresh, when = _fresh(asked, RefundState.ASKED), instant(at)
        if fresh.kept:
            deduct(
                fresh.charge, amount=fresh.kept, reason=fresh.reason, by=fresh.asked_by, agreed_by=by, at=when
            )
        fresh.agreed, fresh.decided_by, fresh.decided_at = True, by, when
        fresh.save(update_fields=["agreed", "decided_by", "decided_at"])
        _tell(fresh, "agreed", fresh.reason, by, when)
        return fresh


def decline_refund(asked: Refund, *, reason: str, by: User, at: datetime | None = None) -> Refund:
    """A second person does not agree, and says why. Refuses as `agree_refund` does, and `invalid` without a reason."""
    _may_decide(asked, by)
    why = checked_reason(reason)[:LONGEST]
    with transaction.atomic():
        fresh, when = _fresh(asked, RefundState.ASKED), instant(at)
        fresh.agreed, fresh.decided_by, fresh.decided_at, fresh.answer = False, by, when, why
        fresh.save(update_fields=["agreed", "decided_by", "decided_at", "answer"])
        _tell(fresh, "declined", why, by, when)
        return fresh


def pay_refund(
    asked: Refund, *, method: str, reference: str = "", by: User, at: datetime | None = None
) -> Refund:
    """Pays out what was agreed to; the money leaves the drawer of `by`, who is not the one that agreed.

    Refuses `refund_moved` where it is not agreed to or was paid out, `invalid` for an unknown method or a transfer
    without its reference, `not_permitted` to whoever agreed.
    """
    may(by, asked.community_id, CASHIERS)
    with transaction.atomic():
        fresh = _fresh(asked, RefundState.AGREED)
        agreed_by = fresh.decided_by
        assert agreed_by is not None
        fresh.entry = refund(
            fresh.charge,
            amount=fresh.amount,
            method=method,
            reference=reference,
            reason=fresh.reason,
            by=by,
            agreed_by=agreed_by,
            at=at,
        )
        fresh.save(update_fields=["entry"])
        return fresh


def _may_decide(asked: Refund, by: User) -> None:
    may(by, asked.community_id, AGREEING)
    if asked.asked_by_id == by.pk:
        raise NotPermitted(_("Nobody agrees to their own refund."))


def _fresh(asked: Refund, state: RefundState) -> Refund:
    """Behind the lock of its charge, as everything that books."""
    charge = locked(asked.charge)
    fresh = Refund.objects.select_related("asked_by", "decided_by", "community").get(pk=asked.pk)
    if fresh.state != state:
        raise RefundMoved
    fresh.charge = charge
    return fresh


def _tell(asked: Refund, what: str, text: str, by: User, at: datetime) -> None:
    record(
        community_id=asked.community_id,
        work=asked.charge.work,
        case_id=asked.charge.case_id,
        action=f"money.refund_{what}",
        by=by,
        at=at,
        text=text,
        data={"charge": asked.charge.number, "amount": str(asked.amount), "item": asked.charge.item},
    )
