"""The agreement is signed, deposit and fee are charged and paid at the desk, and the permit is issued."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from decoration.actions.applying import end
from decoration.actions.clocks import remind_of_patrol
from decoration.actions.steps import file, needed, take
from decoration.defaults import DEPOSIT_ITEM, RUBBISH_ITEM
from decoration.models import Permit
from decoration.queries.patrols import first_due
from decoration.queries.terms import terms_of
from owners.models import Unit, UnitState
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed
from servicecenter.attachments.models import PhotoKind
from servicecenter.ledger import actions as ledger
from servicecenter.ledger.models import Kind
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid
from servicecenter.workflow.run import Step, check, lock


def sign(
    permit: Permit,
    *,
    signer: str,
    agreed: bool,
    picture: Filed | None = None,
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Permit:
    """The agreement is signed in the words that the community has now: by name and tick in the portal, with a drawn
    signature where there is a screen for it. The deposit and the fee for rubbish are charged with it.

    Refuses `invalid` without a name or without the tick, and as the table does.
    """
    name, when = signer.strip()[:100], instant(at)
    if not name:
        raise Invalid(errors={"signer": [_("Please write who signs.")]})
    if not agreed:
        raise Invalid(errors={"agreed": [_("Please agree to the agreement, or ask the desk about it.")]})
    with transaction.atomic():
        check(lock(permit), "sign", by)
        terms = terms_of(permit.community_id)
        changes: dict[str, Any] = {"signer": name, "signed_at": when, "agreement": terms.agreement}
        if picture is not None:
            changes["signature"] = file(
                permit, "permit", permit.pk, picture, by=by, at=when, kind=PhotoKind.SIGNATURE
            )
        sums = {"deposit": terms.deposit, "rubbish": terms.rubbish_fee}

        def to_pay(step: Step[Permit]) -> None:
            _charge(step.case, Kind.DEPOSIT, DEPOSIT_ITEM, terms.deposit, "deposit", by, when)
            _charge(step.case, Kind.DECORATION, RUBBISH_ITEM, terms.rubbish_fee, "rubbish", by, when)

        data = {name: str(amount) for name, amount in sums.items()}
        return take(
            permit, "sign", by=by, at=when, version=version, changes=changes, data=data, first=(to_pay,)
        )


def _charge(permit: Permit, kind: str, item: str, amount: Decimal, key: str, by: User, at: datetime) -> None:
    if amount:
        about = ledger.About(
            permit.community, "permit", permit.pk, permit.number, permit.unit.code, permit.applicant_name
        )
        ledger.charge(about, kind=kind, item=item, amount=amount, key=key, by=by, at=at)


def issue(permit: Permit, *, by: User, version: int | None = None, at: datetime | None = None) -> Permit:
    """Everything is paid: the permit is valid on its days, the first patrol is planned, the unit is under decoration.

    Refuses as the table does; the database refuses one that is not paid.
    """

    def issued(locked: Permit, when: datetime) -> dict[str, Any]:
        return {
            "issued_at": when,
            "issued_by": by,
            "patrol_due_on": first_due(locked, when),
            "unit_state": locked.unit.state,
        }

    def begins(step: Step[Permit]) -> None:
        Unit.objects.filter(pk=step.case.unit_id).update(state=UnitState.DECORATING)
        remind_of_patrol(step.case, step.at)

    return take(permit, "issue", by=by, at=at, version=version, prepare=issued, first=(begins,))


def call_off(
    permit: Permit, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> Permit:
    """Signed, but nothing was paid and nothing will be done: what was charged is withdrawn. Supervisors only."""
    why = needed(reason, 300)
    with transaction.atomic():
        check(lock(permit), "call_off", by)
        for charge in permit.charges.unpaid():
            ledger.withdraw(charge, reason=why, by=by, at=at)
        return end(permit, "call_off", reason=why, by=by, version=version, at=at)


def give_back(
    permit: Permit, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> Permit:
    """Paid, but nothing will be done: the deposit goes back in the ordinary way. Supervisors only."""
    why = needed(reason, 300)
    with transaction.atomic():
        check(lock(permit), "give_back", by)
        for charge in permit.charges.unpaid():
            ledger.withdraw(charge, reason=why, by=by, at=at)

        def asked(_locked: Permit, when: datetime) -> dict[str, Any]:
            return {"refund_asked_at": when}

        return take(permit, "give_back", by=by, at=at, version=version, text=why, prepare=asked)
