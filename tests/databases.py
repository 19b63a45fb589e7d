"""The databases of the tests: migrated once, copied for each process, given back as it was after a test that committed.

`python -m tests.databases` makes the migrated one ahead, while other checks run.
"""

from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import django
from django.core.management import call_command
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from tools.services import ROOT

# What the shape of the database is made of, beside the migrations: their own tools and the apps of others.
ALSO = ("servicecenter/lib/tenancy.py", "requirements.lock")
# Any number will do: whoever makes the template holds it, the others wait.
MAKING = 2026_11_26


def template() -> str:
    """The name of a migrated database to copy; made anew if the migrations are others than those it was made with.

    A half-made one has no comment and is never taken for a whole one.
    """
    name, made_of = f"template_{connection.settings_dict['NAME']}", digest()
    with connection._nodb_cursor() as cursor:
        # The others wait longer than any query of the program may.
        cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [MAKING])
        if comment(cursor, name) != made_of:
            quoted = connection.ops.quote_name(name)
            cursor.execute(f"DROP DATABASE IF EXISTS {quoted}")
            cursor.execute(f"CREATE DATABASE {quoted}")
            with connected_to(name):
                call_command("migrate", verbosity=0, interactive=False)
            cursor.execute(f"COMMENT ON DATABASE {quoted} IS %s", [made_of])
    return name


def digest() -> str:
    """Changes with whatever changes the shape of a fresh database."""
    whole = hashlib.sha256()
    for path in sorted([*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/*/migrations/*.py")]):
        whole.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    for name in ALSO:
        whole.update((ROOT / name).read_bytes())
    return whole.hexdigest()


def comment(cursor: CursorWrapper, name: str) -> str | None:
    cursor.execute("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name])
    row = cursor.fetchone()
    return row[0] if row else None


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """The connection of the program leads to another database meanwhile."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def remember() -> None:
    """Keeps a copy of the rows that the migrations wrote, beside the tables they are in.

    A database that is used again has one already.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if names(cursor, "SELECT nspname FROM pg_namespace WHERE nspname = 'migrated'"):
            return
        cursor.execute("CREATE SCHEMA migrated")
        for table in filled(cursor, tables()):
            cursor.execute(f'CREATE TABLE migrated."{table}" AS TABLE public."{table}"')


def restore() -> None:
    """Deletes what a test committed and writes back what the migrations wrote.

    Only tables with rows are touched: emptying every one, as Django does, takes more than a second. Triggers of our
    own are off meanwhile, for some refuse any deletion; one statement deletes all, so that no reference hangs.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        kept = names(cursor, "SELECT tablename FROM pg_tables WHERE schemaname = 'migrated'")
        found = filled(cursor, tables())
        for table in {*found, *kept}:
            cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
        if found:
            deletes = ", ".join(f'd{no} AS (DELETE FROM "{table}")' for no, table in enumerate(found))
            cursor.execute(f"WITH {deletes} SELECT")
        for table in kept:
            cursor.execute(f'INSERT INTO "{table}" SELECT * FROM migrated."{table}"')
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in {*found, *kept}:
            cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


def tables() -> list[str]:
    return sorted(connection.introspection.django_table_names(only_existing=True, include_views=False))


def filled(cursor: CursorWrapper, among: Iterable[str]) -> list[str]:
    """Those that have a row."""
    asked = (f"SELECT '{table}' WHERE EXISTS (SELECT FROM public.\"{table}\")" for table in among)
    return names(cursor, " UNION ALL ".join(asked))


def names(cursor: CursorWrapper, query: str) -> list[str]:
    cursor.execute(query)
    return [name for (name,) in cursor.fetchall()]


def main() -> None:
    """Refuses models that lack a migration; then makes the database that tests copy."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicecenter.settings")
    django.setup()
    # As in tools/prepare.py: all that a hundred migrations make is in use.
    gc.freeze()
    gc.set_threshold(200_000, 20, 50)
    call_command("makemigrations", check=True, dry_run=True)
    template()


if __name__ == "__main__":
    main()
