"""Rendering a message in its reader's language from templates/messages/<event>.txt."""

from __future__ import annotations

from dataclasses import dataclass

from django.template.loader import select_template
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from servicecenter.accounts.models import Role
from servicecenter.notifications.models import Message


@dataclass(frozen=True)
class Text:
    """A rendered message: one line, and what follows it (may be empty)."""

    title: str
    body: str


def render(message: Message) -> Text:
    """The words of a message in the active language; an event without a template of its own gets the general one.

    A template sees `params`, `event`, `urgent` and `to_resident`: residents are spoken to in other words.
    """
    params = dict(message.params)
    for key, value in params.items():
        if key.endswith("_at") and isinstance(value, str):
            parsed = parse_datetime(value)
            params[key] = timezone.localtime(parsed) if parsed else value
    name = message.event.replace(".", "_")
    template = select_template([f"messages/{name}.txt", "messages/general.txt"])
    reader = {"to_resident": message.recipient.role == Role.RESIDENT}
    context = params | {"event": message.event, "urgent": message.urgent} | reader
    lines = template.render(context).strip().split("\n", 1)
    return Text(title=lines[0].strip(), body=lines[1].strip() if len(lines) > 1 else "")
