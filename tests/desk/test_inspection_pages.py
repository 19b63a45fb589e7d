"""Campaigns and visits by their pages: the desk, a technician's phone, the portal; and the warranty on every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook
from rest_framework.test import APIClient

from owners.actions import inspections, visits
from owners.models import Inspection, InspectionVisit, Unit, WarrantyPart, WarrantyTerm
from repairs import actions as repairs
from repairs.models import Ticket
from servicecenter.accounts.models import User
from servicecenter.audit.models import AccessLog
from servicecenter.lib.clock import LOCAL, database_now, local_day
from tests.owners.test_inspections import slot_at

SignedIn = Callable[[User], Client]


@pytest.fixture
def home(unit_3_2_1201: Unit, resident_wang: User) -> Unit:
    """Wang's home, delivered a year ago."""
    unit_3_2_1201.delivered_on = local_day(database_now()) - timedelta(days=365)
    unit_3_2_1201.save()
    return unit_3_2_1201


@pytest.fixture
def campaign(home: Unit, supervisor_bo: User, technician_chen: User) -> Inspection:
    """Under way, with a time tomorrow at nine."""
    made = inspections.plan(community=home.community, title="集中检修", by=supervisor_bo)
    slot_at(made, technician_chen, supervisor_bo)
    return inspections.open_campaign(made, by=supervisor_bo)


@pytest.fixture
def visit(campaign: Inspection) -> InspectionVisit:
    return campaign.visits.get()


@pytest.fixture
def ticket(home: Unit, agent_li: User, resident_wang: User) -> Ticket:
    """A leaking pipe, reported today."""
    return repairs.report(
        by=resident_wang, community=home.community, unit=home, text="厨房水管漏水", trade="plumbing"
    )


def test_the_page_of_a_unit_shows_every_part(home: Unit, agent_li: User, signed_in: SignedIn) -> None:
    page = signed_in(agent_li).get(f"/desk/units/{home.pk}/").content.decode()
    assert page.count('data-warranty="in"') == 10 - page.count('data-warranty="out"')


def test_the_page_of_a_unit_says_that_its_date_is_unknown(
    unit_3_2_1202: Unit, agent_li: User, signed_in: SignedIn
) -> None:
    page = signed_in(agent_li).get(f"/desk/units/{unit_3_2_1202.pk}/").content.decode()
    assert "没有登记交付日期" in page
    assert "data-warranty" not in page


def test_a_repair_says_so_at_the_desk_on_paper_and_in_the_portal(
    ticket: Ticket, agent_li: User, resident_wang: User, signed_in: SignedIn
) -> None:
    for user, path in (
        (agent_li, f"/desk/tickets/{ticket.number}/"),
        (agent_li, f"/desk/tickets/{ticket.number}/print/"),
        (resident_wang, f"/portal/tickets/{ticket.number}/"),
    ):
        page = signed_in(user).get(path).content.decode()
        assert 'data-warranty="in"' in page, path
        assert "给排水管道：保修期至" in page, path


def test_the_queue_marks_what_is_under_warranty(ticket: Ticket, agent_li: User, signed_in: SignedIn) -> None:
    assert 'data-warranty="in"' in signed_in(agent_li).get("/desk/tickets/").content.decode()


def test_a_longer_queue_asks_the_database_no_more(
    ticket: Ticket, agent_li: User, signed_in: SignedIn, django_assert_max_num_queries: Any
) -> None:
    client = signed_in(agent_li)
    client.get("/desk/tickets/")
    with django_assert_max_num_queries(100) as short:
        client.get("/desk/tickets/")
    for _each in range(4):
        repairs.report(
            by=agent_li, community=ticket.community, unit=ticket.unit, text="漏水", trade="plumbing"
        )
    with django_assert_max_num_queries(len(short.captured_queries)):
        client.get("/desk/tickets/")


def test_while_a_call_is_taken_down_the_warranty_is_said(
    home: Unit, agent_li: User, signed_in: SignedIn
) -> None:
    asked = {"community": home.community_id, "unit": home.code, "text": "厨房水管漏水", "trade": "plumbing"}
    page = signed_in(agent_li).post("/desk/register/propose/", asked).content.decode()
    assert 'data-warranty="in"' in page


