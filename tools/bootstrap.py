"""Makes .venv from requirements.lock; run by the machine's own Python before anything else is installed.

Nothing but the standard library here, and no syntax of Python 3.11: an older one must get far enough to say
that it is too old.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(VENV, "bin", "python")
STAMP = os.path.join(VENV, "installed")
LOCK = os.path.join(ROOT, "requirements.lock")
OLDEST = (3, 11)
TOO_OLD = f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}: make PYTHON=python3.12 …"
NO_ENSUREPIP = (
    "This Python cannot make virtual environments: its `ensurepip` is a package of its own here.\n"
    "On Debian and Ubuntu: apt-get install python3-venv"
)


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def read(path: str) -> str:
    with open(path, encoding="utf-8") as file:
        return file.read()


def write(path: str, text: str) -> None:
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def made_for() -> str:
    """What a virtual environment cannot change: its Python, and its own place, which its scripts name."""
    return "\n".join([sys.version.replace("\n", " "), sys.base_prefix, VENV])


def wanted() -> str:
    return f"{made_for()}\n{hashlib.sha256(read(LOCK).encode()).hexdigest()}"


def stamp() -> str:
    """What .venv holds; empty if it is not there or not complete."""
    try:
        return read(STAMP) if os.path.exists(PYTHON) else ""
    except FileNotFoundError:
        return ""


def pip(*arguments: str) -> bool:
    """Quiet when it works: a developer's settings may make pip talk about mirrors that lack our packages."""
    command = [PYTHON, "-m", "pip", "--disable-pip-version-check", "--no-input", "-q", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
    return done.returncode == 0


def index_settings() -> dict[str, str]:
    """uv does not read pip's settings: a mirror or a certificate bundle named there is handed on."""
    shown = subprocess.run(
        [PYTHON, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    found = re.findall(r"^(?:global\.|install\.|:env:\.)([a-z-]+)='(.*)'$", shown.stdout, re.MULTILINE)
    names = {"index-url": "UV_DEFAULT_INDEX", "cert": "SSL_CERT_FILE"}
    return {names[key]: value for key, value in found if key in names}


def make() -> None:
    say(f"making .venv with Python {sys.version.split()[0]}")
    if os.path.islink(VENV):
        os.unlink(VENV)  # what it points to is somebody else's
    if subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=False).returncode:
        sys.exit("The virtual environment could not be made; the reason stands above.")


def install_uv() -> bool:
    """uv alone, by its own entry in the lock: it installs the rest in a tenth of pip's time."""
    entry = re.search(r"^uv==(?:.*\\\n)+.*\n", read(LOCK), re.MULTILINE)
    only_uv = os.path.join(VENV, "uv.lock")
    write(only_uv, entry.group() if entry else "")
    return entry is not None and pip("install", "--require-hashes", "-r", only_uv)


def install() -> None:
    """Exactly what the lock names. Falls back to pip where uv cannot work (no wheel, unusual network)."""
    uv = [PYTHON, "-m", "uv", "pip", "sync", "--quiet", "--require-hashes", "--python", PYTHON, LOCK]
    environment = {**os.environ, **index_settings(), "UV_NO_CONFIG": "1", "UV_LINK_MODE": "copy"}
    if install_uv() and subprocess.run(uv, env=environment, check=False).returncode == 0:
        return
    say("  uv did not work here; trying pip, which takes longer")
    if not pip("install", "--require-hashes", "--no-compile", "-r", LOCK):
        sys.exit("The packages of requirements.lock could not be installed; the reason stands above.")


def main() -> None:
    if sys.version_info < OLDEST:
        sys.exit(TOO_OLD)
    if stamp() == wanted():
        return
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        sys.exit(NO_ENSUREPIP)
    if os.path.isdir(VENV) and not os.access(VENV, os.W_OK):
        sys.exit(f"{VENV} belongs to another account: run as that one, or from a checkout of your own.")
    begun = time.monotonic()
    if not stamp().startswith(made_for()):
        make()
    say("installing the packages of requirements.lock")
    install()
    write(STAMP, wanted())
    say(f"  done in {time.monotonic() - begun:.0f} s")


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
    except PermissionError as error:
        sys.exit(f"{error.filename} cannot be used: it belongs to another account.")
