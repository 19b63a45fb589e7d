"""What must hold for events, accesses and answered requests."""

from __future__ import annotations

from servicecenter.audit.sealed import unknown_keys
from servicecenter.lib.invariants import state, state_found

state(
    "V9",
    "idempotency keys that acted twice",
    "SELECT min(id) FROM audit_idempotencykey GROUP BY user_id, key HAVING count(*) > 1",
)
state(
    "V10",
    "lines of the access log that do not follow their predecessor or were altered",
    """
    SELECT a.id FROM (
        SELECT id, previous, digest, lag(digest, 1, '') OVER (PARTITION BY community_id, day ORDER BY id) AS expected,
            encode(sha256(convert_to(concat_ws('|', previous, community_id, person_id, field,
                CASE WHEN seal = 1 THEN reason END, by_id, CASE WHEN seal > 1 THEN by_role END,
                CASE WHEN seal > 1 THEN to_char(day, 'YYYY-MM-DD') END,
                CASE WHEN seal > 1 THEN ((extract(epoch FROM at) * 1000000)::bigint)::text
                    WHEN extract(epoch FROM at) = trunc(extract(epoch FROM at))
                        THEN trunc(extract(epoch FROM at))::text || '.0'
                    ELSE extract(epoch FROM at)::float8::text END,
                CASE WHEN seal > 1 THEN by_name END, CASE WHEN seal > 1 THEN reason END), 'UTF8')), 'hex') AS counted
        FROM audit_accesslog) a
    WHERE a.previous <> a.expected OR a.digest <> a.counted
    """,
)
state_found("V16", "personal values sealed under a key that this installation does not have", unknown_keys)
