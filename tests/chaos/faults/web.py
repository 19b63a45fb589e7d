"""Web processes die."""

from __future__ import annotations

import threading
import time

from tests.chaos import database
from tests.chaos.client import Answer
from tests.chaos.measure import Hits
from tests.chaos.stage import Outcome, Stage, fault
from tools.process import wait_until

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep' AND application_name = 'web'"


@fault("web-children", "kill -9 of web processes at random", web=True)
def web_children(stage: Stage, outcome: Outcome) -> None:
    stage.for_seconds(stage.pick(8, 300), (0.3, 1.0), lambda: stage.rig.kill_child("web", stage.rng))


@fault("web-unanswered", "web processes killed between COMMIT and answer", hits=Hits.DATABASE, web=True)
def web_unanswered(stage: Stage, outcome: Outcome) -> None:
    """PostgreSQL is told to wait for a standby that does not exist: it has committed, and does not say so. In that
    moment the web processes are killed. The residents hear nothing, ask again, and must get the first answer."""
    rounds = stage.pick(4, 25)
    committed = replayed = 0
    for _number in range(rounds):
        keys = [f"c-u{stage.rng.getrandbits(60):015x}" for _each in range(3)]
        threads = [threading.Thread(target=stage.report, args=(key,)) for key in keys]
        _wait_for_standby(True)
        for thread in threads:
            thread.start()
        committed += wait_until(lambda: database.value(WAITING, superuser=True) > 0, seconds=3, every=0.005)
        stage.rig.kill_children("web")
        _wait_for_standby(False)
        for thread in threads:
            thread.join()
        stage.wait_for_web()
        answers = [_ask_until_answered(stage, key) for key in keys]
        replayed += sum(answer.replayed for answer in answers)
        numbers = {answer.body.get("number") for answer in answers}
        outcome.expect(len(numbers) == len(keys), "a repeated report did not get its own number")
    outcome.facts.append(f"{committed} of {rounds} kills after COMMIT, {replayed} first answers given again")
    outcome.expect(replayed > 0, "no kill fell between COMMIT and answer")


def _wait_for_standby(wait: bool) -> None:
    with database.session(superuser=True) as cursor:
        cursor.execute("ALTER SYSTEM SET synchronous_standby_names = %s", ["nobody" if wait else ""])
        cursor.execute("SELECT pg_reload_conf()")
    time.sleep(0.05)


def _ask_until_answered(stage: Stage, key: str) -> Answer:
    answer = stage.report(key)
    while answer.status != 201:
        time.sleep(0.1)
        answer = stage.report(key)
    return answer


@fault("web-parent", "kill -9 of the web server's parent process", web=True)
def web_parent(stage: Stage, outcome: Outcome) -> None:
    for _number in range(stage.pick(1, 8)):
        stage.rig.kill("web")
        stage.wait_for_web()
