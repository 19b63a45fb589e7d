"""What the pages of dispatch rules and technicians show."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from owners.models import Building
from repairs.models import Certificate, DispatchRule, Mode, Ticket, Trade, Zone
from repairs.queries.crew import decisions_for
from repairs.queries.ranking import Decision
from servicecenter.accounts.models import Community, Role, User
from servicecenter.lib.clock import local_day
from servicecenter.lib.refusals import NotFound

# A certificate that ends within this time is pointed out.
SOON = timedelta(days=60)
# A preview is looked at, not read to the end.
MOST = 50


@dataclass(frozen=True)
class Preview:
    """One waiting repair, and what the rules would do with it."""

    ticket: Ticket
    decision: Decision

    @property
    def rule(self) -> DispatchRule | None:
        return self.decision.rule

    @property
    def goes_to(self) -> str:
        """Whom it would go to; '' for nobody or for whoever takes it."""
        first = None if self.decision.opens else self.decision.first
        return first.worker.name if first else ""


def rules_of(community: Community | None) -> list[DispatchRule]:
    """Every rule of a community, or of the company, in force or not, in their order."""
    found = DispatchRule.objects.filter(community=community)
    return list(found.select_related("building", "named", "changed_by").order_by("position", "id"))


def in_force_with(community_id: int, changed: DispatchRule | None) -> list[DispatchRule]:
    """The rules of a community as they would be with `changed` among them."""
    rules = [
        each
        for each in DispatchRule.objects.in_force(community_id)
        if changed is None or each.pk != changed.pk
    ]
    if changed is not None and changed.is_active and changed.community_id in (None, community_id):
        rules.append(changed)
    return sorted(rules, key=lambda each: (each.community_id is None, each.position, each.pk or 2**62))


def preview(communities: Sequence[Community], changed: DispatchRule | None, at: datetime) -> list[Preview]:
    """What the rules (with a changed one) would do with the repairs that wait for somebody, the most pressing first.

    Nothing is sent: an automatic rule counts for reports that are accepted from now on.
    """
    found = []
    for community in communities:
        waiting = Ticket.objects.filter(community=community).waiting_for_dispatch()
        tickets = list(waiting.order_by("next_due_at", "id")[:MOST])
        rules = in_force_with(community.pk, changed)
        found += [Preview(*each) for each in decisions_for(tickets, community.pk, rules, at)]
    return found


def rule_named(user: User, rule_id: int) -> DispatchRule:
    """A rule that `user` may read; refuses `not_found`."""
    rules = DispatchRule.objects.visible_to(user).select_related("community", "named", "building")
    found = rules.filter(pk=rule_id).first()
    if found is None:
        raise NotFound
    return found


def modes(found: Sequence[Preview]) -> dict[str, int]:
    """How many of them would be sent, proposed, opened, left to the desk."""
    counted = {"automatic": 0, "propose": 0, "grab": 0, "none": 0}
    for each in found:
        if each.decision.opens:
            counted["grab"] += 1
        elif not each.goes_to:
            counted["none"] += 1
        else:
            counted["automatic" if each.rule and each.rule.mode == Mode.AUTOMATIC else "propose"] += 1
    return counted


@dataclass(frozen=True)
class Skills:
    """A technician with what they may work on. Certificates: the current ones, with whether they still count."""

    user: User
    trades: list[str]
    buildings: list[Building]
    certificates: list[tuple[Certificate, str]]


def skills_of(community: Community, at: datetime, technician_id: int | None = None) -> list[Skills]:
    """The technicians of a community, or one of them; three queries."""
    people = User.objects.staff_of([community.pk], Role.TECHNICIAN).order_by("name", "id")
    chosen = list(people if technician_id is None else people.filter(pk=technician_id))
    certificates: dict[int, list[tuple[Certificate, str]]] = defaultdict(list)
    buildings: dict[int, list[Building]] = defaultdict(list)
    today = local_day(at)
    for each in Certificate.objects.current().filter(user__in=chosen).select_related("community"):
        certificates[each.user_id].append((each, standing_of(each, today)))
    zones = Zone.objects.filter(community=community, user__in=chosen).select_related("building")
    for zone in zones.order_by("building__code"):
        buildings[zone.user_id].append(zone.building)
    return [
        Skills(
            user=person,
            trades=[str(trade.label) for trade in Trade if trade in person.trades],
            buildings=buildings[person.pk],
            certificates=certificates[person.pk],
        )
        for person in chosen
    ]


def standing_of(certificate: Certificate, today: date) -> str:
    """`valid`, `soon` (it ends within two months) or `expired`."""
    if not certificate.is_valid(today):
        return "expired"
    return "soon" if certificate.valid_until - today <= SOON else "valid"


def certificate_named(user: User, certificate_id: int) -> Certificate:
    """A current certificate of somebody of one's communities; refuses `not_found`."""
    found = Certificate.objects.visible_to(user).select_related("community", "user")
    certificate = found.filter(pk=certificate_id).first()
    if certificate is None:
        raise NotFound
    return certificate
