"""A day of 300 repairs through the pages: `python -m tests.bench.day`, inside `tools.services`, after `migrate`.

Residents report in the portal, agents at the desk; the rules dispatch or an agent does; engineers work page by page, or
without signal and send later; owners agree to prices, pay at the counter, accept and are called. Everything is asked
for and sent as a browser does it (page, form as drawn, post), nothing through the administration, and `verify` has the
last word. Prints how many there were of each and the time of the requests; `--write` writes docs/figures/day.md.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import uuid4

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicecenter.settings")
django.setup()

from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from owners.models import Occupancy  # noqa: E402
from repairs.models import Ticket  # noqa: E402
from repairs.workflow import Status  # noqa: E402
from servicecenter.accounts.models import Community, Role, User  # noqa: E402
from servicecenter.demo.world import build  # noqa: E402
from servicecenter.ledger.models import Charge  # noqa: E402
from servicecenter.lib.clock import LOCAL, database_now  # noqa: E402
from servicecenter.notifications.models import Message  # noqa: E402
from servicecenter.notifications.outbox import send_due  # noqa: E402
from servicecenter.sla.sweep import sweep  # noqa: E402
from surveys.models import FollowUp  # noqa: E402

TEXTS = Path(__file__).resolve().parents[1] / "data" / "triage_heldout.csv"
PORTAL_SHARE, OFFLINE_SHARE, PAID_SHARE, VISIT_SHARE = 0.4, 0.5, 0.25, 0.3
DONE_WORDS = "已修好，试用正常，现场已清理"


class Hand:
    """Somebody at a screen, who opens pages and sends what stands in their forms."""

    times: defaultdict[str, list[float]] = defaultdict(list)
    pages: Counter[str] = Counter()

    def __init__(self, user: User) -> None:
        self.user, self.client = user, Client()
        self.client.force_login(user)

    def open(self, path: str) -> Any:
        """A page; anything but a page is an error of the day."""
        return self._timed("page", self.client.get, path, expected=(200,))

    def post(self, path: str, said: dict[str, Any], *, expected: tuple[int, ...] = (302,)) -> Any:
        """What was typed, sent."""
        return self._timed("sent", self.client.post, path, said, expected=expected)

    def step(self, ticket: Ticket, action: str, **said: Any) -> None:
        """Opens the form of an action, as the button does, and sends it with what is said."""
        path = f"/repairs/{ticket.number}/{action}/"
        form = self.open(path).context["form"]
        self.post(path, drawn(form) | said)

    def later(self, ticket: Ticket, action: str, at: datetime, **said: Any) -> None:
        """A step that waited on a phone and is sent with the time at which it happened."""
        said |= {"idempotency_key": str(uuid4()), "happened_at": at.isoformat()}
        self.post(f"/field/jobs/{ticket.number}/later/{action}/", said, expected=(200,))

    def _timed(self, kind: str, ask: Any, path: str, *args: Any, expected: tuple[int, ...]) -> Any:
        began = perf_counter()
        answer = ask(path, *args)
        self.times[kind].append(perf_counter() - began)
        self.pages[f"{self.user.role} {kind}"] += 1
        if answer.status_code not in expected:
            raise SystemExit(f"{self.user} {path}: {answer.status_code}\n{shown(answer)}")
        return answer


def drawn(form: Any) -> dict[str, Any]:
    """The values that stand in a form as it was drawn."""
    values = {field.html_name: field.value() for field in form}
    return {
        name: getattr(value, "pk", value)
        for name, value in values.items()
        if value not in (None, "", False, [])
    }


def shown(answer: Any) -> str:
    """What a refused request said."""
    form = getattr(answer, "context", None) and answer.context.get("form")
    return f"{dict(form.errors)}" if form is not None else answer.content.decode()[:600]


class Day:
    """One community, its people, and what came of the day."""

    def __init__(self, tickets: int, seed: int) -> None:
        self.rng = random.Random(seed)
        self.count = tickets
        self.community = Community.objects.get(code="YG")
        # The bench runs at any hour of the real day.
        Community.objects.filter(pk=self.community.pk).update(calls_from=time(0), calls_until=time(23, 59))
        self.agents = self._staff(Role.AGENT)
        self.engineers = {hand.user.pk: hand for hand in self._staff(Role.TECHNICIAN)}
        self.supervisor = self._staff(Role.SUPERVISOR)[0]
        stays = Occupancy.objects.current().filter(unit__community=self.community, person__user__isnull=False)
        self.stays = list(stays.select_related("person__user", "unit").order_by("id"))
        self.visits: Counter[int] = Counter()
        self.did: Counter[str] = Counter()

    def _staff(self, role: str) -> list[Hand]:
        people = User.objects.filter(role=role, memberships__community=self.community).order_by("id")
        return [Hand(person) for person in people]

    def run(self) -> None:
        """Every repair from the report to the archive, in the order in which they come in."""
        with TEXTS.open(encoding="utf-8") as file:
            texts = [row["text"] for row in csv.DictReader(file)]
        open_now = [self.report(texts[number % len(texts)]) for number in range(self.count)]
        for ticket, resident in open_now:
            self.work(ticket, resident)
        self.take_money()
        self.call_back()
        # What the workers do all day beside them.
        self.did["deadlines fired"], self.did["deliveries outside"] = sweep(), send_due(seconds=600)
        self.did["messages on the pages"] = Message.objects.filter(community=self.community).count()
        self.archive()

    def report(self, text: str) -> tuple[Ticket, Hand]:
        """In the portal or at the desk; each household once, so that nobody is a nuisance."""
        stay = self.stays.pop(self.rng.randrange(len(self.stays)))
        assert stay.person.user is not None
        resident = Hand(stay.person.user)
        if self.rng.random() < PORTAL_SHARE:
            form = resident.open("/portal/report/").context["form"]
            resident.post("/portal/report/", drawn(form) | {"text": text, "unit": stay.unit_id})
            self.did["reported in the portal"] += 1
        else:
            agent = self.rng.choice(self.agents)
            form = agent.open("/desk/register/").context["form"]
            agent.post("/desk/register/", drawn(form) | {"unit": stay.unit.code, "text": text})
            self.did["registered at the desk"] += 1
        return Ticket.objects.filter(unit=stay.unit).latest("id"), resident

    def work(self, ticket: Ticket, resident: Hand) -> None:
        """Accepted, dispatched, visited, perhaps agreed to and priced, done, accepted by the owner."""
        agent = self.rng.choice(self.agents)
        if fresh(ticket).status == Status.REPORTED:
            agent.step(ticket, "accept")
        if fresh(ticket).status == Status.ACCEPTED:
            self.dispatch(ticket, agent)
        else:
            self.did["dispatched by a rule"] += 1
        engineer = self.engineers[assignee(ticket)]
        engineer.open("/field/")
        engineer.step(ticket, "contact", note="已电话联系")
        if self.rng.random() < VISIT_SHARE:
            self.agree_on_a_time(ticket, engineer)
        paid = self.rng.random() < PAID_SHARE
        if not paid and self.rng.random() < OFFLINE_SHARE:
            self.work_without_signal(ticket, engineer)
        else:
            self.work_online(ticket, engineer, resident, paid=paid)
        if fresh(ticket).status == Status.COMPLETED:
            resident.step(ticket, "confirm", method="portal")

    def dispatch(self, ticket: Ticket, agent: Hand) -> None:
        """Whom the page proposes."""
        path = f"/desk/tickets/{ticket.number}/dispatch/"
        page = agent.open(path)
        first = page.context["candidates"][0].choice.worker.id
        agent.post(path, drawn(page.context["form"]) | {"technician": first})
        self.did["dispatched at the desk"] += 1

    def agree_on_a_time(self, ticket: Ticket, engineer: Hand) -> None:
        """The next free half hour of the engineer's working days."""
        number = self.visits[engineer.user.pk]
        self.visits[engineer.user.pk] += 1
        day = database_now().astimezone(LOCAL).replace(hour=9, minute=0, second=0, microsecond=0)
        start = day + timedelta(days=1 + number // 16, minutes=30 * (number % 16))
        said = {"start": f"{start:%Y-%m-%dT%H:%M}", "end": f"{start + timedelta(minutes=30):%Y-%m-%dT%H:%M}"}
        engineer.step(ticket, "schedule", **said)
        self.did["visits agreed"] += 1

    def work_without_signal(self, ticket: Ticket, engineer: Hand) -> None:
        """The whole job on the phone, sent at once when there is a line again."""
        engineer.open(f"/field/jobs/{ticket.number}/ahead/")
        now = database_now()
        engineer.later(ticket, "arrive", now - timedelta(seconds=20))
        engineer.later(ticket, "complete", now - timedelta(seconds=10), summary=DONE_WORDS)
        self.did["worked without signal"] += 1

    def work_online(self, ticket: Ticket, engineer: Hand, resident: Hand, *, paid: bool) -> None:
        engineer.open(f"/field/jobs/{ticket.number}/")
        engineer.step(ticket, "arrive")
        if fresh(ticket).is_dangerous:
            engineer.step(ticket, "secure", note="已排除险情")
        if paid:
            engineer.step(
                ticket,
                "propose-plan",
                plan="更换配件",
                price="80",
                payer="owner",
                payer_reason="使用损坏，不属保修",
            )
            resident.open(f"/portal/tickets/{ticket.number}/")
            resident.step(ticket, "approve-plan")
            self.did["prices agreed to"] += 1
        engineer.step(ticket, "complete", summary=DONE_WORDS)
        self.did["worked online"] += 1

    def take_money(self) -> None:
        """At the counter: each charge once, in cash or by phone."""
        agent = self.agents[0]
        for charge in Charge.objects.filter(community=self.community).unpaid():
            form = agent.open(f"/desk/money/charges/{charge.number}/").context["take"]
            method = self.rng.choice(["cash", "wechat", "alipay"])
            said = drawn(form) | {"method": method, "idempotency_key": str(uuid4())}
            agent.post(f"/desk/money/charges/{charge.number}/take/", said)
            self.did["receipts written"] += 1

    def call_back(self) -> None:
        """The queue, until nobody is due: each agent takes the next one."""
        idle = 0
        while idle < len(self.agents):
            agent = self.agents[self.did["calls"] % len(self.agents)] if not idle else self.agents[idle]
            agent.post("/desk/calls/claim/", {})
            page = agent.open("/desk/calls/")
            form = page.context.get("form") if page.context else None
            held = FollowUp.objects.filter(claimed_by=agent.user).first()
            if form is None or held is None:
                idle += 1
                continue
            idle = 0
            said = drawn(form) | {
                "outcome": "reached",
                "overall": self.rng.choice([8, 9, 10]),
                "solved": "yes",
            }
            agent.post(f"/desk/calls/{held.pk}/finish/", said)
            self.did["calls"] += 1

    def archive(self) -> None:
        for ticket in Ticket.objects.filter(community=self.community, status=Status.FOLLOWED_UP):
            self.agents[0].step(ticket, "archive")
            self.did["archived"] += 1


def fresh(ticket: Ticket) -> Ticket:
    ticket.refresh_from_db()
    return ticket


def assignee(ticket: Ticket) -> int:
    found = fresh(ticket).assignee_id
    if found is None:
        raise SystemExit(f"{ticket.number}: nobody was sent")
    return found


def lines(day: Day, seconds: float) -> Iterator[str]:
    """What the day came to, as a table."""
    yield "| what | how often |"
    yield "| --- | ---: |"
    for name, count in day.did.items():
        yield f"| {name} | {count} |"
    for kind, times in Hand.times.items():
        ordered = sorted(times)
        p50, p99 = (ordered[int(len(ordered) * share)] * 1000 for share in (0.5, 0.99))
        yield f"| {kind}: p50 {p50:.0f} ms, p99 {p99:.0f} ms | {len(times)} |"
    yield f"| seconds of one processor for all of it | {seconds:.0f} |"


def main() -> int:
    """Prints the table. The exit code is that of `verify`, or 1 if a repair did not reach the archive."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tickets", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    setup_test_environment()
    build(at=database_now() - timedelta(days=30))
    began = perf_counter()
    day = Day(options.tickets, options.seed)
    day.run()
    found = list(lines(day, perf_counter() - began))
    print("\n".join(found))
    if options.write:
        head = (
            "# A day of repairs through the pages\n\n`python -m tools.services -- python -m tests.bench.day --write`: "
            f"{options.tickets} repairs, each from the report to the archive, by the pages of the four faces.\n\n"
        )
        Path("docs/figures/day.md").write_text(head + "\n".join(found) + "\n", encoding="utf-8")
    call_command("verify")
    return int(day.did["archived"] != options.tickets)


if __name__ == "__main__":
    sys.exit(main())
