"""The table: printed, and kept in docs/figures/chaos.md."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime

import redis

from tests.chaos import database
from tests.chaos.checks import CODES
from tests.chaos.claims import SLOWEST_P99, Race
from tests.chaos.faults import every_fault
from tests.chaos.measure import BACK_AGAIN, LATE_AFTER_OUTAGE, LATE_MOST, LATE_P99
from tests.chaos.pages import Compared
from tests.chaos.results import Result, Results
from tests.chaos.rig import Rig

FIRINGS, KILLS = 100_000, 1_000


@dataclass(frozen=True)
class Report:
    """The page, what is wrong in it, and whether every fault has its line."""

    text: str
    problems: list[str]
    complete: bool


def line(result: Result) -> str:
    """One fault on one line, as soon as it is known."""
    figures = result.figures
    if result.impossible:
        return f"  --   {result.name:<16} not possible here: {result.impossible}"
    good = "ok  " if not result.problems else "BAD "
    said = (
        f"{good} {result.name:<16} {result.seconds:5.0f} s  {figures.fired:6} timers  p99 {figures.p99:.2f} s"
    )
    return "  ".join([said, *result.facts, *(f"!! {each}" for each in result.problems)])


def collect(results: Results, rig: Rig) -> Report:
    """Everything that has a result so far."""
    found = [result for fault in every_fault() if (result := results.fault(fault.name))]
    races = {name: Race(**facts) for name in ("claims-race", "claims-pace") if (facts := results.bench(name))}
    compared = [Compared(**facts) for facts in results.bench("pages") or []]
    full = results.folder.name == "full"
    problems = [f"{each.name}: {problem}" for each in found for problem in each.problems]
    problems += totals_wrong(found, full) if len(found) == len(every_fault()) else []
    problems += [f"{name}: {each}" for name, race in races.items() for each in race_wrong(name, race)]
    problems += [f"Redis {each.name}: {problem}" for each in compared for problem in each.wrong]
    text = "\n".join(
        [
            *head(rig, full),
            *totals(found),
            *(["", "## Not good", "", *(f"- {each}" for each in problems)] if problems else []),
            *invariants(found),
            *lateness(found),
            *bench(races, compared),
            *told(found),
            "",
        ]
    )
    complete = len(found) == len(every_fault()) and bool(compared) and len(races) == 2
    return Report(text, problems, complete)


def head(rig: Rig, full: bool) -> list[str]:
    """What was run, on what, when."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    postgres = str(database.value("SHOW server_version")).split()[0]
    command = "make chaos-full" if full else "make chaos"
    return [
        "# Faults and what held",
        "",
        f"`{command}` on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores, {memory:.0f} GB memory,"
        f" {platform.system()} {platform.machine()}, Python {platform.python_version()}, PostgreSQL {postgres},"
        f" Valkey {broker_version(rig)}. Web (2 processes, 4 threads each), two workers and beat as `make run` starts"
        " them. Residents report, staff works, agents call and timers fall due all the while, also while the"
        " invariants are counted.",
        "",
    ]


def broker_version(rig: Rig) -> str:
    client = redis.Redis.from_url(rig.environment["REDIS_URL"], socket_timeout=5)
    try:
        facts = client.info("server")
    except redis.RedisError:
        return "(not answering)"
    finally:
        client.close()
    return str(facts.get("valkey_version") or facts.get("redis_version"))


def totals(found: list[Result]) -> list[str]:
    """The sums that matter most."""
    twice = database.value(
        "SELECT count(*) FROM (SELECT 1 FROM audit_event WHERE action LIKE 'clock.%%' AND data ? 'timer' "
        "GROUP BY data->'timer' HAVING count(*) > 1) doubled"
    )
    rows = {
        "timers fired": sum(each.figures.fired for each in found),
        "fired twice": twice,
        "lost (V1, V2)": sum(each.broken.get(code, 0) for each in found for code in ("V1", "V2")),
        "kills": sum(each.kills for each in found),
        "requests": sum(each.figures.requests for each in found),
        "acknowledged submissions lost (V8)": sum(each.broken.get("V8", 0) for each in found),
        "double claims": sum(each.double_claims for each in found),
    }
    return ["| sum over all faults | |", "| --- | ---: |", *(f"| {name} | {rows[name]:,} |" for name in rows)]


def totals_wrong(found: list[Result], full: bool) -> list[str]:
    """A full run is one with so many firings and kills."""
    fired, kills = sum(each.figures.fired for each in found), sum(each.kills for each in found)
    short = [f"only {fired} firings"] if fired < FIRINGS else []
    short += [f"only {kills} kills"] if kills < KILLS else []
    return short if full else []


