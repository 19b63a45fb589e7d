"""The API of permits: the same actions and refusals as the pages."""

from __future__ import annotations

from collections.abc import Callable

from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from servicecenter.accounts.models import User
from tests.attachments.test_documents import pdf
from tests.decoration.conftest import Site, today
from tests.decoration.test_pages import photo

Api = Callable[[User | None], APIClient]


def test_an_application_is_begun_and_filled_in(site: Site, api: Api) -> None:
    client = api(site.owner)
    begun = client.post("/api/v1/permits/", {"unit": "3-2-1201"}, format="json")
    assert begun.status_code == 201, begun.json()
    number = begun.json()["number"]
    sent = {"scope": "刷墙", "starts_on": str(today()), "contractor": site.contractor().pk}
    saved = client.post(f"/api/v1/permits/{number}/save/", sent, format="json")
    assert (saved.status_code, saved.json()["contractor"]) == (200, "新居装饰")
    refused = client.post(f"/api/v1/permits/{number}/submit/", {}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (400, "incomplete")
    assert "workers" in refused.json()["errors"]


def test_a_step_out_of_order_names_what_is_allowed(site: Site, api: Api) -> None:
    permit = site.permit("submitted")
    refused = api(site.supervisor).post(f"/api/v1/permits/{permit.number}/approve/", {}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "transition_refused")
    assert "check-papers" in refused.json()["allowed"]


def test_lists_and_stories_keep_to_their_readers(site: Site, api: Api, agent_binjiang: User) -> None:
    permit = site.permit("submitted")
    rows = api(site.manager).get("/api/v1/permits/?status=submitted&search=3-2-1201").json()["results"]
    assert [(row["number"], row["applicant"]) for row in rows] == [(permit.number, "王*")]
    assert api(agent_binjiang).get(f"/api/v1/permits/{permit.number}/").status_code == 404
    story = api(site.owner).get(f"/api/v1/permits/{permit.number}/timeline/").json()["results"]
    assert [line["action"] for line in story] == ["begin", "submit"]


def test_patrols_violations_and_deductions_are_written_down_with_their_pictures(site: Site, api: Api) -> None:
    permit = site.permit("permit_active")
    address, guard, rules = f"/api/v1/permits/{permit.number}/", api(site.guard), site.conduct()
    looked = {"fine": [each.pk for each in rules[1:]], "broken": [{"rule": rules[0].pk, "words": "没有张贴"}]}
    assert guard.post(f"{address}patrols/", looked | {"fine": []}, format="json").status_code == 400
    assert guard.post(f"{address}patrols/", looked, format="json").json()["broken"] == 1
    seen = {"rule": rules[1].pk, "words": "无灭火器", "photos": photo()}
    told = guard.post(f"{address}violations/", seen, format="multipart")
    assert told.status_code == 201, told.json()
    found = guard.get(f"{address}violations/").json()["results"]
    assert [len(each["photos"]) for each in found] == [0, 1]
    assert guard.get(found[1]["photos"][0]["url"]).status_code == 200
    drawing = SimpleUploadedFile("plan.pdf", pdf(), "application/pdf")
    kept = api(site.owner).post(f"{address}photos/", {"photos": drawing}, format="multipart")
    assert [each["format"] for each in kept.json()["results"]] == ["pdf"]


def test_a_deduction_needs_its_picture_and_is_written_once_for_a_key(site: Site, api: Api) -> None:
    permit = site.permit("works_accepted")
    address, desk = f"/api/v1/permits/{permit.number}/deductions/", api(site.agent)
    assert desk.post(address, {"what": "x", "amount": "10"}, format="multipart").status_code == 400
    for _again in range(2):
        sent = {"what": "走廊墙面", "amount": "150", "photos": photo()}
        kept = desk.post(address, sent, format="multipart", headers={"Idempotency-Key": "k1"})
        assert kept.status_code == 201, kept.json()
    assert [each["amount"] for each in desk.get(address).json()["results"]] == ["150.00"]
    assert api(site.guard).post(address, {"what": "x"}, format="multipart").status_code in (400, 403)
