"""The load, a process of its own: residents report, the staff works, agents call, a storm of timers falls due.

`python -m tests.chaos.load WORLD JOURNAL REQUESTS PORT` runs until it is told to stop. A second start takes up what the
first one left without an answer: the same key, the same body.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicecenter.settings")
django.setup()

from django.db import DatabaseError, connection  # noqa: E402
from kombu.exceptions import OperationalError as BrokerGone  # noqa: E402
from redis.exceptions import RedisError  # noqa: E402

from owners.models import Unit  # noqa: E402
from repairs import actions  # noqa: E402
from servicecenter.accounts.models import Community, User  # noqa: E402
from servicecenter.celery import app  # noqa: E402
from tests.chaos.client import PICTURE, Answer, Client  # noqa: E402
from tests.chaos.journal import Journal, read  # noqa: E402
from tests.chaos.steps import next_step  # noqa: E402
from tests.chaos.world import World  # noqa: E402

# Seconds between two tries of the same person, and rates per second of everybody together.
REST = 0.3
RESIDENTS, STAFF, CALLERS = 3, 2, 3
REPORTS, STEPS, CALLS, PAGES, STORM, TASKS = 2.0, 4.0, 2.0, 2.0, 5.0, 2.0


class Load:
    """Everybody at once, until `ending`."""

    def __init__(self, world: World, journal: Path, requests: Path, port: int, pace: float) -> None:
        self.world, self.port, self.pace = world, port, pace
        self.story = read(journal)
        self.journal = Journal(journal)
        self.requests = requests.open("a", buffering=1, encoding="utf-8")
        self.ending = threading.Event()
        self.rng = random.Random()

    def client(self, **who: str) -> Client:
        return Client(self.port, told=self.saw, **who)

    def saw(self, kind: str, answer: Answer) -> None:
        """One line for each request: when it ended, what it was, status, seconds."""
        self.requests.write(f"{time.time():.3f} {kind} {answer.status} {answer.seconds:.4f}\n")

    def steadily(self, rate: float, people: int, act: Callable[[int], None], number: int) -> None:
        """One person's share of a rate, with some chance in it."""
        while not self.ending.wait(people / (rate * self.pace) * self.rng.uniform(0.5, 1.5)):
            act(number)

    def start(self) -> list[threading.Thread]:
        parts: list[tuple[float, int, Callable[[int], None]]] = [
            (REPORTS, RESIDENTS, self.report),
            (STEPS, STAFF, self.step),
            (CALLS, CALLERS, self.call),
            (PAGES, 1, self.look),
            (STORM, 1, self.storm),
            (TASKS, 1, self.ask_for_sweep),
        ]
        threads = [
            threading.Thread(target=self.steadily, args=(rate, people, act, number), daemon=True)
            for rate, people, act in parts
            for number in range(people)
        ]
        threads.append(threading.Thread(target=self.take_up, daemon=True))
        for thread in threads:
            thread.start()
        return threads

    def take_up(self) -> None:
        """What an earlier start sent without hearing an answer."""
        for key, facts in self.story.unanswered.items():
            self.submit(key, facts["resident"])

    def report(self, _number: int) -> None:
        """A resident reports; the journal knows before the server does."""
        key = f"c-{random.SystemRandom().getrandbits(64):016x}"
        resident = self.rng.randrange(len(self.world.residents))
        self.journal.note("send", key=key, resident=resident)
        number = self.submit(key, resident)
        if number and self.rng.random() < 0.1:
            self.add_photo(number, resident)

    def submit(self, key: str, resident: int) -> str:
        """Sends until there is an answer: the same key and body each time."""
        who = self.world.residents[resident]
        body = {"unit": who["unit"], "text": f"水龙头滴水 {key}", "trade": "plumbing"}
        while not self.ending.is_set():
            answer = self.client(token=who["token"]).post("/api/v1/repairs/", body, key=key)
            if answer.status == 201:
                self.journal.note("report", key=key, number=answer.body["number"])
                return str(answer.body["number"])
            self.ending.wait(REST)
        return ""

    def add_photo(self, number: str, resident: int) -> None:
        client = self.client(token=self.world.residents[resident]["token"])
        answer = client.photo(f"/api/v1/repairs/{number}/photos/", PICTURE)
        if answer.status == 201:
            self.journal.note("photo", number=number, count=len(answer.body["results"]))

    def step(self, number: int) -> None:
        """A supervisor takes the next step of some open repair."""
        client = self.client(token=self.world.supervisors[number]["token"])
        status = self.rng.choice(OPEN)
        found = client.get(f"/api/v1/repairs/?status={status}&community=CHAOS&page_size=10")
        tickets = found.body.get("results", [])
        if not tickets:
            return
        ticket = self.rng.choice(tickets)
        action, body = next_step(ticket["status"], self.rng, self.world.technicians)
        answer = client.post(f"/api/v1/repairs/{ticket['number']}/{action}/", body)
        if answer.status == 200:
            self.journal.note("step", number=ticket["number"], version=answer.body["version"])

    def call(self, number: int) -> None:
        """An agent takes the next call and ends it; now and then the answer is a bad one."""
        caller = self.world.callers[number]
        client = self.client(token=caller["token"])
        claimed = client.post("/api/v1/follow-ups/claim/")
        if claimed.status != 200:
            return
        case, claim_no = claimed.body["id"], claimed.body["claim_no"]
        self.journal.note("claim", follow_up=case, claim_no=claim_no, agent=caller["id"])
        overall = self.rng.choice((9, 10, 8, 4))
        body = {"claim_no": claim_no, "outcome": "reached", "solved": True, "ratings": {"overall": overall}}
        client.post(f"/api/v1/follow-ups/{case}/attempts/", body)

    def look(self, _number: int) -> None:
        """The front desk looks at its pages."""
        page = self.rng.choice(("/desk/", "/desk/calls/", "/board/"))
        self.client(session=self.world.session).get(page, kind="page")

    def storm(self, _number: int) -> None:
        """A repair that nobody will ever do, through the ordinary action."""
        try:
            agent = User.objects.get(pk=self.world.storm_agent)
            unit = Unit.objects.get(pk=self.rng.choice(self.world.storm_units))
            actions.report(
                by=agent,
                community=Community.objects.get(pk=unit.community_id),
                unit=unit,
                text="墙面渗水",
                trade="waterproofing",
                urgency="normal",
            )
        except DatabaseError:
            connection.close()
            self.ending.wait(REST)

    def ask_for_sweep(self, _number: int) -> None:
        """Work for the workers' children, through the broker; what the broker loses is no loss."""
        try:
            app.send_task("servicecenter.operations.tasks.sweep_due", retry=False)
        except (OSError, RedisError, BrokerGone):
            self.ending.wait(REST)


OPEN = ("reported", "accepted", "dispatched", "contacted", "on_site", "on_hold", "completed", "rework")


def main(argv: list[str]) -> None:
    world, journal, requests, port, pace = argv
    load = Load(World.load(Path(world)), Path(journal), Path(requests), int(port), float(pace))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: load.ending.set())
    threads = load.start()
    load.ending.wait()
    for thread in threads:
        thread.join(timeout=1)
    # A request that hangs must not hold us: its key stands in the journal.
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
