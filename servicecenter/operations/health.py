"""Whether this installation is ready: what `/readyz` says, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from servicecenter.operations.probe import Answer, ask_broker, ask_database
from servicecenter.operations.queries.promises import SQL, Promises, parameters, read


@dataclass(frozen=True)
class Health:
    """The answers of the database and the broker. `promises` is None if the database did not answer in time."""

    database: Answer
    broker: Answer

    @property
    def promises(self) -> Promises | None:
        return read(self.database.results[0][0]) if self.database.ok else None

    @property
    def at_risk(self) -> bool:
        """A promise may be broken now. Without its broker the center keeps them all."""
        return self.promises is None or self.promises.at_risk

    @property
    def status(self) -> str:
        if self.at_risk:
            return "at_risk"
        return "ok" if self.broker.ok else "degraded"


def health() -> Health:
    """Asks both, on connections of its own, for less than a second whatever they do."""
    return Health(ask_database([SQL], parameters()), ask_broker())


def as_json(state: Health) -> dict[str, Any]:
    """The document of `/readyz`."""
    known = state.promises
    return {
        "status": state.status,
        "database": {"ok": state.database.ok, "ms": state.database.milliseconds},
        "broker": {"ok": state.broker.ok, "ms": state.broker.milliseconds},
        "clocks_alive": known.clocks_alive if known else None,
        "timers": _timers(known) if known else None,
        "outbox": _outbox(known) if known else None,
    }


def _timers(known: Promises) -> dict[str, Any]:
    oldest = None if known.oldest_overdue is None else round(known.oldest_overdue, 1)
    return {"armed_overdue": known.overdue, "oldest_overdue_seconds": oldest, "lag": oldest or 0.0}


def _outbox(known: Promises) -> dict[str, Any]:
    oldest = None if known.oldest_waiting is None else round(known.oldest_waiting, 1)
    return {"waiting": known.waiting, "oldest_seconds": oldest, "failed": known.failed}
