"""What must hold for promises to callers."""

from __future__ import annotations

from servicecenter.lib.invariants import state

state(
    "V4",
    "open promises without a running clock for the instant that was promised, ended ones with one",
    """
    SELECT p.id FROM desk_promise p WHERE (p.status = 'open') IS DISTINCT FROM EXISTS (
        SELECT 1 FROM sla_clock c WHERE c.work = 'promise' AND c.case_id = p.id AND c.stage = 'keep'
            AND c.due_at = p.due_at AND c.met_at IS NULL AND c.cancelled_at IS NULL)
    """,
)
state(
    "V13",
    "promises whose status is not where their events lead",
    """
    SELECT p.id FROM desk_promise p WHERE p.status IS DISTINCT FROM (
        SELECT e.to_status FROM audit_event e WHERE e.work = 'promise' AND e.case_id = p.id AND e.to_status <> ''
        ORDER BY e.id DESC LIMIT 1)
    """,
)
state(
    "V14",
    "promises that refer to another community",
    """
    SELECT p.id FROM desk_promise p
    LEFT JOIN owners_person o ON o.id = p.person_id LEFT JOIN owners_unit u ON u.id = p.unit_id
    WHERE p.community_id <> coalesce(o.community_id, p.community_id)
        OR p.community_id <> coalesce(u.community_id, p.community_id)
    """,
)
