"""What must hold for messages: nothing waits for ever, and nothing happened that nobody was told."""

from __future__ import annotations

from servicecenter.lib.invariants import state
from servicecenter.notifications.parcels import RELEASED

# Seconds that something may be due before it counts as stuck.
STUCK = 60

state(
    "V7",
    f"deliveries and sign-in codes that are due, not held, and have not moved for {STUCK} s",
    f"""
    SELECT id FROM notifications_delivery WHERE state = 'waiting'
        AND not_before < clock_timestamp() - interval '{STUCK} seconds' AND {RELEASED}
    UNION ALL
    SELECT id FROM notifications_delivery WHERE state = 'sending'
        AND lease_until < clock_timestamp() - interval '{STUCK} seconds' AND {RELEASED}
    UNION ALL
    SELECT id FROM accounts_phonecode WHERE send_at < clock_timestamp() - interval '{STUCK} seconds' AND {RELEASED}
    """,
)
# Every timer that tells (not: acts) has a message of its own, `<work>.<step>` under the timer's number, unless nobody
# in the community is left who could be told. Reminders of an appointment are apart: they stand under the appointment's
# number, and nothing is said of one that was called off or has begun.
state(
    "V7",
    "timers that fired to tell somebody, without a message",
    """
    SELECT t.id FROM sla_timer t
    WHERE t.state = 'fired' AND NOT t.acts AND t.stage <> 'visit' AND EXISTS (
        SELECT 1 FROM accounts_membership b JOIN accounts_user u ON u.id = b.user_id
        WHERE b.community_id = t.community_id AND u.is_active
            AND u.role IN ('supervisor', 'manager', 'admin'))
    AND NOT EXISTS (
        SELECT 1 FROM notifications_message m
        WHERE m.event = t.work || '.' || split_part(t.step, '_', 1)
            AND split_part(m.dedup_key, ':', 2) = t.id::text)
    """,
)
