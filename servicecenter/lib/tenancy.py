"""Migration operations that let PostgreSQL refuse a reference into another community."""

from __future__ import annotations

from django.db.migrations.operations import RunSQL


def anchor(table: str) -> RunSQL:
    """Makes (id, community_id) a key that composite foreign keys can point at."""
    name = f"{table}_tenant"
    return RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} UNIQUE (id, community_id)",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )


def same_community(table: str, column: str, target: str) -> RunSQL:
    """`table.column` may only name a row of `target` in the row's own community (V14)."""
    name = f"{table}_{column}_tenant"
    return RunSQL(
        f"ALTER TABLE {table} ADD CONSTRAINT {name} FOREIGN KEY ({column}, community_id) "
        f"REFERENCES {target} (id, community_id) DEFERRABLE INITIALLY DEFERRED",
        f"ALTER TABLE {table} DROP CONSTRAINT {name}",
    )
