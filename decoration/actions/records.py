"""What happens to permits when the record of whoever applied is merged, corrected or erased."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Q

from decoration.models import Permit
from owners.models import Person

FIELDS = ("applicant", "consent_of")


def move(double: Person, kept: Person) -> dict[str, list[int]]:
    """What the double applied for or agreed to was `kept`'s; returns the ids, for taking it back."""
    moved = {}
    for field in FIELDS:
        rows = Permit.objects.filter(**{field: double})
        moved[f"permits_{field}"] = list(rows.order_by("id").values_list("id", flat=True))
        rows.update(**{field: kept})
    return moved


def move_back(moved: Mapping[str, list[int]], *, kept_id: int, double_id: int) -> None:
    """Two records again."""
    for field in FIELDS:
        rows = Permit.objects.filter(pk__in=moved.get(f"permits_{field}", []), **{field: kept_id})
        rows.update(**{field: double_id})


def empty(person: Person, *, erased: str) -> None:
    """Name, number and account go; dates, works and money stay: figures are counted from them."""
    rows = Permit.objects.filter(applicant=person)
    rows.update(applicant_name=erased, contact_phone="", refund_to="")
    rows.exclude(signer="").update(signer=erased)
    rows.exclude(owner_signer="").update(owner_signer=erased)


def follow_number(person: Person, old: str) -> list[int]:
    """A corrected number reaches what is open and had the old one; returns the ids."""
    whose = Q(applicant=person) | Q(applicant__merged_into=person)
    rows = Permit.objects.open().filter(whose, contact_phone=old)
    ids = list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk", flat=True))
    Permit.objects.filter(pk__in=ids).update(contact_phone=person.phone)
    return ids
