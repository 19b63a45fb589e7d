"""The fault suite in small: it kills, it notices, and it leaves nothing behind."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from owners.models import Unit
from repairs import actions
from servicecenter.accounts.models import User
from tests.chaos import checks, journal
from tests.chaos.claims import in_two_hands
from tests.chaos.gateway import Gateway
from tests.chaos.journal import Journal, Story
from tests.chaos.measure import Figures, Hits, judge
from tests.chaos.rig import Rig, environment
from tests.chaos.run import Run
from tests.chaos.stage import Fault, Outcome, Stage
from tests.conftest import make_promises
from tests.worker.processes import database_url
from tools.valkey import free_port

# What no slow machine can break.
TIMELESS = ("V1", "V3", "V4", "V5", "V6", "V8", "V9", "V13", "V14")
NUMBER, KEY = "R261122-0001", "c-0123456789abcdef"


def test_a_line_that_a_kill_cut_off_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    Journal(path).note("send", key=KEY, resident=1)
    with path.open("a") as file:
        file.write('{"what": "report", "key": "c-01')
    story = journal.read(path)
    assert list(story.unanswered) == [KEY]
    assert story.reports == {}


def test_a_claim_that_two_agents_were_given_is_a_double_one() -> None:
    assert Story(claims=[(5, 1, 7), (5, 1, 8), (5, 2, 8), (6, 1, 7), (6, 1, 7)]).doubly_claimed == 1


def test_a_call_in_two_hands_is_noticed_by_its_times() -> None:
    one, other = (1, 50, 3, 10.0, 12.0, 0.1), (2, 50, 4, 11.0, 13.0, 0.1)
    assert in_two_hands([one, other]) == 1
    assert in_two_hands([one, (2, 50, 4, 12.5, 13.0, 0.1), (2, 51, 1, 11.0, 13.0, 0.1)]) == 0


def test_a_timer_that_fired_too_late_is_named() -> None:
    figures = Figures(p99=1.6, most=2.0, first_firing=1.0, first_answer=0.1, settled=2.0)
    judge(figures)
    assert figures.too_late == ["p99 1.6 s (at most 1.5 s)"]


@pytest.mark.django_db(transaction=True)
def test_an_acknowledged_report_that_is_missing_or_doubled_is_counted(
    resident_wang: User, unit_3_2_1201: Unit
) -> None:
    assert checks.missing(Story(reports={KEY: NUMBER})) == 1
    for _copy in range(2):
        ticket = actions.report(
            by=resident_wang,
            community=unit_3_2_1201.community,
            unit=unit_3_2_1201,
            text=f"水龙头滴水 {KEY}",
        )
    assert checks.missing(Story(reports={KEY: ticket.number}, steps={ticket.number: ticket.version})) == 1
    assert checks.missing(Story(steps={ticket.number: ticket.version + 1})) == 2


@pytest.fixture
def rig(tmp_path: Path, transactional_db: None) -> Iterator[Rig]:
    """Web and two workers on the test's own database; the gateway's address is nobody's."""
    servers = {"DATABASE_URL": database_url(), "REDIS_URL": os.environ["REDIS_URL"]}
    rig = Rig(tmp_path, environment(tmp_path, "json://127.0.0.1:1/{phone}") | servers, free_port())
    rig.start_center("web", "worker-1", "worker-2")
    yield rig
    rig.stop()


def kill_a_worker(stage: Stage, outcome: Outcome) -> None:
    stage.rig.kill("worker-1")


@pytest.mark.worker
@pytest.mark.slow
def test_a_killed_worker_costs_nothing_that_is_promised(rig: Rig) -> None:
    make_promises()
    gateway = Gateway()
    course = Run(rig, gateway, full=False, seed=1, pace=1.0)
    course.start_load(flowing=1)
    result = course.inflict(Fault("smoke", "one worker killed", Hits.WORKERS, False, kill_a_worker))
    course.stop_load()
    gateway.stop()
    pids = [part.process.pid for part in rig.known.values() if part.process]
    rig.stop()
    assert result.kills == 1
    assert result.figures.fired > 0
    assert result.wrong == []
    assert {code: result.broken[code] for code in TIMELESS} == dict.fromkeys(TIMELESS, 0)
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]
    assert json.loads((rig.data_dir / "quick" / "fault-smoke.json").read_text())["kills"] == 1
