"""A backup is taken while the center works, and a second center is started from it."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg2

from tests.chaos import database
from tests.chaos.measure import BACK_AGAIN
from tests.chaos.stage import Outcome, Stage
from tools.postgres import DATABASE, ROLE, Postgres
from tools.process import die_with_parent, wait_until
from tools.run import WORKER
from tools.services import ROOT

COPY = "restored"
NO_BROKER = "redis://127.0.0.1:1/0"
OVERDUE = "SELECT count(*) FROM sla_timer WHERE state = 'armed' AND due_at < clock_timestamp() - interval '2 seconds'"


def prove(stage: Stage, outcome: Outcome) -> None:
    """Its timers fire once and its invariants hold. It has no gateway, so nothing that was sent leaves again."""
    server = Postgres(stage.rig.data_dir)
    if not (server.bin / "pg_dump").exists():
        outcome.impossible = "this PostgreSQL comes without pg_dump"
        return
    dump = stage.rig.data_dir / "backup.dump"
    try:
        _copy(server, dump)
        # Deadlines pass before somebody starts it.
        time.sleep(stage.pick(3, 30))
        url = f"postgres://{ROLE}@{quote(str(server.sockets), safe='')}/{COPY}"
        env = stage.rig.environment | {"DATABASE_URL": url, "REDIS_URL": NO_BROKER, "SMS_URL": ""}
        _call([sys.executable, "manage.py", "hold_messages"], env=env, cwd=ROOT)
        _run_worker(env, outcome)
    finally:
        database.rows(f"DROP DATABASE IF EXISTS {COPY} WITH (FORCE)", superuser=True)
        dump.unlink(missing_ok=True)


def _copy(server: Postgres, dump: Path) -> None:
    """As docs/operate/backup.md says."""
    where = [f"--host={server.sockets}", "--username=postgres"]
    _call([str(server.bin / "pg_dump"), *where, "--format=custom", f"--file={dump}", DATABASE])
    create = f"CREATE DATABASE {COPY} OWNER {ROLE} TEMPLATE template0"
    database.rows(create, superuser=True)
    restore = ["--no-owner", f"--role={ROLE}", f"--dbname={COPY}", str(dump)]
    _call([str(server.bin / "pg_restore"), *where, *restore])


def _call(argv: list[str], **where: Any) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, check=False, **where)
    if done.returncode:
        raise RuntimeError(f"{Path(argv[0]).name}: {done.stderr[-500:]}")


def _run_worker(env: dict[str, str], outcome: Outcome) -> None:
    waiting = _ask(env, OVERDUE)
    worker = subprocess.Popen(
        [sys.executable, "-m", *WORKER, "--hostname=restored@chaos"],
        cwd=ROOT,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    try:
        calm = wait_until(lambda: _ask(env, OVERDUE) == 0, seconds=120, every=0.2)
        _verify(env, outcome)
    finally:
        worker.terminate()
        worker.wait(20)
    outcome.expect(calm, "timers of the restored center still wait")
    outcome.facts.append(f"{waiting} overdue timers fired once in the restored center")


def _verify(env: dict[str, str], outcome: Outcome) -> None:
    """While its worker runs: timers of the copied load go on falling due. What it had in hand may take a while."""
    said = ""

    def holds() -> bool:
        nonlocal said
        done = subprocess.run(
            [sys.executable, "manage.py", "verify"], env=env, cwd=ROOT, capture_output=True, text=True
        )
        rows = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
        broken = [" ".join(row) for row in rows if len(row) == 3 and row[1] != "0"]
        said = "; ".join(broken) or done.stderr.strip()
        return done.returncode == 0

    outcome.expect(wait_until(holds, seconds=BACK_AGAIN, every=1.0), f"verify of the restored center: {said}")


def _ask(env: dict[str, str], sql: str) -> int:
    """One number from the restored center."""
    with psycopg2.connect(env["DATABASE_URL"]) as connection, connection.cursor() as cursor:
        cursor.execute(sql)
        found = int((cursor.fetchone() or [0])[0])
    connection.close()
    return found
