"""The table of promises as people read it, and the history of one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext

from servicecenter.accounts.models import Community
from servicecenter.lib import works
from servicecenter.sla.calendars import WorkingCalendar
from servicecenter.sla.models import Policy, Stage, WorkKind
from servicecenter.sla.order import ORDER
from servicecenter.sla.policies import Subject, Terms
from servicecenter.sla.wording import KINDS, differences, kind_words, ladder_words, share_words, target_words

STAGE_ORDER = [*ORDER, *(stage for stage in Stage if stage not in ORDER)]


@dataclass(frozen=True)
class Said:
    """One promise in words."""

    policy: Policy
    target: str
    clock: str
    warn: str
    ladder: str

    @property
    def is_open(self) -> bool:
        """No target, by decision."""
        return self.policy.target_seconds is None and self.policy.work != WorkKind.PROMISE


@dataclass(frozen=True)
class Line:
    """One line of the table: what the company promises, and what the community does instead."""

    subject: Subject
    kind: str
    stage: str
    company: Said | None
    own: Said | None

    @property
    def in_force(self) -> Said | None:
        """What counts."""
        return self.own or self.company


@dataclass(frozen=True)
class Section:
    """The lines of one kind of work; `counted`: whether the program does such work already."""

    work: str
    label: str
    counted: bool
    lines: Sequence[Line]


def say(policy: Policy, calendar: WorkingCalendar) -> Said:
    """A row in words."""
    terms = Terms.of(policy)
    # What was said to a caller names its own instant.
    told = policy.work == WorkKind.PROMISE
    return Said(
        policy,
        gettext("The time that the caller was told") if told else target_words(terms, calendar),
        str(policy.get_clock_display()),
        share_words(policy.warn_at),
        ladder_words(terms),
    )


def promise_table(community: Community | None, calendar: WorkingCalendar) -> list[Section]:
    """Every promise of the company, beside those of `community`. Two queries."""
    rows = Policy.objects.current().select_related("community").prefetch_related("rungs")
    found: dict[Subject, list[Policy]] = {}
    for row in rows:
        if row.community_id in (None, community.pk if community else None):
            found.setdefault(replace(Subject.of(row), community=community), []).append(row)
    known = {work.code for work in works.all_works()}
    lines = [_line(subject, found[subject], calendar) for subject in sorted(found, key=_place)]
    return [
        Section(
            kind.value, str(kind.label), kind in known, [line for line in lines if line.subject.work == kind]
        )
        for kind in WorkKind
        if any(line.subject.work == kind for line in lines)
    ]


def _line(subject: Subject, rows: Sequence[Policy], calendar: WorkingCalendar) -> Line:
    said = {row.community_id is None: say(row, calendar) for row in rows}
    return Line(
        subject,
        kind_words(subject.urgency, subject.level),
        str(Stage(subject.stage).label),
        said.get(True),
        said.get(False),
    )


def _place(subject: Subject) -> tuple[int, int, int]:
    kinds = ["", *KINDS]
    kind = subject.urgency or subject.level
    return (
        list(WorkKind.values).index(subject.work),
        kinds.index(kind) if kind in kinds else len(kinds),
        STAGE_ORDER.index(Stage(subject.stage)),
    )


@dataclass(frozen=True)
class Change:
    """One entry of the history: who changed what, and when; `by` is '' for what stood at the beginning."""

    at: datetime
    by: str
    sentences: Sequence[str]
    back: bool = False


def history(subject: Subject, calendar: WorkingCalendar) -> list[Change]:
    """Every version of exactly this promise, newest first. Two queries."""
    rows = list(
        Policy.objects.filter(**subject.row)
        .select_related("changed_by", "replaced_by")
        .prefetch_related("rungs")
        .order_by("since", "id")
    )
    changes: list[Change] = []
    before: Policy | None = None
    for row in rows:
        gap = before is None or before.replaced_at != row.since
        if before is not None and gap:
            changes.append(_back(before))
        old = None if before is None or gap else Terms.of(before)
        changes.append(
            Change(row.since, str(row.changed_by or ""), differences(old, Terms.of(row), calendar))
        )
        before = row
    if before is not None and before.replaced_at is not None:
        changes.append(_back(before))
    return changes[::-1]


def _back(row: Policy) -> Change:
    assert row.replaced_at is not None
    return Change(row.replaced_at, str(row.replaced_by or ""), [], back=True)
