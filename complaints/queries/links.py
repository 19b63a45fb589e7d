"""What stands beside a complaint: repairs, permits, other voices, people; and finding them by what is typed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from complaints.models import Complaint, Link
from owners.models import Person
from servicecenter.accounts.models import User
from servicecenter.lib import works
from servicecenter.lib.masks import mask_name
from servicecenter.lib.normalise import phone_number

PERSON = "person"
_NUMBER = re.compile(r"[A-Z][0-9]{6}-[A-Z]{0,3}[0-9]{1,9}")
# Whoever answers for residents opens the record of a person; others recognise the name by its first character.
KNOWS_PEOPLE = frozenset({"agent", "supervisor"})


@dataclass(frozen=True)
class Target:
    """What a link leads to."""

    work: str
    case_id: int
    number: str


@dataclass(frozen=True)
class Beside:
    """A link as its reader sees it; no `url` for what they may not open."""

    link: Link
    label: str
    text: str = ""
    url: str = ""


def target_of(user: User, complaint: Complaint, text: str) -> Target | None:
    """The case with this number, or the person with this telephone number, of the same community and in scope. None
    for nothing such, for the complaint itself, and for a person beside an anonymous complaint: nobody is guessed."""
    number = text.strip().upper()
    if _NUMBER.fullmatch(number):
        return _case(user, complaint, number)
    phone = phone_number(text)
    if complaint.anonymous or not phone:
        return None
    people = Person.objects.visible_to(user).filter(community=complaint.community_id, phone=phone)
    found = list(people.order_by("id")[:1])
    return Target(PERSON, found[0].pk, "") if found else None


def _case(user: User, complaint: Complaint, number: str) -> Target | None:
    for work in works.all_works():
        table: Any = getattr(work.model, "TABLE", None)
        if work.lines is None or table is None or table.work != work.code:
            continue
        rows = work.visible(user).filter(community=complaint.community_id, number=number)
        pk = rows.values_list("pk", flat=True).first()
        if pk is not None:
            same = work.code == complaint.TABLE.work and pk == complaint.pk
            return None if same else Target(work.code, pk, number)
    return None


def beside(user: User, links: Iterable[Link]) -> list[Beside]:
    """The links with what their reader may know; a query a kind of work."""
    found = list(links)
    ids: dict[str, list[int]] = defaultdict(list)
    for link in found:
        ids[link.work].append(link.case_id)
    lines = {code: _lines(user, code, pks) for code, pks in ids.items() if code != PERSON}
    people = Person.objects.select_related("merged_into").in_bulk(ids[PERSON]) if ids[PERSON] else {}
    return [
        _person(user, link, people.get(link.case_id))
        if link.work == PERSON
        else _told(link, lines[link.work])
        for link in found
    ]


def _lines(user: User, code: str, pks: list[int]) -> Any:
    work = works.find(code)
    return work.lines(user, pks) if work is not None and work.lines is not None else {}


def _told(link: Link, lines: Any) -> Beside:
    line = lines.get(link.case_id)
    return Beside(link, line.number, line.text, line.url) if line else Beside(link, link.number)


def _person(user: User, link: Link, person: Person | None) -> Beside:
    if person is None:
        return Beside(link, "—")
    kept = person.merged_into or person
    if user.role not in KNOWS_PEOPLE:
        return Beside(link, mask_name(kept.name))
    return Beside(link, kept.name, url=reverse("desk:person", args=[kept.pk]))
