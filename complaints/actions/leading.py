"""Who is in charge, how serious it is, until when, and the joint team 专项小组."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from types import EllipsisType
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.actions.steps import take
from complaints.models import NEXT, SIMPLE, Complaint, Level, Member, Type
from complaints.queries.people import colleagues_of, handlers_for
from servicecenter.accounts.models import User
from servicecenter.audit.events import Actor
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid
from servicecenter.workflow.run import Step, lock

FARTHEST_DAY = timedelta(days=180)
LARGEST_TEAM = 20


def assign(
    complaint: Complaint,
    *,
    handler: User,
    note: str = "",
    by: Actor,
    version: int | None = None,
    at: datetime | None = None,
) -> Complaint:
    """Puts somebody in charge. Refuses `invalid`: somebody who does not work here, whom it is about, or who may not
    lead what is serious (supervisors and managers do)."""
    _check_handler(complaint, handler)
    return take(
        complaint,
        "assign",
        by=by,
        at=at,
        version=version,
        text=note,
        changes={"handler": handler},
        data={"handler": handler.pk, "handler_name": str(handler)},
        internal=True,
    )


def _check_handler(complaint: Complaint, handler: User, level: str = "") -> None:
    if not handlers_for(complaint, level).filter(pk=handler.pk).exists():
        raise Invalid(errors={"handler": [_("Please choose somebody who may take this on.")]})


def raise_level(
    complaint: Complaint,
    *,
    reason: str,
    by: Actor,
    version: int | None = None,
    at: datetime | None = None,
) -> Complaint:
    """One level higher: the next person hears of it, the history stays. Deadlines count from the original start."""
    facts: dict[str, Any] = {}

    def higher(locked: Complaint, _when: datetime) -> dict[str, Any]:
        return _level_changes(locked, NEXT[locked.level], facts)

    return take(
        complaint, "raise_level", by=by, at=at, version=version, text=reason, data=facts, prepare=higher
    )


def classify(
    complaint: Complaint,
    *,
    type: str,
    level: str,
    compensation: bool | None = None,
    about: User | EllipsisType | None = ...,
    reason: str = "",
    by: Actor,
    version: int | None = None,
    at: datetime | None = None,
) -> Complaint:
    """Corrects what it is about and how serious it is, whether money is asked for, and whom it is about (None: nobody
    after all): they see it no more. Refuses `invalid` for anything that is not on the lists."""
    errors: dict[str, list[Any]] = {}
    if type not in Type.values:
        errors["type"] = [_("Please choose what it is about.")]
    if level not in Level.values:
        errors["level"] = [_("Please choose a level.")]
    if isinstance(about, User) and complaint.community_id not in about.community_ids:
        errors["about"] = [_("Please choose somebody who works here.")]
    if errors:
        raise Invalid(errors=errors)
    facts: dict[str, Any] = {}

    def corrected(locked: Complaint, _when: datetime) -> dict[str, Any]:
        facts.update(type=type, type_before=locked.type)
        now: dict[str, Any] = {"type": type}
        if compensation is not None:
            now["compensation"] = compensation
        if about is not ...:
            now["about"] = about
            locked.about = about
        changes = now | _level_changes(locked, level, facts)
        if isinstance(about, User):
            changes |= {
                name: None for name in ("handler", "agent") if getattr(locked, f"{name}_id") == about.pk
            }
        return changes

    return take(
        complaint, "classify", by=by, at=at, version=version, text=reason, data=facts, prepare=corrected
    )


def _level_changes(locked: Complaint, level: str, facts: dict[str, Any]) -> dict[str, Any]:
    """The new level; what is serious now leaves the hands of whoever may not lead it."""
    facts.update(level=str(level), level_before=locked.level)
    changes: dict[str, Any] = {"level": str(level)}
    handler = locked.handler
    if handler is not None and not handlers_for(locked, level).filter(pk=handler.pk).exists():
        changes["handler"] = None
    if locked.handler is None and level in SIMPLE and locked.agent_id != locked.about_id:
        changes["handler"] = locked.agent
    return changes


def set_day(
    complaint: Complaint,
    *,
    close_by: datetime,
    reason: str = "",
    by: Actor,
    version: int | None = None,
    at: datetime | None = None,
) -> Complaint:
    """A manager approves the day by which a serious one is closed; the complainant is told. Refuses `invalid` for a
    time that is past or more than half a year away."""
    now = instant(at)
    if not now < close_by <= now + FARTHEST_DAY:
        raise Invalid(errors={"close_by": [_("Please choose a day within the next six months.")]})
    return take(
        complaint,
        "set_day",
        by=by,
        at=now,
        version=version,
        text=reason,
        changes={"close_by": close_by},
        data={"close_by": close_by.isoformat()},
    )


def form_team(
    complaint: Complaint,
    *,
    handler: User,
    members: Collection[User],
    by: Actor,
    version: int | None = None,
    at: datetime | None = None,
) -> Complaint:
    """The joint team of a major one, with its lead in charge. Everybody on it sees the case; whoever is taken off it
    does not. Refuses `invalid` as `assign` does, and for anybody who does not work here or whom it is about."""
    now = instant(at)
    with transaction.atomic():
        locked = lock(complaint)
        _check_handler(locked, handler)
        ids = {each.pk for each in members} - {handler.pk}
        known = set(colleagues_of(locked).filter(pk__in=ids).values_list("pk", flat=True))
        if known != ids or len(ids) > LARGEST_TEAM:
            raise Invalid(errors={"members": [_("Please choose colleagues of this community.")]})

        def together(step: Step[Any]) -> None:
            Member.objects.filter(complaint=step.case).exclude(user__in=ids).delete()
            Member.objects.bulk_create(
                [
                    Member(community_id=step.case.community_id, complaint=step.case, user_id=each)
                    for each in sorted(ids)
                ],
                ignore_conflicts=True,
            )

        return take(
            complaint,
            "form_team",
            by=by,
            at=now,
            version=version,
            changes={"handler": handler},
            data={"handler_name": str(handler), "members": sorted(str(each) for each in members)},
            first=(together,),
        )
