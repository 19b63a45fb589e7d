"""`/complaints/` and `/inquiries/`: filing, scope, steps, refusals."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from PIL import Image
from rest_framework.test import APIClient

from complaints.models import Complaint
from servicecenter.accounts.models import User
from servicecenter.audit.models import IdempotencyKey
from tests.complaints.conftest import Cast

Api = Callable[[User | None], APIClient]
pytestmark = pytest.mark.django_db
URL = "/api/v1/complaints/"


def post(client: APIClient, url: str, body: dict[str, Any], **headers: str) -> Any:
    return client.post(url, body, format="json", headers=headers)


def test_a_resident_files_and_reads_a_complaint(cast: Cast, api: Api, stranger_sun: User) -> None:
    client = api(cast.resident)
    answer = post(client, URL, {"text": "垃圾三天没清，恶臭", "unit": "3-2-1201"})
    assert answer.status_code == 201, answer.json()
    made = answer.json()
    assert (made["kind"], made["type"], made["level"], made["status"]) == (
        "complaint",
        "environment",
        "ordinary",
        "received",
    )
    assert made["respond_due_at"]
    assert client.get(f"{URL}{made['number']}/").json()["number"] == made["number"]
    assert api(stranger_sun).get(f"{URL}{made['number']}/").status_code == 404
    assert [row["number"] for row in client.get(URL).json()["results"]] == [made["number"]]


def test_an_anonymous_complaint_answers_with_a_receipt_and_leaves_no_key(cast: Cast, api: Api) -> None:
    body = {"text": "管家收红包", "anonymous": True}
    first, second = (
        post(api(cast.resident), URL, body, **{"Idempotency-Key": "k1"}).json() for _each in "12"
    )
    assert first["receipt"] == second["receipt"]
    assert Complaint.objects.count() == 1
    assert not IdempotencyKey.objects.exists()
    assert post(api(cast.resident), URL, body | {"unit": "3-2-1201"}).status_code == 400


def test_a_step_out_of_order_says_what_is_possible(cast: Cast, api: Api) -> None:
    complaint = cast.complaint()
    answer = post(api(cast.agent), f"{URL}{complaint.number}/carry-out/", {"summary": "好了"})
    assert (answer.status_code, answer.json()["code"]) == (409, "transition_refused")
    assert "acknowledge" in answer.json()["allowed"]


def test_a_step_asks_for_what_the_table_needs(cast: Cast, api: Api) -> None:
    complaint = cast.complaint()
    url = f"{URL}{complaint.number}/acknowledge/"
    assert "note" in post(api(cast.agent), url, {}).json()["errors"]
    assert post(api(cast.agent), url, {"note": "已回电"}).json()["status"] == "acknowledged"


def test_the_whole_way_by_the_api(cast: Cast, api: Api) -> None:
    number = cast.complaint().number
    agent, resident = api(cast.agent), api(cast.resident)
    for client, action, body in (
        (agent, "acknowledge", {"note": "已回电"}),
        (agent, "find", {"note": "漏排", "substance": "confirmed"}),
        (agent, "propose", {"solution": "加班清运"}),
        (resident, "agree", {}),
        (agent, "carry-out", {"summary": "已清运"}),
        (agent, "tell", {"reply": "已处理"}),
        (agent, "close", {}),
    ):
        answer = post(client, f"{URL}{number}/{action}/", body)
        assert answer.status_code == 200, (action, answer.json())
    labels = [line["action"] for line in resident.get(f"{URL}{number}/timeline/").json()["results"]]
    assert labels == ["receive", "acknowledge", "propose", "agree", "carry_out", "tell", "close"]


@pytest.mark.parametrize(
    ("action", "status"), [("close-with", 404), ("convert", 404), ("nonsense", 404), ("sign-off", 403)]
)
def test_what_is_no_door_stays_shut(action: str, status: int, cast: Cast, api: Api) -> None:
    assert post(api(cast.agent), f"{URL}{cast.complaint().number}/{action}/", {}).status_code == status


def test_nobody_finds_a_complaint_about_themselves(cast: Cast, api: Api) -> None:
    complaint = cast.file("李敏态度差", type="staff_attitude")
    client = api(cast.agent)
    assert client.get(URL).json()["results"] == []
    assert client.get(f"{URL}?search={complaint.number}").json()["results"] == []
    for path in ("", "timeline/", "note/"):
        send = client.post if path == "note/" else client.get
        assert send(f"{URL}{complaint.number}/{path}", format="json").status_code == 404
    assert client.get(f"/api/v1/sla/explain/?ticket={complaint.number}").status_code == 404


def test_a_list_asks_the_same_number_of_questions_at_any_length(cast: Cast, api: Api) -> None:
    client = api(cast.agent)
    cast.complaint()
    client.get(URL)
    with CaptureQueriesContext(connection) as few:
        client.get(URL)
    for _each in range(4):
        cast.complaint("acknowledged")
    with CaptureQueriesContext(connection) as many:
        assert len(client.get(URL).json()["results"]) == 5
    assert len(many) == len(few)


def test_filters_narrow_and_unknown_ones_are_refused(cast: Cast, api: Api) -> None:
    cast.complaint()
    client = api(cast.agent)
    for query, count in (
        ("level=ordinary", 1),
        ("level=major", 0),
        ("status=told", 0),
        ("handler=me", 1),
        ("search=楼道", 1),
    ):
        assert len(client.get(f"{URL}?{query}").json()["results"]) == count, query
    assert client.get(f"{URL}?reporter__phone=1").status_code == 400


def test_an_inquiry_is_asked_and_answered(cast: Cast, api: Api) -> None:
    made = post(api(cast.resident), "/api/v1/inquiries/", {"text": "请问几点停水", "kind": "inquiry"}).json()
    url = f"/api/v1/inquiries/{made['number']}/"
    answer = post(api(cast.agent), f"{url}answer/", {"answer": "今天不停水。"})
    assert answer.json()["status"] == "answered"
    assert api(cast.resident).get(url).json()["answer"] == "今天不停水。"


def test_a_text_is_understood_before_anything_is_stored(cast: Cast, api: Api) -> None:
    answer = post(api(cast.resident), f"{URL}triage/", {"text": "请问物业费多少钱？"}).json()
    assert (answer["kind"], answer["type"]) == ("inquiry", "fees")
    assert not Complaint.objects.exists()


def test_a_resident_names_neither_level_nor_hotline(cast: Cast, api: Api) -> None:
    made = post(api(cast.resident), URL, {"text": "垃圾没人清", "level": "major"}).json()
    assert made["level"] == "ordinary"
    assert post(api(cast.resident), URL, {"text": "垃圾", "channel": "hotline"}).status_code == 400


def test_photos_are_added_by_api_and_served_within_scope(cast: Cast, api: Api, stranger_sun: User) -> None:
    complaint = cast.file()
    data = BytesIO()
    Image.new("RGB", (40, 30), "red").save(data, "PNG")
    photo = SimpleUploadedFile("photo.png", data.getvalue(), "image/png")
    client = api(cast.resident)
    answer = client.post(f"{URL}{complaint.number}/photos/", {"photos": photo}, format="multipart")
    assert answer.status_code == 201, answer.json()
    address = answer.json()["results"][0]["thumbnail_url"]
    assert client.get(address).status_code == 200
    assert api(stranger_sun).get(address).status_code == 404
