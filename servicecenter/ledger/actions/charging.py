"""Charges: what is owed, and that it is not owed after all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User
from servicecenter.accounts.numbers import next_number
from servicecenter.audit.events import Actor
from servicecenter.ledger.actions.posting import (
    CASHIERS,
    LEADERS,
    Settled,
    checked_amount,
    checked_reason,
    locked,
    may,
    post,
)
from servicecenter.ledger.models import Account, Charge, EntryKind, Kind, account_of
from servicecenter.lib.clock import instant, local_day
from servicecenter.lib.refusals import Invalid

# 账
LETTER = "B"


@dataclass(frozen=True)
class About:
    """The case or unit that a charge is about, and how it is named on paper."""

    community: Community
    work: str
    case_id: int
    number: str = ""
    place: str = ""
    payer: str = ""


def charge(
    about: About,
    *,
    kind: str,
    item: str,
    amount: Decimal,
    key: str,
    by: Actor,
    at: datetime | None = None,
) -> Charge:
    """Books what is to pay. The same `key` of the same case is charged once: a second call gives the first charge.

    Who may is the business of the app that calls (a completed repair, a permit). Refuses `invalid` for an unknown
    kind, no item, or an amount that is none.
    """
    if kind not in Kind.values:
        raise Invalid(errors={"kind": [_("This is not one of the choices.")]})
    if not item.strip():
        raise Invalid(errors={"item": [_("Please say what is to be paid for.")]})
    checked_amount(amount)
    with transaction.atomic():
        when = instant(at)
        known = Charge.objects.of(about.work, about.case_id).filter(key=key).first()
        if known is not None:
            return known
        made = _made(about, kind=kind, item=item.strip(), amount=amount, key=key, by=by, at=when)
        post(
            EntryKind.CHARGE,
            {Account.RECEIVABLE: amount, account_of(kind): -amount},
            community_id=made.community_id,
            day=local_day(when),
            by=by,
            at=when,
            charge=made,
        )
        made.refresh_from_db(fields=["due", "paid"])
        return made


def _made(
    about: About, *, kind: str, item: str, amount: Decimal, key: str, by: Actor, at: datetime
) -> Charge:
    return Charge.objects.create(
        community=about.community,
        number=next_number(about.community, LETTER, at),
        kind=kind,
        work=about.work,
        case_id=about.case_id,
        key=key,
        case_number=about.number,
        place=about.place[:200],
        payer=about.payer[:100],
        item=item[:200],
        amount=amount,
        raised_at=at,
        raised_by=by,
    )


def bill(
    about: About,
    *,
    kind: str,
    item: str,
    amount: Decimal,
    key: str,
    by: User,
    at: datetime | None = None,
) -> Charge:
    """A charge made by hand at the desk. Refuses as `charge` does, and to whoever does not work at this desk."""
    may(by, about.community.pk, CASHIERS)
    return charge(about, kind=kind, item=item, amount=amount, key=key, by=by, at=at)


def withdraw(charge: Charge, *, reason: str, by: User, at: datetime | None = None) -> Charge:
    """The charge was a mistake, or is waived: nothing is to pay any more. Supervisors only, before it is paid.

    Refuses `charge_settled` where nothing is owed (what was paid is refunded instead), `invalid` without a reason.
    """
    may(by, charge.community_id, LEADERS)
    why = checked_reason(reason)
    with transaction.atomic():
        fresh = locked(charge)
        when = instant(at)
        if fresh.owed <= 0:
            raise Settled
        post(
            EntryKind.WITHDRAWAL,
            {account_of(fresh.kind): fresh.owed, Account.RECEIVABLE: -fresh.owed},
            community_id=fresh.community_id,
            day=local_day(when),
            by=by,
            at=when,
            charge=fresh,
            reason=why,
        )
        fresh.refresh_from_db(fields=["due", "paid"])
        return fresh
