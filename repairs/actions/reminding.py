"""Reminders of an appointment, to both sides: the evening before and an hour before. Each is a timer of the repair."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from owners.models import Occupancy
from repairs.models import Appointment
from servicecenter.accounts.models import STAFF_ROLES, Membership
from servicecenter.lib.works import Firing
from servicecenter.notifications.actions import compose, post
from servicecenter.notifications.models import Message

Pairs = Collection[tuple[int, int | None]]


def remind(firings: Sequence[Firing], at: datetime) -> None:
    """Tells the resident and the technician of each appointment once a timer; three queries for any number. Nothing is
    said about one that has begun meanwhile (while nothing ran), or that is not agreed any more.

    Whoever moved out or left is not told; a resident without a login hears it on the phone that was left.
    """
    if not firings:
        return
    rows = Appointment.objects.agreed().filter(ticket__in=[firing.case_id for firing in firings])
    coming = rows.filter(starts_at__gt=at).select_related("ticket__reporter", "technician")
    agreed = {row.ticket_id: row for row in coming}
    homes, staff = _homes(agreed.values()), _staff(agreed.values())
    messages: list[Message] = []
    for firing in firings:
        if row := agreed.get(firing.case_id):
            readers = [user for user in [_login(row)] if user and _lives_there(row, user, homes)]
            workers = [user for user in [row.technician_id] if user and (user, row.community_id) in staff]
            messages += _said(row, firing.step, at, readers, workers)
    post(messages)


def _login(row: Appointment) -> int | None:
    reporter = row.ticket.reporter
    return reporter.user_id if reporter else None


def _homes(rows: Iterable[Appointment]) -> tuple[Pairs, Pairs]:
    """Who lives in which unit now, and in which community, of those who reported."""
    logins = {login for row in rows if (login := _login(row))}
    stays = Occupancy.objects.current().filter(person__user__in=logins)
    found = list(stays.values_list("person__user", "unit", "community"))
    return {(user, unit) for user, unit, _place in found}, {(user, place) for user, _unit, place in found}


def _lives_there(row: Appointment, user: int, homes: tuple[Pairs, Pairs]) -> bool:
    units, communities = homes
    unit = row.ticket.unit_id
    return (user, unit) in units if unit else (user, row.community_id) in communities


def _staff(rows: Iterable[Appointment]) -> Pairs:
    """Technicians with the communities that they still work in."""
    people = {row.technician_id for row in rows if row.technician_id}
    here = Membership.objects.filter(user__in=people, user__is_active=True, user__role__in=STAFF_ROLES)
    return set(here.values_list("user", "community"))


def _said(
    row: Appointment, step: str, at: datetime, readers: Sequence[int], workers: Sequence[int]
) -> list[Message]:
    ticket = row.ticket
    return compose(
        recipients=[*readers, *workers],
        event=f"repair.{step}",
        key=f"{row.pk}",
        at=at,
        community_id=row.community_id,
        work="repair",
        case_id=ticket.pk,
        params={
            "number": ticket.number,
            "starts_at": row.starts_at.isoformat(),
            "ends_at": row.ends_at.isoformat(),
            "engineer_name": str(row.technician),
        },
        to_contact=not readers and bool(ticket.contact_phone),
    )
