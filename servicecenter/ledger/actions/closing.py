"""日结: a cashier counts the day against the book and closes it; a supervisor looks at it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, User
from servicecenter.ledger.actions.posting import CASHIERS, LEADERS, hold_day, may, post
from servicecenter.ledger.models import METHODS, Account, CashCount, CashUp, EntryKind
from servicecenter.ledger.queries.days import book_of
from servicecenter.lib.clock import instant, local_day
from servicecenter.lib.money import LARGEST, is_whole_cents
from servicecenter.lib.refusals import Invalid, NotPermitted, Refusal

NOTHING = Decimal(0)


class DayClosed(Refusal):
    """The day was closed before."""

    code = "day_closed"
    sentence = _("This day is closed already.")


@dataclass(frozen=True)
class Counted:
    """What was counted of one method, and where a difference comes from."""

    amount: Decimal
    reason: str = ""


def close_day(
    community: Community,
    *,
    day: date,
    counted: Mapping[str, Counted],
    by: User,
    at: datetime | None = None,
) -> CashUp:
    """Closes one's own day: what was counted stands beside the book, a difference is booked with its reason.

    Whatever `by` books later goes to the next day. Refuses `invalid` for a day that has not begun or on which nothing
    was booked, for a method that was not counted, and for a difference without a reason; `day_closed` the second time.
    """
    may(by, community.pk, CASHIERS)
    with transaction.atomic():
        hold_day(community.pk, by)
        when = instant(at)
        if CashUp.objects.filter(community=community, agent=by, day=day).exists():
            raise DayClosed
        book = book_of(community.pk, by, day)
        if day > local_day(when) or not book:
            raise Invalid(errors={"day": [_("There is nothing to close on this day.")]})
        counts = _checked(book, counted)
        _book_differences(community.pk, day, counts, by=by, at=when)
        closed = CashUp.objects.create(community=community, agent=by, day=day, closed_at=when)
        for count in counts:
            count.cash_up = closed
        CashCount.objects.bulk_create(counts)
        return closed


def _checked(book: Mapping[str, Decimal], counted: Mapping[str, Counted]) -> list[CashCount]:
    counts: list[CashCount] = []
    errors: dict[str, list[str | Promise]] = {}
    for method in METHODS:
        said = counted.get(method)
        expected = book.get(method, NOTHING)
        if said is None:
            if expected:
                errors[method] = [_("Please say what you counted.")]
            continue
        if not is_whole_cents(said.amount) or abs(said.amount) > LARGEST:
            errors[method] = [_("Please enter an amount in yuan.")]
        elif said.amount != expected and not said.reason.strip():
            errors[f"{method}_reason"] = [_("Please say where the difference comes from.")]
        elif said.amount or expected:
            counts.append(
                CashCount(method=method, book=expected, counted=said.amount, reason=said.reason.strip()[:200])
            )
    if errors:
        raise Invalid(errors=errors)
    return counts


def _book_differences(
    community_id: int, day: date, counts: list[CashCount], *, by: User, at: datetime
) -> None:
    for count in counts:
        count.community_id = community_id
        more = count.counted - count.book
        if more:
            post(
                EntryKind.DIFFERENCE,
                {count.method: more, Account.DIFFERENCE: -more},
                community_id=community_id,
                day=day,
                by=by,
                at=at,
                cashier=by,
                reason=count.reason,
            )


def countersign(cash_up: CashUp, *, by: User, at: datetime | None = None) -> CashUp:
    """A supervisor has looked at a closed day. Refuses `not_permitted` for one's own, and as `may` does.

    Signed before: nothing more happens.
    """
    may(by, cash_up.community_id, LEADERS)
    if cash_up.agent_id == by.pk:
        raise NotPermitted(_("Nobody countersigns their own cash-up."))
    with transaction.atomic():
        fresh = CashUp.objects.select_for_update(of=("self",)).get(pk=cash_up.pk)
        if fresh.countersigned_by_id is None:
            fresh.countersigned_by, fresh.countersigned_at = by, instant(at)
            fresh.save(update_fields=["countersigned_by", "countersigned_at"])
        return fresh
