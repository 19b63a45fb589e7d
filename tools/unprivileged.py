"""PostgreSQL refuses to run as root: finds the account it runs as instead, and places that account can reach.

An ordinary user needs none of this: the servers run as that user, inside DATA_DIR.
"""

from __future__ import annotations

import importlib.metadata
import os
import pwd
import secrets
import shutil
import subprocess
from pathlib import Path

# Only used by root, and only when a 0700 home lies between the account and the checkout.
STATE = Path("/var/lib/servicecenter")


def account(data: Path) -> pwd.struct_passwd | None:
    """Whom root becomes for a server with this data directory; None when we are not root.

    The owner of an existing directory, so that root can use what a user made; otherwise `nobody`, which every
    machine has, so that no account has to be made.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat().st_uid) != 0:
        try:
            return pwd.getpwuid(owner)
        except KeyError:
            raise SystemExit(f"{data} belongs to account {owner}, unknown on this machine.") from None
    return pwd.getpwnam("nobody")


def reachable(path: Path, who: pwd.struct_passwd | None) -> bool:
    """Whether `who` may walk to `path`; asked of the kernel, since modes alone do not tell (ACLs, mounts)."""
    if who is None:
        return True
    asked = subprocess.run(
        ["test", "-x", str(path)], user=who.pw_uid, group=who.pw_gid, extra_groups=[], cwd="/", check=False
    )
    return asked.returncode == 0


def data_home(link: Path) -> Path:
    """The directory behind `link`, made and owned by the server's account; outside DATA_DIR if it must be.

    A `home` file beside a directory outside tells which DATA_DIR it belongs to, so that those of a deleted
    DATA_DIR can be removed here.
    """
    who = account(link)
    if link.exists():
        target = link.resolve()
    elif reachable(link.parent, who):
        link.mkdir(mode=0o700)
        target = link
    else:
        sweep()
        link.unlink(missing_ok=True)
        box = STATE / "data" / secrets.token_hex(6)
        target = box / link.name
        target.mkdir(parents=True)
        target.chmod(0o700)
        (box / "home").write_text(str(link))
        link.symlink_to(target)
    if who and target.stat().st_uid == 0:
        os.chown(target, who.pw_uid, who.pw_gid)
    return target


def sweep() -> None:
    for home in STATE.glob("data/*/home"):
        link = Path(home.read_text())
        if not link.is_symlink() or link.resolve().parent != home.parent:
            shutil.rmtree(home.parent)


def programs(package: str, distribution: str, who: pwd.struct_passwd | None) -> Path:
    """The folder of an installed package whose programs `who` can run: the package itself or a copy of it."""
    spec = importlib.metadata.distribution(distribution)
    source = Path(str(spec.locate_file(package)))
    if reachable(source, who):
        return source
    copy = STATE / "programs" / f"{distribution}-{spec.version}"
    if not copy.exists():
        half = copy.with_name(f".{copy.name}-{os.getpid()}")
        half.mkdir(parents=True)
        shutil.copytree(source, half / package, symlinks=True)
        # Shared libraries that the wheel brought along; the programs look for them beside the package.
        libraries = source.with_name(f"{package}.libs")
        if libraries.exists():
            shutil.copytree(libraries, half / libraries.name, symlinks=True)
        try:
            half.rename(copy)
        except OSError:  # another start was quicker
            shutil.rmtree(half)
    return copy / package
