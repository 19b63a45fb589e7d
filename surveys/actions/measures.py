"""Measures: decided on from a result, done with evidence, verified by somebody else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, Role, User
from servicecenter.accounts.numbers import next_number
from servicecenter.attachments.actions import Filed, store_photo
from servicecenter.attachments.models import PhotoKind
from servicecenter.lib.clock import end_of_day, instant, local_day
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from servicecenter.notifications.actions import compose, post
from servicecenter.sla import actions as sla
from servicecenter.workflow.run import Step, begin, run
from surveys.models import Campaign, Measure
from surveys.models.measures import LEADERS
from surveys.workflow import MeasureStatus

# 改进
LETTER = "G"


def case_ref(measure: Measure) -> sla.CaseRef:
    """The measure as timers know it."""
    return sla.CaseRef("measure", measure.pk, measure.community_id)


def add_measure(
    campaign: Campaign,
    *,
    text: str,
    owner: User,
    due_on: date,
    section: str = "",
    public: bool = True,
    by: User,
    at: datetime | None = None,
) -> Measure:
    """Decides what is done about a result, by whom and until when; the owner is told, and reminded when it is late.

    Refuses as the runner does, and `invalid`: somebody who does not work here, a day that is past, a section that the
    questionnaire does not have.
    """
    made: list[Measure] = []

    def write(step: Step[Campaign]) -> None:
        held, when = step.case, step.at
        _check(held, owner, due_on, section, when)
        measure = Measure(
            community_id=held.community_id,
            campaign=held,
            number=next_number(held.community, LETTER, when),
            text=text,
            owner=owner,
            due_on=due_on,
            section=section,
            public=public,
        )
        begin(measure, action="decide", by=by, at=when, text=text)
        _arm(measure, when)
        _tell(measure, "give_task", [owner.pk], when)
        made.append(measure)

    run(campaign, "add_measure", by=by, at=at, text=text, then=(write,))
    return made[0]


def decide_for_month(
    community: Community,
    *,
    month: date,
    text: str,
    owner: User,
    due_on: date,
    topic: str = "",
    by: User,
    at: datetime | None = None,
) -> Measure:
    """Decides what is done because of a month of complaints; everything else is as with a result of a survey. By
    whoever leads in the community. Refuses `not_found`, `not_permitted`, and `invalid` as `add_measure` does."""
    if community.pk not in by.community_ids:
        raise NotFound
    if by.role not in LEADERS:
        raise NotPermitted
    now = instant(at)
    _check_owner(community.pk, owner)
    _check_day(due_on, now)
    with transaction.atomic():
        measure = Measure(
            community=community,
            month=month.replace(day=1),
            number=next_number(community, LETTER, now),
            text=text,
            owner=owner,
            due_on=due_on,
            section=topic,
            public=False,
        )
        begin(measure, action="decide", by=by, at=now, text=text)
        _arm(measure, now)
        _tell(measure, "give_task", [owner.pk], now)
    return measure


def finish_measure(
    measure: Measure, *, evidence: str, by: User, version: int | None = None, at: datetime | None = None
) -> Measure:
    """It is done; somebody else has to see it."""

    def done(_held: Measure, when: datetime) -> dict[str, Any]:
        return {"evidence": evidence, "done_by": by, "done_at": when}

    run(measure, "finish", by=by, at=at, version=version, text=evidence, prepare=done, then=(_settle,))
    return measure


def verify(
    measure: Measure, *, note: str = "", by: User, version: int | None = None, at: datetime | None = None
) -> Measure:
    """Somebody who neither owns nor did it has seen that it is done."""

    def seen(_held: Measure, when: datetime) -> dict[str, Any]:
        return {"verified_by": by, "verified_at": when}

    run(measure, "verify", by=by, at=at, version=version, text=note, prepare=seen)
    return measure


def send_back(
    measure: Measure, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> Measure:
    """It is not done yet; the owner is told why."""

    def told(step: Step[Measure]) -> None:
        _arm(step.case, step.at)
        _tell(step.case, "reopen", [step.case.owner_id], step.at, key=str(step.event.pk))

    again = {"done_by": None, "done_at": None}
    run(measure, "send_back", by=by, at=at, version=version, text=reason, changes=again, then=(told,))
    return measure


def move(
    measure: Measure,
    *,
    due_on: date,
    reason: str,
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Measure:
    """Another day, with the reason. Refuses `invalid` for one that is past."""

    def later(_held: Measure, when: datetime) -> dict[str, Any]:
        _check_day(due_on, when)
        return {"due_on": due_on}

    run(
        measure,
        "move",
        by=by,
        at=at,
        version=version,
        text=reason,
        prepare=later,
        then=(lambda step: _arm(step.case, step.at),),
    )
    return measure


def drop(
    measure: Measure, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> Measure:
    """It is not done after all, with the reason."""
    run(measure, "drop", by=by, at=at, version=version, text=reason, then=(_settle,))
    return measure


def add_evidence(measure: Measure, *, picture: Filed, by: User, at: datetime | None = None) -> None:
    """A picture of what was done."""

    def keep(step: Step[Measure]) -> None:
        store_photo(
            community_id=step.case.community_id,
            work="measure",
            case_id=step.case.pk,
            kind=PhotoKind.AFTER,
            picture=picture,
            by=by,
            at=step.at,
        )

    run(measure, "add_photo", by=by, at=at, then=(keep,))


def overdue(measure_id: int, at: datetime) -> None:
    """Its day is over and it is not done: the owner and the leaders are told."""
    measure = Measure.objects.get(pk=measure_id)
    if measure.status != MeasureStatus.OPEN:
        return
    leaders = User.objects.staff_of([measure.community_id], Role.SUPERVISOR, Role.MANAGER)
    people = [measure.owner_id, *leaders.values_list("pk", flat=True)]
    _tell(measure, "breach", people, at, key=str(measure.due_on))


def _check(campaign: Campaign, owner: User, due_on: date, section: str, when: datetime) -> None:
    _check_owner(campaign.community_id, owner)
    known = {each.code for each in campaign.questionnaire.sheet.sections}
    if section and section not in known:
        raise Invalid(errors={"section": [_("The questionnaire has no such section.")]})
    _check_day(due_on, when)


def _check_owner(community_id: int, owner: User) -> None:
    if not User.objects.staff_of([community_id]).filter(pk=owner.pk).exists():
        raise Invalid(errors={"owner": [_("Please choose somebody who works here.")]})


def _check_day(due_on: date, when: datetime) -> None:
    if due_on < local_day(when):
        raise Invalid(errors={"due_on": [_("Please choose a day to come.")]})


def _arm(measure: Measure, at: datetime) -> None:
    sla.disarm_all(case_ref(measure), at=at)
    sla.act_at(case_ref(measure), step="overdue", due_at=max(end_of_day(measure.due_on), at), at=at)


def _last_moment(measure: Measure) -> datetime:
    """The end of its day, as people write it."""
    return end_of_day(measure.due_on) - timedelta(minutes=1)


def _settle(step: Step[Measure]) -> None:
    sla.disarm_all(case_ref(step.case), at=step.at)


def _tell(measure: Measure, event: str, people: list[int], at: datetime, *, key: str = "") -> None:
    post(
        compose(
            recipients=people,
            event=f"measure.{event}",
            key=f"{measure.pk}:{key}",
            at=at,
            community_id=measure.community_id,
            work="measure",
            case_id=measure.pk,
            params={"number": measure.number, "due_at": _last_moment(measure).isoformat()},
        )
    )


CALLS: Mapping[str, Callable[..., Any]] = {
    "finish": finish_measure,
    "verify": verify,
    "send_back": send_back,
    "move": move,
    "drop": drop,
}
