"""One handover: what its page, its protocol and the tablet show."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from handovers.models import Finding, FindingQuerySet, Handover, Line
from handovers.queries.days import handovers_for
from handovers.workflow import TABLE, WAY, Part, Status
from owners.queries.logins import resident_names
from repairs.queries.pictures import Picture, picture
from repairs.workflow import DONE
from servicecenter.accounts.models import User
from servicecenter.attachments.models import Photo
from servicecenter.attachments.queries import photos_of
from servicecenter.audit.models import Event
from servicecenter.lib.refusals import NotFound
from servicecenter.workflow.run import allowed

_NUMBER = re.compile(r"H[0-9]{6}-[A-Z]{0,3}[0-9]{1,9}")
LABELS = {row.action: row.label for row in TABLE.rows}


def handover_for(user: User, number: str) -> Handover:
    """The handover with this number; refuses `not_found` for one that is out of scope, alike."""
    if not _NUMBER.fullmatch(number):
        raise NotFound
    rows = handovers_for(user).select_related(
        "signature", "papers_signature", "key_receipt", "signed_off_by", "keys_by", "reinspector"
    )
    handover = rows.filter(number=number).first()
    if handover is None:
        raise NotFound
    return handover


def actions_of(handover: Handover, user: User) -> frozenset[str]:
    """The codes of what `user` may do now."""
    return frozenset(each.action for each in allowed(handover, user))


@dataclass(frozen=True)
class StepMark:
    """One step of the way, for the line of steps."""

    label: str
    state: str
    at: None = None
    note: str = ""


def way_of(handover: Handover) -> list[StepMark]:
    """The way with what is done, what is now, what comes."""
    here = WAY.index(Status(handover.status)) if handover.status in WAY else 0
    marks = []
    for number, status in enumerate(WAY):
        state = "done" if number < here or status == handover.status == Status.DELIVERED else "next"
        marks.append(StepMark(str(status.label), "now" if number == here and state != "done" else state))
    return marks


@dataclass(frozen=True)
class Entry:
    """One line of the story."""

    at: object
    label: str
    actor: str
    text: str
    icon: str = "circle"
    tone: str = "plain"
    internal: bool = False


PLANNED_LABEL = Status.PLANNED.label


def story_of(handover: Handover) -> list[Entry]:
    """Everything that happened, newest first."""
    events: Sequence[Event] = list(handover.events())
    names = resident_names(events)
    return [
        Entry(
            event.at,
            str(LABELS.get(event.action, PLANNED_LABEL)),
            names.get((event.community_id, event.by_id), event.by_name),
            event.text,
        )
        for event in reversed(events)
    ]


@dataclass(frozen=True)
class Room:
    """A room on the tablet: how many items are looked at, and what was found."""

    name: str
    number: int
    total: int
    looked: int
    defects: int

    @property
    def is_done(self) -> bool:
        return self.looked == self.total


def rooms_of(handover: Handover) -> list[Room]:
    """The rooms in the order of the walk; one query."""
    rows = handover.findings.order_by("position", "id").values_list("room", "result")
    found: dict[str, list[str]] = {}
    for room, result in rows:
        found.setdefault(room, []).append(result)
    return [
        Room(name, number, len(results), sum(bool(each) for each in results), results.count("defect"))
        for number, (name, results) in enumerate(found.items(), start=1)
    ]


def room_named(handover: Handover, number: int) -> tuple[Room, list[Room]]:
    """The room with this number on the walk, and all of them; refuses `not_found`."""
    rooms = rooms_of(handover)
    if not 1 <= number <= len(rooms):
        raise NotFound
    return rooms[number - 1], rooms


@dataclass(frozen=True)
class Shown:
    """An item with its photos."""

    item: Finding
    photos: list[Picture]
    again: bool


def items_of(handover: Handover, *, room: str = "", only_defects: bool = False) -> list[Shown]:
    """Items with their photos and repairs; two queries."""
    rows: FindingQuerySet = Finding.objects.filter(handover=handover).select_related(
        "ticket__assignee", "looked_by", "mended_by", "handover"
    )
    if room:
        rows = rows.filter(room=room)
    if only_defects:
        rows = rows.defects()
    items = list(rows.order_by("position", "id"))
    photos: dict[int, list[Picture]] = {}
    pictures = Photo.objects.filter(work="finding", case_id__in=[item.pk for item in items])
    for photo in pictures.order_by("id"):
        photos.setdefault(photo.case_id, []).append(picture(photo))
    return [Shown(item, photos.get(item.pk, []), _waits_for_a_look(item)) for item in items]


def finding_for(user: User, number: str, finding_id: int) -> Shown:
    """One item of a handover that `user` may see; refuses `not_found`."""
    handover = handover_for(user, number)
    rows = handover.findings.select_related("ticket__assignee", "handover__unit", "handover__person")
    item = rows.filter(pk=finding_id).first() if finding_id < 2**63 else None
    if item is None:
        raise NotFound
    return Shown(item, [picture(each) for each in photos_of("finding", item.pk)], _waits_for_a_look(item))


def _waits_for_a_look(item: Finding) -> bool:
    return item.mended_at is None and item.ticket is not None and item.ticket.status in DONE


def to_look_at_again(user: User) -> list[Finding]:
    """Defects that are mended and wait for a second look, of handovers that `user` may see."""
    rows = Finding.objects.visible_to(user).filter(mended_at=None, ticket__status__in=DONE)
    return list(rows.select_related("handover__unit", "ticket").order_by("due_on", "id")[:60])


def lines_of(handover: Handover) -> dict[str, list[Line]]:
    """The lines by part, without those that only a proxy brings where none came."""
    parts: dict[str, list[Line]] = {part: [] for part in Part.values}
    for line in handover.lines.select_related("done_by"):
        if handover.proxy_name or not line.proxy_only:
            parts[line.part].append(line)
    return parts


def defect_counts(handover: Handover) -> dict[str, int]:
    """How many defects there are, and how many are still open."""
    return handover.findings.aggregate(
        defects=Count("pk", filter=Q(result="defect")),
        open=Count("pk", filter=Q(result="defect", mended_at=None)),
    )


def handover_of_unit(user: User, unit_id: int) -> Handover | None:
    """The handover of a unit that is not cancelled, if `user` may see it."""
    return handovers_for(user).filter(unit=unit_id).exclude(status=Status.CANCELLED).first()


def open_of_resident(user: User) -> list[Handover]:
    """What a resident is to take over, or has taken over with defects that are still open."""
    defects = Finding.objects.filter(handover=OuterRef("pk"), result="defect", mended_at=None)
    rows = handovers_for(user).annotate(has_defects=Exists(defects)).exclude(status=Status.CANCELLED)
    return list(rows.filter(~Q(status=Status.DELIVERED) | Q(has_defects=True)).order_by("id"))
