"""On site: patrols, violations and looking at them again, stopping the works, the water test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from decoration.actions.clocks import remind_of_patrol, remind_of_violations
from decoration.actions.steps import file, needed, take
from decoration.models import Patrol, Permit, Rule, Violation, WaterTest
from decoration.queries.patrols import checklist, next_due
from decoration.queries.terms import terms_of
from servicecenter.accounts.models import Role, User
from servicecenter.attachments.actions import Filed
from servicecenter.audit.events import Actor
from servicecenter.lib.clock import LOCAL, instant, local_day
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from servicecenter.workflow.run import Step, check, lock

INSPECTORS = (Role.TECHNICIAN, Role.SECURITY)
FARTHEST = timedelta(days=30)


@dataclass(frozen=True)
class Seen:
    """A rule that was broken: what was seen, with pictures; `due_on` None: as many days as the rule gives."""

    rule: Rule
    words: str
    due_on: date | None = None
    pictures: Sequence[Filed] = ()
    complaint: str = ""


def assign(permit: Permit, *, inspector: User, by: Actor, at: datetime | None = None) -> Permit:
    """Puts a technician or guard of the community in charge of the patrols. Refuses `invalid` for anybody else."""
    here = User.objects.staff_of([permit.community_id], *INSPECTORS)
    if not here.filter(pk=inspector.pk).exists():
        raise Invalid(errors={"inspector": [_("Please choose somebody who works here.")]})
    changes, data = {"inspector": inspector}, {"inspector_name": str(inspector)}
    return take(permit, "assign", by=by, at=at, changes=changes, data=data)


def patrol(
    permit: Permit,
    *,
    fine: Sequence[Rule],
    broken: Sequence[Seen] = (),
    note: str = "",
    by: User,
    at: datetime | None = None,
    heard_at: datetime | None = None,
) -> Patrol:
    """Somebody was there and went through the list: each rule is fine or broken, none is left out. The next patrol is
    planned with it. `heard_at`: told later by a phone; what was found has its whole time from then on.

    Refuses `invalid` where a rule was not looked at, or is both; and as `report_violation` does.
    """
    when = instant(at)
    looked = [each.pk for each in fine] + [each.rule.pk for each in broken]
    if len(looked) != len(set(looked)) or set(looked) != {each.pk for each in checklist(permit)}:
        raise Invalid(errors={"rules": [_("Please say of every line whether it is in order.")]})
    for seen in broken:
        _check_seen(permit, seen, when)
    made: list[Patrol] = []

    def write(step: Step[Permit]) -> None:
        case = step.case
        made.append(
            Patrol.objects.create(
                community_id=case.community_id,
                permit=case,
                due_on=case.patrol_due_on or local_day(step.at),
                at=step.at,
                by=by,
                looked_at=len(looked),
                broken=len(broken),
                note=note.strip()[:500],
            )
        )
        for seen in broken:
            _write(case, seen, by, step.at, made[0], heard_at)
        _plan_next(case, step.at)

    data = {"looked_at": len(looked), "broken": [seen.rule.text for seen in broken]} | _heard(heard_at)
    take(permit, "patrol", by=by, at=when, text=note.strip(), data=data, first=(write,))
    return made[0]


def report_violation(
    permit: Permit,
    seen: Seen,
    *,
    by: User,
    at: datetime | None = None,
    heard_at: datetime | None = None,
) -> Violation:
    """A violation between patrols: seen by somebody on the staff, or told by a neighbour's complaint (`complaint`, its
    number). It is to be put right by a day; patrols come daily until then.

    Refuses `invalid`: a rule of others, no words, a day that is past or more than 30 days away.
    """
    when = instant(at)
    _check_seen(permit, seen, when)
    made: list[Violation] = []

    def write(step: Step[Permit]) -> None:
        made.append(_write(step.case, seen, by, step.at, None, heard_at))
        _plan_next(step.case, step.at)

    due = _due(seen, heard_at or when).isoformat()
    data = {"rule": seen.rule.text, "due_at": due, "complaint": seen.complaint} | _heard(heard_at)
    take(permit, "report_violation", by=by, at=when, text=seen.words, data=data, first=(write,))
    return made[0]


def _heard(heard_at: datetime | None) -> dict[str, str]:
    return {"heard_at": heard_at.isoformat()} if heard_at else {}


def _check_seen(permit: Permit, seen: Seen, at: datetime) -> None:
    errors: dict[str, Any] = {}
    if seen.rule.community_id != permit.community_id or seen.rule.part != "conduct":
        errors["rule"] = [_("This does not belong to the community.")]
    if not seen.words.strip():
        errors["words"] = [_("Please say what you saw.")]
    today = local_day(at)
    if seen.due_on is not None and not today <= seen.due_on <= today + FARTHEST:
        errors["due_on"] = [_("Please choose a day from today on, within 30 days.")]
    if errors:
        raise Invalid(errors=errors)


def _due(seen: Seen, at: datetime) -> datetime:
    """By 18:00 of its day; what is seen in the evening has until the end of the next day."""
    day = seen.due_on or local_day(at) + timedelta(days=seen.rule.mend_days)
    due = datetime.combine(day, time(18), LOCAL)
    return due if due > at else due + timedelta(days=1)


def _write(
    permit: Permit,
    seen: Seen,
    by: User,
    at: datetime,
    patrol: Patrol | None,
    heard_at: datetime | None = None,
) -> Violation:
    violation = Violation.objects.create(
        community_id=permit.community_id,
        permit=permit,
        patrol=patrol,
        rule=seen.rule,
        text=seen.rule.text,
        words=seen.words.strip()[:500],
        found_at=at,
        found_by=by,
        due_at=_due(seen, heard_at or at),
        complaint=seen.complaint,
    )
    for picture in seen.pictures:
        file(permit, "violation", violation.pk, picture, by=by, at=at)
    return violation


def _plan_next(permit: Permit, at: datetime) -> None:
    """After whatever was seen: the next patrol, and the reminders of open violations."""
    if permit.patrol_due_on is not None:
        # One that is told later does not undo the plan of one that came after it.
        last = permit.patrols.order_by("-at").values_list("at", flat=True).first()
        permit.patrol_due_on = next_due(permit, max(filter(None, (last, at))))
        permit.save(update_fields=["patrol_due_on"])
        remind_of_patrol(permit, at)
    remind_of_violations(permit, at)


def recheck(
    permit: Permit,
    *,
    violation: Violation,
    mended: bool,
    note: str = "",
    pictures: Sequence[Filed] = (),
    by: User,
    at: datetime | None = None,
    heard_at: datetime | None = None,
) -> Violation:
    """Looked at again: put right, or not yet. One that is overdue and still not right stops the works.

    Refuses `not_found` for a violation of another permit, `invalid` for one that was put right before.
    """
    when = instant(at)
    with transaction.atomic():
        check(lock(permit), "recheck", by)
        held = permit.violations.select_for_update().filter(pk=violation.pk).first()
        if held is None:
            raise NotFound
        if held.mended_at is not None:
            raise Invalid(errors={"violation": [_("This was put right before.")]})
        data = {"rule": held.text, "mended": mended, "violation": held.pk} | _heard(heard_at)

        def write(step: Step[Permit]) -> None:
            held.rechecks += 1
            if mended:
                held.mended_at, held.mended_by = step.at, by
            held.save(update_fields=["rechecks", "mended_at", "mended_by"])
            for picture in pictures:
                file(step.case, "violation", held.pk, picture, by=by, at=step.at, kind="after")
            _plan_next(step.case, step.at)

        take(permit, "recheck", by=by, at=when, text=note, data=data, first=(write,))
        if not mended and held.due_at <= when:
            _stop_if_possible(permit, held, by, when)
    return held


def _stop_if_possible(permit: Permit, violation: Violation, by: User, at: datetime) -> None:
    """停工: not put right in time. A guard has no say in it: the supervisor hears of it by the reminder."""
    words = _("Not put right in time: %(rule)s") % {"rule": violation.text}
    try:
        stop_work(permit, reason=str(words), by=by, at=at)
    except NotPermitted:
        return


def stop_work(
    permit: Permit, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> Permit:
    """停工通知: nobody works there until a supervisor lets it go on; the code on the door says so at once."""
    why = needed(reason)

    def held(locked: Permit, _when: datetime) -> dict[str, Any]:
        return {"held_from": locked.status}

    return take(permit, "stop_work", by=by, at=at, version=version, text=why, prepare=held)


def resume(
    permit: Permit, *, note: str, by: User, version: int | None = None, at: datetime | None = None
) -> Permit:
    """The works go on. Refuses while a violation that is overdue is not put right."""
    when = instant(at)
    if permit.violations.filter(mended_at=None, due_at__lte=when).exists():
        raise Invalid(errors={"note": [_("A violation is overdue and not put right yet.")]})
    return take(
        permit, "resume", by=by, at=when, version=version, text=needed(note), changes={"held_from": ""}
    )


def write_water_test(
    permit: Permit,
    *,
    room: str,
    filled_at: datetime,
    checked_at: datetime,
    tight: bool,
    note: str = "",
    pictures: Sequence[Filed] = (),
    by: User,
    at: datetime | None = None,
) -> WaterTest:
    """闭水试验 of a wet room. Refuses `invalid`: a room that needs none, instants to come or in the wrong order, and
    one that holds after less than the hours that the community asks for."""
    when = instant(at)
    hours = terms_of(permit.community_id).water_hours
    errors: dict[str, Any] = {}
    if room not in permit.wet_rooms:
        errors["room"] = [_("This room needs no water test.")]
    if checked_at > when or filled_at >= checked_at:
        errors["checked_at"] = [_("Please check the times: filled first, looked at later, both in the past.")]
    elif tight and checked_at - filled_at < timedelta(hours=hours):
        errors["checked_at"] = [_("The water has to stand for %(hours)s hours.") % {"hours": hours}]
    if errors:
        raise Invalid(errors=errors)
    made: list[WaterTest] = []

    def write(step: Step[Permit]) -> None:
        test = WaterTest.objects.create(
            community_id=step.case.community_id,
            permit=step.case,
            room=room,
            filled_at=filled_at,
            checked_at=checked_at,
            tight=tight,
            note=note.strip()[:300],
            by=by,
            at=step.at,
        )
        for picture in pictures:
            file(step.case, "water_test", test.pk, picture, by=by, at=step.at)
        made.append(test)

    data: Mapping[str, Any] = {"room": room, "tight": tight}
    take(permit, "test_water", by=by, at=when, text=note, data=data, first=(write,))
    return made[0]
