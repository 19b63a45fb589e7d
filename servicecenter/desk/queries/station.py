"""The follow-up station: how today's calls stand, and the sheet of the case that is being called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.conf import settings
from django.db.models import Case, Count, Min, Q, Value, When
from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint
from decoration.models import Permit
from repairs.models import Ticket
from servicecenter.accounts.models import Community, User
from servicecenter.audit.models import AccessLog
from servicecenter.lib.clock import LOCAL, local_day, start_of_day
from servicecenter.lib.refusals import NotFound
from servicecenter.sla.arithmetic import next_in_window, part_of_day
from surveys.models import LINES, Attempt, FollowUp
from surveys.spacing import outside
from surveys.workflow import UNCALLED, FollowUpStatus

CASES_READ = 5


@dataclass(frozen=True)
class Standing:
    """Today's follow-ups of the communities that a caller works in."""

    # Promised for today, and how many of these have an outcome.
    promised: int
    kept: int
    mine: int
    # May be called at this moment, and how many of them are late.
    waiting: int
    late: int
    later: int
    next_at: datetime | None
    # Where the telephone must rest: when calls begin again, None while they may be made.
    opens_at: datetime | None

    @property
    def coverage(self) -> int | None:
        """Per cent of today's promised calls that have an outcome; None when none was promised."""
        return round(100 * self.kept / self.promised) if self.promised else None


def standing(user: User, at: datetime) -> Standing:
    """Figures beside the big button; three queries."""
    today = start_of_day(local_day(at))
    cases = FollowUp.objects.visible_to(user).exclude(outcome__in=UNCALLED)
    done = Q(status=FollowUpStatus.DONE)
    promised = cases.filter(due_at__gte=today, due_at__lt=today + timedelta(days=1)).aggregate(
        promised=Count("id"), kept=Count("id", done)
    )
    waits = FollowUp.objects.callable_by(user, at).aggregate(
        all=Count("id"), late=Count("id", Q(due_at__lt=at))
    )
    part_ends = outside(part_of_day(at), at, opens=time.min, closes=time.max)
    ahead = (
        FollowUp.objects.visible_to(user)
        .filter(status=FollowUpStatus.DUE)
        .filter(Q(next_call_at__gt=at) | Q(not_in_part=part_of_day(at)))
        # What waits for another part of the day may be called when this one ends.
        .annotate(begins=Case(When(next_call_at__gt=at, then="next_call_at"), default=Value(part_ends)))
        .aggregate(all=Count("id"), next=Min("begins"))
    )
    mine = FollowUp.objects.filter(finished_by=user, finished_at__gte=today).count()
    return Standing(
        promised=promised["promised"],
        kept=promised["kept"],
        mine=mine,
        waiting=waits["all"],
        late=waits["late"],
        later=ahead["all"],
        next_at=ahead["next"],
        opens_at=opens_at(user, at),
    )


@dataclass(frozen=True)
class Queue:
    """One of the queues that a caller may choose: its code, its name, and how many wait in it now."""

    code: str
    label: str
    waiting: int


LINE_LABELS = {"urgent": _("Urgent"), "promised": _("Promised times"), "late": _("Late")}


def lines_of(user: User, at: datetime) -> list[Queue]:
    """The queues within the queue, without empty ones: urgent, promised, late, and each language; one query."""
    waiting = FollowUp.objects.callable_by(user, at).order_by()
    rows = waiting.values_list("language").annotate(
        every=Count("id"),
        urgent=Count("id", Q(urgent=True)),
        promised=Count("id", Q(call_back_at__isnull=False)),
        late=Count("id", Q(due_at__lt=at)),
    )
    found = dict.fromkeys(LINES, 0)
    spoken: dict[str, int] = {}
    for language, every, *counted in rows.values_list("language", "every", *LINES):
        spoken |= {language: every} if language else {}
        found = {name: found[name] + more for name, more in zip(LINES, counted, strict=True)}
    names = dict(settings.LANGUAGES)
    queues = [Queue(name, str(LINE_LABELS[name]), found[name]) for name in LINES]
    queues += [Queue(code, str(names.get(code, code)), spoken[code]) for code in sorted(spoken)]
    return [each for each in queues if each.waiting]


def opens_at(user: User, at: datetime) -> datetime | None:
    """When calls begin again; None while at least one of the user's communities may be called (9:00–20:00)."""
    begins = [
        next_in_window(at, community.calls_from, community.calls_until)
        for community in Community.objects.visible_to(user)
    ]
    return None if any(begin <= at for begin in begins) else min(begins, default=None)


