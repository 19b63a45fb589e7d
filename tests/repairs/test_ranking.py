"""Whom to send, as a table of examples: technicians and rules in, names and reasons out. No database."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from repairs.models import DispatchRule
from repairs.queries.ranking import Job, Worker, decide, rank
from repairs.queries.reasons import cons, pros

HE, CHEN, LUO = (Worker(number, name) for number, name in enumerate(("何勇", "陈刚", "罗斌"), start=1))
PLUMBING, ELECTRICAL = Job("plumbing"), Job("electrical")
BUILDING = 3


def order(job: Job, *workers: Worker) -> list[str]:
    return [choice.worker.name for choice in rank(job, workers)]


# What differs between two technicians, and who goes first by it.
BETTER: list[tuple[str, Job, dict[str, Any], dict[str, Any]]] = [
    ("trained before all trades", PLUMBING, {"trades": {"plumbing"}}, {}),
    ("all trades before others", PLUMBING, {}, {"trades": {"lift"}}),
    ("certified before not", ELECTRICAL, {"holds": {"electrician"}, "open_jobs": 9}, {}),
    ("valid before expired", ELECTRICAL, {"holds": {"electrician"}}, {"expired": {"electrician": "2026-01-31"}}),
    ("here before away", PLUMBING, {"open_jobs": 9}, {"away": True}),
    ("on duty before off duty", PLUMBING, {"on_duty": True, "open_jobs": 3}, {}),
    ("of the building before others", Job("plumbing", building=BUILDING), {"zones": {BUILDING}, "open_jobs": 3}, {}),
    ("duty before building", Job("plumbing", building=BUILDING), {"on_duty": True}, {"zones": {BUILDING}}),
    ("fewer open jobs", PLUMBING, {"open_jobs": 1}, {"open_jobs": 2}),
    ("fewer done today among equals", PLUMBING, {"done_today": 1}, {"done_today": 2}),
    ("who did not give it back", Job("plumbing", sent_back={2: "不会修"}), {"open_jobs": 9}, {}),
    ("another trade before who gave it back", Job("plumbing", sent_back={2: "不会修"}), {"trades": {"lift"}}, {}),
]  # fmt: skip


@pytest.mark.parametrize(("why", "job", "first", "second"), BETTER, ids=[row[0] for row in BETTER])
def test_the_better_one_of_two_goes_first(
    why: str, job: Job, first: dict[str, Any], second: dict[str, Any]
) -> None:
    better, worse = replace(HE, **first), replace(CHEN, **second)
    assert order(job, worse, better) == ["何勇", "陈刚"]


# Codes for and against, by what a technician is.
WORDS: list[tuple[Job, dict[str, Any], set[str], set[str]]] = [
    (PLUMBING, {}, {"free"}, set()),
    (PLUMBING, {"trades": {"plumbing"}, "open_jobs": 1}, {"trade"}, set()),
    (PLUMBING, {"trades": {"gas"}}, {"free"}, {"other_trades"}),
    (PLUMBING, {"on_duty": True}, {"free", "on_duty"}, set()),
    (PLUMBING, {"away": True}, {"free"}, {"away"}),
    (ELECTRICAL, {"holds": {"electrician"}}, {"free", "certificate"}, set()),
    (ELECTRICAL, {"holds": {"gas"}}, {"free"}, {"no_certificate"}),
    (ELECTRICAL, {"expired": {"electrician": "2026-01-31"}}, {"free"}, {"certificate_expired"}),
    (Job("gas", registered=False), {}, {"free"}, set()),
    (Job("gas", registered=False), {"expired": {"gas": "2026-01-31"}}, {"free"}, {"certificate_expired"}),
    (Job("plumbing", building=BUILDING), {"zones": {BUILDING}}, {"free", "zone"}, set()),
    (Job("plumbing", sent_back={1: "缺工具"}), {}, {"free"}, {"sent_back"}),
]


@pytest.mark.parametrize(("job", "what", "pro", "con"), WORDS)
def test_reasons_for_and_against_are_named(
    job: Job, what: dict[str, Any], pro: set[str], con: set[str]
) -> None:
    (choice,) = rank(job, [replace(HE, **what)])
    assert ({reason.code for reason in choice.pro}, set(choice.against)) == (pro, con)
    assert all([*pros(choice), *cons(choice)]) or not (pro | con)


def rule(**said: Any) -> DispatchRule:
    return DispatchRule(**({"name": "规则", "who": "least_busy", "mode": "automatic"} | said))


CREW = (
    replace(HE, trades={"electrical"}, holds={"electrician"}, on_duty=True, open_jobs=2),
    replace(CHEN, trades={"plumbing"}, zones={BUILDING}, open_jobs=1),
    replace(LUO, trades={"plumbing"}, on_duty=True),
)
# A job, the rules, and who goes by which of them ('' by none).
DECISIONS: list[tuple[Job, list[DispatchRule], str, str]] = [
    (PLUMBING, [], "罗斌", ""),
    (PLUMBING, [rule()], "罗斌", "规则"),
    (PLUMBING, [rule(trade="electrical")], "罗斌", ""),
    (PLUMBING, [rule(urgency="emergency")], "罗斌", ""),
    (Job("plumbing", "emergency"), [rule(urgency="emergency", name="急修")], "罗斌", "急修"),
    (PLUMBING, [rule(who="named", named_id=CHEN.id)], "陈刚", "规则"),
    (PLUMBING, [rule(who="named", named_id=HE.id)], "罗斌", ""),
    (Job("plumbing", building=BUILDING), [rule(who="of_zone")], "陈刚", "规则"),
    (Job("plumbing", building=BUILDING), [rule(who="of_zone", max_open=1)], "罗斌", ""),
    (PLUMBING, [rule(who="of_zone"), rule(name="其次")], "罗斌", "其次"),
    (ELECTRICAL, [rule(who="on_duty")], "何勇", "规则"),
    (Job("plumbing", building=9), [rule(building_id=BUILDING)], "罗斌", ""),
    (Job("plumbing", sent_back={LUO.id: "缺件"}), [rule(who="named", named_id=LUO.id)], "陈刚", ""),
]


@pytest.mark.parametrize(("job", "rules", "name", "by"), DECISIONS)
def test_the_first_rule_that_finds_somebody_decides(
    job: Job, rules: list[DispatchRule], name: str, by: str
) -> None:
    decision = decide(job, CREW, rules)
    assert decision.first is not None
    assert (decision.first.worker.name, decision.rule.name if decision.rule else "") == (name, by)
    assert sorted(choice.worker.id for choice in decision.choices) == [1, 2, 3]


def test_only_an_automatic_rule_sends_by_itself() -> None:
    modes = ("propose", "automatic", "grab")
    decisions = [decide(PLUMBING, CREW, [rule(mode=mode)]) for mode in modes]
    assert [decision.automatic is not None for decision in decisions] == [False, True, False]
    assert [decision.opens for decision in decisions] == [False, False, True]


def test_the_least_busy_is_looked_for_among_those_on_duty_first() -> None:
    on_duty, at_home = replace(HE, on_duty=True, open_jobs=3), CHEN
    found = [decide(PLUMBING, crew, [rule()]).first for crew in ([on_duty, at_home], [HE, CHEN])]
    assert [choice.worker.name for choice in found if choice] == ["何勇", "何勇"]


def test_where_nobody_fits_nobody_is_proposed() -> None:
    gas = decide(Job("gas"), CREW, [rule()])
    assert (gas.first, gas.automatic, gas.rule) == (None, None, None)
