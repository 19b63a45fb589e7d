"""Everything that the page of one complaint or inquiry shows, on whichever face."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from complaints.models import Complaint, Inquiry, Side, Task
from complaints.queries.cases import (
    Pattern,
    case_for,
    group_of,
    pattern_of,
    repeats,
    same_cause,
)
from complaints.queries.guide import NextStep, buttons, next_step, way
from complaints.queries.links import Beside, beside
from complaints.queries.offers import Offer, offers_for
from complaints.queries.story import timeline
from complaints.workflow import OPEN
from servicecenter.accounts.models import User
from servicecenter.cases.buttons import Button, Step
from servicecenter.cases.story import Line, Picture, pictures
from servicecenter.lib import works
from servicecenter.sla.models import Clock


@dataclass(frozen=True)
class CasePage:
    """One case as `templates/complaints/_*.html` read it (under the name `page`)."""

    case: Complaint | Inquiry
    staff: bool
    next: NextStep
    buttons: list[Button]
    way: list[Step]
    lines: list[Line]
    photos: list[Picture]
    clocks: list[Clock] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    team: list[Any] = field(default_factory=list)
    group: list[Complaint] = field(default_factory=list)
    same: list[Complaint] = field(default_factory=list)
    earlier: list[Complaint] = field(default_factory=list)
    pattern: Pattern | None = None
    missing: list[str] = field(default_factory=list)
    links: list[Beside] = field(default_factory=list)
    # What goes on nearby that it may be about: works that are permitted.
    nearby: list[works.CaseLine] = field(default_factory=list)
    # Of two neighbours: what each said, never on one page with the other for anybody but the staff.
    sides: list[tuple[str, list[str]]] = field(default_factory=list)
    # Of an inquiry: articles that may answer it.
    offers: list[Offer] = field(default_factory=list)

    @property
    def is_complaint(self) -> bool:
        """A complaint, not an inquiry."""
        return isinstance(self.case, Complaint)


def case_page(user: User, number: str, next_url: str = "") -> CasePage:
    """The page of the case with this number, about fifteen queries whatever its history; refuses `not_found`."""
    case = case_for(user, number)
    more = _for_staff(user, case) if user.is_employee and isinstance(case, Complaint) else {}
    return CasePage(
        case=case,
        staff=user.is_employee,
        next=next_step(case, user),
        buttons=buttons(case, user, next_url),
        way=way(case),
        lines=timeline(case, user),
        photos=pictures(case, inside=user.is_employee),
        clocks=_clocks(case),
        offers=offers_for(case) if user.is_employee and isinstance(case, Inquiry) else [],
        **more,
    )


def _clocks(case: Complaint | Inquiry) -> list[Clock]:
    rows = Clock.objects.filter(work=case.TABLE.work, case_id=case.pk, round=case.round, cancelled_at=None)
    return list(rows.exclude(due_at=None).order_by("due_at"))


def _for_staff(user: User, case: Complaint) -> dict[str, Any]:
    is_open = case.status in OPEN
    found: dict[str, Any] = {
        "tasks": list(case.tasks.select_related("owner", "done_by")),
        "team": [each.user for each in case.team.select_related("user")],
        "group": group_of(case),
        "pattern": pattern_of(user, case),
        "missing": case.missing if is_open else [],
        "links": beside(user, case.links.all()),
        "earlier": repeats(user, unit=case.unit, type=case.type, at=case.received_at, but=case.pk),
    }
    if is_open and case.lead_id is None:
        found["same"] = same_cause(
            user,
            community_id=case.community_id,
            type=case.type,
            text=case.text,
            building=case.building,
            but=case.pk,
        )
    if case.is_between_neighbours:
        found["sides"] = _sides(case)
        if is_open:
            linked = {each.link.number for each in found["links"]}
            near = works.nearby(user, case.other_unit_id or case.unit_id, case.building_id)
            found["nearby"] = [each for each in near if each.number not in linked]
    return found


def _sides(case: Complaint) -> list[tuple[str, list[str]]]:
    heard = list(case.events().filter(action="hear"))
    return [
        (str(side.label), [each.text for each in heard if each.data.get("side") == side]) for side in Side
    ]
