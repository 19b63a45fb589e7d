"""What must hold between the rows of photos and their files."""

from __future__ import annotations

from servicecenter.attachments.queries import fileless, orphans
from servicecenter.lib.clock import database_now
from servicecenter.lib.invariants import state_found

state_found("V11", "photos of which a file is missing", fileless)
state_found(
    "V11",
    "files without a photo after 24 hours",
    lambda: (file.name for file in orphans(at=database_now())),
)
