"""Reads for a technician's phone: today's jobs in visiting order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Case, IntegerField, When
from django.db.models.functions import Coalesce

from owners.models import InspectionVisit
from owners.queries.inspections import slot_words, visits_to_make
from owners.queries.warranty import Cover
from repairs.models import Ticket, TicketQuerySet, Urgency
from repairs.queries import NextStep, next_step, warranties_of
from repairs.queries.said import window_words
from repairs.workflow import WITH_WORKER, Status
from servicecenter.accounts.models import User
from servicecenter.lib.clock import end_of_day, local_day, start_of_day

# One phone shows one day: nobody has more jobs than this on it.
MOST = 60
# How far ahead inspections are shown.
AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class Job:
    """One work order as a card of the list."""

    ticket: Ticket
    appointment: str
    next: NextStep
    warranty: Cover


@dataclass(frozen=True)
class Day:
    """A technician's day. `first` is the job to do now, if there is one."""

    first: Job | None
    today: list[Job]
    later: list[Job]
    held: list[Job]
    # Where one helps or watches; somebody else answers for it.
    beside: list[Job]
    done: list[Job]

    @property
    def is_empty(self) -> bool:
        """Nothing to do and nothing waiting."""
        return not (self.first or self.today or self.later or self.held or self.beside)


def day_of(user: User, at: datetime) -> Day:
    """The work orders of `user` at `at`, in the order in which to visit them; six queries.

    Emergencies first, then what has begun, then by appointment, then by the nearest promise. Jobs with an
    appointment on a later day come after today's.
    """
    known = Ticket.objects.visible_to(user).select_related("unit", "building", "community", "assignee")
    mine = known.filter(assignee=user)
    active = list(_in_visiting_order(mine.filter(status__in=WITH_WORKER))[:MOST])
    ends = end_of_day(local_day(at))
    today = [each for each in active if not _is_later(each, ends)]
    later = [each for each in active if _is_later(each, ends)]
    held = mine.filter(status=Status.ON_HOLD).order_by("hold_until")[:MOST]
    done = mine.filter(
        completed_at__gte=start_of_day(local_day(at)), completed_at__lt=at + timedelta(minutes=1)
    )
    beside = known.filter(participants__user=user).exclude(assignee=user).unfinished().order_by("-id")[:MOST]
    groups = [today, later, list(held), list(beside), list(done.order_by("-completed_at")[:MOST])]
    covers = warranties_of(each for group in groups for each in group)
    jobs, *others = ([_job(each, user, covers[each.pk]) for each in group] for group in groups)
    return Day(jobs[0] if jobs else None, jobs[1:], *others)


def coming_visits(user: User, at: datetime) -> list[tuple[str, list[InspectionVisit]]]:
    """The inspections of today and the next two weeks, grouped by their time; one query."""
    found = visits_to_make(user, start_of_day(local_day(at)), at + AHEAD)
    grouped: dict[str, list[InspectionVisit]] = {}
    for visit in found:
        if visit.slot is not None:
            grouped.setdefault(slot_words(visit.slot), []).append(visit)
    return list(grouped.items())


def _in_visiting_order(tickets: TicketQuerySet) -> TicketQuerySet:
    return tickets.annotate(
        rank=Case(
            When(urgency=Urgency.EMERGENCY, then=0),
            When(status__in=[Status.ON_SITE, Status.PLAN_PROPOSED, Status.PLAN_APPROVED], then=1),
            default=2,
            output_field=IntegerField(),
        ),
        visit=Coalesce("appointment_start", "next_due_at"),
    ).order_by("rank", "visit", "id")


def _is_later(ticket: Ticket, ends: datetime) -> bool:
    started = ticket.status in (Status.ON_SITE, Status.PLAN_PROPOSED, Status.PLAN_APPROVED)
    return not started and ticket.appointment_start is not None and ticket.appointment_start >= ends


def _job(ticket: Ticket, user: User, warranty: Cover) -> Job:
    start, end = ticket.appointment_start, ticket.appointment_end
    return Job(
        ticket=ticket,
        appointment=window_words(start, end) if start and end else "",
        next=next_step(ticket, user),
        warranty=warranty,
    )
