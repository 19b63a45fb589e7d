"""Who speaks for a child under fourteen, and the day on which nobody has to any more."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from owners.actions.facts import is_minor, set_minor
from owners.models import Person
from owners.models.changes import CHECKERS
from owners.queries.wards import may_guard
from servicecenter.accounts.actions import ensure_resident_logins
from servicecenter.accounts.models import User
from servicecenter.audit.events import Actor, record
from servicecenter.audit.vault import VaultError
from servicecenter.lib.clock import instant, local_day
from servicecenter.lib.normalise import is_mobile
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal


def name_guardian(child: Person, guardian: Person, *, by: User, at: datetime | None = None) -> Person:
    """From now on `guardian` consents, reads and takes copies for the child (个人信息保护法 第31条).

    Refuses `not_found` and `not_permitted` to whoever keeps no records, `refused` for a grown-up, and `invalid` for
    somebody who is no grown-up of a home of the child.
    """
    when = instant(at)
    if not Person.objects.visible_to(by).filter(pk=child.pk).exists():
        raise NotFound
    if by.role not in CHECKERS:
        raise NotPermitted
    with transaction.atomic():
        held = Person.objects.select_for_update(no_key=True).get(pk=child.pk)
        if not held.is_minor:
            raise Refusal(_("Only a child under fourteen has a guardian."))
        if not may_guard(held).filter(pk=guardian.pk).exists():
            raise Invalid(errors={"guardian": [_("Please choose a grown-up of the same home.")]})
        held.guardian = guardian
        held.save(update_fields=["guardian"])
        _note(held, "guardian", by, when, guardian=guardian.pk)
    return held


def come_of_age(*, at: datetime | None = None) -> int:
    """Every night: whoever turned fourteen consents themselves, and signs in with a number of their own.

    The birthday is opened by the program and shown to nobody; returns how many turned fourteen.
    """
    when = instant(at)
    today, turned = local_day(when), 0
    for pk in Person.objects.filter(is_minor=True).order_by("id").values_list("pk", flat=True).iterator():
        with transaction.atomic():
            turned += _look(pk, today, when)
    return turned


def _look(person_id: int, today: date, at: datetime) -> bool:
    person = Person.objects.select_for_update(of=("self",)).select_related("guardian").get(pk=person_id)
    try:
        birthday = person.unseal("birthday")
    except VaultError:
        return False
    if not person.is_minor or (birthday and is_minor(date.fromisoformat(birthday), today)):
        return False
    guardian = person.guardian
    set_minor(person, minor=False)
    # A number that a parent gave is the parent's door.
    if is_mobile(person.phone) and (guardian is None or guardian.phone != person.phone):
        person.user_id = ensure_resident_logins([person.phone]).get(person.phone)
    person.save(update_fields=["is_minor", "guardian", "user"])
    _note(person, "of_age", None, at)
    return True


def _note(person: Person, action: str, by: Actor, at: datetime, **data: int) -> None:
    record(
        community_id=person.community_id,
        work="person",
        case_id=person.pk,
        action=action,
        by=by,
        at=at,
        internal=True,
        data=data,
    )
