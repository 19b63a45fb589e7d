"""What the database must be able to do, checked whenever it is migrated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import Error, Tags, register
from django.db import connections

OLDEST = 150000


@register(Tags.database)
def database_reads_chinese(databases: Sequence[str] | None = None, **kwargs: Any) -> list[Error]:
    """PostgreSQL 15 or newer, UTF-8, and a ctype in which Chinese characters are letters.

    Under ctype C, pg_trgm sees no trigram in Chinese text: every search would silently become a scan.
    """
    found = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute("SHOW server_version_num")
            version = int(cursor.fetchone()[0])
            cursor.execute(
                "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()"
            )
            encoding = cursor.fetchone()[0]
            cursor.execute("SELECT '漏' ~ '[[:alpha:]]'")
            reads = cursor.fetchone()[0]
        if version < OLDEST:
            found.append(
                Error("PostgreSQL is too old.", hint="15 or newer is needed.", id="servicecenter.E001")
            )
        if encoding != "UTF8" or not reads:
            found.append(
                Error(
                    "The database does not know Chinese letters.",
                    hint="Make it with ENCODING 'UTF8' and a UTF-8 locale, for example "
                    "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' TEMPLATE template0.",
                    id="servicecenter.E002",
                )
            )
    return found
