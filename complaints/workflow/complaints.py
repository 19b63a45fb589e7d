"""The loop of a complaint 投诉, as one table (domain §5). Who is in charge depends on its level (`actions.leading`)."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import BACK, Table, row


class Status(TextChoices):
    """Where a complaint stands."""

    RECEIVED = "received", pgettext_lazy("complaint", "Received")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("complaint", "Acknowledged")
    INVESTIGATING = "investigating", pgettext_lazy("complaint", "Looked into")
    PROPOSED = "proposed", pgettext_lazy("complaint", "Solution proposed")
    AGREED = "agreed", pgettext_lazy("complaint", "Solution agreed")
    CARRIED_OUT = "carried_out", pgettext_lazy("complaint", "Carried out")
    TOLD = "told", pgettext_lazy("complaint", "Result told")
    CLOSED = "closed", pgettext_lazy("complaint", "Closed")
    ARCHIVED = "archived", pgettext_lazy("complaint", "Archived")
    # Part of a group complaint: it goes on, and is closed, with the one that leads the group.
    JOINED = "joined", pgettext_lazy("complaint", "In a group complaint")
    WITHDRAWN = "withdrawn", pgettext_lazy("complaint", "Withdrawn")
    # It was something else: a repair, an inquiry, a suggestion.
    CONVERTED = "converted", pgettext_lazy("complaint", "Goes on as something else")


S = Status
DESK = (Standing.AGENT, Standing.SUPERVISOR)
LEADERS = (Standing.SUPERVISOR, Standing.MANAGER)
# Whoever is in charge of it, and those who answer for them.
HANDLING = (Standing.HANDLER, *LEADERS)
EVERYBODY_AT_IT = (Standing.AGENT, *HANDLING)

# Nobody has promised the complainant anything yet that could be broken by going another way.
BEFORE_SOLUTION = (S.RECEIVED, S.ACKNOWLEDGED, S.INVESTIGATING)
OPEN = (*BEFORE_SOLUTION, S.PROPOSED, S.AGREED, S.CARRIED_OUT, S.TOLD)
UNFINISHED = (*OPEN, S.JOINED)
CLOSED = (S.CLOSED, S.ARCHIVED)
FINAL = (S.ARCHIVED, S.WITHDRAWN, S.CONVERTED)

TABLE = Table(
    work="complaint",
    initial=S.RECEIVED,
    statuses=tuple(S.values),
    final=frozenset(FINAL),
    rows=(
        row(
            "acknowledge",
            pgettext_lazy("complaint", "Acknowledge to the complainant"),
            sources=[S.RECEIVED],
            target=S.ACKNOWLEDGED,
            who=EVERYBODY_AT_IT,
            needs=["note"],
        ),
        # Opened again by the complainant: they are answered anew.
        row(
            "acknowledge",
            pgettext_lazy("complaint", "Acknowledge to the complainant"),
            sources=[S.INVESTIGATING],
            who=EVERYBODY_AT_IT,
            needs=["note"],
            when="is_unanswered",
        ),
        # 当场解决: said, done and told in one go. Never a serious one, nor one with a claim for compensation.
        row(
            "settle",
            pgettext_lazy("complaint", "Solved on the spot"),
            sources=BEFORE_SOLUTION,
            target=S.CLOSED,
            who=[Standing.AGENT, *HANDLING],
            needs=["reply"],
            when="is_simple",
        ),
        row(
            "assign",
            pgettext_lazy("complaint", "Put somebody in charge"),
            sources=OPEN,
            who=[Standing.AGENT, *LEADERS],
            needs=["handler"],
        ),
        row(
            "find",
            pgettext_lazy("complaint", "Write down findings"),
            sources=[S.ACKNOWLEDGED, S.INVESTIGATING],
            target=S.INVESTIGATING,
            who=[*HANDLING, Standing.MEMBER],
            needs=["note"],
            internal=True,
        ),
        # 调解: what each of two neighbours says stays apart (`is_between_neighbours`).
        row(
            "hear",
            pgettext_lazy("complaint", "Write down what one side says"),
            sources=BEFORE_SOLUTION,
            who=EVERYBODY_AT_IT,
            needs=["side", "note"],
            aside=True,
            internal=True,
            when="is_between_neighbours",
        ),
        row(
            "propose",
            pgettext_lazy("complaint", "Propose a solution"),
            sources=[S.ACKNOWLEDGED, S.INVESTIGATING, S.PROPOSED],
            target=S.PROPOSED,
            who=HANDLING,
            needs=["solution"],
        ),
        row(
            "agree",
            pgettext_lazy("complaint", "The complainant agrees"),
            sources=[S.PROPOSED],
            target=S.AGREED,
            # The program: an anonymous complainant, by the receipt.
            who=[Standing.RESIDENT, *EVERYBODY_AT_IT, Standing.SYSTEM],
        ),
        row(
            "disagree",
            pgettext_lazy("complaint", "The complainant does not agree"),
            sources=[S.PROPOSED],
            target=S.INVESTIGATING,
            who=[Standing.RESIDENT, *EVERYBODY_AT_IT, Standing.SYSTEM],
            needs=["reason"],
        ),
        row(
            "give_task",
            pgettext_lazy("complaint", "Give a task"),
            sources=[s for s in OPEN if s != S.RECEIVED],
            who=HANDLING,
            needs=["what", "owner", "due_at"],
            aside=True,
            internal=True,
        ),
        row(
            "finish_task",
            pgettext_lazy("complaint", "Task done"),
            sources=OPEN,
            who=[*HANDLING, Standing.MEMBER],
            needs=["task", "note"],
            aside=True,
            internal=True,
            when="has_open_tasks",
        ),
        row(
            "carry_out",
            pgettext_lazy("complaint", "Carried out"),
            sources=[S.AGREED],
            target=S.CARRIED_OUT,
            who=HANDLING,
            needs=["summary"],
            when="has_no_open_task",
        ),
        row(
            "tell",
            pgettext_lazy("complaint", "Tell the result"),
            sources=[S.CARRIED_OUT],
            target=S.TOLD,
            who=EVERYBODY_AT_IT,
            needs=["reply"],
        ),
        # A claim for compensation: what the law, or the manager, says of it.
        row(
            "review",
            pgettext_lazy("complaint", "Write down the review of the claim"),
            sources=OPEN,
            who=LEADERS,
            needs=["review"],
            internal=True,
            when="claims_compensation",
        ),
        row(
            "sign_off",
            pgettext_lazy("complaint", "Sign off"),
            sources=[S.TOLD],
            who=[Standing.MANAGER],
            internal=True,
            when="waits_for_manager",
        ),
        row(
            "close",
            pgettext_lazy("complaint", "Close the case"),
            sources=[S.TOLD],
            target=S.CLOSED,
            who=HANDLING,
            when="is_ready_to_close",
        ),
        row(
            "archive",
            pgettext_lazy("complaint", "Archive"),
            sources=[S.CLOSED],
            target=S.ARCHIVED,
            who=[*DESK, Standing.SYSTEM],
            when="is_called",
        ),
        # One level higher (`actions.closing.reopen`).
        row(
            "reopen",
            pgettext_lazy("complaint", "Open it again"),
            sources=[S.CLOSED],
            target=S.INVESTIGATING,
            who=[Standing.RESIDENT, *DESK, Standing.MANAGER, Standing.SYSTEM],
            needs=["reason"],
        ),
        row(
            "raise_level",
            pgettext_lazy("complaint", "Raise the level"),
            sources=OPEN,
            who=EVERYBODY_AT_IT,
            needs=["reason"],
            internal=True,
            when="may_rise",
        ),
        row(
            "classify",
            pgettext_lazy("complaint", "Correct type or level"),
            sources=[S.RECEIVED],
            who=[*DESK, Standing.MANAGER],
            needs=["type", "level"],
            internal=True,
        ),
        row(
            "classify",
            pgettext_lazy("complaint", "Correct type or level"),
            sources=[s for s in OPEN if s != S.RECEIVED],
            who=LEADERS,
            needs=["type", "level"],
            internal=True,
        ),
        # Of a serious one: the day of its own that a manager approves.
        row(
            "set_day",
            pgettext_lazy("complaint", "Approve the day of closing"),
            sources=OPEN,
            who=[Standing.MANAGER],
            needs=["close_by"],
            when="is_serious",
        ),
        row(
            "form_team",
            pgettext_lazy("complaint", "Form the joint team"),
            sources=OPEN,
            who=LEADERS,
            needs=["handler", "members"],
            internal=True,
            when="is_major",
        ),
        row(
            "join",
            pgettext_lazy("complaint", "Add to a group complaint"),
            sources=BEFORE_SOLUTION,
            target=S.JOINED,
            who=[Standing.AGENT, *LEADERS],
            needs=["lead"],
            when="may_join",
        ),
        row(
            "leave",
            pgettext_lazy("complaint", "Take out of the group"),
            sources=[S.JOINED],
            target=BACK,
            who=[Standing.AGENT, *LEADERS, Standing.SYSTEM],
        ),
        # By the closing of the one that leads, never by a button.
        row(
            "close_with",
            pgettext_lazy("complaint", "Closed with its group"),
            sources=[S.JOINED],
            target=S.CLOSED,
            who=[Standing.SYSTEM],
        ),
        row(
            "withdraw",
            pgettext_lazy("complaint", "Withdraw"),
            sources=UNFINISHED,
            target=S.WITHDRAWN,
            who=[Standing.RESIDENT, *DESK],
            needs=["reason"],
        ),
        row(
            "convert",
            pgettext_lazy("complaint", "It is something else"),
            sources=BEFORE_SOLUTION,
            target=S.CONVERTED,
            who=DESK,
            needs=["kind"],
            when="leads_nobody",
        ),
        # Beside the road: nobody's open page becomes stale by them.
        row(
            "urge",
            pgettext_lazy("complaint", "Urge"),
            sources=UNFINISHED,
            # The program: an anonymous complainant, by the receipt.
            who=[Standing.RESIDENT, *DESK, Standing.SYSTEM],
            aside=True,
        ),
        row(
            "note",
            _("Add a note"),
            sources=[s for s in S if s not in FINAL],
            who=[Standing.RESIDENT, *EVERYBODY_AT_IT, Standing.MEMBER, Standing.SYSTEM],
            needs=["note"],
            aside=True,
        ),
        # A repair, a permit, somebody on record: shown beside it, for colleagues.
        row(
            "link",
            pgettext_lazy("complaint", "Link to something"),
            sources=[s for s in S if s not in FINAL],
            who=EVERYBODY_AT_IT,
            needs=["other"],
            aside=True,
            internal=True,
        ),
        row(
            "unlink",
            pgettext_lazy("complaint", "Take a link away"),
            sources=[s for s in S if s not in FINAL],
            who=EVERYBODY_AT_IT,
            needs=["link"],
            aside=True,
            internal=True,
            when="has_links",
        ),
        row(
            "add_photo",
            _("Add a photo"),
            sources=UNFINISHED,
            who=[Standing.RESIDENT, *EVERYBODY_AT_IT, Standing.MEMBER, Standing.SYSTEM],
            aside=True,
        ),
    ),
)
