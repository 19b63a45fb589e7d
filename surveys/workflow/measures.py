"""An improvement measure 改进措施: open → done → verified by somebody else."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import Table, row


class MeasureStatus(TextChoices):
    """How far a measure is."""

    OPEN = "open", pgettext_lazy("measure", "To be done")
    DONE = "done", pgettext_lazy("measure", "Done, to be verified")
    VERIFIED = "verified", pgettext_lazy("measure", "Verified")
    DROPPED = "dropped", pgettext_lazy("measure", "Dropped")


M = MeasureStatus
LEADERS = (Standing.SUPERVISOR, Standing.MANAGER)

MEASURE = Table(
    work="measure",
    initial=M.OPEN,
    statuses=tuple(M.values),
    final=frozenset({M.VERIFIED.value, M.DROPPED.value}),
    rows=(
        row(
            "finish",
            pgettext_lazy("measure", "It is done"),
            sources=[M.OPEN],
            target=M.DONE,
            who=[Standing.HANDLER, *LEADERS],
            needs=["evidence"],
        ),
        # Whoever owns it or said that it is done is no checker of it.
        row(
            "verify",
            pgettext_lazy("measure", "I have seen that it is done"),
            sources=[M.DONE],
            target=M.VERIFIED,
            who=[Standing.CHECKER],
        ),
        row(
            "send_back",
            pgettext_lazy("measure", "It is not done yet"),
            sources=[M.DONE],
            target=M.OPEN,
            who=[Standing.CHECKER],
            needs=["reason"],
        ),
        row(
            "move",
            pgettext_lazy("measure", "Change the day"),
            sources=[M.OPEN],
            who=LEADERS,
            needs=["due_on", "reason"],
        ),
        row(
            "drop",
            pgettext_lazy("measure", "Drop it"),
            sources=[M.OPEN],
            target=M.DROPPED,
            who=LEADERS,
            needs=["reason"],
        ),
        row(
            "add_photo",
            _("Add a photo"),
            sources=[M.OPEN, M.DONE],
            who=[Standing.HANDLER, *LEADERS],
            aside=True,
        ),
    ),
)
