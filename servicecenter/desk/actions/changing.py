"""A checked correction of the mobile number reaches what is open: whoever calls about it calls the new number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from complaints.actions import records
from complaints.models import Complaint
from decoration.actions import records as permits
from decoration.models import Permit
from owners.actions import changing
from owners.models import Person, ProfileChange
from owners.workflow import Field
from repairs.models import Ticket
from repairs.workflow import CLOSED
from servicecenter.accounts.models import User
from servicecenter.audit.events import draft
from servicecenter.audit.models import Event
from servicecenter.desk.models import Promise
from servicecenter.lib.clock import instant
from surveys.models import FollowUp

FOLLOWS = "contact_phone"


def verify_change(
    change: ProfileChange,
    *,
    by: User,
    seen: str | None = None,
    version: int | None = None,
    at: datetime | None = None,
) -> ProfileChange:
    """Applies the correction; contact numbers of open repairs, calls and promises that were the old number follow.

    A number that was given for one repair only (a neighbour, a caretaker) is another one and stays. Refuses as
    `owners.actions.changing.verify`.
    """
    when = instant(at)
    with transaction.atomic():
        person = Person.objects.select_for_update(no_key=True).get(pk=change.person_id)
        old = person.phone
        done = changing.verify(change, by=by, seen=seen, version=version, at=when)
        person.refresh_from_db(fields=["phone"])
        if done.field == Field.PHONE and old and person.phone != old:
            _follow(person, old, by, when)
    return done


def _follow(person: Person, old: str, by: User, at: datetime) -> None:
    whose = Q(reporter=person) | Q(reporter__merged_into=person)
    tickets = Ticket.objects.filter(whose, contact_phone=old).exclude(status__in=CLOSED)
    ids = list(
        tickets.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk", flat=True)
    )
    Ticket.objects.filter(pk__in=ids).update(contact_phone=person.phone)
    about = Ticket.objects.filter(whose).values("pk")
    told = Complaint.objects.filter(whose).values("pk")
    decorated = Permit.objects.filter(Q(applicant=person) | Q(applicant__merged_into=person)).values("pk")
    calls = FollowUp.objects.open().filter(
        Q(work="repair", case_id__in=about)
        | Q(work="complaint", case_id__in=told)
        | Q(work="permit", case_id__in=decorated),
        phone=old,
    )
    # One call at a time to a number: while somebody speaks on the new one, a claimed call keeps what it has.
    busy = FollowUp.objects.filter(community=person.community_id, phone=person.phone, status="claimed")
    if busy.exists():
        calls = calls.exclude(status="claimed")
    called = list(calls.order_by("pk").values_list("pk", flat=True))
    FollowUp.objects.filter(pk__in=called).update(phone=person.phone)
    promises = Promise.objects.open().filter(person=person, phone=old)
    promised = list(promises.order_by("pk").values_list("pk", flat=True))
    Promise.objects.filter(pk__in=promised).update(phone=person.phone)
    voices = [*records.follow_number(person, old), ("permit", permits.follow_number(person, old))]
    for work, rows in (("repair", ids), ("follow_up", called), ("promise", promised), *voices):
        Event.objects.bulk_create(_notes(person, work, rows, by, at))


def _notes(person: Person, work: str, ids: Iterable[int], by: User, at: datetime) -> list[Event]:
    """That the number followed the record, never which."""
    return [
        draft(
            community_id=person.community_id,
            work=work,
            case_id=pk,
            action=FOLLOWS,
            by=by,
            at=at,
            internal=True,
        )
        for pk in ids
    ]
