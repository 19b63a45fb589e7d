"""Technicians, jobs and rules as the ranking asks for them; a constant number of queries for any number of people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q

from repairs.models import NEEDED, Certificate, DispatchRule, Ticket, Urgency, Zone
from repairs.queries.ranking import Decision, Job, Worker, decide, rank
from repairs.workflow import AT_WORK, WITH_WORKER
from servicecenter.accounts.models import Membership, Role, User
from servicecenter.audit.models import Event
from servicecenter.incidents.models import DutyKind
from servicecenter.incidents.queries.duty import engineers_now
from servicecenter.lib.clock import local_day, start_of_day

LOAD = ("open", "emergencies", "visits", "on_site", "done")
Load = Mapping[int, Mapping[str, int]]


def crew(community_ids: Iterable[int], at: datetime) -> list[Worker]:
    """The active technicians of these communities as they are at `at`; five queries."""
    return _workers(list(User.objects.staff_of(community_ids, Role.TECHNICIAN).order_by("id")), at)


def as_worker(user: User, at: datetime) -> Worker:
    """One technician as they are at `at`; four queries."""
    return _workers([user], at)[0]


def _workers(people: Sequence[User], at: datetime) -> list[Worker]:
    ids = [person.pk for person in people]
    load, duties, zones = _load(ids, at), engineers_now(ids, at), _zones(ids)
    holds, expired = _certificates(ids, at)
    return [
        Worker(
            id=person.pk,
            name=str(person),
            trades=frozenset(person.trades),
            holds=frozenset(holds[person.pk]),
            expired=expired[person.pk],
            zones=frozenset(zones[person.pk]),
            on_duty=duties.get(person.pk) == DutyKind.ENGINEERING,
            away=duties.get(person.pk) == DutyKind.AWAY,
            open_jobs=mine.get("open", 0),
            emergencies=mine.get("emergencies", 0),
            visits_today=mine.get("visits", 0),
            on_site=mine.get("on_site", 0) > 0,
            done_today=mine.get("done", 0),
        )
        for person in people
        for mine in [load.get(person.pk, {})]
    ]


def job_of(ticket: Ticket) -> Job:
    """A repair as the rules see it; up to two queries (who gave it back, whether certificates are kept here)."""
    return Job(
        trade=ticket.trade,
        urgency=ticket.urgency,
        building=ticket.building_id,
        sent_back=sent_back_by([ticket])[ticket.pk],
        registered=ticket.trade in NEEDED and keeps_register([ticket.community_id]) == {ticket.community_id},
    )


def sent_back_by(tickets: Iterable[Ticket]) -> Mapping[int, Mapping[int, str]]:
    """Who gave each repair back, with what they said last; one query, none where nobody did."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    ids = [ticket.pk for ticket in tickets if ticket.sent_back_count]
    if ids:
        events = Event.objects.filter(work="repair", case_id__in=ids, action="send_back", by__isnull=False)
        for case_id, by_id, text in events.order_by("id").values_list("case_id", "by_id", "text"):
            found[case_id][by_id] = text
    return found


def keeps_register(community_ids: Iterable[int]) -> set[int]:
    """Those of these communities that have entered a certificate of somebody who works there; one query."""
    known = Certificate.objects.current().filter(user=OuterRef("user"))
    members = Membership.objects.filter(
        community__in=set(community_ids), user__role=Role.TECHNICIAN, user__is_active=True
    )
    return set(members.filter(Exists(known)).values_list("community_id", flat=True))


def decision_for(ticket: Ticket, at: datetime) -> Decision:
    """Whom the rules would send to this repair at `at`, everybody else after them with reasons."""
    rules = list(DispatchRule.objects.in_force(ticket.community_id))
    return decide(job_of(ticket), crew([ticket.community_id], at), rules)


def decisions_for(
    tickets: Sequence[Ticket], community_id: int, rules: Sequence[DispatchRule], at: datetime
) -> list[tuple[Ticket, Decision]]:
    """What `rules` would do with these repairs of one community at `at`; seven queries for any number of repairs."""
    workers = crew([community_id], at)
    back = sent_back_by(tickets)
    registered = bool(keeps_register([community_id]))
    found = []
    for ticket in tickets:
        job = Job(ticket.trade, ticket.urgency, ticket.building_id, back.get(ticket.pk, {}), registered)
        found.append((ticket, decide(job, workers, rules)))
    return found


def ranked_for_several(community_ids: Iterable[int], trade: str, at: datetime) -> Decision:
    """Whom to send to several repairs at once: by their trade, or without one by the load alone."""
    ids = set(community_ids)
    registered = trade in NEEDED and keeps_register(ids) == ids
    return Decision(rank(Job(trade, registered=registered), crew(ids, at)))


def _load(people: list[int], at: datetime) -> Load:
    """Open jobs, emergencies among them, today's visits and what was done today, by technician."""
    today = start_of_day(local_day(at))
    tomorrow = today + timedelta(days=1)
    jobs = Ticket.objects.filter(assignee__in=people).order_by()
    is_open = Q(status__in=WITH_WORKER)
    rows = (
        jobs.filter(is_open | Q(completed_at__gte=today))
        .values("assignee")
        .annotate(
            open=Count("id", is_open),
            emergencies=Count("id", is_open & Q(urgency=Urgency.EMERGENCY)),
            visits=Count("id", is_open & Q(appointment_start__gte=today, appointment_start__lt=tomorrow)),
            on_site=Count("id", Q(status__in=AT_WORK)),
            done=Count("id", Q(completed_at__gte=today)),
        )
    )
    return {row["assignee"]: {name: row[name] for name in LOAD} for row in rows}  # type: ignore[literal-required]


def _zones(people: list[int]) -> Mapping[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for user_id, building_id in Zone.objects.filter(user__in=people).values_list("user_id", "building_id"):
        found[user_id].add(building_id)
    return found


def _certificates(
    people: list[int], at: datetime
) -> tuple[Mapping[int, set[str]], Mapping[int, dict[str, str]]]:
    """Kinds that are valid on the day of `at`, and the last day of those that are not any more."""
    holds: dict[int, set[str]] = defaultdict(set)
    expired: dict[int, dict[str, str]] = defaultdict(dict)
    today = local_day(at)
    for each in Certificate.objects.current().filter(user__in=people).order_by("valid_until"):
        if each.is_valid(today):
            holds[each.user_id].add(each.kind)
        else:
            expired[each.user_id][each.kind] = each.valid_until.isoformat()
    return holds, expired


def certified(technician: User, at: datetime) -> Worker:
    """A technician with nothing but their certificates; one query."""
    holds, expired = _certificates([technician.pk], at)
    pk = technician.pk
    return Worker(pk, str(technician), holds=frozenset(holds[pk]), expired=expired[pk])
