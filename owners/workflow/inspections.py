"""The tables of an inspection campaign 集中检修 and of the visit to each of its units."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.workflow.table import Table, row


class CampaignStatus(TextChoices):
    """How far a campaign is."""

    PLANNED = "planned", _("Being prepared")
    OPEN = "open", pgettext_lazy("inspection", "Under way")
    DONE = "done", pgettext_lazy("inspection", "Finished")
    CANCELLED = "cancelled", _("Cancelled")


class CampaignStanding(TextChoices):
    """What somebody is to a campaign."""

    SUPERVISOR = "supervisor", _("Supervisor")
    COLLEAGUE = "colleague", _("Works in the community")


class VisitStatus(TextChoices):
    """How a unit stands in a campaign."""

    INVITED = "invited", pgettext_lazy("inspection", "No time booked")
    BOOKED = "booked", pgettext_lazy("inspection", "Booked")
    FINE = "fine", pgettext_lazy("inspection", "Nothing found")
    FINDINGS = "findings", pgettext_lazy("inspection", "Defects found")
    MISSED = "missed", pgettext_lazy("inspection", "Nobody was there")
    DECLINED = "declined", pgettext_lazy("inspection", "Not wanted")


class VisitStanding(TextChoices):
    """What somebody is to a visit. An inspector is a technician with a time slot in the campaign."""

    RESIDENT = "resident", _("Resident")
    DESK = "desk", _("Front desk")
    INSPECTOR = "inspector", _("Inspector")
    COLLEAGUE = "colleague", _("Works in the community")


V = VisitStatus
BOOKERS = (VisitStanding.RESIDENT, VisitStanding.DESK)
INSPECTORS = (VisitStanding.INSPECTOR, VisitStanding.DESK)
# A time is set, or was.
WITH_SLOT = (V.BOOKED, V.MISSED)
INSPECTED = (V.FINE, V.FINDINGS)
# Nothing is left to do.
SETTLED = (*INSPECTED, V.DECLINED)

CAMPAIGN = Table(
    work="inspection",
    initial=CampaignStatus.PLANNED,
    statuses=tuple(CampaignStatus.values),
    final=frozenset({CampaignStatus.DONE.value, CampaignStatus.CANCELLED.value}),
    rows=(
        row(
            "open",
            pgettext_lazy("inspection", "Invite the residents"),
            sources=[CampaignStatus.PLANNED],
            target=CampaignStatus.OPEN,
            who=[CampaignStanding.SUPERVISOR],
        ),
        row(
            "finish",
            pgettext_lazy("inspection", "Finish"),
            sources=[CampaignStatus.OPEN],
            target=CampaignStatus.DONE,
            who=[CampaignStanding.SUPERVISOR],
        ),
        row(
            "cancel",
            pgettext_lazy("inspection", "Call off"),
            sources=[CampaignStatus.PLANNED, CampaignStatus.OPEN],
            target=CampaignStatus.CANCELLED,
            who=[CampaignStanding.SUPERVISOR],
            needs=["reason"],
        ),
    ),
)

VISIT = Table(
    work="visit",
    initial=V.INVITED,
    statuses=tuple(V.values),
    final=frozenset({V.FINE.value, V.FINDINGS.value}),
    rows=(
        row(
            "book",
            pgettext_lazy("inspection", "Book a time"),
            sources=[V.INVITED, V.MISSED, V.DECLINED],
            target=V.BOOKED,
            who=BOOKERS,
            needs=["slot"],
        ),
        row(
            "move",
            pgettext_lazy("inspection", "Change the time"),
            sources=[V.BOOKED],
            target=V.BOOKED,
            who=BOOKERS,
            needs=["slot"],
        ),
        row(
            "unbook",
            pgettext_lazy("inspection", "Give the time back"),
            sources=[V.BOOKED],
            target=V.INVITED,
            who=BOOKERS,
        ),
        row(
            "decline",
            pgettext_lazy("inspection", "Not wanted"),
            sources=[V.INVITED, V.BOOKED, V.MISSED],
            target=V.DECLINED,
            who=BOOKERS,
        ),
        row(
            "find_nothing",
            pgettext_lazy("inspection", "Nothing found"),
            sources=[V.INVITED, V.BOOKED, V.MISSED, V.DECLINED],
            target=V.FINE,
            who=INSPECTORS,
        ),
        row(
            "find",
            pgettext_lazy("inspection", "Defects found"),
            sources=V.values,
            target=V.FINDINGS,
            who=INSPECTORS,
            needs=["findings"],
        ),
        row(
            "miss",
            pgettext_lazy("inspection", "Nobody was there"),
            sources=[V.BOOKED],
            target=V.MISSED,
            who=INSPECTORS,
        ),
    ),
)
