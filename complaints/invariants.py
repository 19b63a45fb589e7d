"""What must hold for complaints and inquiries."""

from __future__ import annotations

from servicecenter.lib.invariants import state

OPEN = "('received', 'acknowledged', 'investigating', 'proposed', 'agreed', 'carried_out', 'told')"
STANDING_STILL = """
    c.met_at IS NOT NULL OR c.due_at IS NULL OR EXISTS (
        SELECT 1 FROM sla_timer m WHERE m.work = c.work AND m.case_id = c.case_id AND m.stage = c.stage
            AND m.round = c.round AND m.state = 'armed')
"""

state(
    "V4",
    "open complaints without a running response clock or a recorded response",
    f"""
    SELECT t.id FROM complaints_complaint t WHERE t.status IN {OPEN} AND NOT EXISTS (
        SELECT 1 FROM sla_clock c WHERE c.work = 'complaint' AND c.case_id = t.id AND c.stage = 'respond'
            AND c.round = t.reopen_count + 1 AND c.cancelled_at IS NULL AND ({STANDING_STILL}))
    """,
)
state(
    "V4",
    "unanswered inquiries without a running response clock",
    f"""
    SELECT t.id FROM complaints_inquiry t WHERE t.status = 'received' AND NOT EXISTS (
        SELECT 1 FROM sla_clock c WHERE c.work = 'inquiry' AND c.case_id = t.id AND c.stage = 'respond'
            AND c.round = t.asked_again + 1 AND c.cancelled_at IS NULL AND ({STANDING_STILL}))
    """,
)
state(
    "V4",
    "open tasks to come of open complaints whose owner is not reminded",
    f"""
    SELECT k.id FROM complaints_task k JOIN complaints_complaint t ON t.id = k.complaint_id
    WHERE k.done_at IS NULL AND k.due_at > clock_timestamp() AND t.status IN {OPEN} AND t.reopen_count = 0
        AND NOT EXISTS (SELECT 1 FROM sla_timer m WHERE m.work = 'complaint' AND m.case_id = t.id
            AND m.step = 'task_' || k.id AND m.due_at = k.due_at AND m.state IN ('armed', 'fired'))
    """,
)
state(
    "V5",
    "closings of complaints without exactly one follow-up, where there was somebody to call",
    """
    SELECT t.id FROM complaints_complaint t CROSS JOIN LATERAL generate_series(1, t.completion_no) AS n
    WHERE t.contact_phone <> '' AND (SELECT count(*) FROM surveys_followup f WHERE f.work = 'complaint'
        AND f.case_id = t.id AND f.completion_no = n) <> 1
    """,
)
for table, work in (("complaints_complaint", "complaint"), ("complaints_inquiry", "inquiry")):
    state(
        "V13",
        f"rows of {table} whose status is not where their events lead",
        f"""
        SELECT t.id FROM {table} t WHERE t.status IS DISTINCT FROM (
            SELECT e.to_status FROM audit_event e WHERE e.work = '{work}' AND e.case_id = t.id AND e.to_status <> ''
            ORDER BY e.id DESC LIMIT 1)
        """,
    )
    state(
        "V14",
        f"rows of {table} that refer to another community",
        f"""
        SELECT t.id FROM {table} t
        LEFT JOIN owners_unit u ON u.id = t.unit_id LEFT JOIN owners_building b ON b.id = t.building_id
        LEFT JOIN owners_person p ON p.id = t.reporter_id
        WHERE t.community_id <> coalesce(u.community_id, t.community_id)
            OR t.community_id <> coalesce(b.community_id, t.community_id)
            OR t.community_id <> coalesce(p.community_id, t.community_id)
        """,
    )
    # Whoever wrote it without a name is named nowhere: by no event of theirs, no message, no picture.
    state(
        "V20",
        f"anonymous rows of {table} that somebody can be found behind",
        f"""
        SELECT t.id FROM {table} t WHERE t.anonymous AND (
            EXISTS (SELECT 1 FROM audit_event e WHERE e.work = '{work}' AND e.case_id = t.id
                AND e.by_role = 'resident')
            OR EXISTS (SELECT 1 FROM notifications_message m JOIN accounts_user a ON a.id = m.recipient_id
                WHERE m.work = '{work}' AND m.case_id = t.id AND a.role = 'resident')
            OR EXISTS (SELECT 1 FROM attachments_photo f JOIN accounts_user a ON a.id = f.by_id
                WHERE f.work = '{work}' AND f.case_id = t.id AND a.role = 'resident'))
        """,
    )
state(
    "V20",
    "messages about a complaint to the colleague whom it is about, after that was known",
    """
    SELECT m.id FROM notifications_message m JOIN complaints_complaint t ON m.work = 'complaint' AND m.case_id = t.id
    WHERE t.about_id = m.recipient_id AND m.created_at > coalesce((
        SELECT max(e.at) FROM audit_event e WHERE e.work = 'complaint' AND e.case_id = t.id
            AND e.action = 'classify'), t.received_at - interval '1 second')
    """,
)
state(
    "V13",
    "complaints in a group whose lead is over",
    f"""
    SELECT t.id FROM complaints_complaint t JOIN complaints_complaint l ON l.id = t.lead_id
    WHERE t.status = 'joined' AND l.status NOT IN {OPEN}
    """,
)
