"""Whom an outage is told to: everybody who lives where it reaches, and whoever answers for its end."""

from __future__ import annotations

from datetime import datetime

from owners.queries.logins import logins_near
from repairs.models import Outage
from servicecenter.accounts.models import Role
from servicecenter.accounts.queries import rung, staff_by_role
from servicecenter.notifications.actions import compose, post


def residents_near(outage: Outage) -> list[int]:
    """The logins of those who live in or own a unit that the outage reaches now; one query."""
    return logins_near(outage.community_id, None if outage.everywhere else outage.reached.values("building"))


def tell_residents(outage: Outage, news: str, *, at: datetime) -> None:
    """`announced`, `moved`, `restored` or `called_off`, once for each version of the outage."""
    _tell(outage, residents_near(outage), news, at=at, key=f"{outage.number}:{outage.version}")


def tell_responsible(outage: Outage, *, by_id: int, at: datetime) -> None:
    """Whoever answers for it hears of it, if somebody else wrote it down."""
    if outage.responsible_id != by_id:
        _tell(outage, [outage.responsible_id], "given", at=at, key=outage.number)


def remind(outage: Outage, *, at: datetime) -> None:
    """The expected end has come: whoever answers for it, or the supervisors where they have left."""
    staff = staff_by_role([outage.community_id])[outage.community_id]
    here = any(outage.responsible_id in people for people in staff.values())
    people = [outage.responsible_id] if here else rung(staff, Role.SUPERVISOR)
    _tell(outage, people, "remind", at=at, key=_end(outage))


def warn(outage: Outage, *, at: datetime) -> None:
    """An hour later still nobody has said how it goes on: the supervisors."""
    staff = staff_by_role([outage.community_id])[outage.community_id]
    _tell(outage, rung(staff, Role.SUPERVISOR), "overdue", at=at, key=_end(outage))


def _end(outage: Outage) -> str:
    return f"{outage.number}:{outage.expected_end_at.isoformat()}"


def _tell(outage: Outage, people: list[int], news: str, *, at: datetime, key: str) -> None:
    post(
        compose(
            recipients=people,
            event=f"outage.{news}",
            key=key,
            at=at,
            community_id=outage.community_id,
            work="outage",
            case_id=outage.pk,
            params={
                "number": outage.number,
                "kind": outage.kind,
                "starts_at": outage.starts_at.isoformat(),
                "due_at": outage.expected_end_at.isoformat(),
            },
        )
    )
