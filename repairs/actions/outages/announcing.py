"""An outage is announced, begins, moves its end, is over; its reminders, and whom each step is told to."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _

from owners.models import Building
from repairs.actions.outages.reminding import arm, case_ref, disarm, rearm
from repairs.actions.outages.telling import tell_residents, tell_responsible
from repairs.models import Outage, OutageBuilding, OutageKind
from repairs.models.outages import SENTENCE_LENGTH
from repairs.outage_workflow import OutageStatus
from servicecenter.accounts.models import Community, Role, User
from servicecenter.accounts.numbers import next_number
from servicecenter.audit.events import Actor
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from servicecenter.sla import actions as sla
from servicecenter.workflow.run import Step, run
from servicecenter.workflow.run import begin as begin_case

# 片
LETTER = "P"
DESK = frozenset({Role.AGENT.value, Role.SUPERVISOR.value})
FARTHEST = timedelta(days=60)
LONGEST = timedelta(days=30)
# What is written down after the fact began not long ago.
LATEST_NOTE = timedelta(days=2)
REASON = 300

Errors = dict[str, list[str | Words]]


def announce(
    *,
    community: Community,
    kind: str,
    sentence: str,
    expected_end_at: datetime,
    by: User,
    buildings: Collection[Building] = (),
    starts_at: datetime | None = None,
    planned: bool = False,
    cause: str = "",
    sentence_hant: str = "",
    sentence_en: str = "",
    responsible: User | None = None,
    sample_percent: int = 10,
    at: datetime | None = None,
) -> Outage:
    """Writes down one cause and tells everybody whom it reaches: the named buildings, or (none) the whole community.

    Without `starts_at` it goes on now. Whoever writes it down answers for its end unless told otherwise. Refuses
    `not_found` out of scope, `not_permitted` to all but the desk, and `invalid`: another kind, no sentence, a building
    elsewhere, somebody responsible who does not work here, times that are past, too far or the wrong way round.
    """
    now = instant(at)
    if community.pk not in by.community_ids:
        raise NotFound
    if by.role not in DESK:
        raise NotPermitted
    outage = Outage(
        community=community,
        kind=kind,
        planned=planned,
        everywhere=not buildings,
        cause=cause.strip(),
        starts_at=starts_at or now,
        expected_end_at=expected_end_at,
        **_sentences(sentence, sentence_hant, sentence_en),
        responsible=responsible or by,
        sample_percent=sample_percent,
        made_by=by,
        made_at=now,
    )
    _check(outage, buildings, now)
    with transaction.atomic():
        outage.number = next_number(community, LETTER, now)
        begin_case(outage, action="announce", by=by, at=now, text=outage.sentence, data=_plan(outage))
        OutageBuilding.objects.bulk_create(
            OutageBuilding(community=community, outage=outage, building=each) for each in buildings
        )
        if outage.starts_at <= now:
            run(outage, "begin", by=by, at=now)
        else:
            sla.act_at(case_ref(outage), step="begin", due_at=outage.starts_at, at=now)
        arm(outage, now)
        tell_residents(outage, "announced", at=now)
        tell_responsible(outage, by_id=by.pk, at=now)
    return outage


def begin(outage: Outage, *, by: Actor, version: int | None = None, at: datetime | None = None) -> Outage:
    """The announced time has come (the program sees to it), or it came earlier than announced."""

    def now_then(held: Outage, when: datetime) -> dict[str, Any]:
        return {"starts_at": min(held.starts_at, when)}

    return run(outage, "begin", by=by, at=at, version=version, prepare=now_then).case


def move(
    outage: Outage,
    *,
    expected_end_at: datetime,
    reason: str,
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Outage:
    """Another expected end, with its reason; each one is kept, residents are told, reminders count anew. Refuses as
    the table does, and `invalid`: no reason, an end that is past, too far or the same."""
    now = instant(at)
    # Filled in from the locked row, written with the event.
    kept: dict[str, Any] = {}

    def moved(held: Outage, _when: datetime) -> dict[str, Any]:
        _check_move(held, expected_end_at, reason, now)
        if expected_end_at == held.expected_end_at:
            raise Invalid(errors={"expected_end_at": [_("This is the expected end already.")]})
        kept.update(_moved(held, expected_end_at))
        return {"expected_end_at": expected_end_at}

    return run(
        outage,
        "move",
        by=by,
        at=now,
        version=version,
        text=reason.strip(),
        data=kept,
        prepare=moved,
        then=[rearm, _told("moved")],
    ).case


def reword(
    outage: Outage,
    *,
    sentence: str,
    sentence_hant: str = "",
    sentence_en: str = "",
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Outage:
    """Another sentence for callers; what was said before is kept with the step. Refuses `invalid` without one."""
    said = _sentences(sentence, sentence_hant, sentence_en)
    if errors := _unsaid(said):
        raise Invalid(errors=errors)
    return run(outage, "reword", by=by, at=at, version=version, text=said["sentence"], changes=said).case


def restore(outage: Outage, *, by: User, version: int | None = None, at: datetime | None = None) -> Outage:
    """It works again; residents are told, nobody is reminded any more. Its repairs are completed by `close`."""

    def over(_held: Outage, when: datetime) -> dict[str, Any]:
        return {"restored_at": when}

    return run(
        outage,
        "restore",
        by=by,
        at=at,
        version=version,
        prepare=over,
        then=[disarm, _told("restored")],
    ).case


def relapse(
    outage: Outage,
    *,
    expected_end_at: datetime,
    reason: str,
    by: User,
    version: int | None = None,
    at: datetime | None = None,
) -> Outage:
    """It failed again, or was not restored after all: the same outage goes on to a new expected end. Refuses as `move`
    does."""
    now = instant(at)
    kept: dict[str, Any] = {}

    def again(held: Outage, _when: datetime) -> dict[str, Any]:
        _check_move(held, expected_end_at, reason, now)
        kept.update(_moved(held, expected_end_at))
        return {"expected_end_at": expected_end_at, "restored_at": None}

    return run(
        outage,
        "relapse",
        by=by,
        at=now,
        version=version,
        text=reason.strip(),
        data=kept,
        prepare=again,
        then=[rearm, _told("moved")],
    ).case


def call_off(
    outage: Outage, *, reason: str, by: User, version: int | None = None, at: datetime | None = None
) -> Outage:
    """A planned one does not take place; residents are told. Refuses `invalid` without a reason."""
    now = instant(at)
    if not 0 < len(reason.strip()) <= REASON:
        raise Invalid(errors={"reason": [_("Please say why.")]})
    return run(
        outage,
        "call_off",
        by=by,
        at=now,
        version=version,
        text=reason.strip(),
        changes={"closed_at": now},
        then=[disarm, _told("called_off")],
    ).case


def begin_by_itself(outage_id: int, at: datetime) -> None:
    """The announced time has come."""
    outage = Outage.objects.get(pk=outage_id)
    if outage.status == OutageStatus.ANNOUNCED:
        begin(outage, by=None, at=at)


def _plan(outage: Outage) -> dict[str, Any]:
    return {
        "kind": outage.kind,
        "starts_at": outage.starts_at.isoformat(),
        "expected_end_at": outage.expected_end_at.isoformat(),
    }


def _moved(held: Outage, after: datetime) -> dict[str, str]:
    return {"before": held.expected_end_at.isoformat(), "after": after.isoformat()}


def _sentences(sentence: str, hant: str, english: str) -> dict[str, str]:
    given = {"sentence": sentence, "sentence_hant": hant, "sentence_en": english}
    return {name: text.strip() for name, text in given.items()}


def _unsaid(said: dict[str, str]) -> Errors:
    errors: Errors = {}
    if not said["sentence"]:
        errors["sentence"] = [_("Please write what callers are told.")]
    for name, text in said.items():
        if len(text) > SENTENCE_LENGTH:
            errors[name] = [_("Please keep it under 300 characters: it is read out on the telephone.")]
    return errors


def _check(outage: Outage, buildings: Collection[Building], now: datetime) -> None:
    errors = _unsaid({name: getattr(outage, name) for name in ("sentence", "sentence_hant", "sentence_en")})
    if outage.kind not in OutageKind.values:
        errors["kind"] = [_("Please choose what is out of service.")]
    if any(each.community_id != outage.community_id for each in buildings):
        errors["buildings"] = [_("This does not belong to the community.")]
    if not User.objects.staff_of([outage.community_id]).filter(pk=outage.responsible_id).exists():
        errors["responsible"] = [_("Please choose somebody who works here.")]
    if not 0 <= outage.sample_percent <= 100:
        errors["sample_percent"] = [_("Please choose a share between 0 and 100 %.")]
    if not now - LATEST_NOTE <= outage.starts_at <= now + FARTHEST:
        errors["starts_at"] = [_("Please choose a time from two days ago to 60 days from now.")]
    errors |= _wrong_end(max(outage.starts_at, now), outage.expected_end_at)
    if errors:
        raise Invalid(errors=errors)


def _wrong_end(after: datetime, expected_end_at: datetime) -> Errors:
    if timezone.is_naive(expected_end_at) or not after < expected_end_at <= after + LONGEST:
        return {"expected_end_at": [_("Please choose an end to come, within 30 days.")]}
    return {}


def _check_move(outage: Outage, expected_end_at: datetime, reason: str, now: datetime) -> None:
    errors = _wrong_end(max(outage.starts_at, now), expected_end_at)
    if not 0 < len(reason.strip()) <= REASON:
        errors["reason"] = [_("Please say why.")]
    if errors:
        raise Invalid(errors=errors)


def _told(news: str) -> Any:
    def tell(step: Step[Outage]) -> None:
        tell_residents(step.case, news, at=step.at)

    return tell
