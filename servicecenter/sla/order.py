"""What comes first is promised first: no step of a case later than the step after it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from servicecenter.lib.refusals import Invalid
from servicecenter.sla.models import ClockKind, Policy, Stage

ORDER = (
    Stage.RESPOND,
    Stage.ARRIVE,
    Stage.SECURE,
    Stage.REVIEW,
    Stage.PROPOSE,
    Stage.COMPLETE,
    Stage.CLOSE,
)


@dataclass(frozen=True)
class Promised:
    """One promise as it compares with others."""

    community_id: int | None
    urgency: str
    level: str
    stage: str
    target: int | None
    clock: str

    @property
    def subject(self) -> tuple[int | None, str, str, str]:
        return (self.community_id, self.urgency, self.level, self.stage)


def check_order(work: str, changed: Promised) -> None:
    """Response ≤ arrival ≤ made safe ≤ completion, and proposed ≤ closed, in every community, urgency and level that
    the change reaches. Refuses `invalid` at `target_seconds`."""
    rows = [
        Promised(row.community_id, row.urgency, row.level, row.stage, row.target_seconds, row.clock)
        for row in Policy.objects.current().filter(work=work)
    ]
    rows = [row for row in rows if row.subject != changed.subject] + [changed]
    place = changed.community_id
    for community in {row.community_id for row in rows} if place is None else {place}:
        for urgency, level in {(row.urgency, row.level) for row in rows}:
            promised = [_best(rows, stage, community, urgency, level) for stage in ORDER]
            _refuse_disorder([row for row in promised if row is not None], changed)


def _refuse_disorder(promised: Sequence[Promised], changed: Promised) -> None:
    """Refuses `invalid` if the changed promise comes before an earlier step's, or after a later one's."""
    place = promised.index(changed) if changed in promised else None
    if place is None:
        return
    words = {"stage": Stage(changed.stage).label}
    for row in promised[:place]:
        if _surely_later(row, changed):
            sentence = _("“%(stage)s” cannot be promised sooner than “%(other)s”.")
            raise Invalid(errors={"target_seconds": [sentence % (words | {"other": Stage(row.stage).label})]})
    for row in promised[place + 1 :]:
        if _surely_later(changed, row):
            sentence = _("“%(stage)s” cannot be promised later than “%(other)s”.")
            raise Invalid(errors={"target_seconds": [sentence % (words | {"other": Stage(row.stage).label})]})


def _surely_later(first: Promised, then: Promised) -> bool:
    """Whether `first` ends after `then` whenever they start. An hour of working time takes an hour or more, so a first
    step round the clock may look longer than a working one and still come first."""
    if first.target is None or then.target is None:
        return False
    comparable = first.clock == then.clock or then.clock == ClockKind.ALWAYS
    return comparable and first.target > then.target


def _best(
    rows: Iterable[Promised], stage: str, community: int | None, urgency: str, level: str
) -> Promised | None:
    """The row that applies, by the same order as `queries.policy_for`."""
    fitting = [
        row
        for row in rows
        if row.stage == stage
        and row.community_id in (None, community)
        and row.urgency in ("", urgency)
        and row.level in ("", level)
    ]
    return max(fitting, key=lambda row: (row.community_id is not None, row.urgency, row.level), default=None)
