"""A notice 公告: written, published by somebody with the right to, taken back; gone by itself after its last day."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import Table, row


class NoticeStatus(TextChoices):
    """Where a notice stands. That its last day is over is no status: nobody has to do anything about it."""

    DRAFT = "draft", pgettext_lazy("notice", "Draft")
    PUBLISHED = "published", pgettext_lazy("notice", "Published")
    DISCARDED = "discarded", pgettext_lazy("notice", "Thrown away")


N = NoticeStatus
LEADERS = (Standing.SUPERVISOR, Standing.MANAGER)
WRITERS = (Standing.AGENT, *LEADERS)

NOTICE = Table(
    work="notice",
    initial=N.DRAFT,
    statuses=tuple(N.values),
    final=frozenset({N.DISCARDED.value}),
    rows=(
        row("change", pgettext_lazy("notice", "Change the draft"), sources=[N.DRAFT], who=WRITERS),
        row(
            "publish",
            pgettext_lazy("notice", "Publish"),
            sources=[N.DRAFT],
            target=N.PUBLISHED,
            who=LEADERS,
        ),
        # A draft again: nobody reads it, it can be mended and published anew.
        row(
            "take_back",
            pgettext_lazy("notice", "Take it back"),
            sources=[N.PUBLISHED],
            target=N.DRAFT,
            who=LEADERS,
            needs=["reason"],
        ),
        row(
            "discard",
            pgettext_lazy("notice", "Throw it away"),
            sources=[N.DRAFT],
            target=N.DISCARDED,
            who=WRITERS,
        ),
    ),
)
