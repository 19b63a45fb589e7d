"""Where uploaded rolls lie until they are imported: outside the web root, under random names, for a week at most.

A name is `rolls/<32 hex>.<kind>`. Nothing that a client sent is ever part of one. They hold personal data, so only
this program may read them.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from django.conf import settings

_TOKEN = re.compile(r"[0-9a-f]{32}")
_FLAGS = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class File(StrEnum):
    """What is kept of an import."""

    ROLL = "roll"
    MARKED = "marked"
    BAD = "bad"


@dataclass(frozen=True)
class Shelved:
    """An upload that is on disk."""

    token: str
    size: int
    sha256: str


def folder() -> Path:
    """The folder of this installation."""
    return Path(settings.MEDIA_ROOT) / "rolls"


def path_of(token: str, kind: File) -> Path:
    """Where a file of an import lies; ValueError for a token that we did not give."""
    if not _TOKEN.fullmatch(token):
        raise ValueError(f"not the name of a roll: {token!r}")
    return folder() / f"{token}.{kind.value}"


def put(chunks: Iterable[bytes]) -> Shelved:
    """Writes an upload durably, before the row that names it is committed. On any failure nothing stays behind."""
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    token, digest, size = secrets.token_hex(16), hashlib.sha256(), 0
    target = path_of(token, File.ROLL)
    try:
        with os.fdopen(os.open(target, _FLAGS, 0o600), "wb") as file:
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return Shelved(token, size, digest.hexdigest())


def remove(token: str) -> None:
    """Removes every file of an import for good."""
    for kind in File:
        path_of(token, kind).unlink(missing_ok=True)


def tokens_before(instant: float) -> Iterator[str]:
    """Tokens of all files that were last written before `instant` (seconds)."""
    if not folder().is_dir():
        return
    with os.scandir(folder()) as entries:
        for entry in entries:
            token = entry.name.partition(".")[0]
            if _TOKEN.fullmatch(token) and entry.stat(follow_symlinks=False).st_mtime < instant:
                yield token
