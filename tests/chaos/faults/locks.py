"""Somebody holds a row for long, or two wait for each other."""

from __future__ import annotations

import threading
import time

import psycopg2

from tests.chaos import database
from tests.chaos.client import Answer
from tests.chaos.stage import BODIES, TO_COMPLETION, Outcome, Stage, fault


@fault("row-locked", "a repair's row locked by somebody else")
def row_locked(stage: Stage, outcome: Outcome) -> None:
    """Its own timers wait (and are not counted as late); those of all other repairs may not."""
    seconds = stage.pick(8, 30)
    outcome.facts.append(f"{seconds} s")
    case, number = _reported(stage)
    outcome.excused.append(case)
    with database.session(autocommit=False) as cursor:
        cursor.execute("SELECT id FROM repairs_ticket WHERE id = %s FOR UPDATE", [case])
        answer = stage.client("supervisor").post(f"/api/v1/repairs/{number}/accept/")
        time.sleep(seconds)
    status = database.value("SELECT status FROM repairs_ticket WHERE id = %s", [case])
    outcome.expect(answer.status >= 400 and status == "reported", "a step on the locked row was taken")
    outcome.facts.append(f"a step on it was answered {answer.status} after {answer.seconds:.1f} s")


def _reported(stage: Stage, *steps: str) -> tuple[int, str]:
    """Id and number of a fresh repair, walked that far."""
    number = stage.walk(*steps)
    return int(database.value("SELECT id FROM repairs_ticket WHERE number = %s", [number])), number


@fault("deadlock", "a deadlock made on purpose", web=True)
def deadlock(stage: Stage, outcome: Outcome) -> None:
    """We hold a repair's call and then want the repair; the program holds the repair and wants its call.

    PostgreSQL ends one of the two. Whoever it is: the step is taken as a whole or not at all.
    """
    ended: dict[str, int] = {"we": 0, "the program": 0}
    for _number in range(stage.pick(2, 10)):
        case, number = _reported(stage, *TO_COMPLETION)
        outcome.excused.append(case)
        answers: list[Answer] = []
        with database.session(autocommit=False) as cursor:
            cursor.execute("SELECT id FROM surveys_followup WHERE case_id = %s FOR UPDATE", [case])
            thread = threading.Thread(target=_rework, args=(stage, number, answers))
            thread.start()
            time.sleep(0.5)
            try:
                cursor.execute("SELECT id FROM repairs_ticket WHERE id = %s FOR UPDATE", [case])
            except psycopg2.errors.DeadlockDetected:
                ended["we"] += 1
            cursor.connection.rollback()
            thread.join()
        ended["the program"] += answers[0].status >= 500
        status = database.value("SELECT status FROM repairs_ticket WHERE id = %s", [case])
        outcome.expect(
            (answers[0].status == 200) == (status == "rework"),
            f"rework was answered {answers[0].status}, and the repair is {status}",
        )
    outcome.expect(sum(ended.values()) > 0, "there was no deadlock")
    outcome.facts.append(", ".join(f"{who} gave way {times}×" for who, times in ended.items()))


def _rework(stage: Stage, number: str, answers: list[Answer]) -> None:
    path = f"/api/v1/repairs/{number}/rework/"
    answers.append(stage.client("supervisor").post(path, BODIES["rework"]))
