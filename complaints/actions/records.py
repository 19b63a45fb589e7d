"""What happens to complaints and inquiries when the record of whoever told us is merged, corrected or erased."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Q

from complaints.models import Complaint, Inquiry
from complaints.workflow.complaints import OPEN
from complaints.workflow.inquiries import OPEN as UNANSWERED
from owners.models import Person

MODELS: Mapping[str, Any] = {"complaints": Complaint, "inquiries": Inquiry}


def move(double: Person, kept: Person) -> dict[str, list[int]]:
    """What the double told us was told by `kept`; returns the ids, for taking it back."""
    moved = {}
    for name, model in MODELS.items():
        rows = model.objects.filter(reporter=double)
        moved[name] = list(rows.order_by("id").values_list("id", flat=True))
        rows.update(reporter=kept)
    return moved


def move_back(moved: Mapping[str, list[int]], *, kept_id: int, double_id: int) -> None:
    """Two records again."""
    for name, model in MODELS.items():
        model.objects.filter(pk__in=moved.get(name, []), reporter=kept_id).update(reporter=double_id)


def empty(person: Person, *, erased: str) -> None:
    """Name and number go; dates, types and answers stay: figures are counted from them."""
    for model in MODELS.values():
        model.objects.filter(reporter=person).update(reporter_name=erased, contact_phone="")


def follow_number(person: Person, old: str) -> list[tuple[str, list[int]]]:
    """A corrected number reaches what is open and had the old one; returns kind of work and ids."""
    whose = Q(reporter=person) | Q(reporter__merged_into=person)
    found = []
    for work, model, statuses in (("complaint", Complaint, OPEN), ("inquiry", Inquiry, UNANSWERED)):
        rows: Any = model.objects.filter(whose, contact_phone=old, status__in=statuses)
        locked = rows.select_for_update(no_key=True, of=("self",)).order_by("pk")
        ids = list(locked.values_list("pk", flat=True))
        model.objects.filter(pk__in=ids).update(contact_phone=person.phone)
        found.append((work, ids))
    return found
