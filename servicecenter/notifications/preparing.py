"""The last look before a message leaves: may it still be read by them, do they rest, where are they, in which words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from servicecenter.accounts.actions import draw_code
from servicecenter.accounts.models import PhoneCode, Role, User
from servicecenter.lib import works
from servicecenter.notifications.addresses import address_of, reach_of
from servicecenter.notifications.channels import Outgoing
from servicecenter.notifications.models import Audience, Channel, Delivery, State
from servicecenter.notifications.parcels import Parcel, put_off, report_end
from servicecenter.notifications.quiet import rests_until
from servicecenter.notifications.texts import News, Text, news_of, words
from servicecenter.notifications.wordings import Edited


def prepare(parcel: Parcel, now: datetime) -> tuple[list[Delivery], Outgoing] | None:
    """The rows that may leave, and the message that carries them; the others are written off with the reason."""
    rows = _sift(parcel, now)
    if not rows:
        return None
    first = rows[0]
    reach = reach_of(first.recipient) if first.recipient else None
    until = _rest(first, now)
    if until is not None:
        put_off(parcel, rows, now, until)
        return None
    address = first.robot.unseal() if first.robot else address_of(first, reach)
    if not address:
        report_end(parcel, rows, now, State.SKIPPED, "no_address")
        return None
    with translation.override(_language(first)):
        link = _link(rows)
        text = _text(rows, link)
        body = "\n".join(filter(None, (text.body, link)))
        return rows, Outgoing(first.channel, address, text.title, body, f"{text.line} {link}".strip())


def _sift(parcel: Parcel, now: datetime) -> list[Delivery]:
    """The rows that may still be read by whom they are for."""
    reasons: dict[str, list[Delivery]] = defaultdict(list)
    seen = _visible(parcel.rows)
    for row in parcel.rows:
        reasons[_why_not(row, now, seen)].append(row)
    fine = reasons.pop("", [])
    for reason, rows in reasons.items():
        report_end(parcel, rows, now, State.SKIPPED, reason)
    return fine


def _why_not(row: Delivery, now: datetime, seen: set[tuple[str, int]]) -> str:
    if now >= row.expires_at:
        return "expired"
    if row.robot is not None:
        return "" if row.robot.is_active else "robot_off"
    if row.recipient is None:
        return ""
    if not row.recipient.is_active:
        return "account_closed"
    message = row.message
    if message is None:
        return ""
    if message.case_id is None or works.find(message.work) is None:
        mine = row.recipient.role == Role.RESIDENT or message.community_id in row.recipient.community_ids
        return "" if mine or message.community_id is None else "no_access"
    return "" if (message.work, message.case_id) in seen else "no_access"


def _visible(rows: Sequence[Delivery]) -> set[tuple[str, int]]:
    """The cases of these rows that their reader may see now; one query for each kind of work."""
    reader: User | None = rows[0].recipient
    cases: dict[str, set[int]] = defaultdict(set)
    for row in rows:
        if reader and row.message and row.message.case_id is not None:
            cases[row.message.work].add(row.message.case_id)
    return {
        (code, pk)
        for code, ids in cases.items()
        if (work := works.find(code)) is not None
        for pk in work.visible(reader).filter(pk__in=ids).values_list("pk", flat=True)
    }


def _rest(row: Delivery, now: datetime) -> datetime | None:
    """Until when the reader rests; emergencies and codes wake people, and a robot never sleeps."""
    if row.priority < 2 or row.robot is not None:
        return None
    resident = row.recipient is None or row.recipient.role == Role.RESIDENT
    return rests_until(reach_of(row.recipient) if row.recipient else None, resident=resident, at=now)


def _language(row: Delivery) -> str:
    asked = row.code.language if row.code else row.recipient.language if row.recipient else ""
    return asked or settings.LANGUAGE_CODE


def _text(rows: Sequence[Delivery], link: str) -> Text:
    first, edited = rows[0], Edited()
    if first.code is not None:
        return words(_code_news(first.code), Channel.SMS, edited)
    if len(rows) == 1 and first.message is not None:
        return words(news_of(first.message), first.channel, edited, link=link)
    return words(_together(rows), first.channel, edited, link=link)


def _code_news(code: PhoneCode) -> News:
    """The digits are drawn now and stand nowhere but in this message."""
    return News("account.code", Audience.RESIDENT, {"code": draw_code(code)}, urgent=True)


def _together(rows: Sequence[Delivery]) -> News:
    """One message for many: how many, and the one that has waited longest."""
    messages = [row.message for row in rows if row.message is not None]
    oldest = min(messages, key=lambda each: str(each.params.get("due_at") or each.created_at.isoformat()))
    facts = {
        "count": len(rows),
        "first_number": oldest.params.get("number", ""),
        "first_due_at": oldest.params.get("due_at") or oldest.created_at,
    }
    return News(f"group.{rows[0].kind}", Audience.STAFF, facts, messages[0].urgent, rows[0].community_id)


def _link(rows: Sequence[Delivery]) -> str:
    """Where the reader goes on; '' while the installation has not said where it lives (SITE_URL)."""
    first = rows[0]
    if not settings.SITE_URL or first.message is None:
        return ""
    work = works.find(first.message.work)
    if work is not None and work.entrance is not None and len(rows) == 1 and first.message.case_id:
        entrance = work.entrance(first.message.case_id)
        return settings.SITE_URL + entrance if entrance else ""
    if first.recipient is None:
        return ""
    single = reverse("notifications:open", args=[first.message.pk])
    return settings.SITE_URL + (single if len(rows) == 1 else reverse("notifications:inbox"))
