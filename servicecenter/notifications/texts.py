"""The words of a message: an edited wording if there is one, else templates/messages/<event>.txt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.template.loader import select_template
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Role
from servicecenter.lib.spoken import spoken
from servicecenter.notifications.models import Audience, Channel, Message
from servicecenter.notifications.wordings import Edited, fill

STAGES = {
    "respond": _("First contact"),
    "arrive": _("Arrival"),
    "secure": _("Made safe"),
    "complete": _("Completion"),
    "propose": _("Solution proposed"),
    "close": _("Case closed"),
    "review": _("Application reviewed"),
    "refund": _("Deposit refunded"),
}


@dataclass(frozen=True)
class Text:
    """A rendered message: one line, and what follows it (may be empty)."""

    title: str
    body: str

    @property
    def line(self) -> str:
        """Both in one line, for a text message."""
        return " ".join(f"{self.title}{_stop(self.title)}{self.body}".split()) if self.body else self.title


@dataclass(frozen=True)
class News:
    """What is told, to whom in kind, with its facts (`*_at` are aware instants)."""

    event: str
    audience: str
    facts: Mapping[str, Any]
    urgent: bool = False
    community_id: int | None = None


def news_of(message: Message) -> News:
    """The news in a message; `recipient` has to be loaded."""
    role = message.recipient.role if message.recipient else Role.RESIDENT
    return News(
        event=message.event,
        audience=Audience.RESIDENT if role == Role.RESIDENT else Audience.STAFF,
        facts=message.params,
        urgent=message.urgent,
        community_id=message.community_id,
    )


def render(message: Message, edited: Edited | None = None) -> Text:
    """The words of a message in the app, in the active language."""
    return words(news_of(message), Channel.IN_APP, edited)


def words(news: News, channel: str, edited: Edited | None = None, link: str = "") -> Text:
    """The words of news on a channel, in the active language: the edited ones if `edited` has any, else the default.

    Edited words are only ever filled in, never run as a template.
    """
    facts = local_facts(news.facts)
    wording = edited and edited.find(news.event, news.audience, channel, news.community_id)
    if edited and wording:
        known = facts | edited.place(news.community_id) | {"link": link, "stage": stage_said(news.facts)}
        return Text(title=_one_line(fill(wording.subject, known)), body=fill(wording.body, known).strip())
    return default_words(news, facts)


def default_words(news: News, facts: Mapping[str, Any]) -> Text:
    """The words that come with the program; an event without a template of its own gets the general one.

    A template sees the facts, `event`, `urgent` and `to_resident`: residents are spoken to in other words.
    """
    name = news.event.replace(".", "_")
    template = select_template([f"messages/{name}.txt", "messages/general.txt"])
    reader = {"event": news.event, "urgent": news.urgent, "to_resident": news.audience == Audience.RESIDENT}
    lines = template.render(dict(facts) | reader).strip().split("\n", 1)
    return Text(title=_one_line(lines[0]), body=lines[1].strip() if len(lines) > 1 else "")


def stage_said(facts: Mapping[str, Any]) -> str:
    """What is due, in words; an edited text cannot ask, it is told."""
    stage = str(facts.get("stage", ""))
    return str(STAGES.get(stage, ""))


def local_facts(params: Mapping[str, Any]) -> dict[str, Any]:
    """Facts with instants in local time, and what is said in several languages in the active one."""
    return {key: _fact(key, value) for key, value in params.items()}


def _fact(key: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return spoken({code: {"title": said} for code, said in value.items()})[1]["title"]
    return _local(value) if key.endswith("_at") else value


def _local(value: Any) -> Any:
    parsed = (
        value if isinstance(value, datetime) else parse_datetime(value) if isinstance(value, str) else None
    )
    return timezone.localtime(parsed) if parsed else value


def _one_line(text: str) -> str:
    """A title stands in subjects and headers: nothing in it may break the line."""
    return " ".join(text.split())


def _stop(title: str) -> str:
    """What ends a title before more words: none after a mark, 。 after Chinese, a full stop otherwise."""
    last = title[-1:]
    if last in "。！？.!?：:":
        return " "
    return "。" if any("一" <= character <= "鿿" for character in title) else ". "
