"""Which version of the program runs here."""

from __future__ import annotations

import tomllib

from django.conf import settings


def _read() -> str:
    with (settings.BASE_DIR / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


VERSION = _read()
