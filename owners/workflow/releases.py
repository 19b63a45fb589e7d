"""The table of a goods release 放行条: asked → valid → used once; aside: declined, refused, cancelled, expired."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import Table, row


class ReleaseStatus(TextChoices):
    """Where a release stands. Whether its holder still lives there is a fact of the roll, asked at the gate."""

    ASKED = "asked", pgettext_lazy("release", "Waiting for the owner")
    VALID = "valid", pgettext_lazy("release", "Valid")
    USED = "used", pgettext_lazy("release status", "Let out")
    DECLINED = "declined", _("Owner declined")
    REFUSED = "refused", pgettext_lazy("release", "Refused")
    CANCELLED = "cancelled", pgettext_lazy("release", "Cancelled")
    EXPIRED = "expired", pgettext_lazy("release", "Expired")


_ASKED, _VALID = ReleaseStatus.ASKED, ReleaseStatus.VALID
_STANDING = Standing

TABLE = Table(
    work="goods_release",
    initial=_ASKED,
    statuses=tuple(ReleaseStatus.values),
    final=frozenset(set(ReleaseStatus.values) - {_ASKED.value, _VALID.value}),
    rows=(
        row("issue", _("Made valid"), sources=[_ASKED], target=_VALID, who=[_STANDING.OWN]),
        row(
            "consent",
            _("The owner agrees"),
            sources=[_ASKED],
            target=_VALID,
            who=[_STANDING.OWNER, _STANDING.DESK],
        ),
        row(
            "decline",
            _("The owner does not agree"),
            sources=[_ASKED],
            target=ReleaseStatus.DECLINED,
            who=[_STANDING.OWNER, _STANDING.DESK],
            needs=["reason"],
        ),
        row("let_out", _("Let out"), sources=[_VALID], target=ReleaseStatus.USED, who=[_STANDING.GUARD]),
        row(
            "refuse",
            _("Refuse"),
            sources=[_VALID],
            target=ReleaseStatus.REFUSED,
            who=[_STANDING.GUARD, _STANDING.DESK],
            needs=["reason"],
        ),
        row(
            "cancel",
            pgettext_lazy("release", "Cancel"),
            sources=[_ASKED, _VALID],
            target=ReleaseStatus.CANCELLED,
            who=[_STANDING.APPLICANT, _STANDING.DESK, _STANDING.SYSTEM],
        ),
        row(
            "expire",
            pgettext_lazy("release", "Expired"),
            sources=[_ASKED, _VALID],
            target=ReleaseStatus.EXPIRED,
            who=[_STANDING.SYSTEM],
        ),
    ),
)
