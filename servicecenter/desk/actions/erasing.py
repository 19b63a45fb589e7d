"""Erasing somebody who moved out long ago, with what repairs, calls and promises copied from their record."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from complaints.actions import records
from complaints.models import Complaint
from decoration.actions import records as permits
from decoration.models import Permit
from handovers.models import Handover
from owners.actions.erasing import ERASED, Rule, erase
from owners.models import Person
from owners.queries.erasure import kept_for
from repairs.models import Ticket
from servicecenter.desk.models import Promise
from servicecenter.desk.queries.erasure import due_for_erasure
from servicecenter.lib.clock import instant
from surveys.models import FollowUp

BATCH = 100


def erase_moved_out(*, at: datetime | None = None) -> int:
    """Erases everybody who is due, one small transaction each; returns how many. Safe to run twice, or at once."""
    when = instant(at)
    done = 0
    while ids := list(due_for_erasure(when).values_list("pk", flat=True)[:BATCH]):
        gone = sum(_erase_one(pk, when) for pk in ids)
        if not gone:
            break
        done += gone
    return done


def _erase_one(person_id: int, at: datetime) -> bool:
    """Looks once more under the lock: they may have moved in again since."""
    with transaction.atomic():
        rows = Person.objects.select_for_update(of=("self",), skip_locked=True).select_related("user")
        people = list(rows.filter(Q(pk=person_id) | Q(merged_into=person_id)).order_by("pk"))
        if not due_for_erasure(at).filter(pk=person_id).exists():
            return False
        if person_id not in {person.pk for person in people}:
            return False
        rule = Rule(kept_for().days, at - kept_for())
        for person in people:
            _empty_snapshots(person)
            erase(person, at=at, rule=rule)
    return True


def _empty_snapshots(person: Person) -> None:
    """Dates, trades, ratings and prices stay: figures are counted from them."""
    tickets = Ticket.objects.filter(reporter=person)
    calls = FollowUp.objects.filter(work="repair", case_id__in=tickets.values("pk"))
    calls.update(name=ERASED, phone="")
    tickets.update(reporter_name=ERASED, contact_phone="")
    told = Complaint.objects.filter(reporter=person).values("pk")
    FollowUp.objects.filter(work="complaint", case_id__in=told).update(name=ERASED, phone="")
    records.empty(person, erased=ERASED)
    decorated = Permit.objects.filter(applicant=person).values("pk")
    FollowUp.objects.filter(work="permit", case_id__in=decorated).update(name=ERASED, phone="")
    permits.empty(person, erased=ERASED)
    Promise.objects.filter(person=person).update(phone="")
    handed = Handover.objects.filter(person=person)
    handed.exclude(proxy_name="").update(proxy_name=ERASED)
    handed.exclude(signer="").update(signer=ERASED)
