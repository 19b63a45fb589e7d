"""From messages to deliveries: one statement for any number of messages, in their transaction.

What is guaranteed: a delivery stands or falls with its message, and exists once for each fact, reader and channel.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from servicecenter.notifications.kinds import CODE, PERSONAL, kind_of
from servicecenter.notifications.models import Audience, Channel, Message

# News that may be grouped waits this long for more of its kind.
WINDOW = timedelta(seconds=20)
# What could not leave within a day is told in the app only; and what happened longer ago (a virtual clock, a phone
# without signal) is not announced outside as if it were news.
FRESH = timedelta(days=1)
OLD = timedelta(days=14)

PEOPLE = """
INSERT INTO notifications_delivery (message_id, community_id, recipient_id, channel, lane, kind, group_key, priority,
    dedup_key, state, created_at, not_before, expires_at, attempts, reason, text)
SELECT m.id, m.community_id, m.recipient_id, r.channel, r.channel, r.kind,
    CASE WHEN r.groups AND u.id IS NOT NULL
        THEN u.id || ':' || r.channel || ':' || r.kind || ':' || coalesce(m.community_id, 0)
            || CASE WHEN m.urgent THEN '!' ELSE '' END
        ELSE '' END,
    CASE WHEN m.urgent THEN 1 ELSE 2 END,
    m.dedup_key || ':' || r.channel, 'waiting', m.created_at,
    m.created_at + CASE WHEN r.groups AND NOT m.urgent THEN %(window)s ELSE interval '0' END,
    m.created_at + %(fresh)s, 0, '', ''
FROM notifications_message m
LEFT JOIN accounts_user u ON u.id = m.recipient_id
JOIN unnest(%(events)s::text[], %(audiences)s::text[], %(channels)s::text[], %(kinds)s::text[], %(on)s::bool[],
        %(urgent)s::bool[], %(contact)s::bool[], %(groups)s::bool[])
    AS r (event, audience, channel, kind, "on", urgent, contact, groups)
    ON r.event = m.event
        AND r.audience = CASE WHEN coalesce(u.role, 'resident') = 'resident' THEN 'resident' ELSE 'staff' END
LEFT JOIN notifications_choice c ON c.user_id = u.id AND c.kind = r.kind AND c.channel = r.channel
WHERE m.dedup_key = ANY(%(keys)s) AND m.created_at > clock_timestamp() - %(fresh)s
    AND (r.channel = ANY(m.channels)
        OR r.channel = ANY(%(configured)s) AND (
            (m.urgent AND r.urgent) OR CASE WHEN u.id IS NULL THEN r.contact ELSE coalesce(c.wanted, r."on") END))
ON CONFLICT (dedup_key) DO NOTHING
"""

# One fact is told to a group once, however many colleagues it is told to. Of an event's lines one is enough here.
ROBOTS = """
INSERT INTO notifications_delivery (message_id, community_id, robot_id, channel, lane, kind, group_key, priority,
    dedup_key, state, created_at, not_before, expires_at, attempts, reason, text)
SELECT DISTINCT ON (b.id, regexp_replace(m.dedup_key, ':[^:]*$', ''))
    m.id, m.community_id, b.id, 'group', 'robot:' || b.id, r.kind,
    CASE WHEN r.groups THEN 'robot:' || b.id || ':' || r.kind || CASE WHEN m.urgent THEN '!' ELSE '' END ELSE '' END,
    CASE WHEN m.urgent THEN 1 ELSE 2 END,
    regexp_replace(m.dedup_key, ':[^:]*$', '') || ':robot:' || b.id, 'waiting', m.created_at,
    m.created_at + CASE WHEN r.groups AND NOT m.urgent THEN %(window)s ELSE interval '0' END,
    m.created_at + %(fresh)s, 0, '', ''
FROM notifications_message m
JOIN accounts_user u ON u.id = m.recipient_id AND u.role <> 'resident'
JOIN notifications_grouprobot b ON b.community_id = m.community_id AND b.is_active
JOIN unnest(%(events)s::text[], %(audiences)s::text[], %(channels)s::text[], %(kinds)s::text[], %(on)s::bool[],
        %(urgent)s::bool[], %(contact)s::bool[], %(groups)s::bool[])
    AS r (event, audience, channel, kind, "on", urgent, contact, groups)
    ON r.event = m.event AND r.audience = 'staff' AND r.channel = 'sms'
WHERE m.dedup_key = ANY(%(keys)s) AND m.created_at > clock_timestamp() - %(fresh)s
    AND ('group' = ANY(m.channels) OR r.kind = ANY(b.hears))
ORDER BY b.id, regexp_replace(m.dedup_key, ':[^:]*$', ''), m.id
ON CONFLICT (dedup_key) DO NOTHING
"""

# A sign-in code is enlisted by a sender: taking it off its own list and putting it on this one is one statement.
CODES = """
WITH taken AS (
    UPDATE accounts_phonecode SET send_at = NULL WHERE id IN (
        SELECT id FROM accounts_phonecode WHERE send_at <= %(now)s ORDER BY send_at LIMIT 500 FOR UPDATE SKIP LOCKED)
    RETURNING id, created_at, expires_at)
INSERT INTO notifications_delivery (code_id, channel, lane, kind, group_key, priority, dedup_key, state, created_at,
    not_before, expires_at, attempts, reason, text)
SELECT id, 'sms', 'code', %(kind)s, '', 0, 'code:' || id, 'waiting', created_at, created_at, expires_at, 0, '', ''
FROM taken ON CONFLICT (dedup_key) DO NOTHING
"""


def configured() -> list[str]:
    """Outside channels to people that this installation has a gateway for; the demo's local one stands for all."""
    gateways = {Channel.SMS: settings.SMS_URL, Channel.EMAIL: settings.EMAIL_URL}
    return [channel.value for channel in PERSONAL if settings.DEMO or gateways[channel]]


def plan(messages: Collection[Message]) -> None:
    """Writes the deliveries of messages that were just written; two statements for any number, none for old news."""
    # The statements ask the database's clock; this one only spares them what a wrong clock would not call fresh either.
    if all(message.created_at < timezone.now() - OLD for message in messages):
        return
    given = _rules({message.event for message in messages}) | {
        "keys": [message.dedup_key for message in messages],
        "configured": configured(),
        "window": WINDOW,
        "fresh": FRESH,
    }
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, given)
        cursor.execute(ROBOTS, given)


def enlist_codes(now: datetime) -> None:
    """Makes a delivery of every sign-in code that waits."""
    with connection.cursor() as cursor:
        cursor.execute(CODES, {"now": now, "kind": CODE})


def _rules(events: Iterable[str]) -> dict[str, Any]:
    """The lines of `kinds` for these events, as columns of an SQL table."""
    rows = [
        (
            event,
            kind.audience.value,
            channel.value,
            kind.code,
            channel in kind.on,
            channel in kind.urgent,
            channel in kind.contact,
            kind.groups,
        )
        for event in events
        for kind in [kind_of(event, audience) for audience in Audience]
        for channel in PERSONAL
    ]
    names = ("events", "audiences", "channels", "kinds", "on", "urgent", "contact", "groups")
    return {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
