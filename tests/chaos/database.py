"""Questions to the database that get an answer even if it was killed a moment ago."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg2
from django.db import connection

PATIENCE = 90.0


class Gone(Exception):
    """The database did not answer for as long as we wait."""


def connect(*, superuser: bool = False) -> psycopg2.extensions.connection:
    """A connection of our own, outside of Django. The embedded server has a superuser `postgres`; a server named by
    the environment may not."""
    settings = connection.settings_dict
    return psycopg2.connect(
        host=settings["HOST"] or None,
        port=settings["PORT"] or None,
        dbname=settings["NAME"],
        user="postgres" if superuser else settings["USER"],
        password=settings["PASSWORD"] or None,
        connect_timeout=2,
        application_name="chaos",
    )


@contextlib.contextmanager
def session(*, superuser: bool = False, autocommit: bool = True) -> Iterator[psycopg2.extensions.cursor]:
    """A cursor on a connection that is closed afterwards."""
    with contextlib.closing(connect(superuser=superuser)) as own:
        own.autocommit = autocommit
        with own.cursor() as cursor:
            yield cursor


def rows(sql: str, given: Sequence[Any] = (), *, superuser: bool = False) -> list[tuple[Any, ...]]:
    """The answer; asked again while the database is away."""
    ends = time.monotonic() + PATIENCE
    while True:
        try:
            with session(superuser=superuser) as cursor:
                cursor.execute(sql, given)
                return cursor.fetchall() if cursor.description else []
        except (psycopg2.OperationalError, psycopg2.InterfaceError) as error:
            if time.monotonic() > ends:
                raise Gone(str(error)) from error
            time.sleep(0.05)


def value(sql: str, given: Sequence[Any] = (), *, superuser: bool = False) -> Any:
    """The first column of the first row."""
    return rows(sql, given, superuser=superuser)[0][0]
