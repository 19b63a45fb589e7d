"""What must hold for handovers."""

from __future__ import annotations

from servicecenter.lib.invariants import state

state(
    "V13",
    "handovers whose status is not where their events lead",
    """
    SELECT h.id FROM handovers_handover h WHERE h.status IS DISTINCT FROM (
        SELECT e.to_status FROM audit_event e WHERE e.work = 'handover' AND e.case_id = h.id AND e.to_status <> ''
        ORDER BY e.id DESC LIMIT 1)
    """,
)
state(
    "V17",
    "handovers that were signed over a gap",
    """
    SELECT h.id FROM handovers_handover h WHERE h.status IN ('signed', 'signed_off', 'delivered') AND (
        EXISTS (SELECT 1 FROM handovers_finding f WHERE f.handover_id = h.id
            AND (f.result = '' OR f.result = 'defect' AND f.ticket_id IS NULL))
        OR EXISTS (SELECT 1 FROM handovers_line l WHERE l.handover_id = h.id AND l.required
            AND l.done_at IS NULL AND (NOT l.proxy_only OR h.proxy_name <> '')))
    """,
)
