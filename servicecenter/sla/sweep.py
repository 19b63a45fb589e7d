"""The sweep: fires what is due, in batches, exactly once, whatever runs beside it.

One transaction a batch: the cases are locked first (`FOR NO KEY UPDATE SKIP LOCKED`: a case in a person's hands waits
for the next round), then the timers are taken by a conditional update, then events and notices are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from servicecenter.audit.events import draft
from servicecenter.audit.models import Event
from servicecenter.lib.clock import database_now
from servicecenter.lib.works import Firing, Work, all_works
from servicecenter.sla import lateness
from servicecenter.sla.actions import DAILY, REPEAT
from servicecenter.sla.models import Acknowledgement, Timer, TimerState

# Each batch is one transaction. The first of a round is small enough that a worker which is killed again and again
# still gets somewhere; the others are large, so that a backlog is soon gone.
BATCH = 100
LARGEST = 800


def sweep(*, at: datetime | None = None, batch: int = BATCH) -> int:
    """Fires every due timer of every kind of work; returns how many. `at` is for the simulator's virtual clock, whose
    timers count as fired on the dot."""
    fired = 0
    waiting = _waiting(at or database_now())
    for work in all_works():
        if work.code not in waiting:
            continue
        size = batch
        while done := tell_due(work, at=at, batch=size):
            fired += done
            if done < size:
                break
            size = LARGEST
        fired += act_due(work, at=at, batch=batch)
    return fired


def _waiting(now: datetime) -> set[str]:
    """The kinds of work that have a due timer at all: most rounds find none, and ask once."""
    codes = [work.code for work in all_works()]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT work FROM unnest(%s::text[]) AS w (work) WHERE EXISTS "
            "(SELECT FROM sla_timer t WHERE t.work = w.work AND t.state = 'armed' AND t.due_at <= %s)",
            [codes, now],
        )
        return {row[0] for row in cursor.fetchall()}


def tell_due(work: Work, *, at: datetime | None = None, batch: int = BATCH) -> int:
    """One batch of timers that tell people. Returns how many fired."""
    with transaction.atomic():
        now = at or database_now()
        ids = _lock_due(work, now, batch, acts=False)
        if not ids:
            return 0
        timers = list(Timer.objects.filter(pk__in=ids, state=TimerState.ARMED).order_by("due_at", "id"))
        events = Event.objects.bulk_create(_event(timer, _stamp(timer, at, now)) for timer in timers)
        _mark_fired(timers, events, at, now)
        Timer.objects.bulk_create(filter(None, (_next_day(timer, now) for timer in timers)))
        taken = _taken_on(timers)
        work.tell([_firing(timer, taken.get(_clock_of(timer))) for timer in timers], now)
    _note_lateness(timers, at, now)
    return len(timers)


def act_due(work: Work, *, at: datetime | None = None, batch: int = BATCH) -> int:
    """Timers at which the program acts (a hold that ends by itself), each in its own transaction."""
    done = 0
    if not work.act:
        return done
    for _number in range(batch):
        with transaction.atomic():
            now = at or database_now()
            ids = _lock_due(work, now, 1, acts=True)
            timer = Timer.objects.filter(pk__in=ids, state=TimerState.ARMED).first()
            if timer is None:
                return done
            event = _event(timer, _stamp(timer, at, now))
            event.save(force_insert=True)
            _mark_fired([timer], [event], at, now)
            work.act[timer.step](timer.case_id, _stamp(timer, at, now))
        _note_lateness([timer], at, now)
        done += 1
    return done


def _lock_due(work: Work, now: datetime, batch: int, *, acts: bool) -> list[int]:
    table = connection.ops.quote_name(work.model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.id FROM sla_timer t JOIN {table} c ON c.id = t.case_id "
            "WHERE t.work = %s AND t.state = 'armed' AND t.due_at <= %s AND t.acts = %s "
            "ORDER BY t.due_at LIMIT %s FOR NO KEY UPDATE OF c SKIP LOCKED",
            [work.code, now, acts, batch],
        )
        return [row[0] for row in cursor.fetchall()]


def _mark_fired(timers: Sequence[Timer], events: Sequence[Event], at: datetime | None, now: datetime) -> None:
    stamps = [_stamp(timer, at, now) for timer in timers]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sla_timer t SET state = 'fired', event_id = f.event_id, fired_at = f.fired_at "
            "FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS f (id, event_id, fired_at) "
            "WHERE t.id = f.id AND t.state = 'armed'",
            [[timer.pk for timer in timers], [event.pk for event in events], stamps],
        )
        if cursor.rowcount != len(timers):
            raise RuntimeError("a timer left the armed state although its case was locked")


def _note_lateness(timers: Sequence[Timer], at: datetime | None, now: datetime) -> None:
    """Only of the real clock: a virtual one is never late."""
    if at is None:
        lateness.note((now - timer.due_at).total_seconds() for timer in timers)


def _stamp(timer: Timer, at: datetime | None, now: datetime) -> datetime:
    return timer.due_at if at is not None else now


def _event(timer: Timer, at: datetime) -> Event:
    return draft(
        community_id=timer.community_id,
        work=timer.work,
        case_id=timer.case_id,
        action=f"clock.{timer.step}",
        by=None,
        at=at,
        internal=True,
        data={
            "stage": timer.stage,
            "round": timer.round,
            "timer": timer.pk,
            "due_at": timer.deadline.isoformat(),
            "tell": timer.tell,
        },
    )


def _next_day(timer: Timer, now: datetime) -> Timer | None:
    """The next daily repetition; days that passed while nothing ran are told once, not one by one."""
    if not timer.step.startswith(DAILY):
        return None
    missed = max(0, (now - timer.due_at) // REPEAT)
    return Timer(
        community_id=timer.community_id,
        work=timer.work,
        case_id=timer.case_id,
        stage=timer.stage,
        round=timer.round,
        cycle=timer.cycle,
        step=f"{DAILY}{int(timer.step.removeprefix(DAILY)) + 1}",
        tell=timer.tell,
        channel=timer.channel,
        urgent=timer.urgent,
        due_at=timer.due_at + REPEAT * (1 + missed),
        deadline=timer.deadline,
        armed_at=now,
    )


ClockKey = tuple[int, str, int, datetime]


def _clock_of(timer: Timer) -> ClockKey:
    return timer.case_id, timer.stage, timer.round, timer.deadline


def _taken_on(timers: Sequence[Timer]) -> dict[ClockKey, int]:
    """Who answers for the missed deadlines that these timers are about; one query."""
    late = [timer for timer in timers if timer.step != "warn"]
    if not late:
        return {}
    rows = Acknowledgement.objects.filter(
        clock__work=late[0].work, clock__case_id__in={timer.case_id for timer in late}
    )
    return {
        (case_id, stage, round, deadline): by
        for case_id, stage, round, deadline, by in rows.values_list(
            "clock__case_id", "clock__stage", "clock__round", "deadline", "by"
        )
    }


def _firing(timer: Timer, acknowledged_by: int | None) -> Firing:
    return Firing(
        timer_id=timer.pk,
        work=timer.work,
        case_id=timer.case_id,
        community_id=timer.community_id,
        stage=timer.stage,
        step=timer.step,
        tell=timer.tell,
        due_at=timer.due_at,
        deadline=timer.deadline,
        urgent=timer.urgent,
        channel=timer.channel,
        acknowledged_by=acknowledged_by,
    )
