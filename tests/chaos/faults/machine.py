"""The machine as a whole: disk full, everything dead, restarts in order, a backup."""

from __future__ import annotations

import os
import signal
import subprocess
import time

from tests.chaos import database, restore
from tests.chaos.client import PICTURE
from tests.chaos.measure import Hits
from tests.chaos.rig import EVERYTHING, WORKERS
from tests.chaos.stage import Outcome, Stage, fault


@fault("disk-full", "the disk for photos full", web=True)
def disk_full(stage: Stage, outcome: Outcome) -> None:
    """A file system of 16 kB is mounted over the photos, and filled."""
    number = stage.walk()
    stage.media.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "chaos", str(stage.media)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        outcome.impossible = "mounting a small file system needs root"
        return
    try:
        (stage.media / "full").write_bytes(b"\0" * 16384)
        path = f"/api/v1/repairs/{number}/photos/"
        refused = stage.client("resident").photo(path, PICTURE)
        left = [each.name for each in stage.media.rglob("*.*")]
        without = stage.report("c-disk")
    finally:
        subprocess.run(["umount", str(stage.media)], check=True)
    outcome.expect(refused.status >= 500, f"a photo on a full disk was answered {refused.status}")
    outcome.expect(left == [], "half a file was left behind")
    outcome.expect(without.status == 201, f"a report without photo was answered {without.status}")
    outcome.expect(_photos(number) == 0, "there is a row without its file")
    again = stage.client("resident").photo(path, PICTURE)
    outcome.expect(again.status == 201, f"with room again the photo was answered {again.status}")
    outcome.facts.append(
        f"with the photo {refused.status}, without {without.status}, with room again {again.status}"
    )


def _photos(number: str) -> int:
    sql = "SELECT count(*) FROM attachments_photo p JOIN repairs_ticket t ON t.id = p.case_id WHERE t.number = %s"
    return int(database.value(sql, [number]))


@fault("everything", "everything killed at once and started in random order", hits=Hits.WORKERS, web=True)
def everything(stage: Stage, outcome: Outcome) -> None:
    for _number in range(stage.pick(1, 6)):
        stage.rig.take_away(*EVERYTHING)
        time.sleep(stage.rng.uniform(0.5, 3))
        order = stage.rng.sample(EVERYTHING, len(EVERYTHING))
        outcome.facts = ["last order: " + ", ".join(order)]
        for name in order:
            stage.rig.bring_back(name)
            time.sleep(stage.rng.uniform(0, 0.5))
        if stage.full:
            stage.wait_for_web()
            stage.wait_for(*WORKERS)


@fault("rolling", "a rolling restart")
def rolling(stage: Stage, outcome: Outcome) -> None:
    """In order: one worker after the other, beat, then the web's processes by SIGHUP, which lets each finish."""
    for _number in range(stage.pick(1, 4)):
        for name in (*WORKERS, "beat"):
            pid = stage.rig.pid(name)
            stage.rig.kill(name, signal.SIGTERM)
            while stage.rig.pid(name) in (pid, None):
                time.sleep(0.05)
            stage.wait_for(name)
        stage.rig.kill("web", signal.SIGHUP)
        time.sleep(6)


@fault("restored", "a backup taken under load and restored beside it, messages held")
def restored(stage: Stage, outcome: Outcome) -> None:
    restore.prove(stage, outcome)
