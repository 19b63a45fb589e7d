"""The models of the triage beside each other: the shipped one, and what was learned here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from repairs.models import TriageChoice, TriageExample, TriageVersion, VersionState
from repairs.models.triage import MOVING
from repairs.queries.proposing import version_in_use
from repairs.triage.measure import short_of
from repairs.triage.proposal import shipped, shipped_figures
from servicecenter.accounts.models import User

LISTED = 10
SHOWN = {
    "emergency_recall": _("Emergencies found"),
    "emergency_precision": _("Alarms right"),
    "trade": _("Trade right"),
    "asked": _("A person is asked"),
}
EXAMPLES_LISTED = 50


@dataclass(frozen=True)
class Model:
    """One line of the comparison; `version` None is the shipped model."""

    version: TriageVersion | None
    figures: Mapping[str, Any]
    in_use: bool
    # Why it may not be taken into use, '' if it may: `outdated` or `not_good_enough`.
    barred: str

    @property
    def usable(self) -> bool:
        return not self.in_use and not self.barred

    @property
    def shown(self) -> list[tuple[str, str]]:
        """Its figures in words."""
        shares = [(str(label), f"{100 * self.figures.get(name, 0):.1f} %") for name, label in SHOWN.items()]
        return [*shares, (gettext("Learned from"), str(self.figures.get("messages", "—")))]


@dataclass(frozen=True)
class Models:
    """All that the page of the models shows."""

    lines: Sequence[Model]
    moving: TriageVersion | None
    failed: TriageVersion | None
    choices: Sequence[TriageChoice]
    examples: Sequence[TriageExample]
    waiting_examples: int


def models(user: User) -> Models:
    """The newest versions, what is being learned, who chose what, and the examples of one's own communities; five
    queries for any number."""
    used = version_in_use()
    rows = TriageVersion.objects.select_related("asked_by").defer("content").order_by("-id")[: LISTED + 2]
    newest = list(rows)
    ready = [row for row in newest if row.state == VersionState.READY][:LISTED]
    examples = TriageExample.objects.visible_to(user).select_related("by", "ticket").order_by("-id")
    learned = ready[0].own if ready and ready[0].based_on == shipped() else 0
    return Models(
        lines=[
            Model(None, shipped_figures(), used is None, ""),
            *(Model(row, row.figures, row.pk == used, _barred(row)) for row in ready),
        ],
        moving=next((row for row in newest if row.state in MOVING), None),
        failed=newest[0] if newest and newest[0].state == VersionState.FAILED else None,
        choices=list(TriageChoice.objects.select_related("by").order_by("-id")[:LISTED]),
        examples=list(examples[:EXAMPLES_LISTED]),
        waiting_examples=max(TriageExample.objects.count() - learned, 0),
    )


def _barred(version: TriageVersion) -> str:
    if version.based_on != shipped():
        return "outdated"
    return "not_good_enough" if short_of(version.figures) else ""
