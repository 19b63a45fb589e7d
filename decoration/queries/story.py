"""The timeline of a permit: what each step is called, and the facts of it in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as __
from django.utils.translation import pgettext_lazy

from decoration.models import ChangeKind, Permit
from decoration.queries.versions import PARTS
from owners.queries.logins import resident_names
from servicecenter.accounts.models import User
from servicecenter.audit.models import Event
from servicecenter.cases.story import CLOCKS, Line, Look, Telling
from servicecenter.cases.story import timeline as tell_story
from servicecenter.lib import words
from servicecenter.lib.words import date_words
from servicecenter.sla.models import Stage

STEPS: Mapping[str, Look] = CLOCKS | {
    "begin": (pgettext_lazy("permit", "Application begun"), "circle-plus", "new"),
    "ask_consent": (pgettext_lazy("permit", "Owner asked"), "send", "waiting"),
    "consent": (pgettext_lazy("permit", "Owner agreed"), "thumb-up", "good"),
    "decline_consent": (pgettext_lazy("permit", "Owner did not agree"), "circle-x", "bad"),
    "submit": (pgettext_lazy("permit", "Submitted"), "send", "active"),
    "comment": (pgettext_lazy("permit", "Comment"), "message", "waiting"),
    "check_papers": (pgettext_lazy("permit", "Papers checked"), "file-text", "good"),
    "pass_works": (pgettext_lazy("permit", "Passed by the engineer"), "tool", "good"),
    "approve": (pgettext_lazy("permit", "Approved"), "thumb-up", "good"),
    "send_back": (pgettext_lazy("permit", "Sent back for correction"), "arrow-back-up", "waiting"),
    "refuse": (pgettext_lazy("permit", "Refused"), "circle-x", "bad"),
    "withdraw": (pgettext_lazy("permit", "Withdrawn"), "arrow-back-up", "plain"),
    "sign": (pgettext_lazy("permit", "Agreement signed"), "signature", "good"),
    "issue": (pgettext_lazy("permit", "Permit issued"), "certificate", "good"),
    "call_off": (pgettext_lazy("permit", "Works called off"), "circle-x", "plain"),
    "give_back": (pgettext_lazy("permit", "Works called off, the deposit goes back"), "circle-x", "plain"),
    "patrol": (pgettext_lazy("permit", "Patrol"), "route", "active"),
    "assign": (pgettext_lazy("permit", "Patrols by"), "user-check", "plain"),
    "report_violation": (pgettext_lazy("permit", "Violation"), "alert-triangle", "bad"),
    "recheck": (pgettext_lazy("permit", "Looked at again"), "eye-check", "active"),
    "stop_work": (pgettext_lazy("permit", "Work stopped"), "hand-stop", "bad"),
    "resume": (pgettext_lazy("permit", "Work goes on"), "player-play", "good"),
    "test_water": (pgettext_lazy("permit", "Water test"), "list-check", "active"),
    "revoke_pass": (pgettext_lazy("permit", "Pass revoked"), "lock", "bad"),
    "add_worker": (pgettext_lazy("permit", "Worker added"), "user", "plain"),
    "ask_change": (pgettext_lazy("permit", "Change asked for"), "calendar-event", "waiting"),
    "grant_change": (pgettext_lazy("permit", "Change agreed to"), "thumb-up", "good"),
    "decline_change": (pgettext_lazy("permit", "Change not agreed to"), "circle-x", "plain"),
    "ask_acceptance": (pgettext_lazy("permit", "Final acceptance asked for"), "home-check", "active"),
    "reject": (pgettext_lazy("permit", "Not accepted yet"), "arrow-back-up", "waiting"),
    "accept_works": (pgettext_lazy("permit", "Works accepted"), "circle-check", "good"),
    "ask_refund": (pgettext_lazy("permit", "Refund asked for"), "receipt", "active"),
    "deduct": (pgettext_lazy("permit", "Deduction"), "receipt", "waiting"),
    "drop_deduction": (pgettext_lazy("permit", "Deduction taken back"), "arrow-back-up", "plain"),
    "propose_refund": (pgettext_lazy("permit", "Refund proposed"), "send", "active"),
    "agree_refund": (pgettext_lazy("permit", "Refund agreed to"), "thumb-up", "good"),
    "decline_refund": (pgettext_lazy("permit", "Refund not agreed to"), "circle-x", "waiting"),
    "pay_refund": (pgettext_lazy("permit", "Refund paid out"), "receipt", "good"),
    "close": (pgettext_lazy("permit", "Closed"), "archive", "plain"),
    "look_again": (pgettext_lazy("permit", "Looked at again after months"), "eye-check", "plain"),
    "dropped_later": (__("Discarded on the phone"), "circle-x", "waiting"),
    "note": (__("Note"), "message", "plain"),
    "add_photo": (__("Photos added"), "camera", "plain"),
    "money.receipt": (__("Paid, receipt written"), "receipt", "good"),
    "money.reversal": (__("Payment reversed"), "receipt", "waiting"),
}


def timeline(permit: Permit, user: User) -> list[Line]:
    """Everything that happened and that `user` may read, oldest first."""
    return tell_story(permit, user, TELLING)


def said(event: Event, user: User) -> str:
    """The text of an event for `user`, with the facts of its step in words; one line each."""
    lines = [*_facts(event)]
    if event.text:
        lines.append(event.text)
    if user.is_employee and event.data.get("heard_at"):
        lines.append(_("Reported later: %(when)s") % {"when": _when(str(event.data["heard_at"]))})
    return "\n".join(lines)


def _facts(event: Event) -> list[str]:
    data = event.data
    if event.action.startswith("clock."):
        return _clock(data)
    lines = [str(PARTS[data["field"]])] if data.get("field") in PARTS else []
    if data.get("kind") in ChangeKind.values:
        lines.append(str(ChangeKind(data["kind"]).label))
    lines += [
        str(data[name]) for name in ("inspector_name", "rule", "room", "what", "item") if data.get(name)
    ]
    lines += [str(each) for each in data.get("broken", ())]
    lines += _amounts(data)
    if event.action == "recheck":
        lines.append(_("put right") if data.get("mended") else _("not put right yet"))
    if event.action == "test_water":
        lines.append(_("It holds") if data.get("tight") else _("It leaks"))
    for name, sentence in (("ends_on", _("until %(when)s")), ("due_at", _("by %(when)s"))):
        if data.get(name):
            lines.append(sentence % {"when": _when(str(data[name]))})
    return lines


def _amounts(data: Mapping[str, Any]) -> list[str]:
    named = {
        "amount": _("%(amount)s yuan"),
        "kept": _("of it kept: %(amount)s yuan"),
        "deposit": _("Deposit: %(amount)s yuan"),
        "rubbish": _("Rubbish: %(amount)s yuan"),
    }
    return [words % {"amount": data[name]} for name, words in named.items() if data.get(name)]


def _clock(data: Mapping[str, Any]) -> list[str]:
    stage = data.get("stage", "")
    label = str(Stage(stage).label) if stage in Stage.values else ""
    when = _when(str(data["due_at"])) if data.get("due_at") else ""
    return [": ".join(filter(None, [label, when]))] if label or when else []


def _when(text: str) -> str:
    day = parse_date(text) if len(text) == 10 else None
    if day:
        return date_words(day)
    at = parse_datetime(text)
    return words.moment_words(at, timezone.now()) if at else ""


TELLING = Telling(STEPS, said, resident_names)
