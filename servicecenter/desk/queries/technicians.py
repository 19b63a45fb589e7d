"""Whom to send: technicians of a community with their trades and today's load, the best fit first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from repairs.models import Ticket, Trade, Urgency
from repairs.workflow import AT_WORK, WITH_WORKER
from servicecenter.accounts.models import Role, User
from servicecenter.lib.clock import local_day, start_of_day

# Work that the rules allow only to somebody with a certificate (持证上岗).
LOAD = ("open", "emergencies", "visits", "on_site", "done")
CERTIFIED = frozenset({Trade.ELECTRICAL.value, Trade.GAS.value, Trade.LIFT.value})


@dataclass(frozen=True)
class Candidate:
    """A technician as the dispatcher sees them."""

    user: User
    trades: list[str]
    # True: trained for this trade; None: takes every trade; False: trained for others only.
    trained: bool | None
    lacks_certificate: bool
    open_jobs: int
    emergencies: int
    visits_today: int
    on_site: bool
    done_today: int

    @property
    def load(self) -> str:
        """Today's load in words."""
        said = [
            ngettext("%(count)s open job", "%(count)s open jobs", self.open_jobs) % {"count": self.open_jobs}
        ]
        if self.emergencies:
            urgent = ngettext("%(count)s emergency", "%(count)s emergencies", self.emergencies)
            said.append(urgent % {"count": self.emergencies})
        visits = ngettext("%(count)s visit today", "%(count)s visits today", self.visits_today)
        said.append(visits % {"count": self.visits_today})
        said.append(_("%(count)s done today") % {"count": self.done_today})
        if self.on_site:
            said.append(_("on site now"))
        return " · ".join(said)


def candidates(community_ids: Iterable[int], trade: str, at: datetime) -> list[Candidate]:
    """Active technicians of these communities, the best fit first: trained for the trade, then fewest open jobs.

    Two queries. Without a trade (several at once) only the load decides.
    """
    people = list(User.objects.staff_of(community_ids, Role.TECHNICIAN).order_by("id"))
    load = _load([person.pk for person in people], at)
    found = [_candidate(person, trade, load.get(person.pk, {})) for person in people]
    return sorted(found, key=_fit)


def _fit(one: Candidate) -> tuple[int, int, int, str]:
    rank = {True: 0, None: 1, False: 2}[one.trained] + (2 if one.lacks_certificate else 0)
    return rank, one.open_jobs, one.done_today, str(one.user)


def _candidate(person: User, trade: str, load: dict[str, int]) -> Candidate:
    trained = trade in person.trades if person.trades and trade else None
    return Candidate(
        user=person,
        trades=[str(Trade(each).label) for each in person.trades if each in Trade.values],
        trained=trained,
        lacks_certificate=trade in CERTIFIED and not trained,
        open_jobs=load.get("open", 0),
        emergencies=load.get("emergencies", 0),
        visits_today=load.get("visits", 0),
        on_site=load.get("on_site", 0) > 0,
        done_today=load.get("done", 0),
    )


def _load(people: list[int], at: datetime) -> dict[int, dict[str, int]]:
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