@dataclass(frozen=True)
class Sheet:
    """What a caller must know before the first word."""

    follow_up: FollowUp
    case: Ticket | Complaint | Permit
    attempt_no: int
    started_at: datetime
    # Earlier calls about this completion, oldest first.
    earlier: list[Attempt]
    # What else is open for this person or home, repairs and complaints.
    open: list[Ticket | Complaint]
    # The access log has a line for this call, so the number may stand on the page.
    may_show_phone: bool

    @property
    def ticket(self) -> Ticket | None:
        """The repair that is called about."""
        return self.case if isinstance(self.case, Ticket) else None

    @property
    def complaint(self) -> Complaint | None:
        """The complaint that is called about."""
        return self.case if isinstance(self.case, Complaint) else None

    @property
    def permit(self) -> Permit | None:
        """The decoration that is called about."""
        return self.case if isinstance(self.case, Permit) else None


def access_reason(follow_up: FollowUp) -> str:
    """The reason in the access log of the number that a call shows."""
    return f"follow-up call {follow_up.case_number}"


def held_by(user: User) -> FollowUp | None:
    """The case that this caller has in hands, if any."""
    held = FollowUp.objects.filter(claimed_by=user, status=FollowUpStatus.CLAIMED)
    return held.select_related("community").first()


def follow_up_for(user: User, follow_up_id: int) -> FollowUp:
    """A follow-up in the caller's communities; refuses `not_found`."""
    found = FollowUp.objects.visible_to(user).select_related("community").filter(pk=follow_up_id).first()
    if found is None:
        raise NotFound
    return found


def sheet(user: User, follow_up: FollowUp) -> Sheet:
    """The call sheet of a case; five queries."""
    found = _case(user, follow_up)
    attempts = list(follow_up.attempts.select_related("by"))
    present = next((each for each in attempts if each.ended_at is None), None)
    started_at = present.started_at if present else follow_up.completed_at
    return Sheet(
        follow_up=follow_up,
        case=found,
        attempt_no=follow_up.missed + 1,
        started_at=started_at,
        earlier=[each for each in attempts if each.ended_at is not None and each.outcome != "released"],
        open=_also_open(user, found),
        may_show_phone=AccessLog.objects.filter(
            by=user, at__gte=started_at, field="phone", reason=access_reason(follow_up)
        ).exists(),
    )


def _case(user: User, follow_up: FollowUp) -> Ticket | Complaint | Permit:
    if follow_up.work == "permit":
        permits = Permit.objects.visible_to(user)
        return permits.select_related("accepted_by", "applicant", "unit", "community").get(
            pk=follow_up.case_id
        )
    if follow_up.work == "complaint":
        complaints = Complaint.objects.visible_to(user)
        return complaints.select_related("handler", "reporter", "unit", "community").get(pk=follow_up.case_id)
    tickets = Ticket.objects.visible_to(user)
    return tickets.select_related("assignee", "reporter", "unit", "community").get(pk=follow_up.case_id)


def _also_open(user: User, case: Ticket | Complaint | Permit) -> list[Ticket | Complaint]:
    """Repairs and complaints that are open for the same home or person."""
    same = Q(unit=case.unit_id) if case.unit_id else Q(pk__in=())
    if case.reporter_id:
        same |= Q(reporter=case.reporter_id)
    found: list[Ticket | Complaint] = []
    for kind, unfinished in ((Ticket, "unfinished"), (Complaint, "open")):
        rows = getattr(kind.objects.visible_to(user), unfinished)().filter(same)
        rows = rows.exclude(pk=case.pk if isinstance(case, kind) else 0)
        found += list(rows.order_by("-id")[:CASES_READ])
    return found


def calls_about(user: User, ticket: Ticket) -> list[FollowUp]:
    """The follow-ups of a repair with their calls, newest completion first; nothing for those who are rated."""
    follow_ups = FollowUp.objects.visible_to(user).filter(work="repair", case_id=ticket.pk)
    return list(
        follow_ups.select_related("finished_by").prefetch_related("attempts__by").order_by("-completion_no")
    )


def call_back_choices(at: datetime, community: Community) -> list[datetime]:
    """Times that people usually ask for, within calling hours: in an hour, this evening, tomorrow morning and
    evening."""
    today = start_of_day(local_day(at))
    tomorrow = today + timedelta(days=1)
    evening = timedelta(hours=18, minutes=30)
    wished = [
        (at + timedelta(hours=1)).replace(second=0, microsecond=0),
        today + evening,
        tomorrow + timedelta(hours=9, minutes=30),
        tomorrow + evening,
    ]
    possible = [
        next_in_window(each, community.calls_from, community.calls_until) for each in wished if each > at
    ]
    return sorted({each.astimezone(LOCAL) for each in possible})
