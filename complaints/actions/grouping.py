"""Group complaints 群诉: many households, one cause; and other cases that have to do with one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.actions.leading import raise_level
from complaints.actions.steps import take
from complaints.models import GROUP_IS_MAJOR, Complaint, Level, Link
from complaints.queries.links import target_of
from complaints.workflow import OPEN, Status
from servicecenter.accounts.models import User
from servicecenter.audit.events import Actor, record
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from servicecenter.workflow.run import Step, lock


def join(
    complaint: Complaint,
    *,
    lead: Complaint,
    by: Actor,
    version: int | None = None,
    at: datetime | None = None,
) -> Complaint:
    """It has the same cause as another one and goes on with it; whoever complained is told, and that answers them.

    From five households on the group is a major matter. Both rows are locked, the lower id first. Refuses `invalid` for
    itself, another community, one that is closed, or one that is in a group itself.
    """
    with transaction.atomic():
        for pk in sorted({complaint.pk, lead.pk}):
            lock(Complaint(pk=pk))
        other = Complaint.objects.get(pk=lead.pk)
        if (
            other.pk == complaint.pk
            or other.community_id != complaint.community_id
            or other.status not in OPEN
        ):
            raise Invalid(errors={"lead": [_("Please choose another open complaint of this community.")]})

        def joined(locked: Complaint, when: datetime) -> dict[str, Any]:
            return {
                "lead": other,
                "held_from": Status.ACKNOWLEDGED if locked.status == Status.RECEIVED else locked.status,
                "responded_at": locked.responded_at or when,
                "agent": locked.agent or by,
            }

        found = take(
            complaint, "join", by=by, at=at, version=version, data={"lead": other.number}, prepare=joined
        )
        _grow(other, by, at)
    return found


def _grow(lead: Complaint, by: Actor, at: datetime | None) -> None:
    """Many households make it major."""
    households = 1 + lead.group.filter(status=Status.JOINED).count()
    while households >= GROUP_IS_MAJOR and lead.level != Level.MAJOR:
        reason = str(_("%(count)s households have the same complaint.") % {"count": households})
        raise_level(lead, reason=reason, by=by, at=at)


def leave(
    complaint: Complaint, *, by: Actor, version: int | None = None, at: datetime | None = None
) -> Complaint:
    """It has a cause of its own after all, and goes on where it stood; its promises count from the beginning."""
    return take(complaint, "leave", by=by, at=at, version=version, changes={"lead": None, "held_from": ""})


def add_link(complaint: Complaint, *, other: str, by: User, at: datetime | None = None) -> Complaint:
    """Puts a case beside it by its number, or a person by their telephone number. Twice is once. Refuses `invalid` for
    what is not found in this community, for itself, and for a person beside an anonymous complaint."""
    target = target_of(by, complaint, other)
    if target is None:
        raise Invalid(errors={"other": [_("Nothing with this number is on record here.")]})

    def write(step: Step[Any]) -> None:
        Link.objects.get_or_create(
            complaint=step.case,
            work=target.work,
            case_id=target.case_id,
            defaults={"community_id": step.case.community_id, "number": target.number},
        )

    return take(complaint, "link", by=by, at=at, data={"number": target.number}, first=(write,))


def unlink(complaint: Complaint, *, link: int, by: User, at: datetime | None = None) -> Complaint:
    """It has nothing to do with it after all. Refuses `not_found` for a link that is not here."""

    def drop(step: Step[Any]) -> None:
        gone, _rows = step.case.links.filter(pk=link).delete()
        if not gone:
            raise NotFound

    number = complaint.links.filter(pk=link).values_list("number", flat=True).first()
    return take(complaint, "unlink", by=by, at=at, data={"number": number or ""}, first=(drop,))


def link(
    complaint: Complaint, *, work: str, case_id: int, number: str, by: User, at: datetime | None = None
) -> Link:
    """Another case has to do with it (a repair, a handover): they are shown beside each other. Linking again changes
    nothing. Refuses `not_found` out of scope and `not_permitted` to all but those who work on it."""
    now = instant(at)
    with transaction.atomic():
        locked = lock(complaint)
        standings = locked.standings(by)
        if not standings:
            raise NotFound
        if not standings - {"colleague", "resident", "member"}:
            raise NotPermitted
        row, made = Link.objects.get_or_create(
            complaint=locked,
            work=work,
            case_id=case_id,
            defaults={"community_id": locked.community_id, "number": number},
        )
        if made:
            record(
                community_id=locked.community_id,
                work="complaint",
                case_id=locked.pk,
                action="link",
                by=by,
                at=now,
                internal=True,
                data={"number": number},
            )
    return row
