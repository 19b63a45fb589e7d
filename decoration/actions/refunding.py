"""The deposit: deductions itemised with evidence, proposed by one, agreed to by another, paid out. Money moves in the
ledger only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from decoration.actions.steps import file, needed, take
from decoration.models import Deduction, Permit, Violation
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed
from servicecenter.ledger import actions as ledger
from servicecenter.ledger.models import Refund, RefundState
from servicecenter.lib.clock import instant
from servicecenter.lib.money import is_whole_cents
from servicecenter.lib.refusals import Invalid, NotFound
from servicecenter.workflow.run import Step, TransitionRefused, check, lock


def ask_refund(
    permit: Permit,
    *,
    refund_to: str = "",
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Permit:
    """Whoever applied asks for the deposit back, once the works are accepted; nobody has to come for it."""

    def asked(_locked: Permit, when: datetime) -> dict[str, Any]:
        return {"refund_asked_at": when, "refund_to": refund_to.strip()[:120]}

    return take(permit, "ask_refund", by=by, at=at, version=version, prepare=asked)


def deduct(
    permit: Permit,
    *,
    what: str,
    amount: Decimal,
    pictures: Sequence[Filed],
    violation: Violation | None = None,
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Deduction:
    """One line of what is to be kept, with its evidence. It moves nothing yet.

    Refuses `invalid` for no amount, more than is left of the deposit, no words and no picture; `not_found` for a
    violation of another permit.
    """
    what = what.strip()[:200]
    if violation is not None and violation.permit_id != permit.pk:
        raise NotFound
    with transaction.atomic():
        locked = lock(permit)
        check(locked, "deduct", by)
        _check_deduction(locked, what, amount, pictures)
        made: list[Deduction] = []

        def write(step: Step[Permit]) -> None:
            row = Deduction.objects.create(
                community_id=step.case.community_id,
                permit=step.case,
                violation=violation,
                what=what,
                amount=amount,
                by=by,
                at=step.at,
            )
            for picture in pictures:
                file(step.case, "deduction", row.pk, picture, by=by, at=step.at)
            made.append(row)

        data = {"what": what, "amount": str(amount)}
        take(permit, "deduct", by=by, at=at, version=version, data=data, first=(write,))
    return made[0]


def _check_deduction(permit: Permit, what: str, amount: Decimal, pictures: Sequence[Filed]) -> None:
    errors: dict[str, Any] = {}
    left = permit.held - kept_of(permit)
    if not is_whole_cents(amount) or amount <= 0:
        errors["amount"] = [_("Please enter an amount in yuan.")]
    elif amount > left:
        errors["amount"] = [_("Only %(left)s yuan of the deposit are left.") % {"left": left}]
    if not what:
        errors["what"] = [_("Please say what it is kept for.")]
    if not pictures:
        errors["photos"] = [_("Please add a picture that proves it.")]
    if errors:
        raise Invalid(errors=errors)


def kept_of(permit: Permit) -> Decimal:
    """What the deductions that stand come to."""
    amounts = permit.deductions.filter(dropped_at=None).values_list("amount", flat=True)
    return sum(amounts, Decimal(0))


def drop_deduction(
    permit: Permit,
    *,
    deduction: Deduction,
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Permit:
    """Takes a deduction back before the refund is proposed. Refuses `not_found` for one of another permit,
    `invalid` for one that was taken back before."""
    with transaction.atomic():
        check(lock(permit), "drop_deduction", by)
        row = permit.deductions.select_for_update().filter(pk=deduction.pk).first()
        if row is None:
            raise NotFound
        if row.dropped_at is not None:
            raise Invalid(errors={"deduction": [_("This deduction was taken back before.")]})

        def write(step: Step[Permit]) -> None:
            row.dropped_at, row.dropped_by = step.at, by
            row.save(update_fields=["dropped_at", "dropped_by"])

        data = {"what": row.what, "amount": str(row.amount)}
        return take(permit, "drop_deduction", by=by, at=at, version=version, data=data, first=(write,))


def propose_refund(
    permit: Permit, *, by: User, version: int | None = None, at: datetime | None = None
) -> Permit:
    """One person proposes: the deposit less its deductions. Somebody else has to agree.

    Refuses as `ledger.ask_refund` does: more than is held, or another refund that is open.
    """
    when = instant(at)
    with transaction.atomic():
        locked = lock(permit)
        check(locked, "propose_refund", by)
        charge = locked.deposit
        if charge is None:
            raise TransitionRefused
        kept = kept_of(locked)
        lines = locked.deductions.filter(dropped_at=None)
        reason = "；".join(f"{each.what} {each.amount}" for each in lines) or str(_("No deduction."))
        goes_back = charge.held - kept

        def ask(step: Step[Permit]) -> None:
            ledger.ask_refund(charge, amount=goes_back, kept=kept, reason=reason[:300], by=by, at=step.at)

        data = {"amount": str(goes_back), "kept": str(kept)}
        return take(permit, "propose_refund", by=by, at=when, version=version, data=data, first=(ask,))


def agree_refund(
    permit: Permit, *, by: User, version: int | None = None, at: datetime | None = None
) -> Permit:
    """A second person agrees: what is kept becomes income, the rest waits to be paid out. Where somebody agreed on the
    money page already, the permit follows.

    Refuses `not_permitted` to whoever proposed it, `refund_moved` where it was decided otherwise meanwhile.
    """
    when = instant(at)
    with transaction.atomic():
        asked = _proposal(permit, "agree_refund", by)
        if asked.state == RefundState.ASKED:
            ledger.agree_refund(asked, by=by, at=when)
        return take(permit, "agree_refund", by=by, at=when, version=version)


def decline_refund(
    permit: Permit, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> Permit:
    """A second person does not agree, and says why: the deductions can be mended. Refuses as `agree_refund` does."""
    why = needed(reason, 300)
    with transaction.atomic():
        asked = _proposal(permit, "decline_refund", by)

        def decline(step: Step[Permit]) -> None:
            ledger.decline_refund(asked, reason=why, by=by, at=step.at)

        return take(permit, "decline_refund", by=by, at=at, version=version, text=why, first=(decline,))


def pay_refund(
    permit: Permit,
    *,
    method: str,
    reference: str = "",
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Permit:
    """Pays out what was agreed to, and the case is closed with nothing of the deposit left. Where all of it was kept,
    or it was paid out on the money page, the case is closed.

    Refuses as `ledger.pay_refund` does; a second time nothing is paid.
    """
    when = instant(at)
    with transaction.atomic():
        asked = _proposal(permit, "pay_refund", by)
        if asked.state == RefundState.AGREED:
            ledger.pay_refund(asked, method=method, reference=reference, by=by, at=when)
        data = {"amount": str(asked.amount), "kept": str(asked.kept), "method": method}
        return take(permit, "pay_refund", by=by, at=when, version=version, data=data, prepare=_over)


def close(permit: Permit, *, by: User, version: int | None = None, at: datetime | None = None) -> Permit:
    """Nothing was held: the case is closed."""
    return take(permit, "close", by=by, at=at, version=version, prepare=_over)


def _over(_locked: Permit, when: datetime) -> dict[str, Any]:
    return {"closed_at": when}


def _proposal(permit: Permit, action: str, by: User) -> Refund:
    """The refund that a step is about, behind the lock of its permit."""
    locked = lock(permit)
    check(locked, action, by)
    asked = locked.proposal
    if asked is None:
        raise TransitionRefused
    return asked
