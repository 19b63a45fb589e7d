"""Reads about inspection campaigns: which units to choose, how far it is, what can be booked."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import pgettext

from owners.models import (
    Building,
    Inspection,
    InspectionSlot,
    InspectionVisit,
    Unit,
    UnitUse,
    WarrantyPart,
)
from owners.queries.warranty import Rules, rules_of
from owners.workflow.inspections import INSPECTED, CampaignStatus, VisitStatus
from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import LOCAL
from servicecenter.lib.refusals import NotFound


def slot_words(slot: InspectionSlot) -> str:
    """A time as people say it, with its weekday and until when."""
    begins, ends = slot.starts_at.astimezone(LOCAL), slot.ends_at.astimezone(LOCAL)
    day = date_format(begins, pgettext("date format", "j M Y"))
    return f"{day} {date_format(begins, 'D')} {begins:%H:%M}–{ends:%H:%M}"


# Where people live or work; a parking space is not visited.
VISITED = (UnitUse.RESIDENCE, UnitUse.SHOP)


def units_ending(
    community: Community,
    *,
    on: date,
    part: WarrantyPart | None = None,
    building: Building | None = None,
    ends_by: date | None = None,
) -> QuerySet[Unit]:
    """Homes and shops whose warranty of `part` (or of any part) runs on day `on` and ends by `ends_by`; all of them
    without that day. A unit without a delivery date is left out of the former: its warranty is not known."""
    units = Unit.objects.filter(community=community, use__in=VISITED).order_by("building", "code", "id")
    if building is not None:
        units = units.filter(building=building)
    if ends_by is None:
        return units
    rules = rules_of([community.pk])[community.pk]
    days = (
        units.filter(delivered_on__isnull=False)
        .order_by("delivered_on")
        .values_list("delivered_on", flat=True)
    )
    ending = [day for day in days.distinct() if day and _ends(rules, part, day, on, ends_by)]
    return units.filter(delivered_on__in=ending)


def _ends(rules: Rules, part: WarrantyPart | None, delivered_on: date, on: date, by: date) -> bool:
    chosen = [rule for rule in rules.active if part is None or rule.part.pk == part.pk]
    return any(
        last is not None and on <= last <= by for last in (rule.last_day(delivered_on) for rule in chosen)
    )


@dataclass(frozen=True)
class Progress:
    """How many visits of a campaign are in each status."""

    counts: Counter[str]

    @property
    def total(self) -> int:
        return self.counts.total()

    @property
    def inspected(self) -> int:
        return sum(self.counts[status] for status in INSPECTED)

    @property
    def booked(self) -> int:
        return self.counts[VisitStatus.BOOKED]

    @property
    def findings(self) -> int:
        return self.counts[VisitStatus.FINDINGS]

    @property
    def percent(self) -> int:
        """The share of inspected units, rounded down."""
        return self.inspected * 100 // self.total if self.total else 0


def progress_of(campaigns: list[Inspection]) -> dict[int, Progress]:
    """How far each campaign is; one query for all of them."""
    rows = (
        InspectionVisit.objects.filter(campaign__in=campaigns)
        .order_by()
        .values_list("campaign", "status")
        .annotate(n=Count("id"))
    )
    found = {campaign.pk: Counter[str]() for campaign in campaigns}
    for pk, status, number in rows:
        found[pk][status] = number
    return {pk: Progress(counts) for pk, counts in found.items()}


def progress_by_building(campaign: Inspection) -> list[tuple[Building, Progress]]:
    """The same for each building of a campaign, in their order; two queries."""
    rows = campaign.visits.order_by().values_list("unit__building", "status").annotate(n=Count("id"))
    counts: dict[int, Counter[str]] = {}
    for building_id, status, number in rows:
        counts.setdefault(building_id, Counter())[status] = number
    buildings = Building.objects.filter(pk__in=counts).order_by("position", "code")
    return [(building, Progress(counts[building.pk])) for building in buildings]


def campaign_for(user: User, number: str) -> Inspection:
    """The campaign with this number; refuses `not_found` outside one's scope."""
    if not number.isascii() or not number.replace("-", "").isalnum() or len(number) > 24:
        raise NotFound
    rows = Inspection.objects.visible_to(user).select_related("community", "building", "part", "made_by")
    found = rows.filter(number=number.upper()).first()
    if found is None:
        raise NotFound
    return found


def visit_for(user: User, pk: int) -> InspectionVisit:
    """A visit with its campaign, unit and time; refuses `not_found` outside one's scope."""
    if not 0 < pk < 2**63:
        raise NotFound
    rows = InspectionVisit.objects.visible_to(user).select_related(
        "campaign__part",
        "campaign__community",
        "unit__building",
        "unit__community",
        "slot__inspector",
        "community",
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound
    return found


def bookable(campaign: Inspection, at: datetime) -> list[InspectionSlot]:
    """Times to come, full ones too: a page shows that they exist."""
    return list(campaign.slots.filter(starts_at__gt=at).select_related("inspector"))


def visits_of(
    campaign: Inspection, *, status: str = "", building_id: int | None = None
) -> QuerySet[InspectionVisit]:
    """The visits of a campaign by unit, maybe of one status or building."""
    visits = campaign.visits.select_related("unit__building", "slot__inspector", "inspected_by")
    if status in VisitStatus.values:
        visits = visits.filter(status=status)
    if building_id is not None:
        visits = visits.filter(unit__building=building_id)
    return visits.order_by("unit__building__position", "unit__code", "id")


def invitations(user: User, community: Community) -> list[InspectionVisit]:
    """The visits of a resident's homes in campaigns that are under way."""
    rows = InspectionVisit.objects.visible_to(user).filter(
        community=community, campaign__status=CampaignStatus.OPEN
    )
    return list(rows.select_related("campaign__part", "unit", "slot").order_by("-campaign", "unit__code"))


def visits_to_make(user: User, at: datetime, until: datetime) -> list[InspectionVisit]:
    """A technician's booked visits of a span of time, in their order."""
    rows = InspectionVisit.objects.filter(
        Q(slot__inspector=user, slot__starts_at__gte=at, slot__starts_at__lt=until),
        campaign__status=CampaignStatus.OPEN,
        community__in=user.community_ids,
    )
    rows = rows.select_related("campaign__part", "unit__building", "slot")
    return list(rows.order_by("slot__starts_at", "unit__building__position", "unit__code", "id"))
