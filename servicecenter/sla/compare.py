"""A trial calculation as it is shown: the terms that were typed beside those in force, for a few reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from servicecenter.lib.words import duration_words
from servicecenter.sla.models import Policy, Stage
from servicecenter.sla.policies import Subject, Terms
from servicecenter.sla.queries import policy_for
from servicecenter.sla.table import STAGE_ORDER
from servicecenter.sla.trial import Trial, When, calculate_or_none, samples
from servicecenter.sla.wording import estimate_words, whom_words

WHEN: dict[When, str | Promise] = {
    "chosen": _("Reported at the chosen time"),
    "now": _("Reported now"),
    "friday": _("Reported on Friday, just before closing"),
    "eve": _("Reported just before the next public holiday"),
}
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Row:
    """One instant of a report: when, how long after it, and how that differs from the present terms."""

    step: str
    label: str
    at: datetime
    after: str
    moved: str


@dataclass(frozen=True)
class Report:
    """One report with its instants, and the deadlines of its other steps."""

    when: When
    label: str | Promise
    started_at: datetime
    rows: Sequence[Row]
    others: Sequence[tuple[str, datetime | None, str]]
    beyond: bool


@dataclass(frozen=True)
class Comparison:
    """Everything that a trial shows."""

    reports: Sequence[Report]
    estimates: Sequence[str]


def compare(
    subject: Subject, terms: Terms, present: Terms | None, at: datetime, chosen: datetime | None
) -> Comparison:
    """What `terms` would mean beside `present`, for a report at each sample instant."""
    siblings = _siblings(subject)
    reports, years = [], set[int]()
    for when, started_at in samples(at, chosen):
        new = calculate_or_none(subject, terms, started_at)
        old = calculate_or_none(subject, present, started_at) if present else None
        others = [
            (each, calculate_or_none(replace(subject, stage=each.stage), Terms.of(each), started_at))
            for each in siblings
        ]
        reports.append(
            Report(
                when,
                WHEN[when],
                started_at,
                _rows(new, old),
                [_other(each, other, started_at) for each, other in others],
                beyond=new is None,
            )
        )
        for trial in (new, *(other for _each, other in others)):
            years.update(trial.estimated_years if trial else ())
    return Comparison(reports, estimate_words(tuple(sorted(years))))


def _other(policy: Policy, trial: Trial | None, started_at: datetime) -> tuple[str, datetime | None, str]:
    due = trial.due_at if trial else None
    return (str(Stage(policy.stage).label), due, after_words(started_at, due) if due else "")


def _siblings(subject: Subject) -> list[Policy]:
    """The promises in force for the other steps of the same case."""
    community = subject.community.pk if subject.community else 0
    stages = (
        Policy.objects.current()
        .filter(work=subject.work, urgency=subject.urgency, level=subject.level)
        .exclude(stage=subject.stage)
        .values_list("stage", flat=True)
        .distinct()
    )
    found = [
        policy_for(
            work=subject.work,
            stage=stage,
            community_id=community,
            urgency=subject.urgency,
            level=subject.level,
        )
        for stage in sorted(stages, key=lambda each: STAGE_ORDER.index(Stage(each)))
    ]
    return [policy for policy in found if policy is not None]


def _rows(new: Trial | None, old: Trial | None) -> list[Row]:
    if new is None:
        return []
    before = {each.step: each.at for each in old.instants} if old else {}
    return [
        Row(
            each.step,
            _label(each.step, each.whom),
            each.at,
            after_words(new.started_at, each.at),
            _moved(each.at, before.get(each.step)),
        )
        for each in new.instants
    ]


def after_words(started_at: datetime, at: datetime) -> str:
    """How long after the report, in words."""
    return gettext("%(time)s after the report") % {"time": duration_words((at - started_at).total_seconds())}


def _label(step: str, whom: str) -> str:
    facts = {"whom": whom_words(whom)}
    match step.partition("_")[0]:
        case "due":
            return gettext("Deadline")
        case "warn":
            return gettext("Warning: %(whom)s") % facts
        case _:
            return gettext("If late: %(whom)s") % facts


def _moved(at: datetime, before: datetime | None) -> str:
    if before is None:
        return ""
    gap = at - before
    if abs(gap) < MINUTE:
        return gettext("as before")
    length = {"time": duration_words(gap.total_seconds())}
    if gap < timedelta(0):
        return gettext("%(time)s earlier than now") % length
    return gettext("%(time)s later than now") % length
