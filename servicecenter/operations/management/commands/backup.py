"""`manage.py backup DIRECTORY`: dumps the database with pg_dump, and records that it was done."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from servicecenter.lib.clock import LOCAL, database_now
from servicecenter.operations.actions import fail_backup, record_backup


class Command(BaseCommand):
    """The database only; the photos in DATA_DIR/media are copied as files, after it (docs/operate/backup.md)."""

    help = "Dumps the database into a directory and records it. Photos are not in it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("directory", type=Path)
        parser.add_argument("--pg-dump", default="pg_dump", help="the program, if it is not on the path")

    def handle(self, *args: Any, **options: Any) -> None:
        program = shutil.which(options["pg_dump"])
        if program is None:
            raise CommandError(
                "pg_dump was not found: install PostgreSQL's client programs, or name it with --pg-dump. "
                "A backup made by other means is recorded with `manage.py backup_done`."
            )
        started_at = database_now()
        path = options["directory"] / f"servicecenter-{started_at.astimezone(LOCAL):%Y-%m-%d-%H%M%S}.dump"
        made = dump(program, path)
        if made.returncode:
            path.unlink(missing_ok=True)
            fail_backup(started_at=started_at, reason=f"pg_dump ended with {made.returncode}")
            raise CommandError(f"pg_dump failed:\n{made.stderr}", returncode=1)
        record_backup(size_bytes=path.stat().st_size, place=str(path), started_at=started_at)
        self.stdout.write(f"{path}  {path.stat().st_size} bytes")


def dump(program: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Runs pg_dump into a file that only its owner may read. The password goes by environment, not by argument."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    settings = connection.settings_dict
    names = {
        "PGHOST": "HOST",
        "PGPORT": "PORT",
        "PGUSER": "USER",
        "PGPASSWORD": "PASSWORD",
        "PGDATABASE": "NAME",
    }
    named = {name: str(settings[key]) for name, key in names.items() if settings.get(key)}
    return subprocess.run(
        [program, "--format=custom", f"--file={path}"],
        env=os.environ | named,
        capture_output=True,
        text=True,
        check=False,
    )
