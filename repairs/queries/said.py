"""The words under an entry of the timeline: what was said with a step, and what it changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import formats, timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from repairs.models import Part, Payer, Trade, Urgency
from repairs.workflow import ConfirmMethod, HoldReason
from servicecenter.accounts.models import Role, User
from servicecenter.audit.models import Event
from servicecenter.lib import words
from servicecenter.lib.clock import LOCAL
from servicecenter.lib.money import yuan
from servicecenter.sla.models import Stage

# Why colleagues swapped a job or corrected a report is told among colleagues.
STAFF_TEXT = frozenset({"reassign", "classify", "send_back"})
# Those who are rated do not read what was said about them here.
RATED = frozenset({Role.TECHNICIAN.value, Role.SECURITY.value})


def said(event: Event, user: User) -> str:
    """The text of an event for `user`, with the facts of its step in words; one line each."""
    facts = FACTS.get(event.action.partition("_")[0] if event.action.startswith("clock.") else event.action)
    lines = facts(event.data, user) if facts else []
    if event.text and (user.is_employee or event.action not in STAFF_TEXT):
        lines = [*lines, event.text]
    return "\n".join(lines)


def window_words(start: datetime, end: datetime) -> str:
    """An appointment: `tomorrow 14:00–16:00`, with both days when it ends on another one."""
    now = timezone.now()
    first = words.moment_words(start, now)
    if start.astimezone(LOCAL).date() == end.astimezone(LOCAL).date():
        return f"{first}–{formats.date_format(end.astimezone(LOCAL), 'H:i')}"
    return f"{first} – {words.moment_words(end, now)}"


def price_words(price: Decimal | None) -> str:
    """A price in yuan: `¥120.00`, or that it is free."""
    if price is None:
        return ""
    return _("free of charge") if price == 0 else f"¥{price:,.2f}"


def _at(data: Mapping[str, Any], name: str) -> datetime | None:
    value = data.get(name)
    return parse_datetime(value) if isinstance(value, str) else None


def _dispatch(data: Mapping[str, Any], user: User) -> list[str]:
    lines = [str(data["technician_name"])] if data.get("technician_name") else []
    return [*lines, *_offer(data, user)]


def _offer(data: Mapping[str, Any], user: User) -> list[str]:
    """By which rule the program did it; a rule's name is for colleagues."""
    if not data.get("rule_name") or not user.is_employee:
        return []
    return [_("By the rule “%(name)s”") % {"name": data["rule_name"]}]


def _involve(data: Mapping[str, Any], user: User) -> list[str]:
    part = data.get("part")
    label = Part(part).label if part in Part.values else _("takes part no more")
    return [f"{data.get('person_name', '')} · {label}"]


def _schedule(data: Mapping[str, Any], user: User) -> list[str]:
    start, end = _at(data, "start"), _at(data, "end")
    return [window_words(start, end)] if start and end else []


def _offered(data: Mapping[str, Any], user: User) -> list[str]:
    found = [_schedule(each, user) for each in data.get("windows", ()) if isinstance(each, Mapping)]
    return [line for lines in found for line in lines]


def _on_way(data: Mapping[str, Any], user: User) -> list[str]:
    return [_("there in about %(minutes)s minutes") % {"minutes": data.get("minutes", "")}]


def _plan(data: Mapping[str, Any], user: User) -> list[str]:
    try:
        shown = price_words(Decimal(str(data["price"])))
    except (KeyError, InvalidOperation):
        return []
    lines = [_("Price: %(price)s") % {"price": shown}]
    payer = data.get("payer", "")
    if payer in Payer.values:
        because = data.get("payer_reason", "")
        lines.append(f"{Payer(payer).label}: {because}" if because else str(Payer(payer).label))
    return lines


def _money(data: Mapping[str, Any], user: User) -> list[str]:
    try:
        amount = yuan(Decimal(str(data["amount"])))
    except (KeyError, InvalidOperation):
        return []
    return [f"{amount} · {data.get('item') or data.get('charge', '')}"]


