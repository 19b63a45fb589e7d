"""What gunicorn does besides serving; it reads this file because it lies where it is started.

The command line says how many processes and where to listen. Here each of them gets a heart, and a file in which it
counts its requests, so that `/metrics` can add up all of them whichever one is asked.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import shutil
import tempfile
import time
from pathlib import Path
from typing import IO, Any

from gunicorn.glogging import Logger

from servicecenter.lib.keyed_paths import without_keys

# Before the application is loaded: prometheus-client looks for it once. In memory or on a disk, it is worth nothing
# after the last process.
_PREFIX = "servicecenter-metrics-"


def _hold(directory: Path) -> IO[str] | None:
    """Takes the seat of the master in a directory, for as long as any process of ours lives; None if it is taken."""
    file = (directory / "master").open("a")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return file


def _tidy() -> None:
    """Removes what masters that were killed left behind. A directory that is just being made is left alone, and so is
    whatever belongs to somebody else."""
    for directory in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            known = directory.lstat()
            old = time.time() - known.st_mtime > 60
            if old and known.st_uid == os.getuid() and directory.is_dir() and (seat := _hold(directory)):
                shutil.rmtree(directory, ignore_errors=True)
                seat.close()


if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    _tidy()
    _directory = tempfile.mkdtemp(prefix=_PREFIX)
    _held = _hold(Path(_directory))
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = _directory
    _master = os.getpid()
    atexit.register(lambda: os.getpid() == _master and shutil.rmtree(_directory, ignore_errors=True))

from prometheus_client import values  # noqa: E402  (after the directory is named)

# Whether the way to us was safe is said by our own proxy alone, and Django knows if there is one (BEHIND_PROXY).
forwarded_allow_ips = ""
# Path without parameters, and no referring address: people search by phone number.
access_log_format = '%(t)s [%(p)s] %(h)s "%(m)s %(U)s" %(s)s %(B)s bytes %(M)s ms'


class _PathLogger(Logger):
    """Some paths are keys; they are not written down."""

    def atoms(self, resp: Any, req: Any, environ: Any, request_time: Any) -> dict[str, Any]:
        """The parts of a line."""
        found: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        return found | {"U": without_keys(found["U"] or "")}


logger_class = _PathLogger

_slot: tuple[str, IO[str] | None] = ("master", None)


def _claim_slot() -> tuple[str, IO[str]]:
    """The first free seat. A process that takes the seat of a dead one counts on in its file: there are never more
    files than processes, however often one is killed. The kernel gives a seat back."""
    number = 0
    while True:
        file = (Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]) / f"seat-{number}").open("w")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            number += 1
            continue
        return str(number), file


values.ValueClass = values.MultiProcessValue(process_identifier=lambda: _slot[0])  # type: ignore[no-untyped-call]


def post_fork(server: Any, worker: Any) -> None:
    """Before the child serves anything."""
    global _slot
    _slot = _claim_slot()


def post_worker_init(worker: Any) -> None:
    """The application is loaded: its heart starts."""
    from servicecenter.operations.web import start

    start()


def worker_exit(server: Any, worker: Any) -> None:
    """An orderly end."""
    from servicecenter.operations.web import stop

    stop()
