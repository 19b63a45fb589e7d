"""Erasing what is known about somebody who moved out long ago. The row stays, for figures and histories hang on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from owners.actions import facts
from owners.models import GoodsRelease, Person, ProfileChange
from servicecenter.accounts.actions import close_login
from servicecenter.accounts.models import User
from servicecenter.audit.events import record
from servicecenter.audit.models import Erasure, Kept

ERASED = "已注销"


@dataclass(frozen=True)
class Rule:
    """Under what something is erased: days, the instant before which it is old enough, and whether they asked."""

    days: int
    before: datetime
    on_request: bool = False


_KEPT = frozenset((
    "id", "community", "vault_id", "created_at", "merged_into", "erased_at", "name", "user", "is_minor", "guardian",
))  # fmt: skip


# What makes service easier and is needed for no claim: gone at once when somebody who left asks for it.
EXTRAS = (
    "email", "gender", "workplace", "emergency_contact", "emergency_phone", "call_hours", "special_needs", "note",
)  # fmt: skip


def erase(person: Person, *, at: datetime, rule: Rule) -> None:
    """Empties the (locked) record, its vehicles and its corrections, and closes the login that opens nothing else.

    Call it inside a transaction. The log of erasures says under which rule, and a line in the history of the record
    says that it was done; neither says what stood there.
    """
    login = person.user
    for field in Person._meta.concrete_fields:
        if field.name not in _KEPT:
            setattr(person, field.attname, "")
    person.name, person.user, person.erased_at = ERASED, None, at
    person.is_minor, person.guardian = False, None
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
    log(person, at=at, rule=rule)


def empty_extras(person: Person, *, today: date) -> None:
    """Empties what is needed for no claim of the (locked) record of somebody who left: all but name, number, papers.

    Decided corrections lose their values too. Call it inside a transaction.
    """
    for name in EXTRAS:
        setattr(person, name, "")
    facts.set_spare_phone(person, "")
    if not person.is_minor:
        # A child's says that it is one.
        facts.set_birthday(person, None, today=today)
    person.save()
    person.vehicles.all().delete()
    decided = ProfileChange.objects.filter(person=person).exclude(pk__in=ProfileChange.objects.open())
    decided.update(old_sealed="", new_sealed="")


def log(person: Person, *, at: datetime, rule: Rule) -> None:
    """A line in the log of erasures."""
    Erasure.objects.create(
        community_id=person.community_id,
        what=Kept.PERSON,
        row_id=person.pk,
        kept_days=rule.days,
        before=rule.before,
        on_request=rule.on_request,
        at=at,
    )
