"""Writing entries: the only door into the book, and who may come through it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Role, User
from servicecenter.audit.events import Actor, record
from servicecenter.ledger.models import CashUp, Charge, Entry, Line, Method
from servicecenter.lib.clock import local_day
from servicecenter.lib.money import LARGEST, is_whole_cents
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal

# Whoever takes money at the desk, and whoever may undo what was booked.
CASHIERS = frozenset({Role.AGENT.value, Role.SUPERVISOR.value})
LEADERS = frozenset({Role.SUPERVISOR.value})
# Whoever may agree that money goes back, after somebody else asked for it.
AGREEING = frozenset({Role.SUPERVISOR.value, Role.MANAGER.value})
LONGEST_REASON = 500


class Settled(Refusal):
    """Nothing is owed (any more): somebody else took the money, or the charge was withdrawn."""

    code = "charge_settled"
    sentence = _("Nothing is to pay here any more. Please look at it again.")


def may(by: User, community_id: int, roles: frozenset[str]) -> None:
    """Refuses `not_found` outside one's communities, `not_permitted` to another role."""
    if community_id not in by.community_ids:
        raise NotFound
    if by.role not in roles:
        raise NotPermitted


def locked(charge: Charge) -> Charge:
    """The charge, fresh and locked: whoever books something on it comes one after the other."""
    found = Charge.objects.select_for_update(of=("self",)).select_related("community").filter(pk=charge.pk)
    fresh = found.first()
    if fresh is None:
        raise NotFound
    return fresh


def checked_amount(amount: Decimal, most: Decimal = LARGEST) -> Decimal:
    """An amount in yuan; refuses `invalid` for nothing, less than a cent, or more than `most`."""
    if not is_whole_cents(amount) or not 0 < amount <= most:
        raise Invalid(
            errors={"amount": [_("Please enter an amount between 0.01 and %(most)s yuan.") % {"most": most}]}
        )
    return amount


def checked_reason(reason: str) -> str:
    """Why; refuses `invalid` without one."""
    said = reason.strip()
    if not said or len(said) > LONGEST_REASON:
        raise Invalid(errors={"reason": [_("Please say why.")]})
    return said


def checked_method(method: str, reference: str = "") -> None:
    """Refuses `invalid` for an unknown way to pay, and a bank transfer without its reference."""
    if method not in Method.values:
        raise Invalid(errors={"method": [_("This is not one of the choices.")]})
    if method == Method.TRANSFER and not reference.strip():
        raise Invalid(errors={"reference": [_("Please write down the reference of the payment.")]})


def hold_day(community_id: int, agent: User) -> None:
    """Until the transaction ends nobody else books for this cashier, nor closes their day."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"ledger|{community_id}|{agent.pk}"]
        )


def open_day(community_id: int, cashier: User, at: datetime) -> date:
    """The day of the book that money at `at` belongs to: that day, or the next one that `cashier` has not closed."""
    day = local_day(at)
    hold_day(community_id, cashier)
    closed = CashUp.objects.filter(community=community_id, agent=cashier, day__gte=day)
    days = set(closed.values_list("day", flat=True))
    while day in days:
        day += timedelta(days=1)
    return day


def post(
    kind: str,
    lines: Mapping[str, Decimal],
    *,
    community_id: int,
    day: date,
    by: Actor,
    at: datetime,
    cashier: User | None = None,
    charge: Charge | None = None,
    reverses: Entry | None = None,
    agreed_by: User | None = None,
    reason: str = "",
) -> Entry:
    """Writes one entry with its lines (account → amount), inside the caller's transaction.

    The database refuses one that does not sum to zero, one on a closed day, one that pays a charge twice, and a refund
    or deduction by one person alone.
    """
    entry = Entry.objects.create(
        community_id=community_id,
        kind=kind,
        charge=charge,
        reverses=reverses,
        day=day,
        at=at,
        cashier=cashier,
        by=by,
        by_name=str(by) if by else "",
        agreed_by=agreed_by,
        reason=reason,
    )
    Line.objects.bulk_create(
        Line(community_id=community_id, entry=entry, account=account, amount=amount)
        for account, amount in lines.items()
    )
    if charge is not None:
        _tell_the_case(entry, charge, lines)
    return entry


def _tell_the_case(entry: Entry, charge: Charge, lines: Mapping[str, Decimal]) -> None:
    """What happened to its money stands in the story of the case."""
    record(
        community_id=charge.community_id,
        work=charge.work,
        case_id=charge.case_id,
        action=f"money.{entry.kind}",
        by=entry.by,
        at=entry.at,
        text=entry.reason,
        data={"charge": charge.number, "amount": str(max(lines.values())), "item": charge.item},
    )
