"""Taking a person into the roll by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from owners.actions import facts
from owners.models import Person
from servicecenter.accounts.actions import ensure_resident_logins
from servicecenter.accounts.models import Community, User
from servicecenter.audit import vault
from servicecenter.audit.events import record
from servicecenter.lib.clock import instant, local_day
from servicecenter.lib.normalise import is_mobile
from servicecenter.lib.refusals import Invalid


@dataclass(frozen=True)
class Details:
    """What is known about somebody, normalised already; '' and None for what is not."""

    name: str
    phone: str = ""
    id_type: str = ""
    id_number: str = ""
    birthday: date | None = None
    spare_phone: str = ""
    plain: dict[str, str] | None = None


def register_person(
    community: Community, details: Details, *, by: User, at: datetime | None = None
) -> Person:
    """A new person of the roll; with a mobile number they can sign in from now on, unless they are a child.

    Refuses `invalid` for an identity number that somebody on record has already (their name is said, so that the
    record is found instead of doubled).
    """
    when = instant(at)
    with transaction.atomic():
        _check_paper(community, details.id_number)
        person = Person(community=community, id_type=details.id_type, **(details.plain or {}))
        facts.set_name(person, details.name)
        facts.set_phone(person, details.phone)
        facts.set_id_number(person, details.id_number)
        facts.set_birthday(person, details.birthday, today=local_day(when))
        facts.set_spare_phone(person, details.spare_phone)
        if is_mobile(details.phone) and not person.is_minor:
            person.user_id = ensure_resident_logins([details.phone]).get(details.phone)
        person.save(force_insert=True)
        _note(person, by, when)
    return person


def _check_paper(community: Community, number: str) -> None:
    if not number:
        return
    known = Person.objects.filter(
        community=community, id_number_index=vault.blind_index("id_number", number)
    ).first()
    if known is not None:
        raise Invalid(
            errors={"id_number": [_("%(name)s is on record with this number.") % {"name": known.name}]}
        )


def _note(person: Person, by: User, at: datetime, **data: Any) -> None:
    record(
        community_id=person.community_id,
        work="person",
        case_id=person.pk,
        action="register",
        by=by,
        at=at,
        internal=True,
        data=data,
    )
