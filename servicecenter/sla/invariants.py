"""What must hold for clocks and timers."""

from __future__ import annotations

from servicecenter.lib.invariants import state

# Seconds between a timer's instant and its firing, while the system runs and after an outage ended.
LATEST_FIRING = 5

state(
    "V1",
    "fired timers without exactly one event, and timer events without their timer",
    """
    SELECT t.id FROM sla_timer t WHERE t.state = 'fired' AND NOT EXISTS (
        SELECT 1 FROM audit_event e WHERE e.id = t.event_id AND e.work = t.work AND e.case_id = t.case_id)
    UNION ALL
    SELECT e.id FROM audit_event e WHERE e.action LIKE 'clock.%' AND e.data ? 'timer'
        AND NOT EXISTS (SELECT 1 FROM sla_timer t WHERE t.event_id = e.id AND t.state = 'fired')
    """,
)
state(
    "V2",
    f"timers that are armed and more than {LATEST_FIRING} s overdue",
    f"""
    SELECT id FROM sla_timer
    WHERE state = 'armed' AND due_at < clock_timestamp() - interval '{LATEST_FIRING} seconds'
    """,
)
state("V3", "timers that fired early", "SELECT id FROM sla_timer WHERE fired_at < due_at")
state(
    "V12",
    "clocks whose breach was told although the timestamps show none, or the other way round",
    """
    SELECT t.id FROM sla_timer t JOIN sla_clock c USING (work, case_id, stage, round)
    WHERE t.step = 'breach' AND t.state = 'fired' AND t.deadline = c.due_at AND c.met_at <= c.due_at
    UNION ALL
    SELECT c.id FROM sla_clock c
    WHERE c.met_at > c.due_at + interval '5 seconds' AND NOT EXISTS (
        SELECT 1 FROM sla_timer t WHERE t.work = c.work AND t.case_id = c.case_id AND t.stage = c.stage
            AND t.round = c.round AND t.step = 'breach' AND t.state = 'fired')
        AND EXISTS (SELECT 1 FROM sla_policy p WHERE p.id = c.policy_id AND jsonb_array_length(p.escalate) > 0)
    """,
)