def test_while_a_resident_types_the_warranty_is_said(
    home: Unit, resident_wang: User, signed_in: SignedIn
) -> None:
    page = signed_in(resident_wang).post("/portal/report/proposal/", {"unit": home.pk, "text": "插座没电了"})
    assert 'data-proposal="warranty"' in page.content.decode()


def test_the_api_tells_the_warranty_of_a_repair_and_of_a_unit(
    ticket: Ticket, agent_li: User, api: Callable[[User], APIClient]
) -> None:
    client = api(agent_li)
    assert client.get(f"/api/v1/repairs/{ticket.number}/").json()["warranty"]["state"] == "in"
    assert client.get("/api/v1/repairs/").json()["results"][0]["warranty"]["why"] == "running"
    parts = client.get(f"/api/v1/units/{ticket.unit_id}/warranty/").json()["results"]
    assert len(parts) == 10
    assert parts[0]["why"] == "life"


def test_the_register_is_changed_by_a_supervisor_for_their_community(
    home: Unit, supervisor_bo: User, signed_in: SignedIn
) -> None:
    client, part = signed_in(supervisor_bo), WarrantyPart.objects.get(code="plumbing")
    prefix = f"part-{part.pk}"
    sent = {"part-id": part.pk, f"{prefix}-length": "36", f"{prefix}-active": "on", f"{prefix}-seen": ""}
    assert client.post("/manage/warranty/?community=YG", sent).status_code == 302
    assert WarrantyTerm.objects.get(community=home.community).length == 36
    assert "3 年" in client.get("/manage/warranty/?community=YG").content.decode()


@pytest.mark.parametrize("length", ["12", "0", "-1", "abc", "", "9" * 30])
def test_the_register_refuses_what_makes_no_sense(
    home: Unit, supervisor_bo: User, signed_in: SignedIn, length: str
) -> None:
    part = WarrantyPart.objects.get(code="plumbing")
    sent = {"part-id": part.pk, f"part-{part.pk}-length": length, f"part-{part.pk}-active": "on"}
    answer = signed_in(supervisor_bo).post("/manage/warranty/?community=YG", sent)
    assert answer.status_code == 422
    assert not WarrantyTerm.objects.filter(community=home.community).exists()


def test_a_season_is_typed_as_people_write_days(home: Unit, supervisor_bo: User, signed_in: SignedIn) -> None:
    part = WarrantyPart.objects.get(code="heating")
    prefix = f"part-{part.pk}-"
    sent = {"length": "2", "season_from": "11月10日", "season_until": "3/25", "active": "on"}
    sent = {prefix + name: value for name, value in sent.items()} | {"part-id": str(part.pk)}
    signed_in(supervisor_bo).post("/manage/warranty/?community=YG", sent)
    term = WarrantyTerm.objects.get(community=home.community)
    assert (term.season_from, term.season_until) == (1110, 325)


def test_an_agent_does_not_open_the_register(agent_li: User, signed_in: SignedIn) -> None:
    assert signed_in(agent_li).get("/manage/warranty/").status_code == 403


def test_an_administrator_adds_a_part_once(admin_gu: User, signed_in: SignedIn, yangguang: Any) -> None:
    client = signed_in(admin_gu)
    key = "7e0a3c1e-6f1e-4f0e-9a53-0a1b2c3d4e5f"
    sent = {"name": "入户门", "months": "12", "trades": ["door_window"], "idempotency_key": key}
    for _each in range(2):
        assert client.post("/manage/warranty/parts/", sent).status_code == 302
    part = WarrantyPart.objects.get(name="入户门")
    client.post(f"/manage/warranty/parts/{part.pk}/trades/", {"trades": ["lift", "gas"]})
    part.refresh_from_db()
    assert part.trades == ["gas", "lift"]


