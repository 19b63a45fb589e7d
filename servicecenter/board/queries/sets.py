"""The sets that figures count, each one a condition on the rows of a source (domain: definitions of figures).

A set has a code (it stands in the addresses of the lists behind figures) and a title in words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from repairs.models import NOT_STOPPED, Ticket, WindowState
from repairs.queries.punctuality import KEPT_IN_TIME, NOT_KEPT
from repairs.workflow import Status
from servicecenter.board.models import CallMade
from servicecenter.board.queries import sources
from servicecenter.board.queries.slices import Slice
from servicecenter.board.queries.sources import Source
from servicecenter.sla.arithmetic import part_of_day
from surveys.workflow import SATISFIED_FROM, UNCALLED, AttemptOutcome, FollowUpStatus, Outcome

Where = Callable[[Slice, datetime], Q]
REPEAT_WITHIN = timedelta(days=30)


@dataclass(frozen=True)
class Set:
    """Rows of `source` for which `where(slice, now)` holds."""

    code: str
    title: str | Words
    source: Source
    where: Where


def _promises(stage: str, due: Words, kept: Words, missed: Words, **only: int) -> tuple[Set, Set, Set]:
    """Promises of a stage whose deadline lies in the period, split into kept and missed.

    Cancelled ones do not count, nor do running ones that are not due yet. A paused one is not due, because its deadline
    moves; what was missed before the pause stays missed.
    """
    code = f"{stage}_first" if only else stage
    of_stage = Q(stage=stage, cancelled_at=None, **only)

    def is_late(now: datetime) -> Q:
        stands = Q(paused_at=None, due_at__lte=now) | Q(due_at__lte=F("paused_at"))
        return (Q(met_at=None) & stands) | Q(met_at__gt=F("due_at"))

    return (
        Set(
            f"{code}_due",
            due,
            sources.PROMISES,
            lambda _part, now: of_stage & (Q(met_at__isnull=False) | is_late(now)),
        ),
        Set(
            f"{code}_kept", kept, sources.PROMISES, lambda _part, _now: of_stage & Q(met_at__lte=F("due_at"))
        ),
        Set(f"{code}_missed", missed, sources.PROMISES, lambda _part, now: of_stage & is_late(now)),
    )


def _always(_part: Slice, _now: datetime) -> Q:
    return Q()


def _repeated() -> Exists:
    """Something of the same trade was reported again from the same unit within 30 days after the completion."""
    again = Ticket.objects.filter(
        unit=OuterRef("ticket__unit"),
        trade=OuterRef("ticket__trade"),
        reported_at__gt=OuterRef("completed_at"),
        reported_at__lte=OuterRef("completed_at") + REPEAT_WITHIN,
    )
    return Exists(
        again.exclude(pk=OuterRef("ticket")).exclude(status__in=[Status.CANCELLED, Status.DUPLICATE])
    )


def _called() -> Q:
    """Nothing is done without a call, so only open follow-ups are looked up among the calls."""
    made = CallMade.objects.filter(follow_up=OuterRef("pk")).exclude(
        outcome__in=["", AttemptOutcome.RELEASED]
    )
    return DONE | Q(Exists(made))


FIRST = Q(completion_no=1)
# A completion that was done again before its call needs no call any more; one that the sample of its outage stands for
# gets none. Neither is counted as called.
COUNTS = ~Q(outcome__in=UNCALLED)
DONE = Q(status=FollowUpStatus.DONE) & COUNTS
REACHED = Q(outcome__in=[Outcome.SATISFIED, Outcome.DISSATISFIED])
ANSWER = Q(overall__isnull=False) & COUNTS


def _for_good(_part: Slice, _now: datetime) -> Q:
    return Q(completion_no=F("ticket__completion_no"), ticket__completed_at__isnull=False)


def _first_time(_part: Slice, _now: datetime) -> Q:
    return FIRST & Q(ticket__rework_count=0) & ~Q(_repeated())


def _not_first_time(_part: Slice, _now: datetime) -> Q:
    return FIRST & (Q(ticket__rework_count__gt=0) | Q(_repeated()))


def _handled(part: Slice, _now: datetime) -> Q:
    return Q(closed_at__lt=part.until)


# Bands of the backlog, in days since the report: [from, to).
AGES: Mapping[str, tuple[int, int | None, Words]] = {
    "age_1": (0, 1, _("under 1 day")),
    "age_2": (1, 2, _("1–2 days")),
    "age_7": (2, 7, _("2–7 days")),
    "age_30": (7, 30, _("7–30 days")),
    "age_more": (30, None, _("over 30 days")),
}


def _age(youngest: int, oldest: int | None) -> Where:
    def where(_part: Slice, now: datetime) -> Q:
        older = Q() if oldest is None else Q(reported_at__gt=now - timedelta(days=oldest))
        # What was reported a moment after `now` is as young as can be.
        return older & (Q(reported_at__lte=now - timedelta(days=youngest)) if youngest else Q())

    return where


def _visits(which: Q) -> Where:
    """Of agreed windows that are over, and of those that were kept before their end; the rule is that of
    `repairs.queries.punctuality`, which the desk shows by engineer."""
    return lambda _part, now: which & (Q(ends_at__lte=now) | Q(state=WindowState.KEPT))


def _due_within(hours: int) -> Where:
    return lambda _part, now: (
        NOT_STOPPED & Q(next_due_at__gte=now, next_due_at__lt=now + timedelta(hours=hours))
    )


_ALL = (
    *_promises("respond", _("Response promises due"), _("Responded in time"), _("Responded late or not yet")),
    *_promises(
        "arrive",
        _("Arrival promises due (emergencies)"),
        _("Arrived in time (emergencies)"),
        _("Arrived late or not yet (emergencies)"),
    ),
    *_promises(
        "secure",
        _("Promises to make safe due (emergencies)"),
        _("Made safe in time (emergencies)"),
        _("Made safe late or not yet (emergencies)"),
    ),
    *_promises(
        "complete", _("Completion promises due"), _("Completed in time"), _("Completed late or not yet")
    ),
    *_promises(
        "complete",
        _("Completion promises due, first round only"),
        _("Completed in time, first round only"),
        _("Completed late or not yet, first round only"),
        round=1,
    ),
    Set("completions", _("Completed repairs"), sources.COMPLETIONS, _always),
    Set(
        "reworked",
        _("Completions sent back for rework"),
        sources.COMPLETIONS,
        lambda _part, _now: Q(ticket__rework_count__gte=F("completion_no")),
    ),
    Set(
        "first_completions",
        _("Repairs completed for the first time"),
        sources.COMPLETIONS,
        lambda _p, _n: FIRST,
    ),
    Set("last_completions", _("Repairs completed for good"), sources.COMPLETIONS, _for_good),
    Set("first_time", _("Fixed the first time"), sources.COMPLETIONS, _first_time),
    Set(
        "not_first_time",
        _("Reworked, or reported again within 30 days"),
        sources.COMPLETIONS,
        _not_first_time,
    ),
    Set(
        "to_call",
        _("Completed, and the call is due or made"),
        sources.COMPLETIONS,
        lambda _p, now: COUNTS & (Q(due_at__lte=now) | _called()),
    ),
    Set("called", _("Called at least once"), sources.COMPLETIONS, lambda _p, _n: COUNTS & _called()),
    Set(
        "sampled_out",
        _("Not called: covered by the sample of an outage"),
        sources.COMPLETIONS,
        lambda _p, _n: Q(outcome=Outcome.COVERED),
    ),
    Set("reached", _("Reached by phone"), sources.COMPLETIONS, lambda _p, _n: REACHED),
    Set(
        "content",
        _("Reached and satisfied (8 or more)"),
        sources.COMPLETIONS,
        lambda _p, _n: REACHED & Q(overall__gte=SATISFIED_FROM),
    ),
    Set("answers", _("Answers with a rating"), sources.COMPLETIONS, lambda _p, _n: ANSWER),
    Set(
        "satisfied",
        _("Rated 8 or more"),
        sources.COMPLETIONS,
        lambda _p, _n: ANSWER & Q(overall__gte=SATISFIED_FROM),
    ),
    Set(
        "unsatisfied",
        _("Rated below 8"),
        sources.COMPLETIONS,
        lambda _p, _n: ANSWER & Q(overall__lt=SATISFIED_FROM),
    ),
    Set(
        "calls_due", _("Follow-ups due"), sources.CALLS, lambda _p, now: COUNTS & (DONE | Q(due_at__lte=now))
    ),
    Set("calls_covered", _("Follow-ups with an outcome"), sources.CALLS, lambda _p, _n: DONE),
    Set(
        "calls_open",
        _("Follow-ups due without an outcome"),
        sources.CALLS,
        lambda _p, now: ~Q(status=FollowUpStatus.DONE) & Q(due_at__lte=now),
    ),
    Set(
        "calls_kept",
        _("Follow-ups finished in time"),
        sources.CALLS,
        lambda _p, _n: DONE & Q(finished_at__lte=F("due_at")),
    ),
    Set(
        "calls_missed",
        _("Follow-ups finished late or not yet"),
        sources.CALLS,
        lambda _p, now: (
            COUNTS & (Q(finished_at__gt=F("due_at")) | (~Q(status=FollowUpStatus.DONE) & Q(due_at__lte=now)))
        ),
    ),
    Set("attempts", _("Calls made"), sources.ATTEMPTS, _always),
    Set(
        "attempts_reached",
        _("Calls that reached somebody"),
        sources.ATTEMPTS,
        lambda _p, _n: Q(outcome=AttemptOutcome.REACHED),
    ),
    Set(
        "visits_due", _("Appointments that were to be kept"), sources.VISITS, _visits(KEPT_IN_TIME | NOT_KEPT)
    ),
    Set("visits_kept", _("Appointments kept in time"), sources.VISITS, _visits(KEPT_IN_TIME)),
    Set("visits_missed", _("Appointments kept late or not"), sources.VISITS, _visits(NOT_KEPT)),
    Set("reported", _("Reported repairs"), sources.REPORTS, _always),
    Set("handled", _("Closed in the period"), sources.WORKLOAD, _handled),
    Set("to_handle", _("Open at the start or new in the period"), sources.WORKLOAD, _always),
    Set("backlog", _("Unfinished repairs"), sources.BACKLOG, _always),
    Set("on_hold", _("On hold"), sources.BACKLOG, lambda _p, _n: Q(status=Status.ON_HOLD)),
    *(
        Set(code, title, sources.BACKLOG, _age(youngest, oldest))
        for code, (youngest, oldest, title) in AGES.items()
    ),
    Set("running", _("Running promises"), sources.RUNNING, lambda _p, _n: NOT_STOPPED),
    Set(
        "overdue",
        _("Overdue now"),
        sources.RUNNING,
        lambda _p, now: NOT_STOPPED & Q(next_due_at__lt=now),
    ),
    Set("due_4h", _("Due within 4 hours"), sources.RUNNING, _due_within(4)),
    Set("due_24h", _("Due within 24 hours"), sources.RUNNING, _due_within(24)),
    Set("queue", _("Waiting for a follow-up call"), sources.QUEUE, _always),
    Set(
        "queue_now",
        _("Can be called now"),
        sources.QUEUE,
        lambda _p, now: Q(next_call_at__lte=now) & ~Q(not_in_part=part_of_day(now)),
    ),
    Set("queue_late", _("Follow-up call overdue"), sources.QUEUE, lambda _p, now: Q(due_at__lt=now)),
)
SETS: Mapping[str, Set] = {each.code: each for each in _ALL}
