"""The rig: the whole center on its own port and data; each process has a name, and can be killed, frozen, kept away.

Linux only: children are read from /proc, and the kernel ends every part when this process ends.
"""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from tools.process import FIRST_PAUSE, Part, Supervisor, kill_group, log_file
from tools.run import BEAT, WEB, WORKER, read_secrets
from tools.services import ROOT, Services

WORKERS = ("worker-1", "worker-2")
# Somebody's servers; and a part that starts again finds its bytecode, as on a machine where it is installed.
NOT_OURS = ("DATABASE_URL", "REDIS_URL", "PYTHONDONTWRITEBYTECODE")
EVERYTHING = ("postgres", "valkey", "web", *WORKERS, "beat")
LOAD = "load"


def environment(data_dir: Path, sms_url: str) -> dict[str, str]:
    """As in production, but for TLS: connections are kept and checked as there."""
    # A server that the environment names is somebody's: we break only our own.
    outer = {name: each for name, each in os.environ.items() if name not in NOT_OURS}
    temporary = data_dir / "tmp"
    temporary.mkdir(exist_ok=True)
    return {
        **outer,
        **read_secrets(data_dir),
        "DJANGO_ENV": "production",
        "ALLOWED_HOSTS": "127.0.0.1",
        "CSRF_TRUSTED_ORIGINS": "http://127.0.0.1",
        "SECURE_COOKIES": "false",
        "SMS_URL": sms_url,
        "DATA_DIR": str(data_dir),
        "PYTHONUNBUFFERED": "1",
        "PYTHONPYCACHEPREFIX": str(ROOT / ".build" / "pycache"),
        # What a killed process could not remove lies with the rest.
        "TMPDIR": str(temporary),
    }


