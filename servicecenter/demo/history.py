"""Ninety days of a service center, made by its people through the ordinary actions."""

from __future__ import annotations

from datetime import datetime, timedelta

from repairs.workflow import Status
from servicecenter.accounts.models import Community, User
from servicecenter.demo import habits, stories
from servicecenter.demo.crew import Crew, report_times
from servicecenter.demo.simulator import Simulator

# Reports a household makes in a day: two in five years.
REPORTS_PER_HOUSEHOLD = 1 / 850

# Reports that wait for today's people: (minutes ago, how far they got).
LEFT_FOR_TODAY: tuple[tuple[int, str], ...] = (
    (4, Status.REPORTED),
    (17, Status.REPORTED),
    (38, Status.REPORTED),
    (75, Status.REPORTED),
    (150, Status.DISPATCHED),
    (260, Status.DISPATCHED),
    (1240, Status.DISPATCHED),
    (1330, Status.DISPATCHED),
    (1400, Status.DISPATCHED),
    (1700, Status.DISPATCHED),
    (2300, Status.DISPATCHED),
)
# Promises to callers that are still to be kept: (minutes ago, minutes until due).
PROMISED_TODAY = ((15, 180), (40, 50), (95, 60))
# What the residents of the demo accounts find when they sign in: (phone, hours ago, how far it got).
OF_DEMO_RESIDENTS: tuple[tuple[str, int, str], ...] = (
    ("13800000001", 30, Status.COMPLETED),
    ("13800000001", 9, Status.SCHEDULED),
    ("13800000001", 700, ""),
    ("13800000002", 5, Status.SCHEDULED),
    ("13800000003", 40, Status.COMPLETED),
    ("13800000003", 2, Status.DISPATCHED),
)
# A community of fewer households has less to do.
SMALL = 200


def simulate(
    communities: list[Community], *, days: float, until: datetime, seed: int, households: int | None = None
) -> Simulator:
    """Runs `days` days that end at `until`, in all `communities` at once; returns the simulator with its counts.

    `households` limits how many units of each community take part (all by default). The same seed on the same
    data tells
    the same story.
    """
    simulator = Simulator(until=until, seed=seed)
    since = until - timedelta(days=days)
    for community in communities:
        crew = Crew.of(community, simulator.rng)
        crew.homes = crew.homes[:households]
        per_day = len(crew.homes) * REPORTS_PER_HOUSEHOLD
        for at in report_times(simulator.rng, since, until, per_day):
            simulator.begin(stories.repair(crew, at))
        for minutes, status in LEFT_FOR_TODAY:
            if len(crew.homes) > SMALL or minutes < 60:
                simulator.begin(stories.repair(crew, until - timedelta(minutes=minutes), stops_at=status))
        for phone, hours, status in OF_DEMO_RESIDENTS:
            for home in crew.homes_of(phone):
                began = until - timedelta(hours=hours)
                simulator.begin(stories.repair(crew, began, stops_at=status, home=home))
        for caller in crew.agents:
            simulator.begin(habits.calling(crew, caller, since, until))
        for ago, minutes in PROMISED_TODAY:
            simulator.begin(habits.promised(crew, until - timedelta(minutes=ago), minutes))
        simulator.begin(habits.promising(crew, since + timedelta(days=1), until))
        simulator.begin(habits.urging(crew, since + timedelta(days=1), until))
    staff = list(User.objects.staff_of([community.pk for community in communities]))
    simulator.begin(habits.reading(staff, since, until))
    simulator.run()
    return simulator
