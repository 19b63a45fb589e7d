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
# The timestamps of a clock show a missed deadline: kept too late, or not kept and past. A pause excuses only what was
# not missed when it began.
MISSED = """
    c.cancelled_at IS NULL AND (c.met_at > c.due_at OR c.met_at IS NULL AND c.due_at < clock_timestamp()
        AND (c.paused_at IS NULL OR c.due_at <= c.paused_at))
"""
# The breach of the present deadline of a clock.
BREACH = """
    t.work = c.work AND t.case_id = c.case_id AND t.stage = c.stage AND t.round = c.round
        AND t.step = 'breach' AND t.deadline = c.due_at
"""
state(
    "V12",
    "missed deadlines whose breach is neither told nor waiting to be told",
    f"""
    SELECT c.id FROM sla_clock c WHERE {MISSED}
        AND NOT EXISTS (SELECT 1 FROM sla_timer t WHERE {BREACH} AND t.state IN ('fired', 'armed'))
    """,
)
state(
    "V12",
    "breaches that were told or wait to be told although the timestamps show none",
    # A step that reached us after the breach was told (from a phone without signal) is no fault.
    f"""
    SELECT t.id FROM sla_clock c JOIN sla_timer t ON {BREACH}
    LEFT JOIN LATERAL (
        SELECT max(e.id) AS id FROM audit_event e WHERE e.work = c.work AND e.case_id = c.case_id
            AND e.action IN ('clock.met', 'clock.cancelled', 'clock.paused') AND e.data ->> 'stage' = c.stage
            AND (e.data ->> 'round')::int = c.round) AS ended ON true
    WHERE NOT ({MISSED}) AND (c.met_at IS NOT NULL OR c.cancelled_at IS NOT NULL OR c.paused_at IS NOT NULL)
        AND (t.state = 'armed' OR t.state = 'fired' AND t.event_id > ended.id)
    """,
)