def test_a_campaign_is_planned_timed_and_announced(
    home: Unit, supervisor_bo: User, technician_chen: User, signed_in: SignedIn
) -> None:
    client = signed_in(supervisor_bo)
    planned = client.post("/desk/inspections/new/", {"community": home.community_id, "title": "五月检修"})
    campaign = Inspection.objects.get()
    assert planned.headers["Location"] == f"/desk/inspections/{campaign.number}/"
    day = (database_now().astimezone(LOCAL) + timedelta(days=2)).date().isoformat()
    times = {"day": day, "begin": "09:00", "until": "11:00", "capacity": "4", "days": "2"}
    base = f"/desk/inspections/{campaign.number}"
    client.post(f"{base}/slots/", times | {"inspector": technician_chen.pk})
    assert campaign.slots.count() == 2
    client.post(f"{base}/open/")
    campaign.refresh_from_db()
    assert campaign.status == "open"
    page = client.get(f"{base}/").content.decode()
    assert "3-2-1201" in page
    assert 'data-status="invited"' in page


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": "2026-02-30"},
        {"day": "0001-01-01"},
        {"begin": "25:00"},
        {"until": "08:00"},
        {"capacity": "0"},
        {"capacity": "9" * 20},
        {"days": "400"},
        {"inspector": "-1"},
        {"inspector": str(2**63)},
    ],
)
def test_a_time_that_makes_no_sense_is_shown_again(
    campaign: Inspection,
    supervisor_bo: User,
    technician_chen: User,
    signed_in: SignedIn,
    wrong: dict[str, str],
) -> None:
    day = (database_now().astimezone(LOCAL) + timedelta(days=2)).date().isoformat()
    good = {"day": day, "begin": "09:00", "until": "11:00", "capacity": "4", "days": "1"}
    sent = good | {"inspector": str(technician_chen.pk)} | wrong
    answer = signed_in(supervisor_bo).post(f"/desk/inspections/{campaign.number}/slots/", sent)
    assert answer.status_code == 422
    assert campaign.slots.count() == 1


def test_an_agent_reads_a_campaign_and_changes_nothing(
    campaign: Inspection, agent_li: User, signed_in: SignedIn
) -> None:
    client = signed_in(agent_li)
    assert client.get(f"/desk/inspections/{campaign.number}/").status_code == 200
    for path in ("finish/", "slots/", "units/", "cancel/"):
        assert client.post(f"/desk/inspections/{campaign.number}/{path}").status_code == 403
    assert client.get("/desk/inspections/new/").status_code == 403


def test_a_manager_watches_a_campaign_in_their_own_frame(
    campaign: Inspection, manager_mei: User, signed_in: SignedIn
) -> None:
    client = signed_in(manager_mei)
    assert client.get("/desk/inspections/").status_code == 200
    assert "face-board" in client.get(f"/desk/inspections/{campaign.number}/").content.decode()


def test_an_agent_books_for_a_caller(visit: InspectionVisit, agent_li: User, signed_in: SignedIn) -> None:
    slot = visit.campaign.slots.get()
    client = signed_in(agent_li)
    assert client.post(f"/visits/{visit.pk}/book/", {"slot": slot.pk}).status_code == 302
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_a_technician_finds_a_defect_and_then_another(
    visit: InspectionVisit, technician_chen: User, resident_wang: User, signed_in: SignedIn
) -> None:
    visits.book(visit, visit.campaign.slots.get(), by=resident_wang)
    client = signed_in(technician_chen)
    assert "3-2-1201" in client.get("/field/inspections/").content.decode()
    assert "/field/inspections/" in client.get("/field/").content.decode()
    part = WarrantyPart.objects.get(code="electrical")
    for text in ("插座没电", "灯不亮"):
        client.post(f"/visits/{visit.pk}/find/", {"text": text, "part": part.pk})
    assert list(Ticket.objects.order_by("id").values_list("text", "channel", "part__code")) == [
        ("插座没电", "warranty", "electrical"),
        ("灯不亮", "warranty", "electrical"),
    ]
    assert "灯不亮" in client.get(f"/visits/{visit.pk}/").content.decode()


def test_a_defect_sent_twice_is_one_repair(
    visit: InspectionVisit, technician_chen: User, signed_in: SignedIn
) -> None:
    key = "7e0a3c1e-6f1e-4f0e-9a53-0a1b2c3d4e5f"
    for _each in range(2):
        signed_in(technician_chen).post(
            f"/visits/{visit.pk}/find/", {"text": "插座没电", "idempotency_key": key}
        )
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize("text", ["", "\u200b", "a\0b", "x" * 501])
def test_a_defect_that_says_nothing_or_too_much_is_shown_again(
    visit: InspectionVisit, technician_chen: User, signed_in: SignedIn, text: str
) -> None:
    answer = signed_in(technician_chen).post(f"/visits/{visit.pk}/find/", {"text": text})
    assert answer.status_code == 422
    assert not Ticket.objects.exists()


