"""Child processes that are watched, started again when they die, and never outlive us."""

from __future__ import annotations

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
# Loaded before any fork: dlopen between fork and exec can deadlock.
LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
FIRST_PAUSE, LONGEST_PAUSE = 0.2, 5.0
# A part that ran this long was healthy: its next failure starts with the shortest pause again.
HEALTHY_AFTER = 30.0
LOG_LIMIT = 20 * 1024 * 1024


def die_with_parent(number: signal.Signals) -> Callable[[], None]:
    """A hook for after fork: the kernel sends the child this signal when its parent is gone (Linux only)."""

    def hook() -> None:
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)

    return hook


@dataclass
class Part:
    """One supervised process: how to start it, how to stop it, where it writes."""

    name: str
    argv: Sequence[str]
    log: Path
    env: Mapping[str, str] | None = None
    cwd: Path | None = None
    account: pwd.struct_passwd | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    grace: float = 6.0
    process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    started_at: float = field(default=0.0, init=False)
    pause: float = field(default=FIRST_PAUSE, init=False)
    not_before: float = field(default=0.0, init=False)

    def start(self) -> None:
        """Starts the process in a group of its own: a terminal's Ctrl-C reaches only the supervisor."""
        who = self.account
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.env,
                cwd=self.cwd,
                process_group=0,
                user=who.pw_uid if who else None,
                group=who.pw_gid if who else None,
                extra_groups=[] if who else None,
                preexec_fn=die_with_parent(self.stop_signal),
            )
        self.started_at = time.monotonic()

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def signal_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(self.stop_signal)

    def finish(self, deadline: float) -> None:
        """Waits until `deadline` (monotonic seconds), then kills what is left of the whole group."""
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.0, deadline - time.monotonic()))
        kill_group(self.process)
        self.process = None

    def stop(self) -> None:
        self.signal_stop()
        self.finish(time.monotonic() + self.grace)


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Leaves nothing of the group behind: children of a parent that was killed would go on working unseen."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


class Supervisor:
    """Keeps parts running until told to stop. `say` prints one short line."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.parts: list[Part] = []
        self.say = say

    def add(self, part: Part) -> Part:
        self.parts.append(part)
        part.start()
        return part

    def tick(self) -> None:
        """Starts again whatever died, with a growing pause between attempts."""
        now = time.monotonic()
        for part in self.parts:
            if part.alive():
                continue
            if part.process is not None:
                self.bury(part, now)
            elif now >= part.not_before:
                part.start()

    def bury(self, part: Part, now: float) -> None:
        assert part.process is not None
        code = part.process.returncode
        kill_group(part.process)
        part.process = None
        if now - part.started_at > HEALTHY_AFTER:
            part.pause = FIRST_PAUSE
        part.not_before = now + part.pause
        self.say(f"{part.name} ended ({describe(code)}), starting it again; see {part.log}")
        part.pause = min(part.pause * 2, LONGEST_PAUSE)

    def stop(self, *names: str) -> None:
        """Stops the named parts at the same time (all of them without names) and forgets them."""
        chosen = [part for part in self.parts if not names or part.name in names]
        for part in chosen:
            part.signal_stop()
        begun = time.monotonic()
        for part in chosen:
            part.finish(begun + part.grace)
            self.parts.remove(part)


def describe(code: int | None) -> str:
    if code is not None and code < 0:
        return signal.Signals(-code).name
    return f"exit {code}"


def log_file(directory: Path, name: str) -> Path:
    """The log of one part; a long one of earlier runs is set aside once."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{name}.log"
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".log.1"))
    return path


def wait_until(question: Callable[[], bool], *, seconds: float, every: float = 0.05) -> bool:
    """Asks until the answer is yes; no after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if question():
            return True
        time.sleep(every)
    return False
