"""The API of surveys: the same actions and refusals as the pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rest_framework.test import APIClient

from servicecenter.accounts.models import User
from surveys.models import Invitation, Response
from tests.surveys.conftest import GOOD, Town, in_days, library

Api = Callable[[User | None], APIClient]


def wish(town: Town, **more: Any) -> dict[str, Any]:
    return {
        "title": "2026 满意度",
        "communities": [town.community.code],
        "questionnaire": library().pk,
        "channels": ["portal", "link"],
        "ends_on": str(in_days(9)),
    } | more


def test_a_campaign_is_planned_started_and_closed(town: Town, api: Api) -> None:
    client = api(town.supervisor)
    planned = client.post("/api/v1/campaigns/", wish(town), format="json")
    assert planned.status_code == 201, planned.json()
    number = planned.json()["campaigns"][0]["number"]
    for action, status in (("start", "running"), ("close", "closed")):
        taken = client.post(f"/api/v1/campaigns/{number}/{action}/", {}, format="json")
        assert (taken.status_code, taken.json()["status"]) == (200, status)
    one = client.get(f"/api/v1/campaigns/{number}/").json()
    assert [each["population"] for each in one["strata"]] == [6, 6]
    assert {each["action"] for each in one["allowed"]} == {"add-measure", "publish"}
    assert client.get(f"/api/v1/campaigns/{number}/results/").json()["too_few"] is True


def test_a_plan_that_makes_no_sense_names_the_member(town: Town, api: Api, agent_li: User) -> None:
    sent = wish(town, audience="sample")
    refused = api(town.supervisor).post("/api/v1/campaigns/", sent, format="json")
    assert (refused.status_code, list(refused.json()["errors"])) == (400, ["sample_size"])
    assert api(agent_li).post("/api/v1/campaigns/", wish(town), format="json").status_code == 403


def test_a_step_out_of_order_names_what_is_allowed(town: Town, api: Api) -> None:
    number = town.running().number
    refused = api(town.supervisor).post(f"/api/v1/campaigns/{number}/start/", {}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "transition_refused")
    assert "close" in refused.json()["allowed"]
    waiting = api(town.supervisor).get(f"/api/v1/campaigns/{number}/results/")
    assert (waiting.status_code, waiting.json()["code"]) == (409, "survey_still_running")


def test_results_come_with_their_interval_and_a_measure_is_decided(
    town: Town, api: Api, agent_li: User
) -> None:
    client = api(town.supervisor)
    number = town.closed([{"overall": n} for n in (5, 6, 7, 8, 9, 10, 3, 9)]).number
    said = client.get(f"/api/v1/campaigns/{number}/results/").json()
    assert said["standing"]["answered"] == said["csi"]["answers"] == 8
    assert said["satisfied"]["low"] < said["satisfied"]["value"] < said["satisfied"]["high"]
    assert api(agent_li).get(f"/api/v1/campaigns/{number}/results/").status_code == 403
    task = {"text": "换电梯", "owner": agent_li.username, "due_on": str(in_days(5)), "section": "facilities"}
    client.post(f"/api/v1/campaigns/{number}/add-measure/", task, format="json")
    (mine,) = api(agent_li).get("/api/v1/measures/?status=open").json()["results"]
    assert (mine["text"], mine["campaign"], mine["section"]) == ("换电梯", number, "facilities")
    done = api(agent_li).post(
        f"/api/v1/measures/{mine['number']}/finish/", {"evidence": "已换"}, format="json"
    )
    assert (done.status_code, done.json()["status"]) == (200, "done")


def test_a_colleague_answers_once_and_leaves_no_name(town: Town, api: Api, agent_li: User) -> None:
    town.running(audience="staff", questionnaire=library("staff"))
    client = api(agent_li)
    (asked,) = client.get("/api/v1/surveys/").json()["results"]
    sheet = client.get(f"/api/v1/surveys/{asked['id']}/").json()
    codes = [each["code"] for part in sheet["sections"] for each in part["questions"] if each["required"]]
    path = f"/api/v1/surveys/{asked['id']}/answer/"
    wrong = client.post(path, {"answers": dict.fromkeys(codes, 11)}, format="json")
    assert (wrong.status_code, set(wrong.json()["errors"])) == (400, set(codes))
    taken = client.post(path, {"answers": dict.fromkeys(codes, 9)}, format="json")
    assert (taken.status_code, taken.json()["answered"]) == (201, True)
    assert client.post(path, {"answers": dict.fromkeys(codes, 9)}, format="json").status_code == 404
    assert Response.objects.get().invitation_id is None


def test_what_is_asked_by_telephone_is_not_answered_by_oneself(town: Town, resident_wang: User) -> None:
    campaign = town.running(channels=["phone"])
    assert Invitation.objects.filter(campaign=campaign).exists()
    assert not Invitation.objects.visible_to(resident_wang).exists()


def test_a_foreign_campaign_does_not_exist(town: Town, api: Api, agent_binjiang: User) -> None:
    number = town.running().number
    assert api(agent_binjiang).get(f"/api/v1/campaigns/{number}/").status_code == 404
    assert api(agent_binjiang).get("/api/v1/campaigns/").json()["results"] == []


def test_questionnaires_are_read_by_leaders(town: Town, api: Api, agent_li: User) -> None:
    rows = api(town.supervisor).get("/api/v1/questionnaires/").json()["results"]
    assert {"yearly", "staff"} <= {each["code"] for each in rows}
    assert set(GOOD) <= {q["code"] for each in rows for part in each["sections"] for q in part["questions"]}
    assert api(agent_li).get("/api/v1/questionnaires/").status_code == 403
