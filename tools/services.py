"""Runs a command with its own PostgreSQL and Valkey: `python -m tools.services -- COMMAND…`

The command finds them in DATABASE_URL and REDIS_URL; a server whose variable is set already is not started.
They keep their data in DATA_DIR (`.data`), which only one start uses at a time, and stop with the command.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import TextIO

from tools.postgres import Postgres
from tools.process import Supervisor, die_with_parent, kill_group
from tools.valkey import Valkey

ROOT = Path(__file__).resolve().parent.parent
# How long a command may take to end after it was told to.
COMMAND_GRACE = 20.0


def say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def data_directory(named: str | None) -> Path:
    """DATA_DIR, `.data` if none is named, as an absolute path; made if it is not there."""
    path = Path(named or ROOT / ".data").absolute()
    try:
        path.mkdir(parents=True, exist_ok=True)
        return path.resolve()
    except OSError as error:
        raise SystemExit(f"DATA_DIR={path} cannot be used: {error.strerror}") from error


def lock(data_dir: Path) -> TextIO:
    """Holds DATA_DIR for this process; the kernel lets go when it ends, however it ends."""
    try:
        file = (data_dir / "lock").open("a+")
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except PermissionError:
        raise SystemExit(
            f"{data_dir} belongs to another account; run as that one, or choose another with DATA_DIR=…"
        ) from None
    except BlockingIOError:
        file.seek(0)
        raise SystemExit(
            f"{data_dir} is in use by {file.read().strip() or 'another start'}; "
            "stop that first, or choose another directory with DATA_DIR=…"
        ) from None
    file.truncate(0)
    file.write(f"process {os.getpid()}")
    file.flush()
    return file


class Services:
    """The servers this machine lacks, as parts of a supervisor. Leave with `stop()`."""

    def __init__(self, data_dir: Path, supervisor: Supervisor) -> None:
        self.data_dir = data_dir
        self.supervisor = supervisor
        self.names: list[str] = []

    def start(self, environment: dict[str, str]) -> None:
        """Starts what `environment` does not name, and writes the addresses into it."""
        environment["DATA_DIR"] = str(self.data_dir)
        throwaway = environment.get("DJANGO_ENV") == "test"
        servers: dict[str, Callable[[], Postgres | Valkey]] = {
            "DATABASE_URL": lambda: Postgres(self.data_dir, throwaway=throwaway),
            "REDIS_URL": lambda: Valkey(self.data_dir),
        }
        for variable, server in servers.items():
            if environment.get(variable):
                continue
            running = server()
            running.prepare()
            part = self.supervisor.add(running.part())
            self.names.append(part.name)
            running.wait(part)
            environment[variable] = running.url

    def stop(self) -> None:
        """Valkey before PostgreSQL, which is the last to hear of anything."""
        for name in reversed(self.names):
            self.supervisor.stop(name)


class Command:
    """The wrapped command: gets our signals, gives us its exit code."""

    def __init__(self, argv: Sequence[str], environment: dict[str, str]) -> None:
        # At a terminal the command shares our group: it can read keys and gets Ctrl-C from the kernel.
        self.at_terminal = sys.stdin.isatty()
        try:
            self.process = subprocess.Popen(
                argv,
                env=environment,
                process_group=None if self.at_terminal else 0,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        except OSError as error:
            raise SystemExit(f"{argv[0]} cannot be run: {error.strerror}") from error
        self.give_up_at: float | None = None
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.forward)

    def forward(self, number: int, frame: FrameType | None) -> None:
        self.give_up_at = self.give_up_at or time.monotonic() + COMMAND_GRACE
        if self.at_terminal and number == signal.SIGINT:
            return
        self.process.send_signal(number)

    def wait(self, supervisor: Supervisor) -> int:
        """Its exit code as a shell tells it; the servers are watched meanwhile."""
        while (code := self.process.poll()) is None:
            supervisor.tick()
            if self.give_up_at and time.monotonic() > self.give_up_at:
                self.process.kill()
            time.sleep(0.05)
        if not self.at_terminal:
            kill_group(self.process)
        return code if code >= 0 else 128 - code


def run(argv: Sequence[str], environment: dict[str, str]) -> int:
    """Runs the command between start and stop of the servers `environment` lacks; returns its exit code."""
    data_dir = data_directory(environment.get("DATA_DIR"))
    held = None
    if not (environment.get("DATABASE_URL") and environment.get("REDIS_URL")):
        held = lock(data_dir)
    supervisor = Supervisor(say)
    services = Services(data_dir, supervisor)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.default_int_handler)
    try:
        services.start(environment)
        return Command(argv, environment).wait(supervisor)
    except KeyboardInterrupt:
        return 130
    finally:
        services.stop()
        if held:
            held.close()


def main() -> None:
    argv = sys.argv[1:]
    if argv[:1] == ["--"]:
        argv = argv[1:]
    if not argv:
        raise SystemExit(__doc__)
    raise SystemExit(run(argv, dict(os.environ)))


if __name__ == "__main__":
    main()
