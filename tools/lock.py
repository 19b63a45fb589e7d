"""Resolves pyproject.toml into requirements.lock (`make lock`).

One lock for Python 3.11 and newer on Linux and macOS, exact versions with hashes. The packages a production
machine needs come first; a marker line divides them from what only `make run` and `make test` need, so that
an image can be built from the first part alone.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
HEADER = "# Exact versions with hashes, for Python 3.11+ on Linux and macOS. Remade by `make lock`.\n"
PRODUCTION = "# --- production\n"
DEVELOPMENT = "# --- only for make run and make test\n"


def resolve(*groups: str) -> dict[str, str]:
    """Package name → its entry in the lock (more than one pin if platforms differ), sorted by name."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--quiet"]
    command += [
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--no-annotate",
        "--no-header",
    ]
    # A developer's own index must leave no trace here.
    command += ["--no-config"]
    for group in groups:
        command += ["--group", group]
    text = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    entries: dict[str, str] = defaultdict(str)
    for entry in re.split(r"^(?=\S)", text, flags=re.MULTILINE):
        if match := re.match(r"[A-Za-z0-9._-]+(?===)", entry):
            entries[match[0]] += entry
    return dict(entries)


def main() -> None:
    everything = resolve("embedded", "test")
    production = resolve().keys()
    parts = [
        HEADER,
        PRODUCTION,
        *(entry for name, entry in everything.items() if name in production),
        DEVELOPMENT,
        *(entry for name, entry in everything.items() if name not in production),
    ]
    text = "".join(parts)
    if "file:" in text or "://" in text:
        sys.exit("The lock would name an index or a local file; check the configuration of pip and uv.")
    LOCK.write_text(text)
    sys.stdout.write(f"requirements.lock: {len(everything)} packages, {len(production)} for production\n")


if __name__ == "__main__":
    main()
