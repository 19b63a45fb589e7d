"""axe-core walks the main pages of the four faces and finds nothing serious (WCAG 2.2 AA)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page

from complaints.actions import Said, receive
from handovers.actions import arriving, planning
from owners.models import Person, Unit
from servicecenter.accounts.models import Community, User
from tests.conftest import Walk
from tests.decoration.conftest import Site, site
from tests.handovers.conftest import Way, day_of, handover_in
from tests.journeys.conftest import PHONE, Windows
from tests.repairs.rules import open_rule
from tests.surveys.conftest import Town, town

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

__all__ = ["handover_in", "site", "town"]

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
# Sheets and frames are not fetched a second time: only rules that are not serious need them.
FOUND = """async () => {
  const { violations } = await axe.run(document, {
    resultTypes: ["violations"], preload: false, iframes: false });
  return violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact))
    .flatMap(({ id, nodes }) => nodes.map((node) => `${location.pathname} ${id}: ${node.html.slice(0, 200)}`));
}"""


@pytest.fixture
def look(windows: Windows) -> Callable[[Page, str], list[str]]:
    """`look(page, path)`: what axe-core calls serious or critical on that page."""
    assert AXE.exists(), "axe-core is not installed: run `make assets`"
    # By the debugger, not as an element of the page: its rules for scripts stay in force.
    script = AXE.read_text(encoding="utf-8")

    def looked(page: Page, path: str) -> list[str]:
        answer = page.goto(windows.base + path)
        assert answer is not None
        assert answer.status == 200, path
        page.evaluate(script)
        found: list[str] = page.evaluate(FOUND)
        return found

    return looked


def test_the_pages_of_the_desk_have_no_serious_barrier(
    windows: Windows,
    look: Any,
    supervisor_bo: User,
    person_wang: Person,
    unit_3_2_1201: Unit,
    ticket_in: Walk,
) -> None:
    ticket = ticket_in("accepted")
    handover = planning.plan(unit_3_2_1201, person=person_wang, by=supervisor_bo)
    day = day_of(unit_3_2_1201, supervisor_bo)
    arriving.book(handover, slot=day.slots.all()[0], by=supervisor_bo)
    said = Said("楼道垃圾没人清理", kind="complaint", unit=unit_3_2_1201, reporter=person_wang)
    place = unit_3_2_1201.community
    complaint = receive(said, community=place, channel="hotline", by=supervisor_bo).case
    page = windows.staff(supervisor_bo)
    paths = [
        "/desk/",
        "/desk/register/",
        "/desk/tickets/",
        f"/desk/tickets/{ticket.number}/",
        f"/desk/people/{person_wang.pk}/",
        f"/desk/people/{person_wang.pk}/consents/",
        f"/desk/people/{person_wang.pk}/erasure/",
        f"/desk/units/{unit_3_2_1201.pk}/",
        "/desk/roll/",
        f"/desk/roll/{unit_3_2_1201.building_id}/",
        "/desk/promises/",
        "/desk/outages/",
        "/desk/outages/new/",
        "/desk/notices/new/",
        "/desk/paper/",
        f"/desk/tickets/{ticket.number}/acceptance/",
        "/desk/appointments/",
        "/desk/workload/",
        f"/desk/workload/{ticket.number}/move/",
        f"/desk/tickets/{ticket.number}/dispatch/",
        "/desk/handovers/",
        f"/desk/handovers/days/{day.pk}/",
        f"/desk/handovers/{handover.number}/",
        "/manage/handovers/",
        "/desk/keys/",
        "/desk/keys/add/",
        "/desk/money/",
        "/desk/money/days/",
        f"/desk/units/{unit_3_2_1201.pk}/keys/add/",
        "/desk/releases/",
        f"/desk/units/{unit_3_2_1201.pk}/release/",
        "/desk/inspections/",
        "/desk/inspections/new/",
        "/manage/warranty/",
        "/manage/triage/",
        "/manage/triage/models/",
        "/manage/standards/",
        "/manage/prices/",
        "/desk/checks/",
        "/desk/checks/rules/",
        "/manage/stock/",
        "/desk/calls/",
        "/complaints/",
        f"/complaints/{complaint.number}/",
        f"/complaints/{complaint.number}/why/",
        f"/complaints/{complaint.number}/assign/",
        "/complaints/stock/",
        "/complaints/analysis/",
        "/complaints/analysis/measure/",
        "/desk/knowledge/",
        "/desk/knowledge/new/",
        "/desk/knowledge/keeping/",
        "/desk/knowledge/categories/",
        "/manage/triage/voices/",
        "/desk/voices/new/",
        "/account/",
    ]
    assert [barrier for path in paths for barrier in look(page, path)] == []


def test_the_pages_of_the_management_have_no_serious_barrier(
    windows: Windows, look: Any, supervisor_bo: User, technician_chen: User, yangguang: Community
) -> None:
    page = windows.staff(supervisor_bo)
    paths = [
        "/manage/",
        "/manage/promises/",
        "/manage/promises/edit/?work=repair&stage=respond&urgency=normal&community=YG",
        "/manage/calendar/",
        "/manage/duty/",
        "/manage/duty/new/",
        "/manage/dispatch/?community=YG",
        f"/manage/dispatch/rules/{open_rule(community=yangguang).pk}/",
        "/manage/dispatch/technicians/",
        f"/manage/dispatch/technicians/{technician_chen.pk}/",
        "/manage/messages/",
        "/manage/channels/",
        "/manage/outbox/",
        "/manage/consents/",
        "/manage/retention/",
        "/manage/operations/",
        "/manage/operations/messages/",
    ]
    assert [barrier for path in paths for barrier in look(page, path)] == []


def test_the_pages_of_surveys_have_no_serious_barrier(windows: Windows, look: Any, town: Town) -> None:
    number = town.closed([{"overall": n, "wish": "电梯"} for n in (3, 5, 6, 8, 8, 9, 9, 10)]).number
    page = windows.staff(town.supervisor)
    paths = [
        "/manage/surveys/new/",
        f"/manage/surveys/{number}/",
        f"/manage/surveys/{number}/results/",
        "/desk/calls/listening/",
    ]
    assert [barrier for path in paths for barrier in look(page, path)] == []


def test_the_pages_of_the_board_have_no_serious_barrier(
    windows: Windows, look: Any, manager_mei: User, ticket_in: Walk
) -> None:
    ticket_in("dispatched")
    page = windows.staff(manager_mei)
    paths = ["/board/", "/board/promises/", "/board/trends/", "/board/follow-ups/", "/board/?wall=1"]
    assert [barrier for path in paths for barrier in look(page, path)] == []


def test_the_pages_on_phones_have_no_serious_barrier(
    windows: Windows,
    look: Any,
    technician_chen: User,
    resident_wang: User,
    ticket_in: Walk,
    handover_in: Way,
) -> None:
    ticket = ticket_in("dispatched")
    open_rule()
    ticket_in("accepted")
    handover = handover_in("inspecting")
    inspection = f"/field/handovers/{handover.number}/"
    field = windows.staff(technician_chen, PHONE)
    at_work = ["/field/", "/field/open/", f"/field/jobs/{ticket.number}/", "/field/messages/", "/field/me/"]
    at_work += ["/field/inspections/", f"/field/jobs/{ticket.number}/ahead/", "/field/waiting/"]
    at_work += ["/field/handovers/", inspection, f"{inspection}rooms/1/", f"{inspection}meters/"]
    at_home = [
        "/portal/",
        "/portal/report/",
        "/portal/voices/",
        "/portal/voices/new/",
        "/voice/YG/",
        "/voice/",
        "/portal/tickets/",
        f"/portal/tickets/{ticket.number}/",
        "/portal/releases/",
        "/portal/releases/new/",
        "/portal/keys/",
        "/portal/warranty/",
        "/portal/prices/",
        "/portal/surveys/",
        "/portal/messages/",
        "/portal/me/",
        "/portal/me/consents/",
        "/portal/me/data/",
        "/messages/wishes/",
        f"/portal/handovers/{handover.number}/",
    ]
    assert [barrier for path in at_work for barrier in look(field, path)] == []
    portal = windows.resident(resident_wang)
    assert [barrier for path in at_home for barrier in look(portal, path)] == []


def test_the_pages_of_permits_have_no_serious_barrier(windows: Windows, look: Any, site: Site) -> None:
    draft, permit = site.draft(), site.permit("permit_active")
    site.patrol(permit, broken="装修垃圾")
    here = f"/permits/{permit.number}/"
    desk = windows.staff(site.supervisor)
    at_desk = ["/permits/?show=works", here, f"{here}report-violation/", "/permits/calendar/"]
    at_desk += [
        f"{here}sheet/",
        f"{here}passes/",
        "/permits/contractors/",
        "/manage/decoration/",
        "/permits/figures/",
    ]
    at_desk += [f"/permits/contractors/{permit.contractor_id}/", "/desk/permits/new/?unit=3-2-1201"]
    assert [barrier for path in at_desk for barrier in look(desk, path)] == []
    field = windows.staff(site.guard, PHONE)
    on_site = ["/field/sites/", f"/field/sites/{permit.number}/ahead/", f"{here}patrol/"]
    on_site += [f"/permits/verify/{permit.token}/"]
    assert [barrier for path in on_site for barrier in look(field, path)] == []
    portal = windows.resident(site.owner)
    at_home = ["/portal/permits/", f"/permits/{draft.number}/edit/?missing=1", f"{here}ask-change/"]
    assert [barrier for path in at_home for barrier in look(portal, path)] == []