def _hold(data: Mapping[str, Any], user: User) -> list[str]:
    reason = data.get("reason", "")
    label = str(HoldReason(reason).label) if reason in HoldReason.values else str(reason)
    until = _at(data, "resume_at")
    if until is None:
        return [label]
    when = words.moment_words(until, timezone.now())
    return [_("%(reason)s, until %(when)s") % {"reason": label, "when": when}]


def _confirm(data: Mapping[str, Any], user: User) -> list[str]:
    method = data.get("method", "")
    lines = [str(ConfirmMethod(method).label)] if method in ConfirmMethod.values else []
    if user.role in RATED:
        return lines
    if data.get("rating"):
        lines.append(_("Rating: %(rating)s of 10") % {"rating": data["rating"]})
    if data.get("comment"):
        lines.append(str(data["comment"]))
    return lines


def _complete(data: Mapping[str, Any], user: User) -> list[str]:
    between = pgettext("between things in a row", ", ")
    told = (("ticks", _("Kept: %(list)s")), ("materials", _("Materials: %(list)s")))
    return [words % {"list": between.join(map(str, data[name]))} for name, words in told if data.get(name)]


def _checked(data: Mapping[str, Any], user: User) -> list[str]:
    lines = [_("Passed") if data.get("passed") else _("Not passed")]
    if data.get("asked"):
        lines.append(_("%(kept)s of %(asked)s kept") % {"kept": data.get("kept", 0), "asked": data["asked"]})
    return lines


def _classify(data: Mapping[str, Any], user: User) -> list[str]:
    lines = []
    for name, kind in (("trade", Trade), ("urgency", Urgency)):
        before, after = data.get(f"{name}_before"), data.get(name)
        if before != after and before in kind.values and after in kind.values:
            lines.append(f"{kind(before).label} → {kind(after).label}")
    # The parts of the law are kept in English; '' is “as the trade tells”.
    parts = [_(data[name]) if data.get(name) else _("As the trade tells") for name in ("part_before", "part")]
    return [*lines, " → ".join(parts)] if parts[0] != parts[1] else lines


def _duplicate(data: Mapping[str, Any], user: User) -> list[str]:
    return [str(data["duplicate_of"])] if data.get("duplicate_of") and user.is_employee else []


def _clock(data: Mapping[str, Any], user: User) -> list[str]:
    stage, due = data.get("stage", ""), _at(data, "due_at")
    label = str(Stage(stage).label) if stage in Stage.values else ""
    if due is None:
        return [label] if label else []
    when = words.moment_words(due, timezone.now())
    return [_("%(stage)s: %(when)s") % {"stage": label, "when": when}]


def _taken(data: Mapping[str, Any], user: User) -> list[str]:
    stage = data.get("stage", "")
    return [str(Stage(stage).label)] if stage in Stage.values else []


FACTS: Mapping[str, Callable[[Mapping[str, Any], User], list[str]]] = {
    "dispatch": _dispatch,
    "reassign": _dispatch,
    "offer": _offer,
    "grab": _dispatch,
    "send_back": _dispatch,
    "involve": _involve,
    "schedule": _schedule,
    "offer_windows": _offered,
    "choose_window": _schedule,
    "accept_window": _schedule,
    "on_way": _on_way,
    "nobody_home": _schedule,
    "nobody_came": _schedule,
    "propose_plan": _plan,
    "approve_plan": _plan,
    "money.charge": _money,
    "money.receipt": _money,
    "money.noted": _money,
    "money.withdrawal": _money,
    "money.reversal": _money,
    "money.refund": _money,
    "money.refund_asked": _money,
    "money.refund_agreed": _money,
    "money.refund_declined": _money,
    "hold": _hold,
    "confirm": _confirm,
    "complete": _complete,
    "quality_check": _checked,
    "classify": _classify,
    "mark_duplicate": _duplicate,
    "clock.warn": _clock,
    "clock.breach": _clock,
    "clock.escalate": _clock,
    "clock.daily": _clock,
    "clock.acknowledged": _taken,
    "clock.agreed": _clock,
    "clock.retargeted": _clock,
}
