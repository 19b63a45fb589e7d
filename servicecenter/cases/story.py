"""The timeline of a case of any kind: what happened, who did it, in words that fit the reader."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Role, User
from servicecenter.attachments.models import Photo, PhotoKind
from servicecenter.attachments.queries import photos_of
from servicecenter.audit.models import Event

# Pictures that the same person adds shortly after a step of theirs are shown with that step.
SAME_BREATH = timedelta(minutes=10)
# Pictures that are sent with a step are kept so shortly before it.
AT_ONCE = timedelta(seconds=2)
# What is complained of, and evidence, is no state before a repair.
WITHOUT_REPAIR = frozenset({"complaint", "inquiry"})
# Names of the residents who acted, by community and login; only the roll knows them (`owners.queries.logins`).
Names = Mapping[tuple[int, int | None], str]


@dataclass(frozen=True)
class Picture:
    """One picture: its addresses, what it shows, and when it was added."""

    url: str
    thumb_url: str
    caption: str
    kind: str
    at: datetime
    token: str = ""


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


# What a step is called once it has happened, its icon and its tone.
Look = tuple[str | Promise, str, str]
# What the program noticed. Starts, stops and pauses of clocks belong to the steps and are left out.
CLOCKS: dict[str, Look] = {
    "clock.warn": (_("Deadline is near"), "clock-exclamation", "waiting"),
    "clock.breach": (_("Deadline missed"), "alert-triangle", "bad"),
    "clock.escalate": (_("Deadline still missed, passed on"), "alert-triangle", "bad"),
    "clock.daily": (_("Deadline still missed"), "alert-triangle", "bad"),
    "clock.acknowledged": (_("Taken care of"), "user-check", "active"),
    "clock.retargeted": (_("Deadline changed"), "clock-hour-4", "plain"),
}


@dataclass(frozen=True)
class Telling:
    """How a kind of case tells its story: the looks of its steps, the words of an event, names from the roll."""

    steps: Mapping[str, Look]
    said: Callable[[Event, User], str]
    names: Callable[[Iterable[Event]], Names]


def timeline(case: Any, user: User, telling: Telling) -> list[Line]:
    """Everything that happened to the case and that `user` may read, oldest first; three queries at most.

    Residents get no internal entries and nothing about clocks; staff are shown by name and role.
    """
    events = case.events() if user.is_employee else case.events().for_resident()
    known = [event for event in events if _kind(event) in telling.steps]
    names = telling.names(known)
    photos: dict[datetime, list[Picture]] = defaultdict(list)
    for photo in photos_of(case.TABLE.work, case.pk):
        photos[photo.at].append(picture(photo))
    lines: list[Line] = []
    last: Event | None = None
    early: list[Picture] = []
    for place, event in enumerate(known):
        line = _line(event, user, telling, names, photos)
        if _is_early(known, place):
            early += line.photos
        elif last is not None and _belongs(event, last):
            lines[-1] = replace(lines[-1], photos=[*lines[-1].photos, *line.photos])
        else:
            lines.append(replace(line, photos=[*early, *line.photos]))
            early, last = [], event
    return lines


def pictures(case: Any, *, inside: bool = True) -> list[Picture]:
    """The photos of a case, oldest first, without signatures; `inside`: with evidence, which colleagues see only."""
    hidden = {PhotoKind.SIGNATURE} if inside else {PhotoKind.SIGNATURE, PhotoKind.EVIDENCE}
    found = photos_of(case.TABLE.work, case.pk)
    return [picture(photo) for photo in found if photo.kind not in hidden]


def picture(photo: Photo) -> Picture:
    """A stored photo with its addresses."""
    plain = photo.work in WITHOUT_REPAIR and photo.kind == PhotoKind.REPORT
    return Picture(
        url=reverse("attachments:full", args=[photo.token]),
        thumb_url=reverse("attachments:thumb", args=[photo.token]),
        # Nothing is repaired where somebody complains.
        caption=gettext("Photo") if plain else str(PhotoKind(photo.kind).label),
        kind=photo.kind,
        at=photo.at,
        token=photo.token,
    )


def _kind(event: Event) -> str:
    """`clock.daily_3` is told like `clock.daily`."""
    return event.action.partition("_")[0] if event.action.startswith("clock.") else event.action


def _is_early(known: Sequence[Event], place: int) -> bool:
    """Whether a photo was sent with a step: forms keep the pictures first, and the step follows at once."""
    event = known[place]
    if event.action != "add_photo" or event.by_id is None:
        return False
    step = next((each for each in known[place + 1 :] if each.action != "add_photo"), None)
    return step is not None and step.by_id == event.by_id and step.at - event.at <= AT_ONCE


def _belongs(event: Event, last: Event) -> bool:
    return event.action == "add_photo" and event.by_id == last.by_id and event.at - last.at <= SAME_BREATH


def _line(
    event: Event, user: User, telling: Telling, names: Names, photos: Mapping[datetime, list[Picture]]
) -> Line:
    label, icon, tone = telling.steps[_kind(event)]
    return Line(
        at=event.at,
        label=str(label),
        actor=_actor(event, user, names),
        text=telling.said(event, user),
        icon=icon,
        tone=tone,
        internal=event.internal,
        photos=list(photos.get(event.at, ())) if event.action == "add_photo" else [],
        action=event.action,
        status=event.to_status,
    )


def _actor(event: Event, user: User, names: Names) -> str:
    if event.by_id is None:
        # An anonymous complainant acts without a name, as the program does.
        return gettext("Anonymous") if event.data.get("anonymous") else gettext("The program")
    if event.by_id == user.pk:
        return gettext("You")
    if event.by_role == Role.RESIDENT:
        return names.get((event.community_id, event.by_id)) or gettext("Resident")
    return gettext("%(name)s, %(role)s") % {"name": event.by_name, "role": Role(event.by_role).label}
