"""Communities, homes and people of tests, and the promises made to them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from importlib import import_module

from django.apps import apps
from django.utils import timezone

from owners.models import Building, Occupancy, Person, Unit
from repairs.models import CheckRule
from servicecenter.accounts.models import Community, Membership, Role, User
from servicecenter.sla.models import Policy, Rung

PASSWORD = "test-pass-2026"


def make_promises() -> None:
    """The default promises and working hours, for tests that run after one that emptied the database.

    The migrations wrote ladders where they stood then; the rows are made of their tables here.
    """
    if Policy.objects.exists():
        return
    first, rest = (
        import_module(f"servicecenter.sla.migrations.{name}")
        for name in ("0002_default_policies", "0005_promise_table")
    )
    rows = [(work, urgency, "", stage, seconds, "always") for work, urgency, stage, seconds in first.DEFAULTS]
    rows += [(work, "", level, stage, seconds, clock) for work, level, stage, seconds, clock in rest.DEFAULTS]
    rows += [
        ("repair", "emergency", "", "secure", 4 * 3600, "always"),
        ("promise", "", "", "keep", None, "always"),
    ]
    answers = import_module("complaints.migrations.0002_tenancy_and_promises").DEFAULTS
    rows += [("inquiry", "", level, stage, seconds, clock) for level, stage, seconds, clock in answers]
    for work, urgency, level, stage, seconds, clock in rows:
        policy = Policy.objects.create(
            work=work,
            urgency=urgency,
            level=level,
            stage=stage,
            target_seconds=seconds,
            clock=clock,
            since=rest.SINCE,
        )
        Rung.objects.lay(policy, first.LADDER)
    rest._open_the_company(apps)
    import_module("servicecenter.sla.migrations.0008_pause_rules").add(apps, None)
    import_module("owners.migrations.0009_warranty_register").add(apps, None)
    for reason, percent in (("sample", 10), ("rework", 100), ("emergency", 100), ("low_rating", 100)):
        CheckRule.objects.create(reason=reason, percent=percent)


def make_community(code: str, name: str, series: str = "") -> Community:
    """A community whose calls may be made at any hour, so that no test depends on the time of day."""
    make_promises()
    return Community.objects.create(
        code=code,
        name=name,
        series=series,
        hotline="0592-5550100",
        calls_from=time(0, 0),
        calls_until=time(23, 59, 59, 999999),
    )


def make_staff(username: str, role: str, *communities: Community, name: str = "") -> User:
    """A member of staff who works in these communities."""
    user = User.objects.create_user(username, PASSWORD, role=role, name=name or username)
    Membership.objects.bulk_create(Membership(user=user, community=each) for each in communities)
    return user


def make_unit(community: Community, code: str) -> Unit:
    """A residence; its building is made if it is not there."""
    building, _made = Building.objects.get_or_create(community=community, code=code.split("-")[0])
    return Unit.objects.create(community=community, building=building, code=code, room=code.split("-")[-1])


def make_resident(
    name: str, phone: str, unit: Unit, role: str = "owner", *, since: datetime | None = None
) -> User:
    """A resident with a login and a current occupancy."""
    user: User = User.objects.get_or_create(
        phone=phone, defaults={"username": f"p{phone}", "role": Role.RESIDENT, "name": name}
    )[0]
    person = Person.objects.create(
        community=unit.community, user=user, name=name, phone=phone, phone_last4=phone[-4:]
    )
    Occupancy.objects.create(
        community=unit.community,
        unit=unit,
        person=person,
        role=role,
        since=since or timezone.now() - timedelta(days=400),
        is_primary=not unit.occupancies.filter(is_primary=True, until=None).exists(),
    )
    return user
