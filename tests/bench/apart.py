"""A database beside the ordinary one for a measurement, and how long something takes in it."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

from django.core.management import call_command
from django.db import connection, connections


def database(name: str, *, filled: Callable[[], bool], fill: Callable[[], None]) -> None:
    """Makes it, fills it once, and goes over to it; one that is full is used again."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
        if cursor.fetchone() is None:
            cursor.execute(f"CREATE DATABASE {name}")
    connections["default"].close()
    connections["default"].settings_dict["NAME"] = name
    call_command("migrate", verbosity=0)
    if not filled():
        fill()


def timed(act: Callable[[], Any], rounds: int, warm: int) -> tuple[float, float, float]:
    """p50, p99 and the most of so many rounds in milliseconds, after some that only warm."""
    for _warm in range(warm):
        act()
    taken = []
    for _round in range(rounds):
        began = perf_counter()
        act()
        taken.append((perf_counter() - began) * 1000)
    taken.sort()
    return taken[len(taken) // 2], taken[int(len(taken) * 0.99)], taken[-1]