def race_wrong(name: str, race: Race) -> list[str]:
    found = [f"{race.doubled} double claims"] if race.doubled else []
    found += [f"{race.overlapping} attempts overlap by their times (V6)"] if race.overlapping else []
    if name == "claims-pace" and race.p99 > SLOWEST_P99:
        found.append(f"p99 {race.p99 * 1000:.0f} ms (at most {SLOWEST_P99 * 1000:.0f} ms)")
    return found


def invariants(found: list[Result]) -> list[str]:
    """Faults × invariants; what a fault broke."""
    codes = [code for code in CODES if any(code in each.broken for each in found)]
    rows = [
        "",
        "## Faults × invariants",
        "",
        "Rows that broke an invariant after the fault and did not before.",
    ]
    rows += ["Numbers as in [reliability](../reliability.md).", ""]
    rows += [f"| fault | {' | '.join(codes)} | else |", f"| --- |{' ---: |' * (len(codes) + 1)}"]
    for each in found:
        counts = [str(each.broken.get(code, "–")) for code in codes]
        if each.impossible:
            counts = ["–"] * len(codes)
        rows.append(f"| {each.sentence} | {' | '.join(counts)} | {len(each.wrong)} |")
    return rows


def lateness(found: list[Result]) -> list[str]:
    """How late, how soon back."""
    rows = ["", "## Lateness and recovery", ""]
    rows += [
        "Seconds. Lateness: from the promised instant to the firing, of timers that no outage held up (p99 at most"
        f" {LATE_P99:g}, latest at most {LATE_MOST:g}). After the outage: the latest of those that fell due"
        f" during it, or in the {LATE_AFTER_OUTAGE:g} seconds in which its heap is fired, counted from its end (at most"
        f" {LATE_AFTER_OUTAGE:g}): PostgreSQL answers again, or a worker is there again."
        f" First answer, first firing: after the fault was lifted (at most {BACK_AGAIN:g}).",
        "",
        "| fault | kills | timers | p50 | p99 | latest | after the outage | first answer | first firing | requests"
        " | server errors | no answer |",
        "| --- |" + " ---: |" * 11,
    ]
    for each in found:
        if each.impossible:
            continue
        f = each.figures
        cells = [f"{each.kills}", f"{f.fired}", *(f"{late:.2f}" for late in (f.p50, f.p99, f.most))]
        cells += [shown(f.after_outage), shown(f.first_answer), shown(f.first_firing)]
        cells += [f"{f.requests}", f"{f.server_errors}", f"{f.no_answer}"]
        rows.append(f"| {each.sentence} | {' | '.join(cells)} |")
    return rows


def shown(seconds: float | None) -> str:
    return "" if seconds is None else f"{seconds:.2f}"


def bench(races: dict[str, Race], compared: list[Compared]) -> list[str]:
    """Claims, and pages without Redis."""
    names = {
        "claims-race": "20 agents, no pause between two claims",
        "claims-pace": "20 agents, each about a claim every two seconds",
    }
    rows = [
        "",
        "## Twenty agents on one queue",
        "",
        "Each with a connection of its own; milliseconds a claim.",
        "",
    ]
    rows += ["| | claims | double | V6 | p50 | p99 | latest |", "| --- |" + " ---: |" * 6]
    for name, race in races.items():
        times = " | ".join(f"{1000 * each:.1f}" for each in (race.p50, race.p99, race.most))
        rows.append(f"| {names[name]} | {race.claims} | {race.doubled} | {race.overlapping} | {times} |")
    rows += ["", "## Pages with Redis frozen or gone", ""]
    rows += [
        "The same requests (a page, a list, a report) in turns with Redis running and without it; milliseconds.",
        "",
        "| Redis | requests without it | p50 with | p50 without | p99 with | p99 without | change of p99 | failed |",
        "| --- |" + " ---: |" * 7,
    ]
    for each in compared:
        measured = (each.p50_before, each.p50, each.p99_before, each.p99)
        cells = " | ".join(f"{1000 * seconds:.1f}" for seconds in measured)
        rows.append(
            f"| {each.name} | {each.requests} | {cells} | {each.change:+.1%} | {each.server_errors} |"
        )
    return rows


def told(found: list[Result]) -> list[str]:
    """What each fault says of itself, and what could not be done here."""
    rows = ["", "## What the faults say", ""]
    rows += [f"- {each.sentence}: {'; '.join(each.facts)}." for each in found if each.facts]
    impossible = [each for each in found if each.impossible]
    if impossible:
        rows += ["", "## Not injected here", ""]
        rows += [f"- {each.sentence}: {each.impossible}." for each in impossible]
    return rows
