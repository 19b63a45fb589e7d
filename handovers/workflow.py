"""Handing a unit over to its owner 入伙, as one table (domain §2). The diagram in docs/ is drawn from it."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import Table, row


class Status(TextChoices):
    """Which step is next. The words say what a unit waits for: that is what the board of a day shows."""

    PLANNED = "planned", _("Expected")
    CHECKED_IN = "checked_in", _("Papers")
    PAPERS_DONE = "papers_done", pgettext_lazy("handover", "Fees")
    FEES_DONE = "fees_done", _("Waits for inspection")
    INSPECTING = "inspecting", _("Inspection")
    INSPECTED = "inspected", pgettext_lazy("handover", "Signature")
    SIGNED = "signed", _("Review")
    SIGNED_OFF = "signed_off", pgettext_lazy("handover", "Keys")
    DELIVERED = "delivered", _("Handed over")
    MISSED = "missed", _("Did not come")
    CANCELLED = "cancelled", _("Cancelled")


class Part(TextChoices):
    """Which part of the checklist a line stands in."""

    PAPERS = "papers", _("Papers to check")
    DOCUMENTS = "documents", _("Signed for and handed out")
    FEES = "fees", pgettext_lazy("handover", "Fees")
    METERS = "meters", _("Meter readings")
    ROOMS = "rooms", _("Inspection by room")


S = Status
DESK = (Standing.AGENT, Standing.SUPERVISOR)
ON_SITE = (Standing.ASSIGNEE, Standing.SUPERVISOR)

# On the way, in order: whoever is further has done everything before.
WAY = (
    S.PLANNED,
    S.CHECKED_IN,
    S.PAPERS_DONE,
    S.FEES_DONE,
    S.INSPECTING,
    S.INSPECTED,
    S.SIGNED,
    S.SIGNED_OFF,
    S.DELIVERED,
)
# In the house now: somebody waits for somebody.
PRESENT = WAY[1:-1]
UNSIGNED = (S.PLANNED, S.MISSED, *WAY[1:6])
CLOSED = (S.DELIVERED, S.CANCELLED)
# In which states the lines of each part may be ticked and unticked.
OPEN_PARTS: Mapping[str, frozenset[str]] = {
    Part.PAPERS: frozenset({S.CHECKED_IN}),
    Part.DOCUMENTS: frozenset({S.CHECKED_IN}),
    Part.FEES: frozenset({S.CHECKED_IN, S.PAPERS_DONE}),
    Part.METERS: frozenset({S.INSPECTING}),
    Part.ROOMS: frozenset({S.INSPECTING}),
}

TABLE = Table(
    work="handover",
    initial=S.PLANNED,
    statuses=tuple(S.values),
    final=frozenset(CLOSED),
    rows=(
        row(
            "book",
            _("Book an appointment"),
            sources=[S.PLANNED, S.MISSED],
            target=S.PLANNED,
            who=[Standing.RESIDENT, *DESK],
            needs=["slot"],
        ),
        row("unbook", _("Cancel the appointment"), sources=[S.PLANNED], who=[Standing.RESIDENT, *DESK]),
        row("miss", _("Did not come"), sources=[S.PLANNED], target=S.MISSED, who=DESK),
        row("check_in", _("Check in"), sources=[S.PLANNED, S.MISSED], target=S.CHECKED_IN, who=DESK),
        row("undo_check_in", _("Not here after all"), sources=[S.CHECKED_IN], target=S.PLANNED, who=DESK),
        row(
            "finish_papers",
            _("Papers are complete"),
            sources=[S.CHECKED_IN],
            target=S.PAPERS_DONE,
            who=DESK,
            needs=["signature"],
        ),
        row("reopen_papers", _("Back to the papers"), sources=[S.PAPERS_DONE], target=S.CHECKED_IN, who=DESK),
        row("finish_fees", _("Fees are settled"), sources=[S.PAPERS_DONE], target=S.FEES_DONE, who=DESK),
        row("reopen_fees", _("Back to the fees"), sources=[S.FEES_DONE], target=S.PAPERS_DONE, who=DESK),
        row(
            "start_inspection",
            _("Start the inspection"),
            sources=[S.FEES_DONE],
            target=S.INSPECTING,
            who=ON_SITE,
        ),
        row("leave", _("Leave it to a colleague"), sources=[S.INSPECTING], target=S.FEES_DONE, who=ON_SITE),
        row(
            "finish_inspection",
            _("Inspection is finished"),
            sources=[S.INSPECTING],
            target=S.INSPECTED,
            who=ON_SITE,
        ),
        row(
            "reopen_inspection",
            _("Back to the inspection"),
            sources=[S.INSPECTED],
            target=S.INSPECTING,
            who=ON_SITE,
        ),
        row(
            "sign",
            _("The owner signs"),
            sources=[S.INSPECTED],
            target=S.SIGNED,
            who=[Standing.ASSIGNEE, *DESK],
            needs=["signature", "signer"],
        ),
        row(
            "send_back",
            _("Back to the signature"),
            sources=[S.SIGNED],
            target=S.INSPECTED,
            who=[Standing.SUPERVISOR],
            needs=["reason"],
        ),
        row("sign_off", _("Sign off"), sources=[S.SIGNED], target=S.SIGNED_OFF, who=[Standing.SUPERVISOR]),
        row("hand_out", _("Hand out the keys"), sources=[S.SIGNED_OFF], target=S.DELIVERED, who=DESK),
        row(
            "cancel",
            _("Cancel the handover"),
            sources=UNSIGNED,
            target=S.CANCELLED,
            who=[Standing.SUPERVISOR],
            needs=["reason"],
        ),
        # Beside the road: the lines of the checklist, by whoever stands there.
        row("tick", _("Tick a line"), sources=WAY[1:3], who=DESK, aside=True),
        row("untick", _("Take a tick back"), sources=WAY[1:3], who=DESK, aside=True),
        row(
            "waive",
            _("Go on without it"),
            sources=WAY[1:3],
            who=[Standing.SUPERVISOR],
            needs=["reason"],
            aside=True,
        ),
        row("read_meters", _("Read the meters"), sources=[S.INSPECTING], who=ON_SITE, aside=True),
        row("look", _("Inspect a room"), sources=[S.INSPECTING], who=ON_SITE, aside=True),
        row(
            "reinspect",
            _("Look at a mended defect"),
            sources=WAY[5:],
            who=[Standing.ASSIGNEE, Standing.REINSPECTOR, *DESK],
            aside=True,
        ),
        row(
            "appoint",
            _("Choose who looks again"),
            sources=WAY[5:],
            who=DESK,
            needs=["technician"],
            aside=True,
        ),
    ),
)
