"""What the registration form shows beside itself: units while typing, who lives there, what the text suggests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from owners.models import Building, Occupancy, Person, Unit, WarrantyPart
from owners.queries.patterns import like, unit_patterns
from owners.queries.warranty import Cover, cover
from repairs import queries as repairs
from repairs.models import Outage, Ticket, Trade, Urgency
from repairs.queries import outages as known_outages
from repairs.queries.proposing import proposal_for
from repairs.triage import Proposal
from repairs.triage.reasons import SENTENCES
from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import local_day
from servicecenter.lib.normalise.phones import phone_number

SUGGESTED = 8


def units_like(user: User, text: str, community: Community | None = None) -> list[Unit]:
    """Units whose code fits what was typed in any spelling, with their people (`residents`); at most eight."""
    return list(_units(user, text, community)[:SUGGESTED])


def _units(user: User, text: str, community: Community | None) -> QuerySet[Unit]:
    current = Occupancy.objects.current().select_related("person").order_by("-is_primary", "role", "id")
    units = Unit.objects.visible_to(user).filter(like("code", *unit_patterns(text)))
    if community is not None:
        units = units.filter(community=community)
    units = units.select_related("community", "building")
    return units.prefetch_related(Prefetch("occupancies", current, to_attr="residents")).order_by(
        "code", "id"
    )


def unit_named(user: User, text: str, community: Community | None) -> Unit | list[Unit]:
    """The one unit that was meant: an exact code, or the only one that fits. Several or none come back as a list."""
    found = list(_units(user, text, community)[: SUGGESTED + 1])
    wanted = {pattern.rstrip("%").upper() for pattern in unit_patterns(text) if pattern.count("%") == 1}
    exact = [unit for unit in found if unit.code.upper() in wanted]
    for fitting in (exact, found):
        if len(fitting) == 1:
            return fitting[0]
    return exact or found


def person_by_phone(user: User, phone: str, community: Community) -> Person | None:
    """The only person of the community's roll with this number; None when nobody or several have it."""
    people = Person.objects.visible_to(user).filter(community=community, phone=phone)
    found = list(people.order_by("id")[:2])
    return found[0] if len(found) == 1 else None


def primary_contact(unit: Unit) -> Person | None:
    """Whom we take as the reporter when nobody says otherwise; `unit` comes with its `residents`."""
    residents: list[Occupancy] = unit.residents  # type: ignore[attr-defined]
    return residents[0].person if residents else None


def readable_phone(text: str) -> str:
    """A phone number in its stored form; '' for something that is none."""
    return phone_number(text) or ""


@dataclass(frozen=True)
class Suggestion:
    """What the program proposes for a text, and what is already known about this place and trade."""

    proposal: Proposal | None
    trade: str
    trade_label: str
    urgency: str
    urgency_label: str
    reasons: list[str]
    duplicates: list[Ticket]
    repeats: list[Ticket]
    warranty: Cover | None
    outages: list[Outage]


def suggest(
    user: User,
    *,
    text: str,
    community: Community | None,
    unit: Unit | None,
    building: Building | None,
    public_area: str,
    trade: str,
    urgency: str,
    part: WarrantyPart | None = None,
    at: datetime,
) -> Suggestion:
    """Proposal, warranty, possible duplicates and repeats within 90 days; nothing is stored. What a person chose goes
    first."""
    proposal = proposal_for(text) if text else None
    chosen = trade or (proposal.trade if proposal else "")
    pressing = urgency or (proposal.urgency if proposal else "")
    duplicates = _duplicates(user, community, unit, building, public_area, chosen, text)
    repeats = repairs.repeats(user, unit=unit, trade=chosen, at=at)
    return Suggestion(
        proposal=proposal,
        trade=chosen,
        trade_label=str(Trade(chosen).label) if chosen in Trade.values else "",
        urgency=pressing,
        reasons=[str(SENTENCES[code]) for code in proposal.reasons if code in SENTENCES] if proposal else [],
        urgency_label=str(Urgency(pressing).label) if pressing in Urgency.values else "",
        duplicates=duplicates,
        repeats=[each for each in repeats if each not in duplicates],
        warranty=cover(unit, on=local_day(at), trade=chosen, part=part)
        if unit and (chosen or part)
        else None,
        outages=_outages(user, community, unit, building, public_area, chosen),
    )


def _outages(
    user: User,
    community: Community | None,
    unit: Unit | None,
    building: Building | None,
    public_area: str,
    trade: str,
) -> list[Outage]:
    """What is known at this place and may be the cause; before anything is typed all that reaches it."""
    if community is None or not (unit or building or public_area):
        return []
    place = unit.building_id if unit else building.pk if building else None
    return known_outages.fitting(user, community_id=community.pk, building_id=place, trade=trade)


def _duplicates(
    user: User,
    community: Community | None,
    unit: Unit | None,
    building: Building | None,
    public_area: str,
    trade: str,
    text: str,
) -> list[Ticket]:
    if community is None:
        return []
    return repairs.duplicates(
        user,
        community_id=community.pk,
        unit=unit,
        building=building,
        public_area=public_area,
        trade=trade,
        text=text,
    )