def test_all_is_well_is_one_tap(visit: InspectionVisit, technician_chen: User, signed_in: SignedIn) -> None:
    signed_in(technician_chen).post(f"/visits/{visit.pk}/find_nothing/", {"note": "都好\r\n"})
    visit.refresh_from_db()
    assert (visit.status, visit.inspected_by, visit.note) == ("fine", technician_chen, "都好")


def test_a_resident_books_changes_and_gives_back(
    visit: InspectionVisit,
    resident_wang: User,
    supervisor_bo: User,
    technician_chen: User,
    signed_in: SignedIn,
) -> None:
    later = slot_at(visit.campaign, technician_chen, supervisor_bo, hour=14)
    client, path = signed_in(resident_wang), f"/portal/inspections/{visit.pk}/"
    assert path in client.get("/portal/").content.decode()
    first = visit.campaign.slots.get(starts_at__lt=later.starts_at)
    client.post(path, {"slot": first.pk})
    client.post(path, {"slot": later.pk})
    visit.refresh_from_db()
    assert visit.slot == later
    assert 'data-status="booked"' in client.get("/portal/warranty/").content.decode()
    client.post(f"{path}unbook/")
    visit.refresh_from_db()
    assert visit.status == "invited"


def test_a_full_time_is_not_offered_and_said(
    visit: InspectionVisit, resident_wang: User, signed_in: SignedIn
) -> None:
    slot = visit.campaign.slots.get()
    type(slot).objects.filter(pk=slot.pk).update(capacity=1)
    other = InspectionVisit.objects.create(
        community=visit.community,
        campaign=visit.campaign,
        unit=Unit.objects.create(
            community=visit.community, building=visit.unit.building, code="3-2-1399", room="1399"
        ),
        status="booked",
        slot=slot,
        booked_by=resident_wang,
    )
    assert other.slot == slot
    path = f"/portal/inspections/{visit.pk}/"
    client = signed_in(resident_wang)
    assert "目前没有空余时段" in client.get(path).content.decode()
    assert client.post(path, {"slot": slot.pk}).status_code == 422


def test_a_neighbours_visit_is_not_there(
    visit: InspectionVisit, tenant_zhao: User, signed_in: SignedIn
) -> None:
    client = signed_in(tenant_zhao)
    assert client.get(f"/portal/inspections/{visit.pk}/").status_code == 404
    assert client.post(f"/portal/inspections/{visit.pk}/decline/").status_code == 404


def test_the_portal_says_that_a_date_is_unknown(
    unit_3_2_1202: Unit, tenant_zhao: User, signed_in: SignedIn
) -> None:
    assert "没有登记交付日期" in signed_in(tenant_zhao).get("/portal/warranty/").content.decode()


def test_the_list_is_taken_away_with_a_reason(
    visit: InspectionVisit, agent_li: User, signed_in: SignedIn
) -> None:
    client, path = signed_in(agent_li), f"/desk/inspections/{visit.campaign.number}/export/"
    assert client.post(path, {"reason": ""}).status_code == 422
    answer = client.post(path, {"reason": "交给开发商"})
    file = BytesIO(b"".join(answer.streaming_content))  # type: ignore[attr-defined]
    rows = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()
    assert rows[1][1] == "3-2-1201"
    assert AccessLog.objects.filter(field="list:inspection", by=agent_li).count() == 1


def test_the_visit_list_is_printed_by_time(
    visit: InspectionVisit, agent_li: User, resident_wang: User, signed_in: SignedIn
) -> None:
    visits.book(visit, visit.campaign.slots.get(), by=resident_wang)
    page = signed_in(agent_li).get(f"/desk/inspections/{visit.campaign.number}/print/").content.decode()
    assert "3-2-1201" in page
    assert "13800000001" not in page


@pytest.mark.parametrize("part", ["x", "-1", "9" * 30, "", "\u0661"])
def test_a_part_that_does_not_exist_is_not_found(supervisor_bo: User, signed_in: SignedIn, part: str) -> None:
    assert (
        signed_in(supervisor_bo).post("/manage/warranty/?community=YG", {"part-id": part}).status_code == 404
    )


def test_the_years_of_a_delivery_date_do_not_matter(home: Unit, agent_li: User, signed_in: SignedIn) -> None:
    for day in (date(1, 1, 1), date(9999, 12, 31)):
        Unit.objects.filter(pk=home.pk).update(delivered_on=day)
        assert signed_in(agent_li).get(f"/desk/units/{home.pk}/").status_code == 200
