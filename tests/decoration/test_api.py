"""The API of permits: the same actions and refusals as the pages."""

from __future__ import annotations

from collections.abc import Callable

from rest_framework.test import APIClient

from servicecenter.accounts.models import User
from tests.decoration.conftest import Site, today

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
