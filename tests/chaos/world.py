"""The world that the faults hit: communities whose promises last seconds, their staff and their residents.

In CHAOS people report and the staff works. In STORM nobody ever works: each repair lets twelve timers fire within
half a minute. CAST is where a fault acts alone, undisturbed by the load. BENCH holds the calls that are claimed.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction

from owners.models import Building, Occupancy, Person, Unit
from servicecenter.accounts.actions import issue_token
from servicecenter.accounts.models import Community, Membership, Role, User
from servicecenter.lib.clock import database_now
from servicecenter.sla.models import Policy, Rung

RESIDENTS, SLEEPERS, SUPERVISORS, CALLERS, BENCH_AGENTS = 24, 12, 2, 3, 20
# (stage, seconds, shares of the target after the breach at which the next rung hears of it)
PROMISES: dict[str, list[tuple[str, int, tuple[float, ...]]]] = {
    "CHAOS": [("respond", 10, (0, 0.5)), ("complete", 30, (0, 0.25))],
    "STORM": [
        ("respond", 6, (0, 0.25, 0.5, 1, 1.5)),
        ("complete", 10, (0, 0.25, 0.5, 1, 1.5)),
    ],
    "CAST": [("respond", 10, (0, 0.5)), ("complete", 30, (0, 0.25))],
    "BENCH": [("respond", 36000, (0,)), ("complete", 72000, (0,))],
}


@dataclass
class World:
    """What a client has to know to take part; kept in a file, so that a second run finds it."""

    communities: dict[str, int] = field(default_factory=dict)
    # token, unit and phone of each resident
    residents: list[dict[str, Any]] = field(default_factory=list)
    supervisors: list[dict[str, Any]] = field(default_factory=list)
    callers: list[dict[str, Any]] = field(default_factory=list)
    technicians: list[str] = field(default_factory=list)
    # Reports into the storm through the action itself.
    storm_agent: int = 0
    storm_units: list[int] = field(default_factory=list)
    bench_agents: list[int] = field(default_factory=list)
    # phones of residents who report nothing: whatever they are sent is the code they asked for
    sleepers: list[str] = field(default_factory=list)
    # resident, supervisor, technician, caller and colleague
    cast: dict[str, dict[str, Any]] = field(default_factory=dict)
    session: str = ""

    def save(self, path: Path) -> None:
        path.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> World:
        return cls(**json.loads(path.read_text(encoding="utf-8")))


@transaction.atomic
def build() -> World:
    """Makes all of it, through models and actions."""
    world = World()
    communities = {code: _community(code) for code in PROMISES}
    world.communities = {code: community.pk for code, community in communities.items()}
    _people_of_chaos(world, communities["CHAOS"])
    _people_of_storm(world, communities["STORM"])
    _cast(world, communities["CAST"])
    bench = [_hire(f"bench-{number}", Role.AGENT, communities["BENCH"]) for number in range(BENCH_AGENTS)]
    world.bench_agents = [agent.pk for agent in bench]
    _hire("bench-technician", Role.TECHNICIAN, communities["BENCH"])
    _hire("bench-supervisor", Role.SUPERVISOR, communities["BENCH"])
    _unit(communities["BENCH"], "1-1-101")
    return world


def _community(code: str) -> Community:
    """Calls at any hour, so that a run does not depend on the time of day; promises in seconds."""
    community = Community.objects.create(
        code=code, name=code, series=code[:2], calls_from=time(0), calls_until=time(23, 59, 59, 999999)
    )
    for stage, seconds, shares in PROMISES[code]:
        ladder = [{"after": share, "to": "supervisor"} for share in shares]
        _promise(community, "repair", stage, seconds, ladder)
    _promise(community, "follow_up", "call", 60, [{"after": 0, "to": "supervisor"}])
    return community


def _promise(community: Community, work: str, stage: str, seconds: int, ladder: list[dict[str, Any]]) -> None:
    for urgency in ("normal", "emergency") if work == "repair" else ("",):
        policy = Policy.objects.create(
            work=work,
            community=community,
            urgency=urgency,
            stage=stage,
            target_seconds=seconds,
            since=database_now(),
        )
        Rung.objects.lay(policy, ladder)


def _hire(username: str, role: str, community: Community) -> User:
    user = User.objects.create_user(username, None, role=role, name=username)
    Membership.objects.create(user=user, community=community)
    return user


def _unit(community: Community, code: str) -> Unit:
    building, _made = Building.objects.get_or_create(community=community, code=code.split("-")[0])
    return Unit.objects.create(community=community, building=building, code=code, room=code.split("-")[-1])


def _known(user: User) -> dict[str, Any]:
    return {"id": user.pk, "token": issue_token(user=user)[0]}


def _people_of_chaos(world: World, community: Community) -> None:
    world.residents = [_resident(community, f"139{number:08d}") for number in range(RESIDENTS)]
    supervisors = [_hire(f"supervisor-{number}", Role.SUPERVISOR, community) for number in range(SUPERVISORS)]
    world.supervisors = [_known(user) for user in supervisors]
    world.session = _session(supervisors[0])
    world.callers = [_known(_hire(f"caller-{number}", Role.AGENT, community)) for number in range(CALLERS)]
    for number in range(3):
        world.technicians.append(_hire(f"technician-{number}", Role.TECHNICIAN, community).username)
    _hire("manager", Role.MANAGER, community)


def _resident(community: Community, phone: str) -> dict[str, Any]:
    """The owner of a unit, with a login."""
    unit = _unit(community, f"1-1-{101 + int(phone[3:]) % 1000}")
    user = User.objects.create_user(f"p{phone}", None, role=Role.RESIDENT, phone=phone, name="居民")
    person = Person.objects.create(
        community=community, user=user, name=user.name, phone=phone, phone_last4=phone[-4:]
    )
    Occupancy.objects.create(
        community=community,
        unit=unit,
        person=person,
        role="owner",
        since=database_now() - timedelta(days=400),
        is_primary=True,
    )
    return _known(user) | {"unit": unit.pk, "phone": phone}


def _cast(world: World, community: Community) -> None:
    world.sleepers = [_resident(community, f"137{number:08d}")["phone"] for number in range(1, SLEEPERS + 1)]
    world.cast = {
        "resident": _resident(community, "13800000000"),
        "supervisor": _known(_hire("cast-supervisor", Role.SUPERVISOR, community)),
        "technician": _known(_hire("cast-technician", Role.TECHNICIAN, community)),
        "caller": _known(_hire("cast-caller", Role.AGENT, community)),
        "colleague": _known(_hire("cast-colleague", Role.AGENT, community)),
    }


def _people_of_storm(world: World, community: Community) -> None:
    world.storm_agent = _hire("storm-agent", Role.AGENT, community).pk
    _hire("storm-supervisor", Role.SUPERVISOR, community)
    world.storm_units = [_unit(community, f"1-1-{101 + number}").pk for number in range(20)]


def _session(user: User) -> str:
    """A browser in which the user is signed in."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return session.session_key or ""
