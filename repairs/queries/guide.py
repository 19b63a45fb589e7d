"""What a reader can do with a ticket now, and how far it has come."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from repairs.models import Ticket
from repairs.queries.said import price_words
from repairs.queries.visits import opens_at
from repairs.workflow import AT_WORK, DONE, Status
from servicecenter.accounts.models import Role, User
from servicecenter.workflow.run import allowed
from servicecenter.workflow.table import Transition

# Taken by the follow-up call, never by a button: the database refuses it without the call's outcome; by the closing of
# an outage; and by the rules of dispatch.
NOT_A_BUTTON = frozenset({"follow_up", "settle", "offer"})
# The natural next step from each status; None of them is drawn for somebody who may not take it.
NATURAL: Mapping[str, tuple[str, ...]] = {
    Status.REPORTED: ("accept",),
    Status.ACCEPTED: ("dispatch", "grab"),
    Status.REWORK: ("dispatch",),
    Status.DISPATCHED: ("contact",),
    Status.CONTACTED: ("schedule",),
    Status.SCHEDULED: ("arrive",),
    Status.ON_SITE: ("complete",),
    Status.PLAN_PROPOSED: ("approve_plan",),
    Status.PLAN_APPROVED: ("complete",),
    Status.COMPLETED: ("confirm",),
    Status.FOLLOWED_UP: ("archive",),
    Status.ON_HOLD: ("resume",),
}
# The one that a role sees first, then what belongs to the work, then what is beside it.
LAST = (
    "on_way",
    "offer_windows",
    "nobody_home",
    "nobody_came",
    "hold",
    "reassign",
    "classify",
    "urge",
    "note",
    "add_photo",
    "involve",
    "send_back",
    "mark_duplicate",
    "rework",
    "cancel",
)
# On the engineer's phone the owner signs for these.
SIGNED = frozenset({"confirm", "approve_plan"})
# A form although nothing is required.
WITH_FORM = frozenset({"add_photo"})
# What answers the times that the other side offered, before anything else.
ANSWERS = ("choose_window", "accept_window")
SHORTCUTS: Mapping[str, str] = {
    "accept": "a",
    "dispatch": "d",
    "reassign": "r",
    "schedule": "s",
    "secure": "e",
    "hold": "h",
    "classify": "u",
    "note": "o",
    "confirm": "f",
    "archive": "v",
    "cancel": "x",
}


@dataclass(frozen=True)
class Button:
    """One action as `{% action_bar %}` draws it."""

    code: str
    label: str
    url: str
    needs: bool
    style: str = ""
    icon: str = ""
    shortcut: str = ""
    confirm: str = ""
    method: str = "post"
    # Of the ticket as it was drawn: what somebody agrees to is what they saw.
    version: int | None = None


def buttons(ticket: Ticket, user: User, next_url: str = "") -> list[Button]:
    """What `user` may do to the ticket now, the natural next step first and marked.

    `next_url`: where to go afterwards. They are what the transition table allows, without what would be too early.
    """
    first, now = _natural(ticket), timezone.now()
    rows = [row for row in allowed(ticket, user) if row.action not in NOT_A_BUTTON]
    rows = [row for row in rows if (opens_at(ticket, row.action) or now) <= now]
    rows.sort(key=lambda row: (row.action not in first, LAST.index(row.action) if row.action in LAST else -1))
    return [_button(ticket, user, row, next_url, primary=row.action in first) for row in rows]


def _natural(ticket: Ticket) -> tuple[str, ...]:
    """Danger comes first."""
    if ticket.is_dangerous and ticket.status in AT_WORK:
        return ("secure",)
    if ticket.windows_from and ticket.status in (Status.DISPATCHED, Status.CONTACTED):
        return ANSWERS
    return NATURAL.get(ticket.status, ())


def _button(ticket: Ticket, user: User, row: Transition, next_url: str, *, primary: bool) -> Button:
    # The page of a signature brings the script that draws it, which a dialog on another page would lack.
    signs = row.action in SIGNED and ticket.assignee_id == user.pk
    url = reverse("repairs:act", args=[ticket.number, row.action.replace("_", "-")])
    return Button(
        code=row.action.replace("_", "-"),
        label=label_of(row, user),
        url=f"{url}?{urlencode({'next': next_url})}" if next_url else url,
        needs=(bool(row.needs) or row.action in WITH_FORM) and not signs,
        style="primary" if primary else "",
        icon=ICONS.get(row.action, ""),
        shortcut=SHORTCUTS.get(row.action, "") if user.is_employee else "",
        confirm="" if signs else _question(ticket, row),
        method="get" if signs else "post",
        version=None if row.aside else ticket.version,
    )


# Icons that the shared looks do not name.
ICONS: Mapping[str, str] = {
    "decline_plan": "circle-x",
    "add_photo": "camera",
    "classify": "edit",
    "mark_duplicate": "copy",
}
# A resident is spoken to in other words than a colleague.
FOR_RESIDENTS: Mapping[str, str | Promise] = {
    "approve_plan": _("I agree to this plan"),
    "decline_plan": _("I do not agree"),
    "confirm": _("The work is done well"),
    "rework": _("It is not right yet"),
    "offer_windows": _("Offer times for the visit"),
    "accept_window": _("Choose a time"),
    "cancel": _("Cancel the report"),
    "urge": _("Please hurry"),
    "note": _("Write a note"),
}
# What the owner says in front of them.
FOR_ENGINEERS: Mapping[str, str | Promise] = {
    "approve_plan": _("The owner signs the plan"),
    "decline_plan": _("The owner does not agree"),
}


def label_of(row: Transition, user: User) -> str:
    """What an action is called for this reader."""
    words = FOR_RESIDENTS if not user.is_employee else FOR_ENGINEERS if user.role == Role.TECHNICIAN else {}
    spoken = words.get(row.action)
    return str(spoken or row.label)


def _question(ticket: Ticket, row: Transition) -> str:
    if row.action == "approve_plan":
        return gettext("Agree to this plan? Price: %(price)s") % {"price": price_words(ticket.price)}
    if row.action == "archive":
        return gettext("Close this file for good?")
    return ""


@dataclass(frozen=True)
class Step:
    """One stop of the way that a repair goes, for `{% steps %}`."""

    label: str
    state: str
    at: datetime | None = None


STOPS = (
    (_("Reported"), (Status.REPORTED, Status.ACCEPTED, Status.REWORK)),
    (_("Dispatched"), (Status.DISPATCHED, Status.CONTACTED)),
    (_("Visit"), (Status.SCHEDULED, Status.ON_SITE, Status.PLAN_PROPOSED, Status.PLAN_APPROVED)),
    (_("Done"), (Status.COMPLETED,)),
    (_("Confirmed"), DONE[1:]),
)


def way(ticket: Ticket) -> list[Step]:
    """The five stops of a repair with what is done, where it stands now and what is still to come.

    A ticket that was cancelled or joined with another one has no way to show: [].
    """
    status = ticket.held_from or ticket.status
    here = next((index for index, (_label, stops) in enumerate(STOPS) if status in stops), None)
    if here is None:
        return []
    instants = (ticket.reported_at, None, ticket.arrived_at, ticket.completed_at, ticket.confirmed_at)
    ended = status in DONE[1:]
    return [
        Step(
            label=str(label),
            state="done" if index < here or (ended and index == here) else "now" if index == here else "next",
            at=instants[index] if index <= here else None,
        )
        for index, (label, _stops) in enumerate(STOPS)
    ]
