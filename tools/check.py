"""Every check of `make test`, one line each; what fails prints its output and the run ends with 1.

`python -m tools.check [--only NAME,NAME] [ARGUMENTS FOR PYTEST]`. The cheap checks run two at a time; one of them
compares models and migrations and migrates the database that tests copy. Then the test suite runs, on the same own
PostgreSQL and Valkey.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

from tools.services import ROOT, run

BUILD = ROOT / ".build"
PY = sys.executable
MANAGE = [PY, "manage.py"]
PACKAGES = [
    "servicecenter",
    "owners",
    "repairs",
    "handovers",
    "complaints",
    "decoration",
    "surveys",
    "tests",
    "tools",
]
LONGEST = 60  # lines of a failure's output; the rest goes to a file
BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
NO_SERVER = {
    "DATABASE_URL": "postgres://nobody@localhost:1/none",
    "REDIS_URL": "redis://localhost:1/0",
    "DATA_DIR": str(BUILD / "check"),
}
# Under .build: a test never touches DATA_DIR.
OWN_SERVERS = {"DATA_DIR": str(BUILD / "test"), "DJANGO_ENV": "test"}
PRODUCTION = {
    **NO_SERVER,
    "DJANGO_ENV": "production",
    "SECRET_KEY": "only-for-the-deployment-check-0123456789-abcdefghijklmnopqrstuvwxyz",
    "VAULT_KEYS": f"check:{'A' * 43}=",
    "ALLOWED_HOSTS": "desk.example.com",
    "CSRF_TRUSTED_ORIGINS": "https://desk.example.com",
}


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass(frozen=True)
class Check:
    """One command that must end with 0."""

    name: str
    argv: Sequence[str]
    environment: dict[str, str] = field(default_factory=lambda: {**NO_SERVER, "DJANGO_ENV": "test"})

    def run(self) -> tuple[int, str, float]:
        """Exit code, what it said, seconds."""
        begun = time.monotonic()
        done = subprocess.run(
            self.argv,
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, time.monotonic() - begun


def present() -> list[str]:
    return [name for name in PACKAGES if (ROOT / name).is_dir()]


def cheap() -> list[Check]:
    """The longest first, so that two at a time end together."""
    tool = str(Path(PY).parent)
    return [
        Check("mypy", [PY, "-m", "mypy", "manage.py", *present()]),
        Check("database", [PY, "-m", "tools.services", "--", PY, "-m", "tests.databases"], OWN_SERVERS),
        Check(
            "schema", [*MANAGE, "spectacular", "--validate", "--fail-on-warn", "--file", ".build/schema.yml"]
        ),
        Check("deploy", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
        Check("djlint", [PY, "-m", "djlint", "templates", "--lint", "--quiet"]),
        Check("djformat", [PY, "-m", "djlint", "templates", "--check"]),
        Check("imports", [f"{tool}/lint-imports", "--cache-dir", ".build/imports"]),
        Check("messages", [PY, "-m", "tools.messages", "check"]),
        Check("ruff", [PY, "-m", "ruff", "check", "--quiet", "--output-format=concise", "."]),
        Check("format", [PY, "-m", "ruff", "format", "--check", "--output-format=concise", "."]),
    ]


def run_cheap(names: Sequence[str]) -> bool:
    chosen = [check for check in cheap() if check.name in names or not names]
    good = True
    with ThreadPoolExecutor(max_workers=2) as pool:
        running = {pool.submit(check.run): check for check in chosen}
        for future in as_completed(running):
            good &= report(running[future].name, *future.result())
    return good


def report(name: str, code: int, said: str, seconds: float) -> bool:
    say(f"{'ok    ' if code == 0 else 'FAILED'} {name:<10} {seconds:5.1f} s")
    if code:
        say(shorten(name, said.strip().splitlines()))
    return code == 0


def shorten(name: str, lines: list[str]) -> str:
    """The beginning, and the end, where a traceback says what it is about; all of it goes to a file."""
    if len(lines) <= LONGEST:
        return "\n".join(lines)
    full = BUILD / f"{name}.log"
    full.write_text("\n".join(lines), encoding="utf-8")
    cut = f"… {len(lines) - LONGEST} lines left out here stand in {full.relative_to(ROOT)} …"
    return "\n".join([*lines[: LONGEST // 2], cut, *lines[-LONGEST // 2 :]])


def find_browser() -> str:
    """The machine's Chromium for the browser journeys; a line tells when they are skipped.

    With CI=true a missing browser is a failure.
    """
    named = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else BROWSERS
    found = next(filter(None, map(shutil.which, named)), None)
    if found is None and os.environ.get("CI") == "true":
        raise SystemExit("FAILED journeys: CI=true and there is no Chromium (apt-get install chromium)")
    if found is None:
        say("SKIPPED journeys: no Chromium on this machine (apt-get install chromium)")
    return found or ""


def run_on_servers(name: str, argv: Sequence[str]) -> bool:
    """Runs with servers whose data lie under .build: a test never touches DATA_DIR."""
    begun = time.monotonic()
    return report(name, run(argv, {**os.environ, **OWN_SERVERS}), "", time.monotonic() - begun)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="names of cheap checks, with commas between them")
    options, for_pytest = parser.parse_known_args()
    names = [name for name in options.only.split(",") if name]
    BUILD.mkdir(exist_ok=True)
    begun = time.monotonic()
    good = run_cheap(names)
    if good and not names:
        os.environ["CHROMIUM"] = find_browser()
        # Tests read pages as people do, in Chinese.
        subprocess.run(
            [PY, "-m", "tools.messages", "compile"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
        )
        # By stealing: files stay together, so that what a file prepares once is prepared once.
        spread = ["-n", "2", "--dist", "worksteal"]
        good = run_on_servers("pytest", [PY, "-m", "pytest", *spread, *for_pytest])
    say(f"{'all good' if good else 'NOT GOOD'} after {time.monotonic() - begun:.0f} s")
    raise SystemExit(not good)


if __name__ == "__main__":
    main()
