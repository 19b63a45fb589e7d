"""Whatever happens in whatever order, the deadlines are what a slow model derives from the facts at the end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from repairs import actions
from repairs.models import Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import Community, User
from servicecenter.sla import policies
from servicecenter.sla.models import Clock
from servicecenter.sla.policies import Subject, Terms
from tests.conftest import Walk

MINUTE = timedelta(minutes=1)
T0 = datetime.fromisoformat("2026-03-02T09:00+08:00")
LONGEST = 6 * 24 * 60


@dataclass
class Facts:
    """What is true of a repair, in minutes since its report."""

    urgency: str
    targets: dict[tuple[str, str], int]
    paused: set[int] = field(default_factory=set)
    held_at: int | None = None

    def due(self, stage: str) -> int:
        """Counts the minutes one by one; one that was paused does not count."""
        left, minute = self.targets[self.urgency, stage], 0
        while left:
            left -= minute not in self.paused
            minute += 1
        return minute

    def missed(self, stage: str, now: int) -> bool:
        due = self.due(stage)
        return now > due and (self.held_at is None or due <= self.held_at)


steps = st.lists(
    st.tuples(
        st.sampled_from(["hold", "resume", "emergency", "normal", "policy"]),
        st.integers(1, 900),
        st.integers(1, 300),
        st.sampled_from(["respond", "complete"]),
    ),
    min_size=1,
    max_size=9,
)


@settings(
    deadline=None,
    max_examples=15,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(urgency=st.sampled_from(["emergency", "normal"]), moves=steps)
def test_any_interleaving_of_pauses_urgencies_and_policies_equals_the_derivation_from_facts(
    urgency: str,
    moves: list[tuple[str, int, int, str]],
    ticket_in: Walk,
    supervisor_bo: User,
    yangguang: Community,
) -> None:
    facts = Facts(urgency, _promised(supervisor_bo, yangguang))
    ticket = ticket_in(Status.DISPATCHED, at=T0, urgency=urgency)
    now = 0
    for move, wait, amount, stage in moves:
        now += wait
        _take(move, ticket, facts, supervisor_bo, yangguang, now, amount, stage)
    for clock in Clock.objects.filter(case_id=ticket.pk, cancelled_at=None):
        assert clock.due_at == T0 + facts.due(clock.stage) * MINUTE, (clock.stage, facts)
        for later in (now + 1, now + 500, now + 5000):
            assert clock.is_breached(T0 + later * MINUTE) == facts.missed(clock.stage, later)


def _promised(by: User, community: Community) -> dict[tuple[str, str], int]:
    """The promises in force; each example begins with the same ones."""
    targets = {
        ("emergency", "respond"): 10,
        ("emergency", "arrive"): 30,
        ("emergency", "secure"): 240,
        ("emergency", "complete"): 1440,
        ("normal", "respond"): 1440,
        ("normal", "complete"): 2880,
    }
    # The longest first, so that no response is ever promised after its completion.
    for (urgency, stage), minutes in sorted(targets.items(), key=lambda item: -item[1]):
        _change(by, community, urgency, stage, minutes, apply_to_open=False)
    return targets


def _change(
    by: User, community: Community, urgency: str, stage: str, minutes: int, *, apply_to_open: bool = True
) -> None:
    policies.change(
        Subject("repair", stage, community, urgency),
        Terms(target_seconds=60 * minutes),
        by=by,
        apply_to_open=apply_to_open,
    )


def _take(
    move: str,
    ticket: Ticket,
    facts: Facts,
    by: User,
    community: Community,
    now: int,
    amount: int,
    stage: str,
) -> None:
    at = T0 + now * MINUTE
    match move:
        case "hold" if facts.held_at is None:
            until = at + LONGEST * MINUTE
            actions.hold(ticket, reason="parts", resume_at=until, by=by, at=at)
            facts.held_at = now
        case "resume" if facts.held_at is not None:
            actions.resume(ticket, by=by, at=at)
            facts.paused |= set(range(facts.held_at, now))
            facts.held_at = None
        case "emergency" | "normal":
            actions.classify(ticket, trade="plumbing", urgency=move, by=by, at=at)
            facts.urgency = move
        case "policy":
            # A response within the shortest completion, a completion after the longest response.
            minutes = amount if stage == "respond" else 1440 + amount
            if facts.urgency == "emergency" and stage == "respond":
                minutes = 1 + amount % 30
            _change(by, community, facts.urgency, stage, minutes)
            facts.targets[facts.urgency, stage] = minutes
        case _:
            pass  # a hold during a hold, or an end of none
