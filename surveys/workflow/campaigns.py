"""A satisfaction campaign 满意度调查: draft → running → closed → published."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import pgettext_lazy

from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import Table, row


class CampaignStatus(TextChoices):
    """How far a campaign is."""

    DRAFT = "draft", pgettext_lazy("survey", "Being prepared")
    RUNNING = "running", pgettext_lazy("survey", "Answers come in")
    CLOSED = "closed", pgettext_lazy("survey", "Closed")
    PUBLISHED = "published", pgettext_lazy("survey", "Published")
    CANCELLED = "cancelled", pgettext_lazy("survey", "Called off")


S = CampaignStatus
LEADERS = (Standing.SUPERVISOR, Standing.MANAGER)
# Results are read only now: figures of two moments of a running campaign would give single answers away.
COUNTED = (S.CLOSED, S.PUBLISHED)

CAMPAIGN = Table(
    work="survey",
    initial=S.DRAFT,
    statuses=tuple(S.values),
    final=frozenset({S.CANCELLED.value}),
    rows=(
        # Draws the sample, freezes the questionnaire, writes to those who are asked.
        row(
            "start",
            pgettext_lazy("survey", "Draw the sample and start"),
            sources=[S.DRAFT],
            target=S.RUNNING,
            who=LEADERS,
        ),
        row(
            "extend",
            pgettext_lazy("survey", "Let it run longer"),
            sources=[S.RUNNING],
            who=LEADERS,
            needs=["ends_on"],
        ),
        # A unit that cannot be asked gives its place to the next one of its stratum, with the reason.
        row(
            "replace",
            pgettext_lazy("survey", "Ask another unit instead"),
            sources=[S.RUNNING],
            who=LEADERS,
            needs=["unit", "reason"],
            aside=True,
            internal=True,
            when="is_sample",
        ),
        row(
            "remind",
            pgettext_lazy("survey", "Remind those who have not answered"),
            sources=[S.RUNNING],
            who=[*LEADERS, Standing.SYSTEM],
            aside=True,
            internal=True,
        ),
        # By itself, when its time is over.
        row(
            "close",
            pgettext_lazy("survey", "Close and count"),
            sources=[S.RUNNING],
            target=S.CLOSED,
            who=[*LEADERS, Standing.SYSTEM],
        ),
        row(
            "publish",
            pgettext_lazy("survey", "Publish to residents"),
            sources=[S.CLOSED],
            target=S.PUBLISHED,
            who=LEADERS,
            needs=["found"],
            when="is_for_residents",
        ),
        row(
            "take_back",
            pgettext_lazy("survey", "Take the publication back"),
            sources=[S.PUBLISHED],
            target=S.CLOSED,
            who=LEADERS,
            needs=["reason"],
        ),
        row(
            "cancel",
            pgettext_lazy("survey", "Call off"),
            sources=[S.DRAFT, S.RUNNING],
            target=S.CANCELLED,
            who=LEADERS,
            needs=["reason"],
        ),
        row(
            "add_measure",
            pgettext_lazy("survey", "Decide on a measure"),
            sources=COUNTED,
            who=LEADERS,
            needs=["text", "owner", "due_on"],
            aside=True,
            internal=True,
        ),
    ),
)
