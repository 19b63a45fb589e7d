"""Servers that take a connection and never say a word, as a stopped process does."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest


@pytest.fixture
def frozen_port() -> Iterator[int]:
    """A port of this machine behind which everything stands still."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(16)
        yield server.getsockname()[1]
