"""Steps that a phone took without signal: the time at which they happened, sent again, and meeting what others did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import translation
from rest_framework.test import APIClient

from owners.models import Person, Unit
from repairs import actions
from repairs.models import PhoneTimeRule, Ticket
from repairs.queries import clock_stories, timeline
from repairs.workflow import Status
from servicecenter.accounts.models import User
from servicecenter.attachments.models import Photo
from servicecenter.lib.clock import database_now
from servicecenter.sla.models import Clock, Pause
from tests.portal.test_report import picture

pytestmark = pytest.mark.django_db
Send = Callable[..., Any]
HOUR = timedelta(hours=1)
AS_JSON = {"Accept": "application/json"}


@pytest.fixture
def job(
    resident_wang: User,
    person_wang: Person,
    unit_3_2_1201: Unit,
    agent_li: User,
    supervisor_bo: User,
    technician_chen: User,
    technician_he: User,
) -> Ticket:
    """An emergency of three hours ago; technician_chen has had contact for two."""
    at = database_now() - 3 * HOUR
    ticket = actions.report(
        by=resident_wang,
        community=unit_3_2_1201.community,
        text="水管爆了，水喷出来了",
        unit=unit_3_2_1201,
        reporter=person_wang,
        at=at,
    )
    actions.accept(ticket, by=agent_li, at=at)
    actions.dispatch(ticket, technician=technician_chen, by=agent_li, at=at)
    actions.contact(ticket, note="马上到", by=technician_chen, at=at + HOUR)
    return ticket


@pytest.fixture
def send(job: Ticket, technician_chen: User, signed_in: Callable[[User], Client]) -> Send:
    """`send(action, happened_at=…, **fields)`: what the phone of technician_chen sends when it has signal again."""
    client = signed_in(technician_chen)
    client.cookies["django_language"] = "en"

    def sent(
        action: str,
        happened_at: datetime | None = None,
        as_is: Mapping[str, Any] | None = None,
        **fields: Any,
    ) -> Any:
        data = {"version": str(job.version), "idempotency_key": str(uuid4()), **fields, **(as_is or {})}
        if happened_at is not None:
            data["happened_at"] = happened_at.isoformat()
        address = f"/field/jobs/{job.number}/later/{action}/"
        return client.post(address, data, headers=AS_JSON)

    return sent


def now(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


# Times ------------------------------------------------------------------------------------------------------------


def test_an_arrival_reported_later_counts_from_when_it_happened(job: Ticket, send: Send) -> None:
    happened = database_now() - HOUR
    assert send("arrive", happened).status_code == 200
    assert now(job).arrived_at == happened


def test_the_promise_of_arrival_is_kept_at_the_time_of_the_phone(job: Ticket, send: Send) -> None:
    happened = database_now() - HOUR
    send("arrive", happened)
    assert Clock.objects.get(work="repair", case_id=job.pk, stage="arrive").met_at == happened


def test_an_event_has_both_times_and_says_when_we_heard_of_it(job: Ticket, send: Send) -> None:
    happened = database_now() - HOUR
    send("arrive", happened)
    step, told = job.events().get(action="arrive"), job.events().get(action="reported_later")
    assert (step.at, told.data["event"], told.at > happened + HOUR) == (happened, step.pk, True)


def test_colleagues_read_that_a_step_was_reported_later_and_residents_do_not(
    job: Ticket, send: Send, agent_li: User, resident_wang: User
) -> None:
    send("arrive", database_now() - HOUR)
    with translation.override("en"):
        texts = [
            next(line.text for line in timeline(now(job), reader) if line.action == "arrive")
            for reader in (agent_li, resident_wang)
        ]
    assert ("Reported later" in texts[0], texts[1]) == (True, "")


def test_the_explanation_of_a_deadline_says_reported_later(job: Ticket, send: Send, agent_li: User) -> None:
    send("arrive", database_now() - HOUR)
    with translation.override("en"):
        stories = clock_stories(now(job), agent_li, database_now())
    arrival = next(story for story in stories if story.clock.stage == "arrive")
    assert "Reported later" in arrival.lines[-1].text


def test_a_step_that_is_sent_at_once_is_not_called_late(job: Ticket, send: Send) -> None:
    send("arrive", database_now() - timedelta(seconds=20))
    assert not job.events().filter(action="reported_later").exists()


def test_photos_of_a_completion_reported_later_have_its_time(job: Ticket, send: Send) -> None:
    send("arrive", database_now() - HOUR)
    happened = database_now() - HOUR / 2
    send("complete", happened, version=str(now(job).version), summary="换了水管", photos=[picture()])
    assert (now(job).completed_at, Photo.objects.get().at) == (happened, happened)


@pytest.mark.parametrize(
    ("ago", "said"),
    [
        (-10 * timedelta(minutes=1), "has yet to happen"),
        (2 * HOUR + timedelta(minutes=5), "before the step that came before it"),
        (13 * HOUR, "more than 12 hours ago"),
    ],
    ids=["to come", "before the contact", "too long ago"],
)
def test_a_time_that_cannot_be_is_refused_with_a_sentence(
    ago: timedelta, said: str, job: Ticket, send: Send
) -> None:
    answer = send("arrive", database_now() - ago)
    assert (answer.status_code, answer.json()["code"]) == (422, "phone_time_refused")
    assert said in answer.json()["detail"]
    assert now(job).status == Status.CONTACTED


def test_a_community_may_set_another_limit(job: Ticket, send: Send) -> None:
    PhoneTimeRule.objects.create(community=job.community, hours=1)
    assert send("arrive", database_now() - HOUR - timedelta(minutes=5)).json()["code"] == "phone_time_refused"


def test_a_pause_begins_when_we_hear_of_it(job: Ticket, send: Send) -> None:
    before = database_now()
    send("hold", before - HOUR, reason="parts", resume_at=(before + 24 * HOUR).isoformat())
    assert Pause.objects.get().started_at >= before


def test_a_step_after_a_pause_of_the_phone_is_measured_by_the_time_of_the_phone(
    job: Ticket, send: Send
) -> None:
    start = database_now() - 2 * HOUR + timedelta(minutes=10)
    moment = (database_now() + HOUR).isoformat()
    later = (database_now() + 2 * HOUR).isoformat()
    send("schedule", start, start=moment, end=later)
    assert send("arrive", start + HOUR, version=str(now(job).version)).status_code == 200


def test_a_photo_from_before_a_step_of_a_colleague_keeps_its_time(
    job: Ticket, send: Send, agent_li: User
) -> None:
    taken = database_now() - HOUR
    start = database_now() + HOUR
    actions.schedule(now(job), start=start, end=start + HOUR, by=agent_li)
    answer = send("add-photo", taken, kind="before", photos=[picture()])
    assert (answer.status_code, Photo.objects.get().at) == (200, taken)


def test_an_arrival_from_before_a_corrected_trade_keeps_its_time(
    job: Ticket, send: Send, supervisor_bo: User
) -> None:
    happened = database_now() - HOUR
    actions.classify(now(job), trade="electrical", urgency="emergency", by=supervisor_bo)
    assert send("arrive", happened, version=str(now(job).version)).status_code == 200
    assert now(job).arrived_at == happened


def test_the_same_photo_again_is_written_down_once(job: Ticket, send: Send) -> None:
    taken = database_now() - HOUR
    for _time in range(2):
        assert send("add-photo", taken, kind="before", photos=[picture()]).status_code == 200
    assert job.events().filter(action="reported_later").count() == 1


def test_a_time_that_is_none_is_refused_by_its_name(job: Ticket, send: Send) -> None:
    for wrong in ("yesterday", "2026-11-26T10:05:00", "9999-01-01T00:00:00Z"):
        answer = send("arrive", None, {"happened_at": wrong})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["happened_at"])
    assert now(job).status == Status.CONTACTED


def test_a_word_about_the_moment_is_not_taken_later(job: Ticket, send: Send) -> None:
    assert send("on-way", database_now() - HOUR, minutes="15").json()["code"] == "phone_time_refused"


def test_nobody_but_the_engineer_of_the_job_tells_another_time(
    job: Ticket, api: Callable[[User | None], APIClient], supervisor_bo: User
) -> None:
    body = {"happened_at": (database_now() - HOUR).isoformat()}
    answer = api(supervisor_bo).post(f"/api/v1/repairs/{job.number}/arrive/", body, format="json")
    assert (answer.status_code, now(job).status) == (403, Status.CONTACTED)


def test_the_api_takes_the_time_of_the_phone_too(
    job: Ticket, api: Callable[[User | None], APIClient], technician_chen: User
) -> None:
    happened = database_now() - HOUR
    body = {"happened_at": happened.isoformat()}
    api(technician_chen).post(f"/api/v1/repairs/{job.number}/arrive/", body, format="json")
    assert now(job).arrived_at == happened


# Again ------------------------------------------------------------------------------------------------------------


def test_the_same_key_takes_a_waiting_step_once_and_gives_the_same_version(job: Ticket, send: Send) -> None:
    key = {"idempotency_key": str(uuid4())}
    happened = database_now() - HOUR
    first, second = send("arrive", happened, key).json(), send("arrive", happened + HOUR / 2, key).json()
    assert (first["again"], second["again"], first["version"]) == (False, True, second["version"])
    assert job.events().filter(action="arrive").count() == 1


def test_a_step_that_was_taken_is_answered_again_although_the_job_went_to_somebody_else(
    job: Ticket, send: Send, technician_he: User, supervisor_bo: User
) -> None:
    key = {"idempotency_key": str(uuid4())}
    send("arrive", None, key)
    actions.reassign(now(job), technician=technician_he, reason="近", by=supervisor_bo)
    assert send("arrive", None, key).json()["again"] is True


def test_whoever_helps_writes_later_too_and_takes_no_step(
    job: Ticket, technician_he: User, technician_chen: User, signed_in: Callable[[User], Client]
) -> None:
    actions.involve(job, person=technician_he, part="helper", by=technician_chen)
    client = signed_in(technician_he)
    at = database_now() - HOUR / 2

    def sent(action: str, **fields: str) -> int:
        data = {"idempotency_key": str(uuid4()), "happened_at": at.isoformat(), **fields}
        return client.post(f"/field/jobs/{job.number}/later/{action}/", data, headers=AS_JSON).status_code

    assert (sent("note", note="配件已送到"), sent("arrive")) == (200, 403)
    assert job.events().filter(action="note", by=technician_he).get().at == at


def test_a_note_leads_to_no_version_that_would_hide_what_others_did(job: Ticket, send: Send) -> None:
    assert send("note", database_now(), note="阀门在厨房").json()["version"] is None


# Conflicts --------------------------------------------------------------------------------------------------------


def test_a_job_that_was_given_to_somebody_else_comes_back_with_who_has_it(
    job: Ticket, send: Send, technician_he: User, supervisor_bo: User
) -> None:
    actions.reassign(job, technician=technician_he, reason="近", by=supervisor_bo)
    answer = send("arrive", database_now() - HOUR)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_yours")
    assert answer.json()["present"]["engineer"] == str(technician_he)


def test_a_step_on_a_version_that_moved_on_comes_back_with_what_happened_meanwhile(
    job: Ticket, send: Send, agent_li: User
) -> None:
    seen = job.version
    start = database_now() + HOUR
    actions.schedule(now(job), start=start, end=start + HOUR, by=agent_li)
    answer = send("arrive", database_now(), version=str(seen)).json()
    assert (answer["code"], answer["present"]["status"]) == ("stale", "scheduled")
    assert "Appointment made" in answer["present"]["meanwhile"][0]


def test_what_others_did_is_said_before_a_time_that_cannot_be_because_of_it(
    job: Ticket, send: Send, agent_li: User
) -> None:
    seen, start = job.version, database_now() + HOUR
    actions.schedule(now(job), start=start, end=start + HOUR, by=agent_li)
    assert send("arrive", database_now() - HOUR, version=str(seen)).json()["code"] == "stale"


def test_a_cancelled_job_comes_back_as_cancelled(job: Ticket, send: Send, agent_li: User) -> None:
    actions.cancel(now(job), reason="已修好", by=agent_li)
    answer = send("arrive", database_now()).json()
    assert (answer["code"], answer["present"]["status"]) == ("transition_refused", "cancelled")


def test_what_was_typed_wrongly_is_named_by_its_field(job: Ticket, send: Send) -> None:
    send("arrive", database_now())
    answer = send("complete", database_now(), version=str(now(job).version), summary="")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["summary"])


def test_a_colleague_who_never_had_the_job_learns_nothing(
    job: Ticket, technician_he: User, signed_in: Callable[[User], Client]
) -> None:
    address = f"/field/jobs/{job.number}/later/arrive/"
    answer = signed_in(technician_he).post(address, headers={"Accept": "application/json"})
    assert (answer.status_code, "present" in answer.json()) == (404, False)


def test_the_line_tells_who_is_signed_in(technician_chen: User, signed_in: Callable[[User], Client]) -> None:
    assert signed_in(technician_chen).get("/field/line/").json()["reader"] == str(technician_chen.pk)
