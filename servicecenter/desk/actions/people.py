"""Merging two records of one person, with the repairs and promises that name them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from complaints.actions import records
from decoration.actions import records as permits
from handovers.models import Handover
from owners.actions import merging
from owners.models import Merge, Person
from repairs.models import Ticket
from servicecenter.accounts.models import User
from servicecenter.desk.models import Promise


def merge_people(kept: Person, double: Person, *, by: User, at: datetime | None = None) -> Merge:
    """`double` becomes part of `kept`, its repairs and promises included. Refuses as `owners.actions.merging.merge`."""
    with transaction.atomic():
        done = merging.merge(kept, double, by=by, at=at)
        reported = Ticket.objects.filter(reporter=double)
        done.moved["tickets"] = list(reported.order_by("id").values_list("id", flat=True))
        reported.update(reporter=kept)
        promised = Promise.objects.filter(person=double)
        done.moved["promises"] = list(promised.order_by("id").values_list("id", flat=True))
        promised.update(person=kept)
        taken_over = Handover.objects.filter(person=double)
        done.moved["handovers"] = list(taken_over.order_by("id").values_list("id", flat=True))
        taken_over.update(person=kept)
        done.moved |= records.move(double, kept)
        done.moved |= permits.move(double, kept)
        done.save(update_fields=["moved"])
    return done


def unmerge_people(done: Merge, *, by: User, at: datetime | None = None) -> Merge:
    """Two records again; repairs and promises that were the double's are its own again."""
    with transaction.atomic():
        taken_back = merging.undo(done, by=by, at=at)
        tickets = Ticket.objects.filter(
            pk__in=taken_back.moved.get("tickets", []), reporter=taken_back.kept_id
        )
        tickets.update(reporter=taken_back.double_id)
        promises = Promise.objects.filter(
            pk__in=taken_back.moved.get("promises", []), person=taken_back.kept_id
        )
        promises.update(person=taken_back.double_id)
        handovers = Handover.objects.filter(
            pk__in=taken_back.moved.get("handovers", []), person=taken_back.kept_id
        )
        handovers.update(person=taken_back.double_id)
        records.move_back(taken_back.moved, kept_id=taken_back.kept_id, double_id=taken_back.double_id)
        permits.move_back(taken_back.moved, kept_id=taken_back.kept_id, double_id=taken_back.double_id)
    return taken_back
