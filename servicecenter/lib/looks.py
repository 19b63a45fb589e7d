"""How a status, an urgency, a deadline, an action look: one tone and one icon each, the same on every face.

A tone is a colour pair in app.css; the icon is the shape that tells it to whoever does not see the colour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Look:
    """Tone (a colour pair of app.css) and icon (a Tabler outline icon)."""

    tone: str
    icon: str


PLAIN = Look("plain", "circle")

STATUS: Mapping[str, Look] = {
    "reported": Look("new", "circle-dotted"),
    "accepted": Look("active", "circle-half-2"),
    "dispatched": Look("active", "send"),
    "contacted": Look("active", "phone-check"),
    "scheduled": Look("active", "calendar-event"),
    "on_site": Look("active", "map-pin"),
    "plan_proposed": Look("waiting", "help-circle"),
    "plan_approved": Look("active", "thumb-up"),
    "completed": Look("good", "progress-check"),
    "confirmed": Look("good", "circle-check"),
    "followed_up": Look("good", "phone-done"),
    "archived": Look("plain", "archive"),
    "on_hold": Look("waiting", "player-pause"),
    "rework": Look("bad", "refresh-alert"),
    "cancelled": Look("plain", "circle-x"),
    "duplicate": Look("plain", "copy"),
    # follow-up cases, their outcomes and single calls
    "due": Look("new", "phone"),
    "claimed": Look("active", "headset"),
    "done": Look("good", "circle-check"),
    "satisfied": Look("good", "mood-smile"),
    "dissatisfied": Look("bad", "mood-sad"),
    "reached": Look("good", "phone-check"),
    "no_answer": Look("waiting", "phone-off"),
    "busy": Look("waiting", "phone-off"),
    "wrong_number": Look("bad", "phone-x"),
    "call_back": Look("waiting", "clock-hour-4"),
    "released": Look("plain", "circle"),
    "unreachable": Look("plain", "phone-off"),
    "refused": Look("plain", "circle-x"),
    "superseded": Look("plain", "copy"),
    # promises to callers
    "open": Look("active", "clock-hour-4"),
    "kept": Look("good", "circle-check"),
    "withdrawn": Look("plain", "circle-x"),
    # move-in
    "planned": Look("new", "calendar-event"),
    "checked_in": Look("active", "id"),
    "papers_done": Look("active", "receipt"),
    "fees_done": Look("waiting", "clock-hour-4"),
    "inspecting": Look("active", "home-check"),
    "inspected": Look("active", "signature"),
    "signed": Look("waiting", "eye-check"),
    "signed_off": Look("active", "key"),
    "delivered": Look("good", "circle-check"),
    "missed": Look("bad", "user-x"),
    # corrections of records
    "proposed": Look("waiting", "help-circle"),
    "applied": Look("good", "circle-check"),
    # keys and cards; one that is kept lies at the center
    "issued": Look("active", "user-check"),
    "lent": Look("waiting", "arrow-back-up"),
    "lost": Look("bad", "alert-triangle"),
    "blocked": Look("plain", "lock"),
    "replaced": Look("plain", "copy"),
    # goods releases
    "asked": Look("waiting", "help-circle"),
    "valid": Look("active", "ticket"),
    "used": Look("good", "circle-check"),
    "declined": Look("plain", "circle-x"),
    "expired": Look("plain", "clock-off"),
    # windows of an appointment
    "offered": Look("waiting", "calendar-question"),
    "agreed": Look("active", "calendar-event"),
    "countered": Look("plain", "arrow-back-up"),
    "moved": Look("plain", "calendar-event"),
    "missed_by_technician": Look("bad", "user-x"),
    "missed_by_resident": Look("bad", "door-off"),
    # inspection campaigns and their visits
    "invited": Look("new", "mail"),
    "booked": Look("active", "calendar-event"),
    "fine": Look("good", "circle-check"),
    "findings": Look("waiting", "tool"),
    # complaints and what else residents tell us
    "received": Look("new", "circle-dotted"),
    "acknowledged": Look("active", "message-check"),
    "investigating": Look("active", "search"),
    "carried_out": Look("good", "progress-check"),
    "told": Look("good", "mail"),
    "joined": Look("plain", "users-group"),
    "converted": Look("plain", "switch-horizontal"),
    "answered": Look("good", "message-check"),
    # decoration permits
    "draft": Look("new", "edit"),
    "discarded": Look("plain", "circle-x"),
    "submitted": Look("active", "send"),
    "returned": Look("waiting", "arrow-back-up"),
    "papers_checked": Look("active", "file-text"),
    "engineer_passed": Look("active", "tool"),
    "approved": Look("waiting", "signature"),
    "agreement_signed": Look("waiting", "receipt"),
    "permit_active": Look("good", "paint"),
    "suspended": Look("bad", "hand-stop"),
    "acceptance_asked": Look("waiting", "home-check"),
    "works_accepted": Look("good", "circle-check"),
    "refund_asked": Look("waiting", "receipt"),
    "refund_agreed": Look("active", "thumb-up"),
    # outages and the closing of their repairs
    "announced": Look("new", "speakerphone"),
    "active": Look("bad", "plug-x"),
    "restored": Look("good", "circle-check"),
    "closing": Look("active", "progress-check"),
    "closed": Look("plain", "archive"),
    "called_off": Look("plain", "circle-x"),
    "waiting": Look("plain", "circle-dotted"),
    "over": Look("plain", "circle-check"),
    "left": Look("waiting", "hand-stop"),
    "covered": Look("plain", "users-group"),
    # satisfaction surveys and what is done about their results
    "running": Look("active", "message-question"),
    "published": Look("good", "speakerphone"),
    "verified": Look("good", "eye-check"),
    "dropped": Look("plain", "circle-x"),
}

# Whether the builder answers for a repair.
WARRANTY: Mapping[str, Look] = {
    "in": Look("good", "shield-check"),
    "out": Look("plain", "shield-off"),
    "unknown": Look("waiting", "shield-question"),
}

URGENCY: Mapping[str, Look] = {
    "emergency": Look("alarm", "urgent"),
    "normal": Look("plain", "circle"),
}

DEADLINE: Mapping[str, Look] = {
    "ok": Look("plain", "clock-hour-4"),
    "soon": Look("waiting", "clock-exclamation"),
    "over": Look("bad", "alert-triangle"),
    "paused": Look("plain", "clock-pause"),
    "met": Look("good", "clock-check"),
    "met_late": Look("bad", "clock-check"),
    "none": Look("plain", "clock-off"),
}

ACTION: Mapping[str, str] = {
    "accept": "check",
    "dispatch": "send",
    "reassign": "switch-horizontal",
    "grab": "hand-grab",
    "send-back": "arrow-back-up",
    "involve": "users",
    "contact": "phone",
    "schedule": "calendar-event",
    "offer-windows": "calendar-question",
    "choose-window": "calendar-event",
    "accept-window": "calendar-event",
    "on-way": "bike",
    "nobody-home": "door-off",
    "nobody-came": "user-x",
    "arrive": "map-pin",
    "secure": "shield-check",
    "propose-plan": "file-text",
    "approve-plan": "thumb-up",
    "complete": "circle-check",
    "confirm": "signature",
    "hold": "player-pause",
    "resume": "player-play",
    "rework": "refresh-alert",
    "cancel": "circle-x",
    "duplicate": "copy",
    "archive": "archive",
    "urge": "bell-ringing",
    "note": "message",
    "rate": "star",
    "verify": "check",
    "refuse": "circle-x",
    "withdraw": "arrow-back-up",
    "take-back": "arrow-back-up",
    "lose": "alert-triangle",
    "find": "search",
    "block": "lock",
    "unblock": "lock-open",
    "replace": "copy",
    "consent": "thumb-up",
    "decline": "circle-x",
    "let-out": "truck",
    "open": "send",
    "finish": "circle-check",
    "book": "calendar-event",
    "move": "calendar-event",
    "unbook": "arrow-back-up",
    "find-nothing": "circle-check",
    "miss": "door-off",
    "begin": "plug-x",
    "reword": "message",
    "restore": "circle-check",
    "relapse": "plug-x",
    "call-off": "circle-x",
    "close": "archive",
    "acknowledge": "message-check",
    "settle": "circle-check",
    "assign": "user-check",
    "hear": "message",
    "propose": "file-text",
    "agree": "thumb-up",
    "disagree": "circle-x",
    "give-task": "list-check",
    "finish-task": "circle-check",
    "carry-out": "progress-check",
    "tell": "mail",
    "review": "eye-check",
    "sign-off": "signature",
    "reopen": "refresh-alert",
    "raise-level": "arrow-up",
    "classify": "edit",
    "set-day": "calendar-event",
    "form-team": "users-group",
    "join": "link",
    "link": "link",
    "unlink": "unlink",
    "leave": "unlink",
    "convert": "switch-horizontal",
    "add-photo": "camera",
    "answer": "message-check",
    "ask-again": "help-circle",
    "pass-on": "mood-smile",
    "join-outage": "link",
    # decoration permits
    "save": "edit",
    "ask-consent": "send",
    "decline-consent": "circle-x",
    "submit": "send",
    "comment": "message",
    "check-papers": "file-text",
    "pass-works": "tool",
    "approve": "thumb-up",
    "sign": "signature",
    "issue": "certificate",
    "give-back": "arrow-back-up",
    "patrol": "route",
    "report-violation": "alert-triangle",
    "recheck": "eye-check",
    "stop-work": "hand-stop",
    "test-water": "list-check",
    "revoke-pass": "lock",
    "add-worker": "user",
    "ask-change": "calendar-event",
    "grant-change": "thumb-up",
    "decline-change": "circle-x",
    "ask-acceptance": "home-check",
    "reject": "arrow-back-up",
    "accept-works": "circle-check",
    "ask-refund": "receipt",
    "deduct": "receipt",
    "drop-deduction": "arrow-back-up",
    "propose-refund": "send",
    "agree-refund": "thumb-up",
    "decline-refund": "circle-x",
    "pay-refund": "receipt",
    "look-again": "eye-check",
    "leave-outage": "unlink",
    "start": "player-play",
    "extend": "calendar-event",
    "remind": "bell-ringing",
    "publish": "speakerphone",
    "add-measure": "target",
    "drop": "circle-x",
}


def status_look(status: str) -> Look:
    """The look of a status; plain for one that nobody gave a look."""
    return STATUS.get(status, PLAIN)


def warranty_look(state: str) -> Look:
    """The look of a warranty."""
    return WARRANTY.get(state, PLAIN)


def urgency_look(urgency: str) -> Look:
    """The look of an urgency."""
    return URGENCY.get(urgency, PLAIN)


def action_icon(code: str) -> str:
    """The icon of an action (its code with `-` or `_`); '' for one without."""
    return ACTION.get(code.replace("_", "-"), "")
