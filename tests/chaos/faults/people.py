"""People do things twice, at once, or too late."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.chaos import claims, database
from tests.chaos.stage import TO_COMPLETION, Outcome, Stage, fault

TIMES = 12


@fault("twelve-fold", "the same report sent twelve times at once")
def twelve_fold(stage: Stage, outcome: Outcome) -> None:
    rounds = stage.pick(5, 40)
    for _number in range(rounds):
        key = f"c-d{stage.rng.getrandbits(60):015x}"
        with ThreadPoolExecutor(TIMES) as pool:
            answers = list(pool.map(stage.report, [key] * TIMES))
        outcome.expect({each.status for each in answers} == {201}, "a copy was not answered with 201")
        outcome.expect(len({each.body.get("number") for each in answers}) == 1, "copies got several numbers")
    outcome.facts.append(f"{rounds} × {TIMES} requests, {rounds} repairs")


@fault("twenty-agents", "twenty agents on one queue, without a pause")
def twenty_agents(stage: Stage, outcome: Outcome) -> None:
    found = claims.race(stage.world, claims=stage.pick(400, 4000), pause=0.0)
    outcome.facts.append(f"{found.claims} claims, {found.doubled} double")
    outcome.expect(found.doubled == 0, f"{found.doubled} calls in two hands")
    outcome.expect(found.overlapping == 0, f"{found.overlapping} attempts overlap by their times (V6)")


@fault("late-finish", "a call finished after its time ran out and somebody else took it")
def late_finish(stage: Stage, outcome: Outcome) -> None:
    stage.walk(*TO_COMPLETION)
    caller, colleague = stage.client("caller"), stage.client("colleague")
    held = caller.post("/api/v1/follow-ups/claim/").body
    database.rows(
        "UPDATE surveys_followup SET claimed_until = clock_timestamp() - interval '1 second' WHERE id = %s",
        [held["id"]],
    )
    taken = colleague.post("/api/v1/follow-ups/claim/").body
    outcome.expect(taken.get("id") == held["id"], "the colleague did not get the expired call")
    late = caller.post(f"/api/v1/follow-ups/{held['id']}/attempts/", _satisfied(held["claim_no"]))
    outcome.expect(late.status == 409, f"the late finish was answered {late.status}")
    good = colleague.post(f"/api/v1/follow-ups/{held['id']}/attempts/", _satisfied(taken["claim_no"]))
    outcome.expect(good.status == 201, f"the colleague's finish was answered {good.status}")
    outcome.facts.append(f"the late one was answered {late.status} {late.body.get('code', '')}")


def _satisfied(claim_no: int) -> dict[str, Any]:
    return {"claim_no": claim_no, "outcome": "reached", "solved": True, "ratings": {"overall": 9}}


@fault("reopened", "completed, reopened, completed again")
def reopened(stage: Stage, outcome: Outcome) -> None:
    number = stage.walk(*TO_COMPLETION, "rework")
    stage.walk(*TO_COMPLETION[1:], number=number)
    calls = database.value(
        "SELECT count(*) FROM surveys_followup f JOIN repairs_ticket t ON t.id = f.case_id WHERE t.number = %s",
        [number],
    )
    outcome.expect(calls == 2, f"two completions have {calls} calls")
    outcome.facts.append(f"2 completions, {calls} calls")
