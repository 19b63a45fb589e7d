"""The timeline of a complaint or an inquiry: what each step is called, and the facts of it in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.utils.translation import pgettext_lazy

from complaints.models import Complaint, Inquiry, Level, Side, Substance, Type
from owners.queries.logins import resident_names
from servicecenter.accounts.models import User
from servicecenter.audit.models import Event
from servicecenter.cases.story import CLOCKS, Line, Look, Telling
from servicecenter.cases.story import timeline as tell_story
from servicecenter.lib import words
from servicecenter.sla.models import Stage

STEPS: Mapping[str, Look] = CLOCKS | {
    "receive": (pgettext_lazy("complaint", "Received"), "circle-plus", "new"),
    "acknowledge": (pgettext_lazy("complaint", "Acknowledged"), "check", "active"),
    "settle": (pgettext_lazy("complaint", "Solved on the spot"), "circle-check", "good"),
    "assign": (pgettext_lazy("complaint", "In charge"), "user-check", "active"),
    "find": (pgettext_lazy("complaint", "Findings"), "search", "active"),
    "hear": (pgettext_lazy("complaint", "One side heard"), "message", "plain"),
    "propose": (pgettext_lazy("complaint", "Solution proposed"), "file-text", "waiting"),
    "agree": (pgettext_lazy("complaint", "Solution agreed"), "thumb-up", "good"),
    "disagree": (pgettext_lazy("complaint", "Solution not agreed"), "circle-x", "waiting"),
    "give_task": (pgettext_lazy("complaint", "Task given"), "list-check", "active"),
    "finish_task": (pgettext_lazy("complaint", "Task done"), "circle-check", "good"),
    "carry_out": (pgettext_lazy("complaint", "Carried out"), "progress-check", "good"),
    "tell": (pgettext_lazy("complaint", "Result told"), "mail", "good"),
    "review": (pgettext_lazy("complaint", "Claim reviewed"), "eye-check", "active"),
    "sign_off": (pgettext_lazy("complaint", "Signed off"), "signature", "good"),
    "close": (pgettext_lazy("complaint", "Closed"), "archive", "good"),
    "close_with": (pgettext_lazy("complaint", "Closed with its group"), "archive", "good"),
    "archive": (pgettext_lazy("complaint", "Archived"), "archive", "plain"),
    "reopen": (pgettext_lazy("complaint", "Opened again"), "refresh-alert", "bad"),
    "raise_level": (pgettext_lazy("complaint", "Level raised"), "arrow-up", "waiting"),
    "classify": (pgettext_lazy("complaint", "Type or level corrected"), "edit", "plain"),
    "set_day": (pgettext_lazy("complaint", "Day of closing approved"), "calendar-event", "active"),
    "form_team": (pgettext_lazy("complaint", "Joint team formed"), "users-group", "active"),
    "join": (pgettext_lazy("complaint", "Goes on in a group complaint"), "link", "plain"),
    "leave": (pgettext_lazy("complaint", "Goes on by itself"), "unlink", "plain"),
    "link": (pgettext_lazy("complaint", "Another case added"), "link", "plain"),
    "unlink": (pgettext_lazy("complaint", "A link was taken away"), "unlink", "plain"),
    "withdraw": (pgettext_lazy("complaint", "Withdrawn"), "arrow-back-up", "plain"),
    "convert": (pgettext_lazy("complaint", "Goes on as something else"), "switch-horizontal", "plain"),
    "urge": (pgettext_lazy("complaint", "Urged"), "bell-ringing", "waiting"),
    "note": (__("Note"), "message", "plain"),
    "add_photo": (__("Photos added"), "camera", "plain"),
    "call": (__("Follow-up call"), "phone-done", "plain"),
    "clock.task": (pgettext_lazy("complaint", "A task falls due"), "clock-exclamation", "waiting"),
    "answer": (pgettext_lazy("inquiry", "Answered"), "message-check", "good"),
    "ask_again": (pgettext_lazy("inquiry", "Asked again"), "help-circle", "waiting"),
    "pass_on": (pgettext_lazy("inquiry", "Passed on to the person praised"), "mood-smile", "good"),
}
# Why colleagues gave it to somebody is told among colleagues.
STAFF_TEXT = frozenset({"assign"})
LISTS: Mapping[str, Any] = {"type": Type, "level": Level, "substance": Substance, "side": Side}


def timeline(case: Complaint | Inquiry, user: User) -> list[Line]:
    """Everything that happened and that `user` may read, oldest first."""
    return tell_story(case, user, TELLING)


def said(event: Event, user: User) -> str:
    """The text of an event for `user`, with the facts of its step in words; one line each."""
    lines = [*_facts(event, user)]
    if event.text and (user.is_employee or event.action not in STAFF_TEXT):
        lines.append(event.text)
    return "\n".join(lines)


def _facts(event: Event, user: User) -> list[str]:
    data = event.data
    if event.action.startswith("clock."):
        return _clock(data)
    lines = [*_changed(data)]
    if event.action in ("find", "hear"):
        lines += [str(LISTS[name](data[name]).label) for name in ("substance", "side") if data.get(name)]
    lines += [str(data[name]) for name in ("handler_name", "owner_name", "about_name") if data.get(name)]
    if user.is_employee:
        lines += [str(data[name]) for name in ("lead", "number") if data.get(name)]
    lines += [str(each) for each in data.get("members", ())]
    for name in ("due_at", "close_by"):
        if data.get(name):
            lines.append(_("by %(when)s") % {"when": _moment(data[name])})
    return lines


def _changed(data: Mapping[str, Any]) -> list[str]:
    return [
        f"{LISTS[name](data[f'{name}_before']).label} → {LISTS[name](data[name]).label}"
        for name in ("type", "level")
        if data.get(f"{name}_before") and data[f"{name}_before"] != data[name]
    ]


def _clock(data: Mapping[str, Any]) -> list[str]:
    stage = data.get("stage", "")
    label = str(Stage(stage).label) if stage in Stage.values else ""
    if not data.get("due_at"):
        return [label] if label else []
    return [": ".join(filter(None, [label, _moment(data["due_at"])]))]


def _moment(text: str) -> str:
    at = parse_datetime(text)
    return words.moment_words(at, timezone.now()) if at else ""


TELLING = Telling(STEPS, said, resident_names)
