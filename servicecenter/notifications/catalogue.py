"""The messages that the program knows, read from templates/messages/: what they tell, to whom, with which facts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.lib import works
from servicecenter.notifications.models import Audience
from servicecenter.notifications.texts import News, Text, default_words
from servicecenter.notifications.wordings import said_fact

# Facts that a template may mention, with what they are; the marked ones have to stay in an edited text.
FACTS: Mapping[str, str | Promise] = {
    "number": _("number of the case"),
    "title": pgettext_lazy("bulletin", "title of the notice"),
    "code": _("the six digits"),
    "count": _("how many"),
    "red_count": _("how many have no next step"),
    "late_count": _("how many are past their promise"),
    "due_at": _("until when"),
    "unit": _("unit code"),
    "starts_at": _("when it begins"),
    "ends_at": _("until when it lasts"),
    "engineer_name": _("name of the engineer"),
    "in_minutes": _("in how many minutes"),
    "stage": _("what is due"),
    "first_number": _("number of the oldest case"),
    "first_due_at": _("until when the oldest was due"),
}
ALWAYS: Mapping[str, str | Promise] = {
    "community": _("name of the community"),
    "hotline": _("its hotline"),
    "link": _("where the reader goes on"),
}
REQUIRED = ("number", "code", "count")
# What such a message is for: none of them may be lost on the way.
ALL_REQUIRED = ("red_count", "late_count")
# Templates with one sort of reader do not ask who reads; these are the residents'.
RESIDENTS_ONLY = frozenset(
    {
        "account.code",
        "repair.accept",
        "repair.counter_windows",
        "repair.on_way",
        "repair.mark_duplicate",
        "repair.join_outage",
        "warranty.ends",
        *(f"visit.{said}" for said in ("invited", "waiting", "booked", "soon", "missed", "called_off")),
    }
    | {f"handover.{step}" for step in ("invite", "book", "unbook", "miss", "sign_off", "hand_out", "cancel")}
    | {f"complaint.{step}" for step in ("acknowledge", "settle", "propose", "tell", "join", "close_with")}
    | {"inquiry.answer", "survey.publish", "after_call.invite", "notice.publish"}
    | {
        f"permit.{step}"
        for step in (
            *("ask_consent", "consent", "decline_consent", "approve", "send_back", "refuse", "call_off"),
            *("recheck", "decline_change", "reject", "pay_refund"),
        )
    }
    | {f"outage.{news}" for news in ("announced", "moved", "restored", "called_off")}
    | {
        f"goods_release.{step}"
        for step in ("cancel", "consent", "decline", "expire", "issue", "let_out", "refuse")
    }
)
# Written anew each time: there is no wording to keep.
WRITTEN = frozenset({"consent_news"})
# Facts that are words: a text that is edited begins with their placeholders.
NAMED = ("number", "title", "first_number", "code", "unit", "engineer_name", "in_minutes", *ALL_REQUIRED)
PREFIXES = ("account", "group", "promise")
GENERAL = "general"


@dataclass(frozen=True)
class Entry:
    """One message: its event, its readers, and what its words may mention."""

    event: str
    audiences: tuple[Audience, ...]
    facts: tuple[str, ...]

    @property
    def placeholders(self) -> dict[str, str | Promise]:
        """Names that may stand in curly brackets, with what they mean."""
        return {name: FACTS[name] for name in self.facts} | dict(ALWAYS)

    @property
    def required(self) -> tuple[str, ...]:
        """What says which case it is: the first of them that the message has; and what it is sent for."""
        which = tuple(name for name in REQUIRED if name in self.facts)[:1]
        return (*which, *(name for name in ALL_REQUIRED if name in self.facts))


@cache
def catalogue() -> Mapping[str, Entry]:
    """Every message by its event, in the order of events."""
    folder = settings.BASE_DIR / "templates" / "messages"
    entries = {}
    for path in sorted(folder.glob("*.txt")):
        if path.stem != GENERAL and path.stem not in WRITTEN:
            entry = _read(path.stem, path.read_text(encoding="utf-8"))
            entries[entry.event] = entry
    return entries


def _read(name: str, source: str) -> Entry:
    event = _event(name)
    facts = tuple(fact for fact in FACTS if re.search(rf"\b{fact}\b", source))
    both = "to_resident" in source
    only = Audience.RESIDENT if event in RESIDENTS_ONLY else Audience.STAFF
    return Entry(event, tuple(Audience) if both else (only,), facts)


def _event(name: str) -> str:
    """`follow_up_breach` → follow_up.breach: the longest kind of work that it begins with."""
    known = sorted([*PREFIXES, *(work.code for work in works.all_works())], key=len, reverse=True)
    prefix = next((code for code in known if name.startswith(f"{code}_")), name.partition("_")[0])
    return f"{prefix}.{name.removeprefix(prefix).lstrip('_')}"


def sample_facts() -> dict[str, Any]:
    """Facts for a preview."""
    due = timezone.localtime().replace(minute=20, second=0, microsecond=0) + timedelta(hours=4)
    return {
        "number": "R261122-0042",
        "title": _("Cleaning of the water tank"),
        "code": "123456",
        "count": 50,
        "red_count": 3,
        "late_count": 2,
        "due_at": due,
        "unit": "3-2-1201",
        "starts_at": due,
        "ends_at": due + timedelta(hours=1, minutes=30),
        "engineer_name": "陈刚",
        "in_minutes": 25,
        "stage": "complete",
        "first_number": "R261122-0007",
        "first_due_at": due - timedelta(hours=9),
        "community": "阳光花园",
        "hotline": "0592-5550100",
        "link": f"{settings.SITE_URL or 'https://desk.example.com'}/messages/",
    }


def sample_text(entry: Entry, audience: str) -> Text:
    """The words that come with the program, with sample facts, in the active language."""
    facts = {name: value for name, value in sample_facts().items() if name in entry.facts}
    return default_words(News(entry.event, audience, facts), facts)


def editable_text(entry: Entry, audience: str) -> Text:
    """The same words with placeholders where the facts stand: what editing begins with."""
    sample = sample_facts()
    facts = {name: sample[name] for name in entry.facts} | {
        name: f"{{{name}}}" for name in entry.facts if name in NAMED
    }
    text = default_words(News(entry.event, audience, facts), facts)
    body = "{stage} {due_at}" if "stage" in entry.facts else text.body
    said = {
        said_fact(sample[name]): f"{{{name}}}"
        for name in ("count", "due_at", "first_due_at", "starts_at", "ends_at")
        if name in facts
    }
    for value, placeholder in said.items():
        text = Text(text.title.replace(value, placeholder), body.replace(value, placeholder))
        body = text.body
    return Text(text.title, body)
