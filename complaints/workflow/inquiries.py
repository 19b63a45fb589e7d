"""The short loop of an inquiry 咨询, a suggestion 建议 or praise 表扬: received → answered → closed."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import Table, row


class InquiryStatus(TextChoices):
    """Where it stands."""

    RECEIVED = "received", pgettext_lazy("inquiry", "Received")
    ANSWERED = "answered", pgettext_lazy("inquiry", "Answered")
    CLOSED = "closed", pgettext_lazy("inquiry", "Closed")
    WITHDRAWN = "withdrawn", pgettext_lazy("inquiry", "Withdrawn")
    CONVERTED = "converted", pgettext_lazy("inquiry", "Goes on as something else")


S = InquiryStatus
DESK = (Standing.AGENT, Standing.SUPERVISOR)
ANSWERING = (Standing.HANDLER, *DESK, Standing.MANAGER)
FINAL = (S.CLOSED, S.WITHDRAWN, S.CONVERTED)
OPEN = (S.RECEIVED, S.ANSWERED)

TABLE = Table(
    work="inquiry",
    initial=S.RECEIVED,
    statuses=tuple(S.values),
    final=frozenset(FINAL),
    rows=(
        row(
            "answer",
            pgettext_lazy("inquiry", "Answer"),
            sources=OPEN,
            target=S.ANSWERED,
            who=ANSWERING,
            needs=["answer"],
        ),
        row(
            "assign",
            pgettext_lazy("inquiry", "Ask a colleague to answer"),
            sources=[S.RECEIVED],
            who=[*DESK, Standing.MANAGER],
            needs=["handler"],
        ),
        # Praise reaches the person praised.
        row(
            "pass_on",
            pgettext_lazy("inquiry", "Pass on to the person praised"),
            sources=[*OPEN, S.CLOSED],
            who=[*DESK, Standing.MANAGER],
            needs=["about"],
            aside=True,
            internal=True,
            when="is_praise",
        ),
        row(
            "ask_again",
            pgettext_lazy("inquiry", "That is not answered yet"),
            sources=[S.ANSWERED],
            target=S.RECEIVED,
            who=[Standing.RESIDENT, *DESK, Standing.SYSTEM],
            needs=["reason"],
        ),
        # By itself, seven days after the answer.
        row(
            "close",
            pgettext_lazy("inquiry", "Close"),
            sources=[S.ANSWERED],
            target=S.CLOSED,
            who=[Standing.RESIDENT, *ANSWERING, Standing.SYSTEM],
        ),
        row(
            "withdraw",
            pgettext_lazy("inquiry", "Withdraw"),
            sources=OPEN,
            target=S.WITHDRAWN,
            who=[Standing.RESIDENT, *DESK],
            needs=["reason"],
        ),
        row(
            "convert",
            pgettext_lazy("inquiry", "It is something else"),
            sources=OPEN,
            target=S.CONVERTED,
            who=DESK,
            needs=["kind"],
        ),
        row(
            "note",
            _("Add a note"),
            sources=OPEN,
            who=[Standing.RESIDENT, *ANSWERING, Standing.SYSTEM],
            needs=["note"],
            aside=True,
        ),
        row(
            "add_photo",
            _("Add a photo"),
            sources=OPEN,
            who=[Standing.RESIDENT, *ANSWERING, Standing.SYSTEM],
            aside=True,
        ),
    ),
)
