"""Correcting a record in two steps: somebody proposes, somebody checks. What is applied counts in the same second."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from owners.actions.values import write
from owners.models import Person, ProfileChange
from owners.models.changes import CHECKERS, Value, digest
from owners.queries.values import plate_of, present
from owners.workflow.changes import VEHICLES, Field
from servicecenter.accounts.actions import close_login, move_login
from servicecenter.accounts.models import Role, User
from servicecenter.audit import vault
from servicecenter.audit.events import record
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal
from servicecenter.notifications.actions import compose, post
from servicecenter.workflow.run import Step, begin, run


class RecordChanged(Refusal):
    """The record does not say any more what it said when the correction was proposed."""

    code = "record_changed"
    sentence = _("The record was changed since this was proposed. Please look at what it says now.")


def propose(person: Person, field: str, new: Value, *, by: User, at: datetime | None = None) -> ProfileChange:
    """Proposes that `field` of the record should read `new` (normalised). The record stays as it is.

    Residents for their own record, staff at the desk for those of their communities. Refuses `not_found` and
    `not_permitted` to all others, `invalid` for the value that stands there already, and `proposed_already` while a
    correction of the same value waits.
    """
    when = instant(at)
    _may_propose(person, by)
    with transaction.atomic():
        held = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        plate = new.get("plate", "")
        old = present(held, field, plate)
        new = {"plate": ""} if field == Field.VEHICLE_REMOVE else new
        change = ProfileChange(
            community_id=held.community_id,
            person=held,
            field=field,
            by_staff=by.role != Role.RESIDENT,
            proposed_by=by,
            proposed_at=when,
        )
        change.seal(old=old, new=new)
        _check(change, new)
        begin(change, action="propose", by=by, at=when, data={"field": field})
        if change.by_staff:
            _tell(change, "proposed", when, held.user_id)
    return change


def verify(
    change: ProfileChange,
    *,
    by: User,
    seen: str | None = None,
    version: int | None = None,
    at: datetime | None = None,
) -> ProfileChange:
    """Checked: the record reads as proposed from now on, and a new mobile number signs in from this second.

    `seen` is the digest of what the record said on the checker's page, if it was not what it said when this was
    proposed. Refuses as the runner does, `record_changed` for a record that says something else again, and `invalid`
    for an identity number that somebody else has.
    """
    when = instant(at)
    with transaction.atomic():
        person = Person.objects.select_for_update(no_key=True).get(pk=change.person_id)

        def apply(step: Step[ProfileChange]) -> None:
            _apply(step.case, person, seen, when)
            _note(step, person)
            _tell(step.case, "applied", when, person.user_id, step.case.proposed_by_id, but=by)

        run(change, "verify", by=by, at=when, version=version, changes=_decided(by, when), then=[apply])
    return change


def refuse(
    change: ProfileChange, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> ProfileChange:
    """The record stays as it is; whoever proposed reads why. Refuses `reason_needed`, and as the runner does."""
    when = instant(at)
    if not reason.strip():
        raise Invalid(code="reason_needed", errors={"reason": [_("Please say why.")]})

    def tell(step: Step[ProfileChange]) -> None:
        _tell(step.case, "refused", when, step.case.person.user_id, step.case.proposed_by_id, but=by)

    changes = _decided(by, when) | {"reason": reason.strip()[:200]}
    run(change, "refuse", by=by, at=when, version=version, changes=changes, then=[tell])
    return change


def withdraw(
    change: ProfileChange, *, by: User, version: int | None = None, at: datetime | None = None
) -> ProfileChange:
    """Whoever proposed it, or whose record it is, takes it back. Refuses as the runner does."""
    when = instant(at)

    def tell(step: Step[ProfileChange]) -> None:
        _tell(step.case, "withdrawn", when, step.case.person.user_id, step.case.proposed_by_id, but=by)

    run(change, "withdraw", by=by, at=when, version=version, changes=_decided(by, when), then=[tell])
    return change


def _may_propose(person: Person, by: User) -> None:
    if not Person.objects.visible_to(by).filter(pk=person.pk).exists():
        raise NotFound
    if by.role != Role.RESIDENT and by.role not in CHECKERS:
        raise NotPermitted


def _check(change: ProfileChange, new: Value) -> None:
    """What the database would refuse, in words."""
    part = list(new)[-1]
    if change.old_index == change.new_index:
        raise Invalid(errors={part: [_("The record says this already.")]})
    waiting = ProfileChange.objects.open().filter(person=change.person, field=change.field)
    if change.field in VEHICLES:
        waiting = waiting.filter(old_index=change.old_index, new_index=change.new_index)
    if waiting.exists():
        raise Refusal(
            _("A correction of this is waiting already. Please withdraw it first."), code="proposed_already"
        )
    _check_paper(change.person, new)


def _check_paper(person: Person, new: Value) -> None:
    """An identity number stands once in a community. The resident is not told who has it."""
    index = vault.blind_index("id_number", new.get("id_number", ""))
    others = Person.objects.filter(community=person.community_id, id_number_index=index).exclude(pk=person.pk)
    if index and others.exists():
        raise Invalid(errors={"id_number": [_("Another record has this number. Please ask at the desk.")]})


def _apply(change: ProfileChange, person: Person, seen: str | None, at: datetime) -> None:
    if person.merged_into_id is not None:
        raise NotFound
    old, new = change.old(), change.new()
    now = present(person, change.field, plate_of(change.field, old, new))
    if digest(change.field, now) not in (change.old_index, seen):
        raise RecordChanged
    if digest(change.field, now) == change.new_index:
        return
    _check_paper(person, new)
    login = person.user
    write(person, change.field, old=now, new=new)
    if person.is_minor:
        _shut_out(login)
    elif change.field == Field.PHONE:
        person.user_id = move_login(person.user, new["phone"], shared=_shared(person), at=at)
        person.save(update_fields=["user"])


def _shut_out(login: User | None) -> None:
    """A child has no login; the one they had ends, unless it opens other records."""
    if login is not None and login.role == Role.RESIDENT and not login.people.exists():
        close_login(login)


def _shared(person: Person) -> bool:
    """Whether the same login opens other records, too; those keep their number."""
    return Person.objects.filter(user=person.user_id).exclude(pk=person.pk).exists()


def _decided(by: User, at: datetime) -> dict[str, Any]:
    return {"decided_by": by, "decided_at": at}


def _note(step: Step[ProfileChange], person: Person) -> None:
    """A line in the history of the record: which value, never what."""
    record(
        community_id=person.community_id,
        work="person",
        case_id=person.pk,
        action="corrected",
        by=step.by,
        at=step.at,
        internal=True,
        data={"field": step.case.field, "change": step.case.pk},
    )


def _tell(
    change: ProfileChange, said: str, at: datetime, *user_ids: int | None, but: User | None = None
) -> None:
    """Whose record it is and who proposed it hear of it; whoever just did it knows."""
    post(
        compose(
            recipients=[each for each in dict.fromkeys(user_ids) if each and (but is None or each != but.pk)],
            event=f"profile_change.{said}",
            key=str(change.pk),
            at=at,
            community_id=change.community_id,
            work="profile_change",
            case_id=change.pk,
        )
    )
