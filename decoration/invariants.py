"""What must hold for permits and their deposits."""

from __future__ import annotations

from servicecenter.lib.invariants import state

STANDING_STILL = """
    c.met_at IS NOT NULL OR c.due_at IS NULL OR EXISTS (
        SELECT 1 FROM sla_timer m WHERE m.work = c.work AND m.case_id = c.case_id AND m.stage = c.stage
            AND m.round = c.round AND m.state = 'armed')
"""

state(
    "V4",
    "applications in review without a running review clock",
    f"""
    SELECT p.id FROM decoration_permit p WHERE p.status IN ('submitted', 'papers_checked', 'engineer_passed')
        AND NOT EXISTS (SELECT 1 FROM sla_clock c WHERE c.work = 'permit' AND c.case_id = p.id AND c.stage = 'review'
            AND c.round = p.round AND c.cancelled_at IS NULL AND ({STANDING_STILL}))
    """,
)
state(
    "V4",
    "accepted works with a deposit and without a running refund clock",
    f"""
    SELECT p.id FROM decoration_permit p WHERE p.status IN ('works_accepted', 'refund_asked', 'refund_agreed')
        AND EXISTS (SELECT 1 FROM ledger_charge g WHERE g.work = 'permit' AND g.case_id = p.id
            AND g.kind = 'deposit' AND g.paid > g.kept)
        AND NOT EXISTS (SELECT 1 FROM sla_clock c WHERE c.work = 'refund' AND c.case_id = p.id AND c.stage = 'refund'
            AND c.cancelled_at IS NULL AND ({STANDING_STILL}))
    """,
)
state(
    "V5",
    "accepted works without exactly one follow-up, where there was somebody to call",
    """
    SELECT p.id FROM decoration_permit p WHERE p.completion_no > 0 AND p.contact_phone <> ''
        AND (SELECT count(*) FROM surveys_followup f WHERE f.work = 'permit' AND f.case_id = p.id) <> 1
    """,
)
state(
    "V13",
    "permits whose status is not where their events lead",
    """
    SELECT p.id FROM decoration_permit p WHERE p.status IS DISTINCT FROM (
        SELECT e.to_status FROM audit_event e WHERE e.work = 'permit' AND e.case_id = p.id AND e.to_status <> ''
        ORDER BY e.id DESC LIMIT 1)
    """,
)
# Every deposit is accounted for: nothing is left of it when a case is over, and what was kept is what was itemised.
state(
    "V21",
    "permits that are over while something of their deposit is held or owed",
    """
    SELECT p.id FROM decoration_permit p JOIN ledger_charge c ON c.work = 'permit' AND c.case_id = p.id
    WHERE c.kind = 'deposit' AND p.status IN ('closed', 'withdrawn', 'refused') AND c.due <> c.kept
    """,
)
state(
    "V21",
    "deposits of which more or less was kept than their deductions say",
    """
    SELECT p.id FROM decoration_permit p JOIN ledger_charge c ON c.work = 'permit' AND c.case_id = p.id
    WHERE c.kind = 'deposit' AND p.status IN ('refund_agreed', 'closed') AND c.kept <> coalesce((
        SELECT sum(d.amount) FROM decoration_deduction d WHERE d.permit_id = p.id AND d.dropped_at IS NULL), 0)
    """,
)
state(
    "V21",
    "deposits that no permit stands behind, or two of one permit, or one that was given back before its acceptance",
    """
    SELECT c.id FROM ledger_charge c LEFT JOIN decoration_permit p ON p.id = c.case_id
    WHERE c.work = 'permit' AND c.kind = 'deposit' AND (p.id IS NULL OR p.community_id <> c.community_id
        OR c.key <> 'deposit' OR (c.returned + c.kept > 0 AND p.refund_asked_at IS NULL))
    """,
)
state(
    "V21",
    "sites where work goes on and no patrol is planned, or that nobody looked at for longer than is allowed",
    """
    SELECT p.id FROM decoration_permit p WHERE p.status IN ('permit_active', 'suspended') AND p.patrol_due_on IS NULL
    """,
)
