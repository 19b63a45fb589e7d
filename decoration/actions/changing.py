"""Changes while work goes on: more time, other works, another contractor. Asked for, then decided by a supervisor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from decoration.actions.applying import refuse_forbidden, write_works
from decoration.actions.steps import file, hold_unit, needed, take
from decoration.models import Change, ChangeKind, Contractor, Paper, Permit, Rule
from decoration.queries.gaps import lacking
from decoration.queries.terms import terms_of
from servicecenter.accounts.models import User
from servicecenter.attachments.actions import Filed
from servicecenter.lib.clock import instant, local_day
from servicecenter.lib.refusals import Invalid
from servicecenter.workflow.run import Step, TransitionRefused, check, lock


def ask_change(
    permit: Permit,
    *,
    kind: str,
    reason: str,
    ends_on: date | None = None,
    contractor: Contractor | None = None,
    manager_name: str = "",
    manager_phone: str = "",
    room: str = "",
    rules: Iterable[Rule] = (),
    pictures: Sequence[Filed] = (),
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Change:
    """Asks for more time, other works or another contractor. Nothing is different before a supervisor agrees.

    `pictures`: of the papers that added works ask for, in the order of `lacking`; further ones belong to the last.
    Refuses `invalid`: an end that is no later, or beyond the longest time here; a contractor who is kept out or whose
    licence ends before; a paper without a picture; `works_forbidden`; `reason_needed`.
    """
    when, why, added = instant(at), needed(reason), list(rules)
    missing = lacking(permit, added) if kind == ChangeKind.SCOPE else []
    _check(permit, kind, ends_on, contractor, room, added, local_day(when))
    if len(pictures) < len(missing):
        raise Invalid(errors={"photos": [_("Missing: %(paper)s") % {"paper": each} for each in missing]})
    made: list[Change] = []

    def write(step: Step[Permit]) -> None:
        case = step.case
        assert case.ends_on is not None
        change = Change.objects.create(
            community_id=case.community_id,
            permit=case,
            kind=kind,
            reason=why,
            ends_on=ends_on if kind == ChangeKind.EXTENSION else None,
            ended_on=case.ends_on,
            contractor=contractor if kind == ChangeKind.CONTRACTOR else None,
            manager_name=manager_name[:60],
            manager_phone=manager_phone[:20],
            asked_at=step.at,
            asked_by=by,
        )
        if kind == ChangeKind.SCOPE:
            write_works(case, room.strip()[:40], added, change=change)
        _file(step, missing, pictures)
        made.append(change)

    data = {"kind": kind, "ends_on": ends_on.isoformat() if ends_on else "", "room": room}
    take(permit, "ask_change", by=by, at=when, version=version, text=why, data=data, first=(write,))
    return made[0]


def _file(step: Step[Permit], missing: Sequence[str], pictures: Sequence[Filed]) -> None:
    """Each picture under its paper; where no paper is missing it is one more drawing."""
    case = step.case
    papers = [
        Paper.objects.get_or_create(permit=case, name=name, defaults={"community_id": case.community_id})[0]
        for name in missing
    ]
    for number, picture in enumerate(pictures):
        kind, row = (
            ("permit_paper", papers[min(number, len(papers) - 1)].pk) if papers else ("permit", case.pk)
        )
        file(case, kind, row, picture, by=step.by, at=step.at)


def _check(
    permit: Permit,
    kind: str,
    ends_on: date | None,
    contractor: Contractor | None,
    room: str,
    rules: list[Rule],
    today: date,
) -> None:
    errors: dict[str, Any] = {}
    if kind == ChangeKind.EXTENSION:
        errors = _check_extension(permit, ends_on, today)
    elif kind == ChangeKind.CONTRACTOR:
        errors = _check_contractor(permit, contractor)
    elif kind == ChangeKind.SCOPE:
        if not room.strip():
            errors["room"] = [_("Please name the room.")]
        if not rules:
            errors["rules"] = [_("Please choose the works that are to be added.")]
        refuse_forbidden(permit, rules)
        if permit.works.filter(room=room.strip(), rule__in=rules).exists():
            errors["rules"] = [_("These works stand on the permit already.")]
    else:
        errors["kind"] = [_("This is not one of the choices.")]
    if errors:
        raise Invalid(errors=errors)


def _check_extension(permit: Permit, ends_on: date | None, today: date) -> dict[str, Any]:
    assert permit.starts_on is not None and permit.ends_on is not None  # noqa: PT018
    longest = terms_of(permit.community_id).longest_days
    if ends_on is None or ends_on <= max(permit.ends_on, today - timedelta(days=1)):
        return {"ends_on": [_("Please choose a day after the present end, and not in the past.")]}
    if (ends_on - permit.starts_on).days + 1 > longest:
        return {"ends_on": [_("The works take %(days)s days at most here.") % {"days": longest}]}
    return {}


def _check_contractor(permit: Permit, contractor: Contractor | None) -> dict[str, Any]:
    if contractor is None or contractor.community_id != permit.community_id:
        return {"contractor": [_("Please name the contractor.")]}
    if contractor.banned_at is not None:
        said = _("This contractor is not let in any more: %(reason)s")
        return {"contractor": [said % {"reason": contractor.ban_reason}]}
    if permit.ends_on and contractor.licence_until < permit.ends_on:
        said = _("The licence of %(name)s ends on %(day)s, before the works do.")
        return {"contractor": [said % {"name": contractor.name, "day": contractor.licence_until}]}
    return {}


def grant_change(
    permit: Permit, *, note: str = "", by: User, version: int | None = None, at: datetime | None = None
) -> Permit:
    """A supervisor agrees: the new end, works or contractor count from now on.

    Refuses `permit_overlaps` where the longer time runs into another permit of the unit.
    """
    when = instant(at)
    with transaction.atomic():
        hold_unit(permit)
        change = _open(permit, "grant_change", by)

        def decide(step: Step[Permit]) -> None:
            _decide(change, True, note, by, step.at)

        changes: dict[str, Any] = {}
        if change.ends_on is not None:
            changes["ends_on"] = change.ends_on
        if change.contractor is not None:
            changes |= {"contractor": change.contractor}
            named = {"manager_name": change.manager_name, "manager_phone": change.manager_phone}
            changes |= {name: value for name, value in named.items() if value}
        data: dict[str, Any] = {
            "kind": change.kind,
            "ends_on": change.ends_on.isoformat() if change.ends_on else "",
        }
        if change.contractor is not None:
            # Whoever answered for the site until now: the violations of that time are theirs.
            data["before"] = permit.contractor_id
        return take(
            permit,
            "grant_change",
            by=by,
            at=when,
            version=version,
            text=note,
            changes=changes,
            data=data,
            first=(decide,),
        )


def decline_change(
    permit: Permit, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> Permit:
    """A supervisor does not agree, and says why: all stays as it was."""
    why, when = needed(reason, 300), instant(at)
    with transaction.atomic():
        change = _open(permit, "decline_change", by)

        def forget(step: Step[Permit]) -> None:
            _decide(change, False, why, by, step.at)
            # What was not agreed to takes no place: it can be asked for again.
            change.works.all().delete()

        data = {"kind": change.kind}
        return take(
            permit, "decline_change", by=by, at=when, version=version, text=why, data=data, first=(forget,)
        )


def _open(permit: Permit, action: str, by: User) -> Change:
    locked = lock(permit)
    check(locked, action, by)
    change = locked.open_change
    if change is None:
        raise TransitionRefused
    return change


def _decide(change: Change, agreed: bool, answer: str, by: User, at: datetime) -> None:
    change.agreed, change.decided_at, change.decided_by, change.answer = agreed, at, by, answer[:300]
    change.save(update_fields=["agreed", "decided_at", "decided_by", "answer"])
