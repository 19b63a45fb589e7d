"""The journal of the load: what was sent, written to disk before it was sent, and what was acknowledged.

Only with this can a submission be found missing that the database knows nothing of (V8).
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


class Journal:
    """Appends lines; each is on disk when `note` returns."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = threading.Lock()

    def note(self, what: str, **facts: Any) -> None:
        line = json.dumps({"what": what, **facts}, ensure_ascii=False) + "\n"
        with self._lock:
            os.write(self._file, line.encode())
            os.fsync(self._file)


@dataclass
class Story:
    """What a journal says. Keys are idempotency keys, which stand in the text of the report as well."""

    sent: dict[str, dict[str, Any]] = field(default_factory=dict)
    reports: dict[str, str] = field(default_factory=dict)  # key → number, acknowledged
    steps: dict[str, int] = field(default_factory=dict)  # number → highest acknowledged version
    photos: dict[str, int] = field(default_factory=dict)  # number → most photos acknowledged
    claims: list[tuple[int, int, int]] = field(default_factory=list)  # (follow-up, claim number, agent)

    @property
    def unanswered(self) -> dict[str, dict[str, Any]]:
        """Sent, and nobody knows what came of it."""
        return {key: facts for key, facts in self.sent.items() if key not in self.reports}

    @property
    def doubly_claimed(self) -> int:
        """Claims that two agents were told were theirs."""
        holders: dict[tuple[int, int], set[int]] = {}
        for follow_up, number, agent in self.claims:
            holders.setdefault((follow_up, number), set()).add(agent)
        return sum(len(agents) > 1 for agents in holders.values())


def read(path: Path) -> Story:
    """The story so far; a line that was cut off by a kill was never acted upon."""
    story = Story()
    for line in _lines(path):
        match line.pop("what"):
            case "send":
                story.sent[line["key"]] = line
            case "report":
                story.reports[line["key"]] = line["number"]
            case "step":
                story.steps[line["number"]] = max(line["version"], story.steps.get(line["number"], 0))
            case "photo":
                story.photos[line["number"]] = max(line["count"], story.photos.get(line["number"], 0))
            case "claim":
                story.claims.append((line["follow_up"], line["claim_no"], line["agent"]))
    return story


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    if not path.exists():
        return
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n"):
                yield json.loads(line)
