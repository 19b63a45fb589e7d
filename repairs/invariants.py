"""What must hold for repairs."""

from __future__ import annotations

from servicecenter.lib.invariants import state

UNFINISHED = (
    "('reported', 'accepted', 'dispatched', 'contacted', 'scheduled', 'on_site', 'plan_proposed',"
    " 'plan_approved', 'on_hold', 'rework')"
)

state(
    "V4",
    "open repairs without a running response clock or a recorded response",
    f"""
    SELECT t.id FROM repairs_ticket t WHERE t.status IN {UNFINISHED} AND NOT EXISTS (
        SELECT 1 FROM sla_clock c WHERE c.work = 'repair' AND c.case_id = t.id AND c.stage = 'respond'
            AND c.round = t.rework_count + 1 AND c.cancelled_at IS NULL
            AND (c.met_at IS NOT NULL OR c.due_at IS NULL OR c.paused_at IS NOT NULL OR EXISTS (
                SELECT 1 FROM sla_timer m WHERE m.work = 'repair' AND m.case_id = t.id AND m.stage = 'respond'
                    AND m.round = c.round AND m.state = 'armed')))
    """,
)
state(
    "V5",
    "completions without exactly one follow-up",
    """
    SELECT t.id FROM repairs_ticket t CROSS JOIN LATERAL generate_series(1, t.completion_no) AS n
    WHERE (SELECT count(*) FROM surveys_followup f WHERE f.work = 'repair' AND f.case_id = t.id
        AND f.completion_no = n) <> 1
    """,
)
state(
    "V13",
    "repairs whose status is not where their events lead",
    """
    SELECT t.id FROM repairs_ticket t WHERE t.status IS DISTINCT FROM (
        SELECT e.to_status FROM audit_event e WHERE e.work = 'repair' AND e.case_id = t.id AND e.to_status <> ''
        ORDER BY e.id DESC LIMIT 1)
    """,
)
state(
    "V13",
    "steps of repairs that do not begin where the one before ended",
    """
    SELECT s.id FROM (
        SELECT id, from_status, lag(to_status, 1, '') OVER (PARTITION BY case_id ORDER BY id) AS before
        FROM audit_event WHERE work = 'repair' AND to_status <> '') s
    WHERE s.from_status <> s.before
    """,
)
state(
    "V14",
    "repairs that refer to another community",
    """
    SELECT t.id FROM repairs_ticket t
    LEFT JOIN owners_unit u ON u.id = t.unit_id LEFT JOIN owners_building b ON b.id = t.building_id
    LEFT JOIN owners_person p ON p.id = t.reporter_id LEFT JOIN repairs_ticket d ON d.id = t.duplicate_of_id
    WHERE t.community_id <> ANY (ARRAY[
        coalesce(u.community_id, t.community_id), coalesce(b.community_id, t.community_id)])
        OR t.community_id <> coalesce(p.community_id, t.community_id)
        OR t.community_id <> coalesce(d.community_id, t.community_id)
    """,
)
state(
    "V5",
    "follow-ups that the sample of an outage covers, of repairs that were not completed with one",
    """
    SELECT f.id FROM surveys_followup f WHERE f.work = 'repair' AND f.outcome = 'covered' AND NOT EXISTS (
        SELECT 1 FROM repairs_outageline l WHERE l.ticket_id = f.case_id AND l.completion_no = f.completion_no
            AND NOT l.sampled)
    """,
)
state(
    "V13",
    "outages whose status is not where their events lead",
    """
    SELECT o.id FROM repairs_outage o WHERE o.status IS DISTINCT FROM (
        SELECT e.to_status FROM audit_event e WHERE e.work = 'outage' AND e.case_id = o.id AND e.to_status <> ''
        ORDER BY e.id DESC LIMIT 1)
    """,
)
state(
    "V14",
    "outages that reach, or are the cause of, something in another community",
    """
    SELECT t.id FROM repairs_ticket t JOIN repairs_outage o ON o.id = t.outage_id
    WHERE t.community_id <> o.community_id
    UNION ALL
    SELECT r.id FROM repairs_outagebuilding r JOIN repairs_outage o ON o.id = r.outage_id
        JOIN owners_building b ON b.id = r.building_id
    WHERE r.community_id <> o.community_id OR b.community_id <> o.community_id
    """,
)
state(
    "V14",
    "ticked lines of completions that the repair has not had",
    """
    SELECT k.id FROM repairs_tick k JOIN repairs_ticket t ON t.id = k.ticket_id
    WHERE k.completion_no > t.completion_no
    """,
)
state(
    "V14",
    "materials of which the list does not say what their movements come to",
    """
    SELECT i.id FROM repairs_stockitem i LEFT JOIN repairs_stockmove m ON m.item_id = i.id
    GROUP BY i.id HAVING i.on_hand <> coalesce(sum(m.quantity), 0)
    """,
)
state(
    "V14",
    "quality checks by whoever did or sent the work, and failed ones without a rework",
    """
    SELECT q.id FROM repairs_qualitycheck q JOIN repairs_ticket t ON t.id = q.ticket_id
    WHERE q.checker_id IN (q.worker_id, q.dispatcher_id)
        OR (q.passed = false AND NOT EXISTS (SELECT 1 FROM audit_event e WHERE e.work = 'repair'
            AND e.case_id = q.ticket_id AND e.action = 'rework' AND e.at >= q.checked_at))
    """,
)
# 19:00 of the day before, where the community lives, and an hour before: what fell due after the agreement.
REMINDERS = """
    (VALUES ('evening', ((a.starts_at AT TIME ZONE 'Asia/Shanghai')::date - 1 + time '19:00')
                AT TIME ZONE 'Asia/Shanghai'),
            ('hour', a.starts_at - interval '1 hour')) AS r (step, due_at)
"""
state(
    "V4",
    "agreed appointments to come whose reminders are neither armed nor told",
    f"""
    SELECT a.id FROM repairs_appointment a CROSS JOIN LATERAL {REMINDERS}
    WHERE a.state = 'agreed' AND a.starts_at > clock_timestamp() AND r.due_at > a.agreed_at AND NOT EXISTS (
        SELECT 1 FROM sla_timer m WHERE m.work = 'repair' AND m.case_id = a.ticket_id AND m.stage = 'visit'
            AND m.step = r.step AND m.due_at = r.due_at AND m.state IN ('armed', 'fired'))
    """,
)
state(
    "V4",
    "armed reminders of appointments that are not agreed",
    f"""
    SELECT m.id FROM sla_timer m WHERE m.work = 'repair' AND m.stage = 'visit' AND m.state = 'armed' AND NOT EXISTS (
        SELECT 1 FROM repairs_appointment a CROSS JOIN LATERAL {REMINDERS}
        WHERE a.ticket_id = m.case_id AND a.state = 'agreed' AND r.step = m.step AND r.due_at = m.due_at)
    """,
)
# Said under the number of the appointment, and to nobody once it has begun; see `actions.reminding`.
state(
    "V7",
    "reminders of agreed appointments that fired in time, without a message",
    """
    SELECT m.id FROM sla_timer m JOIN repairs_appointment a ON a.ticket_id = m.case_id AND a.state = 'agreed'
    JOIN accounts_membership b ON b.user_id = a.technician_id AND b.community_id = a.community_id
    JOIN accounts_user u ON u.id = b.user_id AND u.is_active
    WHERE m.work = 'repair' AND m.stage = 'visit' AND m.state = 'fired' AND m.fired_at < a.starts_at
        AND m.armed_at >= a.agreed_at AND NOT EXISTS (
            SELECT 1 FROM notifications_message s WHERE s.event = 'repair.' || m.step
                AND split_part(s.dedup_key, ':', 2) = a.id::text)
    """,
)
state(
    "V13",
    "repairs whose appointment is another than the agreed window, and agreed windows that the repair does not know",
    """
    SELECT t.id FROM repairs_ticket t JOIN repairs_appointment a ON a.ticket_id = t.id AND a.state = 'agreed'
    WHERE (t.appointment_start, t.appointment_end, t.assignee_id)
        IS DISTINCT FROM (a.starts_at, a.ends_at, a.technician_id)
    """,
)
state(
    "V18",
    "work that the owner agreed to pay and that is done, without its charge",
    """
    SELECT t.id FROM repairs_ticket t JOIN repairs_quote q ON q.ticket_id = t.id AND q.at = (
        SELECT max(o.at) FROM repairs_quote o WHERE o.ticket_id = t.id)
    WHERE t.completed_at IS NOT NULL AND t.price > 0 AND t.plan_approved_at IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM ledger_charge c WHERE c.work = 'repair' AND c.case_id = t.id
            AND c.key = 'completion-' || t.completion_no)
    """,
)