class Rig:
    """Starts the parts, starts again what dies, and counts what was killed. Leave with `stop()`."""

    def __init__(self, data_dir: Path, env: dict[str, str], port: int) -> None:
        self.data_dir, self.environment, self.port = data_dir, env, port
        self.log = log_file(data_dir / "log", "supervisor")
        self.supervisor = Supervisor(self._say)
        self.services = Services(data_dir, self.supervisor)
        self.known: dict[str, Part] = {}
        self.kills = 0
        self._frozen: set[int] = set()
        self._lock = threading.RLock()
        self._ending = threading.Event()
        # The kernel ends a part with the thread that started it, so this one lives until the parts are gone.
        self._watcher = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def _say(self, line: str) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"{time.time():.3f} {line}\n")

    def start_servers(self) -> None:
        """PostgreSQL and Valkey, unless the environment names others."""
        self.services.start(self.environment)
        self.known |= {part.name: part for part in self.supervisor.parts}

    def prepare(self) -> None:
        """Migrations and assets, as `make run` does it."""
        subprocess.run([sys.executable, "-m", "tools.prepare"], cwd=ROOT, env=self.environment, check=True)

    def start_center(self, *names: str) -> None:
        """Web, two workers and beat (or the named ones), watched from now on."""
        for name in names or ("web", *WORKERS, "beat"):
            self.add(name, self._argv(name))
        self._watcher.start()

    def add(self, name: str, argv: list[str]) -> None:
        """One more part, `python -m argv`; its connections bear its name."""
        env = self.environment | {"PGAPPNAME": name}
        part = Part(name, [sys.executable, "-m", *argv], log_file(self.data_dir / "log", name), env, ROOT)
        with self._lock:
            self.known[name] = self.supervisor.add(part)

    def add_beat(self, name: str) -> None:
        self.add(name, self._argv(name))

    def _argv(self, name: str) -> list[str]:
        if name == "web":
            return [*WEB, f"--bind=127.0.0.1:{self.port}"]
        if name.startswith("worker"):
            return [*WORKER, f"--hostname={name}@chaos"]
        (self.data_dir / "beat").mkdir(exist_ok=True)
        return [*BEAT, f"--schedule={self.data_dir / 'beat' / name}"]

    def _watch(self) -> None:
        while not self._ending.wait(0.05):
            with self._lock:
                self.supervisor.tick()

    def alive(self, *names: str) -> bool:
        """Whether all of these processes run."""
        with self._lock:
            parts = [self.known.get(name) for name in names]
            return all(part is not None and part in self.supervisor.parts and part.alive() for part in parts)

    def pid(self, name: str) -> int | None:
        """The process of a part, if it runs now."""
        with self._lock:
            part = self.known[name]
            return part.process.pid if part.process is not None and part.alive() else None

    def children(self, name: str) -> list[int]:
        """The child processes of a part."""
        pid = self.pid(name)
        return descendants(pid) if pid else []

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> bool:
        """Sends the signal to the part's own process; its supervisor starts it again. False if it does not run."""
        with self._lock:
            pid = self.pid(name)
            return pid is not None and self._send(pid, number)

    def kill_child(self, name: str, rng: random.Random) -> bool:
        """kill -9 of one child at random; False if there is none."""
        children = self.children(name)
        return bool(children) and self._send(rng.choice(children), signal.SIGKILL)

    def kill_children(self, name: str) -> int:
        """kill -9 of every child at the same time."""
        return sum([self._send(pid, signal.SIGKILL) for pid in self.children(name)])

    def _send(self, pid: int, number: signal.Signals) -> bool:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return False
        self.kills += 1
        return True

    @contextlib.contextmanager
    def gone(self, *names: str) -> Iterator[None]:
        """The parts are killed with their children, and stay away while the block runs."""
        self.take_away(*names)
        try:
            yield
        finally:
            for name in names:
                self.bring_back(name)

    def take_away(self, *names: str) -> None:
        """kill -9 of all of them in one go; nobody starts them again."""
        with self._lock:
            parts = [self.known[name] for name in names]
            for part in parts:
                if part in self.supervisor.parts:
                    self.supervisor.parts.remove(part)
                if part.process is not None and part.alive():
                    self._send(part.process.pid, signal.SIGKILL)
            for part in parts:
                if part.process is not None:
                    kill_group(part.process)
                    part.process = None

    def bring_back(self, name: str) -> None:
        """The supervisor may start it again, at once."""
        with self._lock:
            part = self.known[name]
            part.pause, part.not_before = FIRST_PAUSE, 0.0
            if part not in self.supervisor.parts:
                self.supervisor.parts.append(part)

    def dismiss(self, *names: str) -> None:
        """Ends extra parts for good."""
        with self._lock:
            self.supervisor.stop(*names)
            for name in names:
                del self.known[name]

    @contextlib.contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """SIGSTOP to a part and all its children; they go on where they were when the block ends."""
        pid = self.pid(name)
        pids = [pid, *descendants(pid)] if pid else []
        self._frozen |= set(pids)
        try:
            for each in pids:
                _signal(each, signal.SIGSTOP)
            yield
        finally:
            self.thaw()

    def thaw(self) -> None:
        for pid in self._frozen:
            _signal(pid, signal.SIGCONT)
        self._frozen.clear()

    def stop(self) -> None:
        """Ends every process that was started here, the servers last."""
        self.thaw()
        servers = [name for name in self.services.names if name in self.known]
        with self._lock:
            for name in servers:
                self.bring_back(name)
            for part in self.supervisor.parts:
                # Not until it was killed: what a web process has in hand is worth nothing now.
                part.grace = 10.0 if part.name in servers else 3.0
            names = [part.name for part in self.supervisor.parts if part.name not in servers]
            if names:
                self.supervisor.stop(*names)
            self.services.stop()
        self._ending.set()
        if self._watcher.is_alive():
            self._watcher.join()


def descendants(pid: int) -> list[int]:
    """Every living process below this one."""
    found = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for word in (task / "children").read_text().split():
                found += [int(word), *descendants(int(word))]
    return found


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
