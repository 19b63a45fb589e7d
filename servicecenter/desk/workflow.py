"""The table of a promise to a caller 承诺: open → kept | withdrawn. A missed one is still to be kept."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import Table, row


class PromiseStatus(TextChoices):
    """Where a promise stands. Whether it is late is a fact of timestamps, not a status."""

    OPEN = "open", _("To be kept")
    KEPT = "kept", _("Kept")
    WITHDRAWN = "withdrawn", _("Withdrawn")


TABLE = Table(
    work="promise",
    initial=PromiseStatus.OPEN,
    statuses=tuple(PromiseStatus.values),
    final=frozenset({PromiseStatus.KEPT.value, PromiseStatus.WITHDRAWN.value}),
    rows=(
        row(
            "keep",
            _("Kept"),
            sources=[PromiseStatus.OPEN],
            target=PromiseStatus.KEPT,
            who=[Standing.KEEPER, Standing.AGENT, Standing.SUPERVISOR],
        ),
        row(
            "withdraw",
            _("Withdraw"),
            sources=[PromiseStatus.OPEN],
            target=PromiseStatus.WITHDRAWN,
            who=[Standing.KEEPER, Standing.SUPERVISOR],
            needs=["reason"],
        ),
    ),
)
