"""Memory of a process while it handles very many objects at once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """No search for garbage in cycles meanwhile: among a million objects that are all in use it finds nothing, and
    looks at each of them again and again (a fifth of an import's time). For work that ends; may be nested."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
