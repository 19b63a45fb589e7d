"""The table of a key or card 钥匙与门禁卡: kept at the center → issued | lent → back; lost, blocked, replaced aside."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import Table, row


class KeyStatus(TextChoices):
    """Where a key is. Whether it is overdue is a fact of timestamps, not a status."""

    KEPT = "kept", _("At the center")
    ISSUED = "issued", _("Issued")
    LENT = "lent", _("Lent")
    LOST = "lost", _("Lost")
    BLOCKED = "blocked", _("Blocked")
    REPLACED = "replaced", _("Replaced")


# Out of the center, in somebody's hands.
OUT = frozenset({KeyStatus.ISSUED.value, KeyStatus.LENT.value})
_KEPT, _ISSUED, _LENT, _LOST, _BLOCKED = (
    KeyStatus.KEPT,
    KeyStatus.ISSUED,
    KeyStatus.LENT,
    KeyStatus.LOST,
    KeyStatus.BLOCKED,
)
_DESK = Standing.DESK

TABLE = Table(
    work="key",
    initial=KeyStatus.KEPT,
    statuses=tuple(KeyStatus.values),
    final=frozenset({KeyStatus.REPLACED.value}),
    rows=(
        row("issue", pgettext_lazy("key", "Issue"), sources=[_KEPT], target=_ISSUED, who=[_DESK]),
        row("lend", pgettext_lazy("key", "Lend"), sources=[_KEPT], target=_LENT, who=[_DESK]),
        row(
            "take_back",
            pgettext_lazy("key", "Take back"),
            sources=[_ISSUED, _LENT],
            target=_KEPT,
            who=[_DESK],
        ),
        # From the former resident's hand into the next one's, without a way over the counter.
        row("pass_on", _("Pass on"), sources=[_ISSUED], target=_ISSUED, who=[_DESK]),
        row("call_back", _("Called back"), sources=[_ISSUED, _LENT], who=[Standing.SYSTEM], internal=True),
        row(
            "lose",
            _("Report as lost"),
            sources=[_KEPT, _ISSUED, _LENT],
            target=_LOST,
            who=[_DESK, Standing.HOLDER],
            needs=["reason"],
        ),
        row("find", _("Found again"), sources=[_LOST], target=_KEPT, who=[_DESK]),
        row(
            "block",
            _("Block"),
            sources=[_KEPT, _ISSUED, _LENT, _LOST],
            target=_BLOCKED,
            who=[_DESK],
            needs=["reason"],
        ),
        row("unblock", _("Use again"), sources=[_BLOCKED], target=_KEPT, who=[_DESK]),
        row(
            "replace",
            _("Replace"),
            sources=[_LOST, _BLOCKED],
            target=KeyStatus.REPLACED,
            who=[_DESK],
        ),
    ),
)
