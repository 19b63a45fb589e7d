"""The table of a promise to a caller 承诺: open → kept | withdrawn. A missed one is still to be kept."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from servicecenter.workflow.table import Table, row


class PromiseStatus(TextChoices):
    """Where a promise stands. Whether it is late is a fact of timestamps, not a status."""

    OPEN = "open", _("To be kept")
    KEPT = "kept", _("Kept")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class PromiseStanding(TextChoices):
    """What somebody is to a promise."""

    KEEPER = "keeper", _("Keeps it")
    AGENT = "agent", _("Customer service agent")
    SUPERVISOR = "supervisor", _("Customer service supervisor")
    MANAGER = "manager", _("Manager")


_STANDING = PromiseStanding

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
            who=[_STANDING.KEEPER, _STANDING.AGENT, _STANDING.SUPERVISOR],
        ),
        row(
            "withdraw",
            _("Withdraw"),
            sources=[PromiseStatus.OPEN],
            target=PromiseStatus.WITHDRAWN,
            who=[_STANDING.KEEPER, _STANDING.SUPERVISOR],
            needs=["reason"],
        ),
    ),
)
