"""`make chaos`, `make chaos-full`: starts the center on a port and data of its own, breaks it, proves what held.

    python -m tests.chaos [--full] [--only NAME,NAME] [--resume] [--list] [--seed 1] [--pace 1.0]

Everything lies in DATA_DIR (.build/chaos). `--resume` keeps it and does what has no result yet; without it a run begins
anew. The table goes to docs/figures/chaos.md once every fault has its line. Ends with 1 if anything in it is not good.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
from importlib import import_module
from pathlib import Path

from tests.chaos.gateway import Gateway
from tests.chaos.rig import Rig, environment
from tools.services import ROOT, data_directory, lock
from tools.valkey import free_port

FIGURES = ROOT / "docs" / "figures" / "chaos.md"
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos")
    parser.add_argument("--full", action="store_true", help="longer, and with more of everything")
    parser.add_argument("--only", default="", help="names of faults (and `bench`), with commas between them")
    parser.add_argument("--resume", action="store_true", help="keep what an earlier run found")
    parser.add_argument("--seed", type=int, default=1, help="of everything that happens at random")
    parser.add_argument("--pace", type=float, default=1.0, help="how busy the load is")
    parser.add_argument("--figures", type=Path, default=FIGURES, help="where the table goes")
    return parser.parse_args()


def main() -> None:
    if sys.platform != "linux":
        raise SystemExit("The fault suite reads /proc and needs Linux.")
    chosen = options()
    data_dir = data_directory(os.environ.get("DATA_DIR") or str(ROOT / ".build" / "chaos"))
    held = lock(data_dir)
    if not chosen.resume:
        forget(data_dir)
    for number in SIGNALS:
        signal.signal(number, signal.default_int_handler)
    gateway = Gateway()
    rig = Rig(data_dir, environment(data_dir, gateway.url), free_port())
    good = False
    try:
        good = start(rig, gateway, chosen)
    except KeyboardInterrupt:
        sys.stderr.write("stopped; --resume goes on from here\n")
    finally:
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        rig.stop()
        gateway.stop()
        held.close()
    raise SystemExit(not good)


def start(rig: Rig, gateway: Gateway, chosen: argparse.Namespace) -> bool:
    """The servers first: Django reads their addresses when it is imported."""
    rig.start_servers()
    rig.prepare()
    rig.start_center()
    os.environ.update(rig.environment, DJANGO_SETTINGS_MODULE="servicecenter.settings")
    only = [name for name in chosen.only.split(",") if name]
    good: bool = import_module("tests.chaos.run").run(
        rig,
        gateway,
        full=chosen.full,
        seed=chosen.seed,
        pace=chosen.pace,
        only=only,
        figures=chosen.figures,
    )
    return good


def forget(data_dir: Path) -> None:
    """An earlier run's data; the lock stays in our hands."""
    for path in data_dir.iterdir():
        if path.name == "lock":
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


if __name__ == "__main__":
    main()
