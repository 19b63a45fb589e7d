"""The supervisor behind `make run`: servers, web, worker and beat, until Ctrl-C.

Reads PORT (8000), BIND (127.0.0.1) and DATA_DIR (.data) from the environment or `.env`, and whatever
servicecenter/env.py reads. Leaves no process behind: each part dies with this one.
"""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
import select
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from dotenv import dotenv_values

from tools.process import Part, Supervisor, die_with_parent, kill_group, log_file, wait_until
from tools.services import ROOT, Services, data_directory, lock

START_SECONDS = 60
# One process each; threads wait for PostgreSQL side by side.
WEB = ["gunicorn", "servicecenter.wsgi", "--preload", "--worker-class=gthread", "--workers=2", "--threads=4"]
WEB += ["--timeout=60", "--graceful-timeout=5", "--access-logfile=-", "--no-control-socket"]
WORKER = ["celery", "-A", "servicecenter", "worker", "--pool=prefork", "--concurrency=2", "-Ofair"]
WORKER += ["--prefetch-multiplier=1", "--without-gossip", "--without-mingle", "--loglevel=INFO"]
BEAT = ["celery", "-A", "servicecenter", "beat", "--loglevel=INFO", "--pidfile="]
WELCOME = """
  {address}

  Staff, password demo-pass-2026
    agent, supervisor, technician, security    阳光花园 (YG)
    agent2, technician2                        滨江一号 (BJ)
    manager                                    both communities
    admin                                      {address}admin/
  Residents, by phone, code 246810
    13800000001   owner of one unit
    13800000002   tenant
    13800000003   owner of units in two communities
"""


def say(line: str) -> None:
    """A closed terminal must not keep us from stopping everything in order."""
    with contextlib.suppress(OSError):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def read_secrets(data_dir: Path) -> dict[str, str]:
    """The demo's keys, made once: what is sealed in this DATA_DIR can be opened at the next start."""
    path = data_dir / "secrets.env"
    if not path.exists():
        vault = base64.b64encode(secrets.token_bytes(32)).decode()
        text = f"SECRET_KEY={secrets.token_urlsafe(50)}\nVAULT_KEYS=k1:{vault}\n"
        half = path.with_suffix(".new")
        half.unlink(missing_ok=True)
        with os.fdopen(os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(text)
        half.rename(path)
    return {key: value for key, value in dotenv_values(path).items() if value}


def check_port(bind: str, port: str) -> None:
    if not port.isdecimal() or not 0 < int(port) < 65536:
        raise SystemExit(f"PORT={port} is not a port number (1 to 65535).")
    with socket.socket(socket.AF_INET6 if ":" in bind else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, int(port)))
        except OSError as error:
            why = f"PORT={port} cannot be used on BIND={bind} ({error.strerror})"
            raise SystemExit(f"{why}; choose another: make run PORT=8001") from None


class Center:
    """Everything of one start, in the order in which it goes up and down."""

    def __init__(self, environment: dict[str, str], data_dir: Path) -> None:
        self.environment = environment
        self.data_dir = data_dir
        self.supervisor = Supervisor(say)
        self.services = Services(data_dir, self.supervisor)
        self.bind = environment.get("BIND") or "127.0.0.1"
        self.port = environment.get("PORT") or "8000"
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.bind, self.bind)
        self.address = f"http://{host}:{self.port}/"
        self.terminal = select.poll()
        if sys.stdout.isatty():
            self.terminal.register(sys.stdout, 0)

    def start(self) -> None:
        say("starting the database and the broker")
        self.services.start(self.environment)
        self.prepare()
        say("starting web, worker and beat")
        self.add("web", [*WEB, f"--bind={self.bind}:{self.port}"])
        self.add("worker", WORKER)
        (self.data_dir / "beat").mkdir(exist_ok=True)
        self.add("beat", [*BEAT, f"--schedule={self.data_dir / 'beat' / 'schedule'}"])

    def add(self, name: str, argv: list[str]) -> None:
        module = [sys.executable, "-m", *argv]
        log = log_file(self.data_dir / "log", name)
        self.supervisor.add(Part(name, module, log, env=self.environment, cwd=ROOT))

    def prepare(self) -> None:
        """Runs tools.prepare; the servers are watched meanwhile, and Ctrl-C ends it at once."""
        log = log_file(self.data_dir / "log", "prepare")
        with log.open("ab") as errors:
            process = subprocess.Popen(
                [sys.executable, "-m", "tools.prepare"],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stderr=errors,
                process_group=0,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )
        try:
            while process.poll() is None:
                self.supervisor.tick()
                time.sleep(0.05)
        finally:
            kill_group(process)
        if process.returncode:
            raise SystemExit(f"The database could not be prepared. The end of {log}:\n{tail(log)}")

    def healthy(self) -> bool:
        self.supervisor.tick()
        try:
            with urllib.request.urlopen(f"{self.address}healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False

    def watch(self) -> None:
        """Never returns; a signal ends it, and so does the end of whoever would have sent one."""
        parent = os.getppid() if "MAKELEVEL" in os.environ else None
        while parent in (None, os.getppid()) and not self.hung_up():
            self.supervisor.tick()
            time.sleep(0.1)
        raise KeyboardInterrupt

    def hung_up(self) -> bool:
        """Whether the terminal we print to is gone; make does not pass on the signal that tells so."""
        return any(events & select.POLLHUP for _, events in self.terminal.poll(0))

    def stop(self) -> None:
        """First those that use the servers, at the same time; then the servers."""
        self.supervisor.stop("web", "worker", "beat")
        self.services.stop()


def tail(path: Path, lines: int = 25) -> str:
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def run(center: Center) -> None:
    begun = time.monotonic()
    center.start()
    if not wait_until(center.healthy, seconds=START_SECONDS, every=0.1):
        log = center.data_dir / "log" / "web.log"
        raise SystemExit(f"The web server does not answer. The end of {log}:\n{tail(log)}")
    say(f"ready after {time.monotonic() - begun:.0f} s")
    if center.environment["DJANGO_ENV"] == "demo":
        say(WELCOME.format(address=center.address))
    else:
        say(f"\n  {center.address}\n")
    say(f"Ctrl-C stops everything. Logs: {center.data_dir / 'log'}")
    center.watch()


def main() -> None:
    for key, value in dotenv_values(ROOT / ".env").items():
        os.environ.setdefault(key, value or "")
    data_dir = data_directory(os.environ.get("DATA_DIR"))
    held = lock(data_dir)
    environment = {**read_secrets(data_dir), "DJANGO_ENV": "demo", "PYTHONUNBUFFERED": "1", **os.environ}
    # Whoever set this meant a quick command: every start of every part would compile all of the program anew.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    center = Center(environment, data_dir)
    check_port(center.bind, center.port)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    try:
        run(center)
    except KeyboardInterrupt:
        say("\nstopping")
    finally:
        # The order to stop has been given; repeating it must not leave half of it undone.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        center.stop()
        held.close()


if __name__ == "__main__":
    main()
