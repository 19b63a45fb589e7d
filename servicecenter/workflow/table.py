"""A transition table: who may do what to a case in which status, as frozen data that can be read aloud."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.functional import Promise

# The status stays as it is.
SAME = ""
# The status that the case had before it was put on hold (`held_from`).
BACK = "<back>"


@dataclass(frozen=True)
class Transition:
    """One row: `action` leads from any of `sources` to `target`, for whoever has one of the standings `who`.

    `needs` names the inputs without which the action makes no sense; forms and serializers require exactly these.
    `aside`: it adds to the case (a note, a photo) and changes nothing that somebody else decides by, so a page that
    was open meanwhile is not stale. `when` names a yes-or-no property of the case that must hold besides.
    """

    action: str
    label: str | Promise
    sources: frozenset[str]
    target: str
    who: frozenset[str]
    needs: tuple[str, ...] = ()
    internal: bool = False
    aside: bool = False
    when: str = ""


def row(
    action: str,
    label: str | Promise,
    *,
    sources: Iterable[str],
    target: str = SAME,
    who: Iterable[str],
    needs: Iterable[str] = (),
    internal: bool = False,
    aside: bool = False,
    when: str = "",
) -> Transition:
    """One line of a table."""
    return Transition(
        action, label, frozenset(sources), target, frozenset(who), tuple(needs), internal, aside, when
    )


@dataclass(frozen=True)
class Table:
    """All transitions of one kind of work. Refuses, when the module is loaded, a table that contradicts itself."""

    work: str
    initial: str
    statuses: tuple[str, ...]
    rows: tuple[Transition, ...]
    final: frozenset[str] = field(default_factory=frozenset)

    def __post_init__(self) -> None:
        seen: set[tuple[str, str]] = set()
        for transition in self.rows:
            unknown = (transition.sources | {transition.target}) - set(self.statuses) - {SAME, BACK}
            if unknown:
                raise ValueError(f"{self.work}.{transition.action}: unknown status {sorted(unknown)}")
            if transition.aside and transition.target != SAME:
                raise ValueError(f"{self.work}.{transition.action}: a step aside leads nowhere")
            for source in transition.sources:
                if (transition.action, source) in seen:
                    raise ValueError(f"{self.work}.{transition.action} is listed twice from {source}")
                seen.add((transition.action, source))

    @property
    def actions(self) -> tuple[str, ...]:
        """Every action once, in the order of the table."""
        return tuple(dict.fromkeys(transition.action for transition in self.rows))

    def rows_of(self, action: str) -> list[Transition]:
        """The rows of one action; empty for an action that does not exist."""
        return [transition for transition in self.rows if transition.action == action]

    @property
    def asides(self) -> frozenset[str]:
        """The actions that make no page stale."""
        return frozenset(transition.action for transition in self.rows if transition.aside)

    def find(self, action: str, status: str) -> Transition | None:
        """The row that leads from `status` by `action`, whoever asks."""
        return next((each for each in self.rows_of(action) if status in each.sources), None)

    def allowed(self, status: str, standings: frozenset[str]) -> list[Transition]:
        """What somebody with these standings may do to a case in this status, if its facts (`when`) do not speak
        against it: see `run.allowed`, which buttons, pages and API ask."""
        return [each for each in self.rows if status in each.sources and each.who & standings]
