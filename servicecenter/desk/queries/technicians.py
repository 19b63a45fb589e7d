"""Whom to send: technicians of a community as the dispatcher sees them, the best fit first, each with its reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from repairs.models import Ticket, Trade
from repairs.queries.crew import decision_for, ranked_for_several
from repairs.queries.ranking import Choice, Decision
from repairs.queries.reasons import cons, load_words, pros


@dataclass(frozen=True)
class Candidate:
    """A technician to choose. `proposed`: the program proposes them. `forbidden`: nobody may send them."""

    choice: Choice
    trades: list[str]
    proposed: bool

    @property
    def id(self) -> int:
        return self.choice.worker.id

    @property
    def name(self) -> str:
        return self.choice.worker.name

    @property
    def load(self) -> str:
        """Today's load in words."""
        return load_words(self.choice.worker)

    @property
    def forbidden(self) -> bool:
        return self.choice.forbidden

    @property
    def reasons(self) -> list[str]:
        """What speaks for them."""
        return pros(self.choice)

    @property
    def warnings(self) -> list[str]:
        """What speaks against them."""
        return cons(self.choice)


def candidates(community_ids: Iterable[int], trade: str, at: datetime) -> list[Candidate]:
    """For several repairs at once: by their trade, or without one by the load alone; six queries at most."""
    return _listed(ranked_for_several(community_ids, trade, at))


def candidates_for(ticket: Ticket, at: datetime) -> list[Candidate]:
    """For one repair, whoever has it left out. The first one is whom the rules propose."""
    decision = decision_for(ticket, at)
    others = [each for each in decision.choices if each.worker.id != ticket.assignee_id]
    return _listed(Decision(others, decision.rule))


def _listed(decision: Decision) -> list[Candidate]:
    return [
        Candidate(
            choice=choice,
            trades=[str(trade.label) for trade in Trade if trade in choice.worker.trades],
            proposed=choice is decision.first,
        )
        for choice in decision.choices
    ]
