"""What was found, one file for each line of the table, so that a run can be taken up where it ended."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from tests.chaos.measure import Figures


@dataclass
class Result:
    """One fault."""

    name: str
    sentence: str
    hits: str
    kills: int = 0
    seconds: float = 0.0
    figures: Figures = field(default_factory=Figures)
    broken: dict[str, int] = field(default_factory=dict)
    double_claims: int = 0
    facts: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    impossible: str = ""

    @property
    def problems(self) -> list[str]:
        """Everything that must not be in this line."""
        found = [f"{code}: {count}" for code, count in self.broken.items() if count]
        found += [f"double claims: {self.double_claims}"] if self.double_claims else []
        return found + self.figures.too_late + self.wrong


@dataclass
class Results:
    """A folder of them; another kind of run does not mix with it."""

    folder: Path

    def keep(self, result: Result) -> None:
        self._write(f"fault-{result.name}", asdict(result))

    def keep_bench(self, name: str, facts: Any) -> None:
        self._write(f"bench-{name}", facts)

    def fault(self, name: str) -> Result | None:
        found = self._read(f"fault-{name}")
        return Result(**(found | {"figures": Figures(**found["figures"])})) if found else None

    def bench(self, name: str) -> Any:
        return self._read(f"bench-{name}")

    def _write(self, name: str, facts: Any) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        half = self.folder / f"{name}.new"
        half.write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
        half.rename(self.folder / f"{name}.json")

    def _read(self, name: str) -> Any:
        path = self.folder / f"{name}.json"
        return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
