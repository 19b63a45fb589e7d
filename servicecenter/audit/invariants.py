"""What must hold for events, accesses and answered requests."""

from __future__ import annotations

from servicecenter.lib.invariants import state

state(
    "V9",
    "idempotency keys that acted twice",
    "SELECT min(id) FROM audit_idempotencykey GROUP BY user_id, key HAVING count(*) > 1",
)
state(
    "V10",
    "lines of the access log that do not follow their predecessor",
    """
    SELECT a.id FROM (
        SELECT id, previous, lag(digest, 1, '') OVER (PARTITION BY community_id, day ORDER BY id) AS expected
        FROM audit_accesslog) a
    WHERE a.previous <> a.expected
    """,
)
