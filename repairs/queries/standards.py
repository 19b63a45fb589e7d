"""What a community asks for at every repair, and what was ticked of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from repairs.models import Standard, Ticket


def standards_for(ticket: Ticket) -> list[Standard]:
    """The lines that count for a repair now: those of every trade first. One query."""
    return list(Standard.objects.for_trade(ticket.community_id, ticket.trade).in_use())


def ticked_of(ticket: Ticket) -> frozenset[int]:
    """The ids of the lines that were ticked at the latest completion."""
    ticks = ticket.ticks.filter(completion_no=ticket.completion_no)
    return frozenset(ticks.values_list("standard", flat=True))


def still_open(lines: Iterable[Standard], ticked: Collection[int], *, trade: str) -> list[Standard]:
    """Required lines in use of every trade and of this one that were not ticked. A line that was ticked under its
    earlier words is ticked: a phone without signal knows no others."""
    known = {each.pk: each for each in lines}
    return [
        each
        for each in known.values()
        if each.is_active
        and each.required
        and each.trade in ("", trade)
        and not _was_ticked(each, known, ticked)
    ]


def _was_ticked(line: Standard, known: dict[int, Standard], ticked: Collection[int]) -> bool:
    here: Standard | None = line
    while here is not None and here.pk not in ticked:
        here = known.get(here.replaces_id) if here.replaces_id else None
    return here is not None
