"""Twenty agents on one queue: does anybody ever get a call that somebody else has, and how long does a claim take?

Each agent is a thread with a connection of its own, in four processes. `python -m tests.chaos.claims` is one of them.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import defaultdict
from dataclasses import asdict, dataclass
from itertools import pairwise

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicecenter.settings")
django.setup()

from django.db import connections  # noqa: E402

from servicecenter.accounts.models import User  # noqa: E402
from servicecenter.lib.clock import database_now  # noqa: E402
from surveys.actions import claim, release  # noqa: E402
from surveys.models import Attempt, FollowUp  # noqa: E402
from tests.chaos.world import World  # noqa: E402
from tools.process import die_with_parent  # noqa: E402
from tools.services import ROOT  # noqa: E402

PROCESSES, QUEUE = 4, 500
SLOWEST_P99 = 0.050
# agent, follow-up, claim number, from, until (the machine's own clock), seconds that the claim took
Held = tuple[int, int, int, float, float, float]


@dataclass(frozen=True)
class Race:
    """What came of it; seconds."""

    claims: int
    # Calls in two hands as the agents saw it, and attempts that overlap by the times in their rows (V6).
    doubled: int
    overlapping: int
    p50: float
    p99: float
    most: float
    seconds: float

    def facts(self) -> dict[str, float]:
        return asdict(self)


def race(world: World, *, claims: int, pause: float) -> Race:
    """All agents claim and give back until `claims` were made; `pause`: mean seconds between two of one agent."""
    _fill(world.communities["BENCH"])
    begun = time.monotonic()
    share = [agents for number in range(PROCESSES) if (agents := world.bench_agents[number::PROCESSES])]
    running = [_start(agents, claims // len(share), pause) for agents in share]
    try:
        said = [process.communicate()[0] for process in running]
    finally:
        for process in running:
            process.kill()
    if any(process.returncode for process in running):
        raise RuntimeError("a process of the claims bench failed")
    held: list[Held] = [tuple(each) for part in said for each in json.loads(part)]
    seconds = time.monotonic() - begun
    overlap = overlapping(world.communities["BENCH"])
    _empty(world.communities["BENCH"])
    took = sorted(each[5] for each in held)
    at = {share: took[int(share * (len(took) - 1))] for share in (0.5, 0.99, 1.0)}
    return Race(len(held), in_two_hands(held), overlap, at[0.5], at[0.99], at[1.0], seconds)


def _start(agents: list[int], claims: int, pause: float) -> subprocess.Popen[str]:
    argv = [sys.executable, "-m", "tests.chaos.claims", f"--claims={claims}", f"--pause={pause}"]
    return subprocess.Popen(
        [*argv, *map(str, agents)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=die_with_parent(signal.SIGKILL),
    )


def in_two_hands(held: list[Held]) -> int:
    """Calls that two agents had at the same time, as the agents saw it."""
    by_call: dict[int, list[Held]] = defaultdict(list)
    for each in held:
        by_call[each[1]].append(each)
    return sum(
        later[3] < earlier[4] or later[2] == earlier[2]
        for calls in by_call.values()
        for earlier, later in pairwise(sorted(calls, key=lambda each: each[3]))
    )


def overlapping(community_id: int) -> int:
    """The same question to the rows (V6)."""
    ends: dict[int, float] = {}
    found = 0
    attempts = Attempt.objects.filter(community_id=community_id).order_by("follow_up_id", "claim_no")
    for call, begun, ended in attempts.values_list("follow_up_id", "started_at", "ended_at").iterator():
        found += call in ends and begun.timestamp() < ends[call]
        ends[call] = ended.timestamp() if ended else float("inf")
    return found


def _fill(community_id: int) -> None:
    """A queue of due calls. They belong to no repair: this is about the queue alone."""
    _empty(community_id)
    now = database_now()
    FollowUp.objects.bulk_create(
        FollowUp(
            community_id=community_id,
            work="repair",
            case_id=-number,
            completion_no=1,
            case_number=f"bench-{number}",
            phone=f"137{number:08d}",
            completed_at=now,
            next_call_at=now,
        )
        for number in range(1, QUEUE + 1)
    )


def _empty(community_id: int) -> None:
    Attempt.objects.filter(community_id=community_id)._raw_delete("default")
    FollowUp.objects.filter(community_id=community_id)._raw_delete("default")


class Agents:
    """The agents of one process, who share its number of claims."""

    def __init__(self, ids: list[int], claims: int, pause: float) -> None:
        self.ids, self.left, self.pause = ids, claims, pause
        self.lock = threading.Lock()
        self.held: list[Held] = []

    def work(self) -> list[Held]:
        threads = [threading.Thread(target=self.one, args=(each,)) for each in self.ids]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return self.held

    def one(self, agent_id: int) -> None:
        """Claim, hold for a moment, give back. The first one is not timed: everybody has been at work before."""
        agent = User.objects.get(pk=agent_id)
        time.sleep(self.pause * random.random())
        if (first := claim(by=agent)) is not None:
            release(first, by=agent, claim_no=first.claim_no)
        while self.more():
            begun = time.monotonic()
            call = claim(by=agent)
            taken = time.monotonic()
            if call is None:
                continue
            time.sleep(0.001)
            until = time.monotonic()
            release(call, by=agent, claim_no=call.claim_no)
            self.held.append((agent_id, call.pk, call.claim_no, taken, until, taken - begun))
            time.sleep(self.pause * random.uniform(0.5, 1.5))
        connections.close_all()

    def more(self) -> bool:
        with self.lock:
            self.left -= 1
            return self.left >= 0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--claims", type=int, required=True)
    parser.add_argument("--pause", type=float, default=0.0)
    parser.add_argument("agents", type=int, nargs="+")
    options = parser.parse_args()
    held = Agents(options.agents, options.claims, options.pause).work()
    sys.stdout.write(json.dumps(held))


if __name__ == "__main__":
    main()
