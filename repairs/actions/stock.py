"""Materials: what comes in, what a repair takes, and what counting corrects. Never less than nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as __
from django.utils.translation import gettext_lazy as _

from repairs.actions.standards import may_keep
from repairs.models import MoveKind, StockItem, StockMove, Ticket
from repairs.models.stock import LARGEST, amount_words
from servicecenter.accounts.models import Community, User
from servicecenter.audit.events import record
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid
from servicecenter.workflow.run import Step

# The id of a material, and how much of it.
Used = tuple[int, Decimal]


@dataclass(frozen=True)
class Taken:
    """One material that a repair takes."""

    item: StockItem
    quantity: Decimal


def write_item(
    community: Community,
    *,
    name: str,
    unit: str,
    reorder_at: Decimal = Decimal(0),
    active: bool = True,
    item: StockItem | None = None,
    by: User,
    at: datetime | None = None,
) -> StockItem:
    """Adds a material, or changes `item`; what lies there is changed by movements only.

    Refuses `not_permitted` to whoever keeps no stock, and `invalid` for a name that is on the list already.
    """
    may_keep(community.pk, by)
    with transaction.atomic():
        Community.objects.select_for_update(no_key=True).get(pk=community.pk)
        row = (
            StockItem.objects.select_for_update().get(pk=item.pk) if item else StockItem(community=community)
        )
        same = StockItem.objects.filter(community=community, name=name, is_active=True)
        if active and same.exclude(pk=row.pk).exists():
            raise Invalid(errors={"name": [_("This material is on the list already.")]})
        row.name, row.unit, row.reorder_at, row.is_active = name, unit, reorder_at, active
        row.save()
        record(
            community_id=row.community_id,
            work="stock",
            case_id=row.pk,
            action="change_item" if item else "add_item",
            by=by,
            at=instant(at),
            internal=True,
            text=name,
        )
    return row


def receive(
    item: StockItem, *, quantity: Decimal, why: str = "", by: User, at: datetime | None = None
) -> StockMove:
    """Something came in. Refuses `invalid` for nothing or less, or more than the list can hold."""
    may_keep(item.community_id, by)
    if quantity <= 0:
        raise Invalid(errors={"quantity": [_("Please enter more than 0.")]})
    with transaction.atomic():
        return _move(_locked(item), MoveKind.RECEIVED, quantity, why=why, by=by, at=instant(at))


def count(
    item: StockItem, *, on_hand: Decimal, why: str, by: User, at: datetime | None = None
) -> StockMove | None:
    """What really lies there, with the reason why the list was wrong; None if it was right."""
    may_keep(item.community_id, by)
    if not why.strip():
        raise Invalid(errors={"why": [_("Please say why the list was wrong.")]})
    if on_hand < 0:
        raise Invalid(errors={"on_hand": [_("There cannot be less than nothing.")]})
    with transaction.atomic():
        row = _locked(item)
        if on_hand == row.on_hand:
            return None
        return _move(row, MoveKind.COUNTED, on_hand - row.on_hand, why=why, by=by, at=instant(at))


def taken(ticket: Ticket, materials: Sequence[Used]) -> list[Taken]:
    """What a repair takes, a material once; refuses `invalid` for what is not on the community's list."""
    wanted: dict[int, Decimal] = defaultdict(Decimal)
    for item_id, quantity in materials:
        if not 0 < quantity <= LARGEST:
            raise Invalid(errors={"materials": [_("Please enter how much you took.")]})
        wanted[item_id] += quantity
    items = StockItem.objects.filter(community=ticket.community_id).in_bulk(list(wanted))
    if len(items) < len(wanted):
        raise Invalid(errors={"materials": [_("Please choose from the materials of this community.")]})
    return [Taken(items[pk], wanted[pk]) for pk in sorted(wanted)]


def use(step: Step[Ticket], materials: Sequence[Taken]) -> None:
    """Takes the materials of a completion from the stock, in its transaction.

    Refuses `invalid` where the list has less: who took what should not be there tells the supervisor, who corrects the
    list with a reason.
    """
    ticket = step.case
    # In the order of their ids: two completions at once wait for each other and never in a circle.
    for each in materials:
        item = _locked(each.item)
        if item.on_hand < each.quantity:
            words = __(
                "%(name)s: %(left)s on hand by the list. Take less, or let your supervisor correct the list."
            )
            raise Invalid(errors={"materials": [words % {"name": item.name, "left": item.left}]})
        _move(
            item,
            MoveKind.USED,
            -each.quantity,
            ticket=ticket,
            completion_no=ticket.completion_no,
            by=step.by,
            at=step.at,
        )


def said(materials: Sequence[Taken]) -> list[str]:
    """The materials in words, as they stand in the story."""
    return [f"{each.item.name} {amount_words(each.quantity)} {each.item.unit}" for each in materials]


def _locked(item: StockItem) -> StockItem:
    return StockItem.objects.select_for_update().get(pk=item.pk)


def _move(item: StockItem, kind: str, quantity: Decimal, **facts: Any) -> StockMove:
    left = item.on_hand + quantity
    if left > LARGEST:
        raise Invalid(errors={"quantity": [_("That is more than the list can hold.")]})
    item.on_hand = left
    item.save(update_fields=["on_hand"])
    return StockMove.objects.create(
        community_id=item.community_id, item=item, kind=kind, quantity=quantity, on_hand=left, **facts
    )
