"""Whom to send, as a pure function: technicians and rules in, a ranked list with reasons out. No SQL here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from repairs.models import NEEDED, DispatchRule, Mode, Whom

# Codes of what speaks against somebody. The first two nobody can overrule: the law forbids it (持证上岗).
FORBIDDEN = frozenset({"certificate_expired", "no_certificate"})
# With one of these nobody is proposed, by whatever rule; a person may choose them all the same.
NOT_PROPOSED = FORBIDDEN | {"sent_back", "away", "other_trades"}


@dataclass(frozen=True)
class Worker:
    """A technician as the rules see them at one instant."""

    id: int
    name: str
    trades: Set[str] = frozenset()
    # Kinds of certificates: valid today, and those that were (code: the last day in words).
    holds: Set[str] = frozenset()
    expired: Mapping[str, str] = field(default_factory=dict)
    zones: Set[int] = frozenset()
    on_duty: bool = False
    away: bool = False
    open_jobs: int = 0
    emergencies: int = 0
    visits_today: int = 0
    on_site: bool = False
    done_today: int = 0


@dataclass(frozen=True)
class Job:
    """A repair as the rules see it. `sent_back`: who gave it back, and what they said.

    `registered`: the community keeps certificates. Until its first one is entered nobody could hold any.
    """

    trade: str
    urgency: str = "normal"
    building: int | None = None
    sent_back: Mapping[int, str] = field(default_factory=dict)
    registered: bool = True


@dataclass(frozen=True)
class Reason:
    """Why somebody fits or does not: a code, with the facts of its sentence."""

    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Choice:
    """One technician for one job, with what speaks for and against them."""

    worker: Worker
    pro: tuple[Reason, ...]
    con: tuple[Reason, ...]

    @property
    def against(self) -> frozenset[str]:
        """The codes of what speaks against them."""
        return frozenset(reason.code for reason in self.con)

    @property
    def forbidden(self) -> bool:
        """They may not be sent at all."""
        return bool(self.against & FORBIDDEN)

    @property
    def fits(self) -> bool:
        """The program may propose them."""
        return not self.against & NOT_PROPOSED


@dataclass(frozen=True)
class Decision:
    """What the rules say about a job: the choices, the best first, and the rule that put its first one there.

    `opens`: the rule opens the job for grabbing instead.
    """

    choices: Sequence[Choice]
    rule: DispatchRule | None = None

    @property
    def opens(self) -> bool:
        return self.rule is not None and self.rule.mode == Mode.GRAB

    @property
    def first(self) -> Choice | None:
        """Whom the program proposes, if it may propose anybody."""
        best = self.choices[0] if self.choices else None
        return best if best is not None and best.fits else None

    @property
    def automatic(self) -> Choice | None:
        """Whom the program sends by itself."""
        return self.first if self.rule is not None and self.rule.mode == Mode.AUTOMATIC else None


def rank(job: Job, workers: Sequence[Worker]) -> list[Choice]:
    """Every technician, the best fit first.

    Last those who may not, then those who gave the job back, are away or learned other trades. Among the others:
    the trade, then duty, then the building, then the fewest open jobs.
    """
    anybody_on_duty = any(each.on_duty for each in workers)
    keepers = {each.id for each in workers if job.building in each.zones}
    choices = [_choice(job, each, anybody_on_duty, keepers) for each in workers]
    return sorted(choices, key=_order)


def decide(job: Job, workers: Sequence[Worker], rules: Sequence[DispatchRule]) -> Decision:
    """The first rule that fits the job and finds somebody decides; without one, the ranking alone proposes."""
    choices = rank(job, workers)
    for rule in rules:
        if not rule.fits(trade=job.trade, urgency=job.urgency, building_id=job.building):
            continue
        found = [each for each in choices if each.fits and is_meant(rule, each.worker, job)]
        if not found:
            continue
        if rule.mode == Mode.GRAB:
            return Decision(choices, rule)
        best = min(found, key=_present_and_free) if rule.who == Whom.LEAST_BUSY else found[0]
        return Decision([_by_rule(best, rule), *(each for each in choices if each is not best)], rule)
    return Decision(choices)


def is_meant(rule: DispatchRule, worker: Worker, job: Job) -> bool:
    """Whether `rule` speaks of this technician, and leaves them room for one more job."""
    meant = {
        Whom.NAMED: worker.id == rule.named_id,
        Whom.ON_DUTY: worker.on_duty,
        Whom.OF_ZONE: job.building is not None and job.building in worker.zones,
        Whom.LEAST_BUSY: True,
    }[Whom(rule.who)]
    return meant and (rule.max_open is None or worker.open_jobs < rule.max_open)


def forbids(job: Job, worker: Worker) -> Reason | None:
    """Why this technician may not do this work at all (持证上岗); None where nothing forbids it."""
    needed = NEEDED.get(job.trade)
    if needed is None or needed in worker.holds:
        return None
    if needed in worker.expired:
        return Reason("certificate_expired", {"kind": needed, "day": worker.expired[needed]})
    return Reason("no_certificate", {"kind": needed}) if job.registered else None


def _choice(job: Job, worker: Worker, anybody_on_duty: bool, keepers: set[int]) -> Choice:
    pro: list[Reason] = []
    con: list[Reason] = []
    if worker.trades and job.trade:
        (pro if job.trade in worker.trades else con).append(
            Reason("trade" if job.trade in worker.trades else "other_trades", {"trade": job.trade})
        )
    needed = NEEDED.get(job.trade)
    if needed in worker.holds:
        pro.append(Reason("certificate", {"kind": needed}))
    if forbidden := forbids(job, worker):
        con.append(forbidden)
    if worker.id in job.sent_back:
        con.append(Reason("sent_back", {"why": job.sent_back[worker.id]}))
    if worker.away:
        con.append(Reason("away"))
    elif worker.on_duty:
        pro.append(Reason("on_duty"))
    elif anybody_on_duty:
        con.append(Reason("off_duty"))
    if worker.id in keepers:
        pro.append(Reason("zone"))
    elif keepers:
        con.append(Reason("other_zone"))
    if worker.open_jobs == 0:
        pro.append(Reason("free"))
    return Choice(worker, tuple(pro), tuple(con))


def _by_rule(choice: Choice, rule: DispatchRule) -> Choice:
    return Choice(choice.worker, (Reason("rule", {"name": rule.name}), *choice.pro), choice.con)


def _order(choice: Choice) -> tuple[Any, ...]:
    against = choice.against
    trained = any(reason.code == "trade" for reason in choice.pro)
    return (
        choice.forbidden,
        "sent_back" in against,
        "away" in against,
        "other_trades" in against,
        not trained,
        "off_duty" in against,
        "other_zone" in against,
        *_load(choice),
    )


def _present_and_free(choice: Choice) -> tuple[Any, ...]:
    """The least busy of those on duty; of everybody where nobody is."""
    return ("off_duty" in choice.against, *_load(choice))


def _load(choice: Choice) -> tuple[int, int, str, int]:
    worker = choice.worker
    return worker.open_jobs, worker.done_today, worker.name, worker.id
