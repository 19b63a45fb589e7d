"""The table of an outage 片区事件: one cause, many callers. announced → active → restored → closing → closed."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import Table, row


class OutageStatus(TextChoices):
    """Where an outage stands."""

    ANNOUNCED = "announced", pgettext_lazy("outage", "Announced")
    ACTIVE = "active", pgettext_lazy("outage", "Going on")
    RESTORED = "restored", pgettext_lazy("outage", "Restored")
    # Its repairs are being completed, one after the other; nothing more is linked.
    CLOSING = "closing", pgettext_lazy("outage", "Being closed")
    CLOSED = "closed", pgettext_lazy("outage", "Closed")
    CALLED_OFF = "called_off", pgettext_lazy("outage", "Called off")


S = OutageStatus
DESK = (Standing.AGENT, Standing.SUPERVISOR)
# Callers are told, and residents see it.
KNOWN = (S.ANNOUNCED, S.ACTIVE)
# A repair may still be linked.
LINKABLE = (*KNOWN, S.RESTORED)
OVER = (S.CLOSED, S.CALLED_OFF)

TABLE = Table(
    work="outage",
    initial=S.ANNOUNCED,
    statuses=tuple(S.values),
    final=frozenset(OVER),
    rows=(
        # By itself, when the announced time comes.
        row(
            "begin",
            pgettext_lazy("outage", "It has begun"),
            sources=[S.ANNOUNCED],
            target=S.ACTIVE,
            who=[*DESK, Standing.SYSTEM],
        ),
        row(
            "move",
            pgettext_lazy("outage", "Move the end"),
            sources=KNOWN,
            who=DESK,
            needs=["expected_end_at", "reason"],
        ),
        row(
            "reword",
            pgettext_lazy("outage", "Change the sentence"),
            sources=LINKABLE,
            who=DESK,
            needs=["sentence"],
        ),
        row(
            "restore",
            pgettext_lazy("outage", "Restored"),
            sources=[S.ACTIVE],
            target=S.RESTORED,
            who=DESK,
        ),
        # The pump fails again, or somebody pressed too early.
        row(
            "relapse",
            pgettext_lazy("outage", "Out again"),
            sources=[S.RESTORED],
            target=S.ACTIVE,
            who=DESK,
            needs=["expected_end_at", "reason"],
        ),
        row(
            "call_off",
            pgettext_lazy("outage", "Call off"),
            sources=[S.ANNOUNCED],
            target=S.CALLED_OFF,
            who=DESK,
            needs=["reason"],
        ),
        row(
            "close",
            pgettext_lazy("outage", "Complete the repairs and close"),
            sources=[S.RESTORED],
            target=S.CLOSING,
            who=[Standing.SUPERVISOR],
            needs=["summary", "technician"],
        ),
        row(
            "finish",
            pgettext_lazy("outage", "Closed"),
            sources=[S.CLOSING],
            target=S.CLOSED,
            who=[Standing.SUPERVISOR, Standing.SYSTEM],
            when="is_worked_through",
        ),
    ),
)
