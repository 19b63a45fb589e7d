"""The timeline of a repair: what happened, who did it, in words that fit the reader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from owners.queries.logins import Names, resident_names
from repairs.models import Ticket
from repairs.queries.later import Later, later_steps, later_words
from repairs.queries.pictures import Picture, picture
from repairs.queries.said import said
from servicecenter.accounts.models import Role, User
from servicecenter.attachments.queries import photos_of
from servicecenter.audit.models import Event

# Pictures that the same person adds shortly after a step of theirs are shown with that step.
SAME_BREATH = timedelta(minutes=10)


@dataclass(frozen=True)
class Line:
    """One entry of the timeline, ready to be drawn."""

    at: datetime
    label: str
    actor: str = ""
    text: str = ""
    icon: str = "circle"
    tone: str = "plain"
    internal: bool = False
    photos: list[Picture] = field(default_factory=list)
    # For clients that read no words: the action, and the status that it led to ('' for none).
    action: str = ""
    status: str = ""


# action: what it is called once it has happened, its icon and its tone
STEPS: Mapping[str, tuple[str | Promise, str, str]] = {
    "report": (_("Reported"), "circle-plus", "new"),
    "accept": (_("Report accepted"), "check", "active"),
    "dispatch": (_("Engineer sent"), "send", "active"),
    "offer": (_("Open for grabbing"), "hand-grab", "active"),
    "grab": (_("Taken by an engineer"), "hand-grab", "active"),
    "send_back": (_("Sent back by the engineer"), "arrow-back-up", "waiting"),
    "involve": (_("Takes part"), "users", "plain"),
    "reassign": (_("Handed to another engineer"), "switch-horizontal", "active"),
    "contact": (_("Owner contacted"), "phone-check", "active"),
    "schedule": (_("Appointment made"), "calendar-event", "active"),
    "offer_windows": (_("Times offered"), "calendar-question", "waiting"),
    "choose_window": (_("Appointment made"), "calendar-event", "active"),
    "accept_window": (_("Appointment made"), "calendar-event", "active"),
    "on_way": (_("Engineer on the way"), "bike", "active"),
    "nobody_home": (_("Nobody was at home"), "door-off", "bad"),
    "nobody_came": (_("Nobody came to the appointment"), "user-x", "bad"),
    "arrive": (_("Engineer on site"), "map-pin", "active"),
    "secure": (_("Made safe"), "shield-check", "good"),
    "propose_plan": (_("Plan and price proposed"), "file-text", "waiting"),
    "approve_plan": (_("Plan approved"), "thumb-up", "good"),
    "decline_plan": (_("Plan declined"), "circle-x", "waiting"),
    "complete": (_("Work completed"), "progress-check", "good"),
    "settle": (_("Completed together with its outage"), "progress-check", "good"),
    "join_outage": (_("Part of a known outage"), "link", "plain"),
    "leave_outage": (_("Not part of the outage after all"), "unlink", "plain"),
    "confirm": (_("Accepted by the owner"), "circle-check", "good"),
    "follow_up": (_("Followed up by phone"), "phone-done", "good"),
    "archive": (_("Archived"), "archive", "plain"),
    "hold": (_("Put on hold"), "player-pause", "waiting"),
    "resume": (_("Work goes on"), "player-play", "active"),
    "rework": (_("Sent back for rework"), "refresh-alert", "bad"),
    "cancel": (_("Cancelled"), "circle-x", "plain"),
    "mark_duplicate": (_("Joined with another report"), "copy", "plain"),
    "classify": (_("Trade or urgency corrected"), "edit", "plain"),
    "urge": (_("Urged"), "bell-ringing", "waiting"),
    "note": (_("Note"), "message", "plain"),
    "contact_phone": (_("Contact number follows the corrected record"), "phone", "plain"),
    "add_photo": (_("Photos added"), "camera", "plain"),
    "dropped_later": (_("Discarded on the phone"), "circle-x", "waiting"),
    # Its money: see the ledger.
    "money.charge": (_("To be paid"), "receipt", "waiting"),
    "money.receipt": (_("Paid, receipt written"), "receipt", "good"),
    "money.noted": (_("Paid to the engineer, on its way to the desk"), "receipt", "active"),
    "money.withdrawal": (_("Nothing has to be paid any more"), "receipt", "plain"),
    "money.reversal": (_("Payment reversed"), "receipt", "waiting"),
    "money.refund_asked": (_("Refund asked for"), "receipt", "waiting"),
    "money.refund_agreed": (_("Refund agreed to"), "receipt", "active"),
    "money.refund_declined": (_("Refund declined"), "receipt", "plain"),
    "money.refund": (_("Money returned"), "receipt", "plain"),
    "quality_check": (_("Quality check"), "eye-check", "active"),
    # What the program noticed. Starts, stops and pauses of clocks belong to the steps above and are left out
    # here; the explanation of a deadline has them all.
    "clock.warn": (_("Deadline is near"), "clock-exclamation", "waiting"),
    "clock.breach": (_("Deadline missed"), "alert-triangle", "bad"),
    "clock.escalate": (_("Deadline still missed, passed on"), "alert-triangle", "bad"),
    "clock.daily": (_("Deadline still missed"), "alert-triangle", "bad"),
    "clock.acknowledged": (_("Taken care of"), "user-check", "active"),
    "clock.agreed": (_("Later day agreed"), "calendar-event", "plain"),
    "clock.retargeted": (_("Deadline changed"), "clock-hour-4", "plain"),
}


def timeline(ticket: Ticket, user: User) -> list[Line]:
    """Everything that happened to the ticket and that `user` may read, oldest first; three queries at most.

    Residents get no internal entries and nothing about clocks; staff are shown by name and role.
    """
    events = list(ticket.events() if user.is_employee else ticket.events().for_resident())
    later = later_steps(events)
    known = [event for event in events if _kind(event) in STEPS]
    names = resident_names(known)
    photos: dict[datetime, list[Picture]] = defaultdict(list)
    for photo in photos_of("repair", ticket.pk):
        photos[photo.at].append(picture(photo))
    lines: list[Line] = []
    last: Event | None = None
    for event in known:
        line = _line(event, user, names, photos, later.get(event.pk))
        if last is not None and _belongs(event, last):
            lines[-1] = replace(lines[-1], photos=[*lines[-1].photos, *line.photos])
        else:
            lines.append(line)
            last = event
    return lines


def changed_since(ticket: Ticket, user: User, version: int | None) -> list[Line]:
    """The steps that made a page of this `version` stale, as `user` may read them, oldest first."""
    if version is None or version >= ticket.version:
        return []
    steps = frozenset(ticket.TABLE.actions) - ticket.TABLE.asides
    taken = [line for line in timeline(ticket, user) if line.action in steps]
    return taken[version - ticket.version :]


def _kind(event: Event) -> str:
    """`clock.daily_3` is told like `clock.daily`."""
    if event.action.startswith("clock."):
        return event.action.partition("_")[0]
    return event.action


def _belongs(event: Event, last: Event) -> bool:
    return event.action == "add_photo" and event.by_id == last.by_id and event.at - last.at <= SAME_BREATH


def _line(
    event: Event,
    user: User,
    names: Names,
    photos: Mapping[datetime, list[Picture]],
    later: Later | None = None,
) -> Line:
    label, icon, tone = STEPS[_kind(event)]
    lines = [said(event, user), later_words(event, later) if later else ""]
    return Line(
        at=event.at,
        label=str(label),
        actor=_actor(event, user, names),
        text="\n".join(filter(None, lines)),
        icon=icon,
        tone=tone,
        internal=event.internal,
        photos=list(photos.get(event.at, ())) if event.action == "add_photo" else [],
        action=event.action,
        status=event.to_status,
    )


def _actor(event: Event, user: User, names: Names) -> str:
    if event.by_id is None:
        return gettext("The program")
    if event.by_id == user.pk:
        return gettext("You")
    if event.by_role == Role.RESIDENT:
        return names.get((event.community_id, event.by_id)) or gettext("Resident")
    return gettext("%(name)s, %(role)s") % {"name": event.by_name, "role": Role(event.by_role).label}
