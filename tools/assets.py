"""Front-end libraries from npm and the icon sprite, into .build/static (`make assets`).

Only what pages load is copied. Nothing is done when neither the lock nor the icons named in the code
have changed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULES = ROOT / "node_modules"
STATIC = ROOT / ".build" / "static"
VENDOR = STATIC / "vendor"
STAMP = ROOT / ".build" / "assets.stamp"
LOCKS = (ROOT / "package.json", ROOT / "package-lock.json")
OLDEST_NODE = 18

FILES = (
    "@tabler/core/dist/css/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js",
    "htmx.org/dist/htmx.min.js",
    "echarts/dist/echarts.min.js",
    "signature_pad/dist/signature_pad.umd.min.js",
)
PACKAGES = ("@tabler/core", "@tabler/icons", "htmx.org", "echarts", "signature_pad")

IN_TEMPLATE = re.compile(r"""\{%-?\s*icon\s+["']([a-z0-9-]+)["']""")
IN_PYTHON = re.compile(r"""\bicon\(\s*["']([a-z0-9-]+)["']""")
OUTER_SVG = re.compile(r"<svg[^>]*>(.*)</svg>", re.DOTALL)
# A map that is not shipped: browsers would ask for it, and Django's manifest would refuse the file.
SOURCE_MAP = re.compile(rb"(?://[#@] ?sourceMappingURL=\S+|/\*[#@] ?sourceMappingURL=[^*]*\*/)\s*")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def icons() -> dict[str, Path]:
    """Every icon named in a template or in code, and the first file that names it."""
    found: dict[str, Path] = {}
    sources = [(path, IN_TEMPLATE) for path in sorted(ROOT.glob("templates/**/*.html"))]
    for package in ("servicecenter", "owners", "repairs", "handovers", "complaints", "decoration", "surveys"):
        sources += [(path, IN_PYTHON) for path in sorted(ROOT.glob(f"{package}/**/*.py"))]
    for path, pattern in sources:
        for name in pattern.findall(path.read_text(encoding="utf-8")):
            found.setdefault(name, path)
    return found


def digest(*parts: bytes) -> str:
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def locks() -> bytes:
    return b"\0".join(path.read_bytes() for path in LOCKS)


def npm() -> list[str]:
    """The machine's npm if its Node is new enough, otherwise the one that came with the Python packages."""
    node, own = shutil.which("node"), shutil.which("npm")
    if node and own:
        shown = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        if (match := re.match(r"v(\d+)", shown)) and int(match[1]) >= OLDEST_NODE:
            return [own]
    return [str(Path(sys.executable).parent / "npm")]


def install() -> None:
    """`npm ci`, once per content of the lock."""
    stamp = MODULES / ".installed"
    wanted = digest(locks())
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say("installing the front-end libraries of package-lock.json")
    begun = time.monotonic()
    bin_folder = str(Path(sys.executable).parent)
    environment = {**os.environ, "PATH": f"{os.environ.get('PATH', '')}:{bin_folder}"}
    # The Node of the Python package trusts its own list only; a company's certificate is in the machine's.
    environment.setdefault("NODE_USE_SYSTEM_CA", "1")
    done = subprocess.run(
        [*npm(), "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"npm ci failed:\n{done.stdout}{done.stderr}")
    stamp.write_text(wanted)
    say(f"  done in {time.monotonic() - begun:.0f} s")


def copy_libraries() -> None:
    VENDOR.mkdir(parents=True)
    for name in FILES:
        text = (MODULES / name).read_bytes()
        (VENDOR / Path(name).name).write_bytes(SOURCE_MAP.sub(b"", text))
    licences = "\n".join(licence(package) for package in PACKAGES)
    (VENDOR / "LICENSES.txt").write_text(licences, encoding="utf-8")


def licence(package: str) -> str:
    """What the package says about its licence, with the whole text where the package brings it."""
    folder = MODULES / package
    told = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    text = f"{package} {told['version']}: {told['license']}, {told.get('homepage', '')}\n"
    for path in sorted(folder.glob("LICENSE*"))[:1]:
        text += f"\n{path.read_text(encoding='utf-8').strip()}\n"
    return text


def symbol(name: str, source: Path) -> str:
    """One icon as a symbol `i-NAME` that takes the colour of the text around it."""
    path = MODULES / "@tabler" / "icons" / "icons" / "outline" / f"{name}.svg"
    if not path.exists():
        raise SystemExit(f"{source.relative_to(ROOT)}: @tabler/icons has no icon named {name!r}")
    match = OUTER_SVG.search(path.read_text(encoding="utf-8"))
    if match is None:
        raise SystemExit(f"{path} is not an SVG file")
    body = re.sub(r">\s+<", "><", match[1].strip())
    return (
        f'<symbol id="i-{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" '
        f'stroke-linecap="round" stroke-linejoin="round">{body}</symbol>'
    )


def main() -> None:
    named = icons()
    wanted = digest(locks(), " ".join(sorted(named)).encode(), Path(__file__).read_bytes())
    if STAMP.exists() and STAMP.read_text() == wanted and VENDOR.exists():
        return
    if "--installed" not in sys.argv:  # an image build runs npm in a stage of its own
        install()
    shutil.rmtree(STATIC, ignore_errors=True)
    copy_libraries()
    symbols = "\n".join(symbol(name, named[name]) for name in sorted(named))
    (STATIC / "icons.svg").write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n')
    STAMP.write_text(wanted)
    say(f"front-end assets: {len(FILES)} libraries, {len(named)} icons")


if __name__ == "__main__":
    main()
