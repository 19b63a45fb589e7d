"""Repairs by API: reporting, reading, and the steps of the loop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from owners.models import Person, Unit
from repairs.models import Ticket
from servicecenter.accounts.models import Community, User
from tests.conftest import Walk, make_resident, make_unit

pytestmark = pytest.mark.django_db
Api = Callable[[User | None], APIClient]
REPAIRS = "/api/v1/repairs/"


def report(client: APIClient, **body: Any) -> Any:
    """A report with a text, as JSON."""
    return client.post(REPAIRS, {"text": "厨房水龙头滴水"} | body, format="json")


def test_a_resident_reports_for_their_own_home_by_its_code(
    api: Api, resident_wang: User, person_wang: Person, unit_3_2_1201: Unit
) -> None:
    answer = report(api(resident_wang), unit="3-2-1201")
    assert answer.status_code == 201, answer.data
    ticket = Ticket.objects.get(number=answer.data["number"])
    assert (ticket.unit, ticket.reporter, ticket.channel) == (unit_3_2_1201, person_wang, "api")
    shown = {name: answer.data[name] for name in ("status", "urgency", "community", "reporter_name")}
    assert shown == {"status": "reported", "urgency": "normal", "community": "YG", "reporter_name": "王芳"}
    assert answer.data["unit"] == {"id": unit_3_2_1201.pk, "code": "3-2-1201"}
    assert answer.data["respond_due_at"] == timezone.localtime(ticket.respond_due_at).isoformat()
    assert answer["Location"] == f"http://testserver{REPAIRS}{ticket.number}/"


def test_a_unit_can_be_named_by_id_or_by_its_digits(
    api: Api, resident_wang: User, unit_3_2_1201: Unit
) -> None:
    for name in (unit_3_2_1201.pk, str(unit_3_2_1201.pk)):
        assert report(api(resident_wang), unit=name).data["unit"]["code"] == "3-2-1201"


def test_the_promise_of_a_normal_report_is_24_and_48_hours(
    api: Api, resident_wang: User, unit_3_2_1201: Unit
) -> None:
    ticket = Ticket.objects.get(number=report(api(resident_wang), unit="3-2-1201").data["number"])
    assert ticket.respond_due_at == ticket.reported_at + timedelta(hours=24)
    assert ticket.complete_due_at == ticket.reported_at + timedelta(hours=48)


def test_a_public_area_needs_no_community_where_there_is_only_one(api: Api, resident_wang: User) -> None:
    answer = report(api(resident_wang), public_area="2单元电梯")
    assert (answer.status_code, answer.data["community"], answer.data["place"]) == (201, "YG", "public")


def test_somebody_in_two_communities_has_to_name_one(
    api: Api, manager_mei: User, unit_3_2_1201: Unit, unit_binjiang: Unit
) -> None:
    answer = report(api(manager_mei), public_area="大门")
    assert (answer.status_code, list(answer.data["errors"])) == (400, ["community"])
    assert report(api(manager_mei), public_area="大门", community="bj").data["community"] == "BJ"


def test_a_unit_code_in_two_communities_has_to_be_told_apart(
    api: Api, manager_mei: User, unit_3_2_1201: Unit, binjiang: Community
) -> None:
    make_unit(binjiang, "3-2-1201")
    answer = report(api(manager_mei), unit="3-2-1201")
    assert (answer.status_code, list(answer.data["errors"])) == (400, ["unit"])
    assert report(api(manager_mei), unit="3-2-1201", community="BJ").data["community"] == "BJ"


def test_the_desk_reports_for_the_primary_contact_when_nobody_is_named(
    api: Api, agent_li: User, resident_wang: User, person_wang: Person
) -> None:
    answer = report(api(agent_li), unit="3-2-1201", channel="hotline")
    ticket = Ticket.objects.get(number=answer.data["number"])
    assert (ticket.reporter, ticket.contact_phone) == (person_wang, "13811112222")
    assert answer.data["contact_phone"] == "138****2222"


def test_the_desk_may_name_a_person_or_a_caller_who_is_not_in_the_roll(
    api: Api, agent_li: User, person_wang: Person, tenant_zhao: User
) -> None:
    named = report(api(agent_li), unit="3-2-1202", person=person_wang.pk)
    assert named.data["reporter_name"] == "王芳"
    passing = report(
        api(agent_li), public_area="大门", reporter_name="路人", contact_phone="+86 139 0000 0001"
    )
    ticket = Ticket.objects.get(number=passing.data["number"])
    assert (ticket.reporter, ticket.reporter_name, ticket.contact_phone) == (None, "路人", "13900000001")


def test_a_person_of_another_community_cannot_be_named(
    api: Api, agent_li: User, unit_3_2_1201: Unit, stranger_sun: User
) -> None:
    answer = report(api(agent_li), unit="3-2-1201", person=Person.objects.get(user=stranger_sun).pk)
    assert (answer.status_code, list(answer.data["errors"])) == (400, ["person"])


@pytest.mark.parametrize("name", ["1-1-101", "9-9-999"])
def test_a_unit_out_of_scope_reads_like_one_that_does_not_exist(
    api: Api, resident_wang: User, unit_binjiang: Unit, name: str
) -> None:
    answer = report(api(resident_wang), unit=name)
    assert answer.status_code == 400
    assert answer.data["errors"] == {"unit": ["找不到您要的内容。"]} or "unit" in answer.data["errors"]
    assert not Ticket.objects.exists()


def test_a_neighbours_home_is_out_of_scope(api: Api, resident_wang: User, tenant_zhao: User) -> None:
    assert report(api(resident_wang), unit="3-2-1202").status_code == 400


def test_a_resident_cannot_claim_to_have_called(api: Api, resident_wang: User) -> None:
    answer = report(api(resident_wang), unit="3-2-1201", channel="hotline")
    assert (answer.status_code, list(answer.data["errors"])) == (400, ["channel"])


def test_the_same_key_and_body_give_the_first_answer_again(api: Api, resident_wang: User) -> None:
    client = api(resident_wang)
    body = {"text": "厨房水龙头滴水", "unit": "3-2-1201"}
    first, again = (
        client.post(REPAIRS, body, format="json", headers={"Idempotency-Key": "k1"}) for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert Ticket.objects.count() == 1


def test_another_body_under_a_used_key_is_refused(api: Api, resident_wang: User) -> None:
    client = api(resident_wang)
    key = {"Idempotency-Key": "k1"}
    client.post(REPAIRS, {"text": "漏水", "unit": "3-2-1201"}, format="json", headers=key)
    answer = client.post(REPAIRS, {"text": "停电", "unit": "3-2-1201"}, format="json", headers=key)
    assert (answer.status_code, answer.data["code"]) == (422, "idempotency_key_reused")
    assert Ticket.objects.count() == 1


def test_a_refused_report_leaves_its_key_free(api: Api, resident_wang: User) -> None:
    client = api(resident_wang)
    key = {"Idempotency-Key": "k1"}
    assert client.post(REPAIRS, {"text": ""}, format="json", headers=key).status_code == 400
    body = {"text": "漏水", "unit": "3-2-1201"}
    assert client.post(REPAIRS, body, format="json", headers=key).status_code == 201


def test_what_the_program_decides_cannot_be_sent(api: Api, resident_wang: User) -> None:
    sent = {
        "status": "archived",
        "number": "R000101-0001",
        "created_at": "2020-01-01T00:00:00Z",
        "reported_at": "2020-01-01T00:00:00Z",
        "respond_due_at": "2099-01-01T00:00:00Z",
        "is_staff": True,
        "assignee": 1,
    }
    answer = report(api(resident_wang), unit="3-2-1201", **sent)
    ticket = Ticket.objects.get(number=answer.data["number"])
    assert (ticket.status, ticket.assignee) == ("reported", None)
    assert timezone.now() - ticket.reported_at < timedelta(minutes=1)
    assert ticket.respond_due_at == ticket.reported_at + timedelta(hours=24)


def test_preferred_windows_come_back_as_they_were_meant(api: Api, resident_wang: User) -> None:
    start = (timezone.now() + timedelta(days=1)).replace(microsecond=0)
    window = {"start": start.isoformat(), "end": (start + timedelta(hours=2)).isoformat()}
    answer = report(api(resident_wang), unit="3-2-1201", preferred_windows=[window])
    assert answer.status_code == 201, answer.data
    shown = answer.data["preferred_windows"][0]
    assert shown["start"] == timezone.localtime(start).isoformat()


def test_a_ticket_shows_what_its_reader_may_do_next(
    api: Api, ticket_in: Walk, resident_wang: User, agent_li: User, technician_chen: User
) -> None:
    ticket = ticket_in("dispatched")

    def offered(user: User) -> dict[str, list[str]]:
        allowed = api(user).get(f"{REPAIRS}{ticket.number}/").data["allowed"]
        return {each["action"]: each["needs"] for each in allowed}

    assert set(offered(resident_wang)) == {"cancel", "urge", "note", "photos", "offer-windows"}
    assert offered(technician_chen)["contact"] == ["note"]
    assert "mark-duplicate" in offered(agent_li)


@pytest.mark.parametrize("path", ["", "timeline/", "timers/", "photos/"])
def test_a_stranger_gets_404_everywhere(
    api: Api, ticket_in: Walk, stranger_sun: User, agent_binjiang: User, tenant_zhao: User, path: str
) -> None:
    ticket = ticket_in("dispatched")
    for user in (agent_binjiang, *([] if path == "timers/" else [stranger_sun, tenant_zhao])):
        answer = api(user).get(f"{REPAIRS}{ticket.number}/{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_past_owner_loses_the_repair_the_same_moment(
    api: Api, ticket_in: Walk, resident_wang: User
) -> None:
    ticket = ticket_in("dispatched")
    resident_wang.people.get().occupancies.update(until=timezone.now())
    assert api(resident_wang).get(f"{REPAIRS}{ticket.number}/").status_code == 404


def test_those_who_need_not_know_see_a_masked_name(
    api: Api, ticket_in: Walk, manager_mei: User, technician_chen: User, agent_li: User
) -> None:
    ticket = ticket_in("on_site")

    def name(user: User) -> str:
        return str(api(user).get(f"{REPAIRS}{ticket.number}/").data["reporter_name"])

    assert (name(agent_li), name(technician_chen), name(manager_mei)) == ("王芳", "王芳", "王*")
    ticket_in._complete(ticket)
    assert name(technician_chen) == "王*"


def test_another_tenant_of_the_home_sees_the_repair_but_not_who_reported_it(
    api: Api, ticket_in: Walk, unit_3_2_1201: Unit
) -> None:
    ticket = ticket_in("reported")
    flatmate = make_resident("李雷", "13811115555", unit_3_2_1201, "family")
    assert api(flatmate).get(f"{REPAIRS}{ticket.number}/").data["reporter_name"] == "王*"


def test_the_timeline_tells_residents_nothing_internal(
    api: Api, ticket_in: Walk, resident_wang: User, agent_li: User
) -> None:
    ticket = ticket_in("dispatched")
    body = {"note": "业主很着急", "internal": True}
    assert api(agent_li).post(f"{REPAIRS}{ticket.number}/note/", body, format="json").status_code == 200
    for user, told in ((agent_li, True), (resident_wang, False)):
        lines = api(user).get(f"{REPAIRS}{ticket.number}/timeline/").json()["results"]
        assert any(line["text"] == "业主很着急" for line in lines) is told
        assert [line["action"] for line in lines][:3] == ["report", "accept", "dispatch"]
        assert "13811112222" not in str(lines)


def test_timers_are_the_staffs_business(
    api: Api, ticket_in: Walk, resident_wang: User, agent_li: User
) -> None:
    ticket = ticket_in("reported")
    answer = api(agent_li).get(f"{REPAIRS}{ticket.number}/timers/")
    steps = {(each["stage"], each["step"]) for each in answer.json()["results"]}
    assert {("respond", "warn"), ("respond", "breach"), ("complete", "breach")} <= steps
    assert api(resident_wang).get(f"{REPAIRS}{ticket.number}/timers/").status_code == 403


def test_the_full_number_is_shown_for_a_reason_that_the_resident_reads(
    api: Api, ticket_in: Walk, technician_chen: User, resident_wang: User
) -> None:
    ticket = ticket_in("dispatched")
    url = f"{REPAIRS}{ticket.number}/reveal/"
    assert api(technician_chen).post(url, {}, format="json").status_code == 400
    answer = api(technician_chen).post(url, {"reason": "约上门时间"}, format="json")
    assert (answer.status_code, answer.data) == (200, {"phone": "13811112222"})
    log = api(resident_wang).get("/api/v1/access-log/").json()["results"]
    assert [(line["by_name"], line["reason"]) for line in log] == [("陈刚", "约上门时间")]


def test_a_technician_sees_no_number_once_the_work_is_done(
    api: Api, ticket_in: Walk, technician_chen: User
) -> None:
    ticket = ticket_in("completed")
    answer = api(technician_chen).post(f"{REPAIRS}{ticket.number}/reveal/", {"reason": "x"}, format="json")
    assert answer.status_code == 403


def test_triage_proposes_and_stores_nothing(api: Api, resident_wang: User, ticket_in: Walk) -> None:
    ticket = ticket_in("reported", text="厨房水管爆裂，水流一地")
    answer = api(resident_wang).post(f"{REPAIRS}triage/", {"text": "水管爆裂，家里都是水"}, format="json")
    assert answer.status_code == 200
    assert (answer.data["trade"], answer.data["urgency"]) == ("plumbing", "emergency")
    assert [each["number"] for each in answer.data["similar"]] == [ticket.number]
    assert Ticket.objects.count() == 1
