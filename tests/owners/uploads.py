"""Handing rolls in, as the page and the workers do."""

from __future__ import annotations

from pathlib import Path

from owners.actions.roll_runs import carry_out, claim
from owners.actions.uploads import Upload, hand_in
from owners.models import RollImport
from owners.roll import shelf
from owners.roll.progress import silent
from servicecenter.accounts.models import Community, User


def hand(path: Path, community: Community, by: User) -> RollImport:
    """The file, handed in."""
    return hand_in(Upload(path.name, shelf.put([path.read_bytes()])), community=community, by=by)


def work() -> RollImport:
    """What a worker does with the next roll, as it is afterwards."""
    row = claim()
    assert row is not None
    carry_out(row, silent)
    row.refresh_from_db()
    return row
