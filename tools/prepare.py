"""What a start does to database and assets, in one process: starting Django is most of the time it takes.

Prints one short line per step; what the commands say goes to DATA_DIR/log/prepare.log. Safe at every start.
"""

from __future__ import annotations

import gc
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import TextIO

import django
from django.conf import settings
from django.core.management import call_command

from tools.process import log_file

ROOT = Path(__file__).resolve().parent.parent


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def fingerprint() -> str:
    """Changes when an asset of ours, or a package that brings assets, changes."""
    found = hashlib.sha256((ROOT / "requirements.lock").read_bytes())
    for directory in settings.STATICFILES_DIRS:
        for path in sorted(Path(directory).rglob("*")):
            status = path.stat()
            found.update(f"{path} {status.st_size} {status.st_mtime_ns}\n".encode())
    return found.hexdigest()


def collect(log: TextIO) -> None:
    """Fingerprints and compresses the assets, when they changed."""
    stamp, wanted = Path(settings.STATIC_ROOT) / ".collected", fingerprint()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("compressing the assets")
    call_command("collectstatic", interactive=False, stdout=log, stderr=log)
    stamp.write_text(wanted)


def main() -> None:
    # Libraries come over the network while the database is brought up to date: the two wait for different things.
    assets = subprocess.Popen([sys.executable, "-m", "tools.assets"], cwd=ROOT)
    subprocess.run([sys.executable, "-m", "tools.messages", "compile"], cwd=ROOT, check=True)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicecenter.settings")
    django.setup()
    # Models of a hundred migrations and a demo in one transaction are all in use: looking for garbage among them at the
    # usual pace takes a sixth of a first start.
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)
    with log_file(settings.DATA_DIR / "log", "prepare").open("a", encoding="utf-8") as log:
        say("bringing the database up to date")
        call_command("migrate", interactive=False, stdout=log, stderr=log)
        if assets.wait():
            raise SystemExit("The front-end libraries could not be installed.")
        collect(log)
        if settings.DEMO:
            say("looking after the demo data; the first time takes a minute or two")
            call_command("demo", stdout=log, stderr=log)


if __name__ == "__main__":
    main()
