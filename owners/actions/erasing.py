"""Erasing what is known about somebody who moved out long ago. The row stays, for figures and histories hang on it."""

from __future__ import annotations

from datetime import datetime

from owners.models import GoodsRelease, Person, ProfileChange
from servicecenter.accounts.actions import close_login
from servicecenter.accounts.models import User
from servicecenter.audit.events import record

ERASED = "已注销"
_KEPT = frozenset({"id", "community", "vault_id", "created_at", "merged_into", "erased_at", "name", "user"})


def erase(person: Person, *, at: datetime) -> None:
    """Empties the (locked) record, its vehicles and its corrections, and closes the login that opens nothing else.

    Call it inside a transaction. A line in the history of the record says that it was done, never what stood there.
    """
    login = person.user
    for field in Person._meta.concrete_fields:
        if field.name not in _KEPT:
            setattr(person, field.attname, "")
    person.name, person.user, person.erased_at = ERASED, None, at
    person.save()
    person.vehicles.all().delete()
    ProfileChange.objects.filter(person=person).update(old_sealed="", new_sealed="")
    GoodsRelease.objects.filter(applicant=person).update(
        plate_sealed="", plate_mask="", code_sealed="", note=""
    )
    if isinstance(login, User) and not login.people.exists():
        close_login(login)
    record(
        community_id=person.community_id,
        work="person",
        case_id=person.pk,
        action="erase",
        by=None,
        at=at,
        internal=True,
    )
