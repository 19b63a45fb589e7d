"""What those who lead have: the war room, links, the pattern, measures of a month."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from complaints.queries.analysis import month_after
from complaints.queries.cases import pattern_of
from complaints.queries.effects import effects_of, shown_in
from complaints.queries.links import beside
from complaints.queries.people import praise_of
from servicecenter.accounts.models import Role, User
from servicecenter.board.queries.praise import praised
from servicecenter.board.queries.slices import Slice
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.refusals import Invalid, NotPermitted
from surveys.actions.measures import decide_for_month
from surveys.models import Measure
from tests.complaints.conftest import DO, INQUIRE, Cast, soon

pytestmark = pytest.mark.django_db


def test_the_war_room_shows_the_lead_the_open_tasks_and_what_is_missing(cast: Cast, client: Client) -> None:
    complaint = cast.complaint("acknowledged", level="major")
    DO["assign"](complaint, handler=cast.supervisor, by=cast.supervisor)
    DO["give_task"](complaint, what="调取监控录像", owner=cast.agent, due_at=soon(), by=cast.supervisor)
    client.force_login(cast.supervisor)
    page = client.get(f"/complaints/{complaint.number}/war-room/").content.decode()
    assert "调取监控录像" in page
    assert str(cast.supervisor) in page


def test_only_a_major_complaint_has_a_war_room_and_no_resident_enters_it(cast: Cast, client: Client) -> None:
    light, major = cast.complaint(), cast.complaint(level="major")
    client.force_login(cast.supervisor)
    assert client.get(f"/complaints/{light.number}/war-room/").status_code == 404
    client.force_login(cast.resident)
    assert client.get(f"/complaints/{major.number}/war-room/").status_code == 404


def test_a_case_and_a_person_are_put_beside_a_complaint_and_taken_away(cast: Cast) -> None:
    complaint, other = cast.complaint(), cast.complaint()
    DO["link"](complaint, other=other.number.lower(), by=cast.agent)
    DO["link"](complaint, other=cast.person.phone, by=cast.agent)
    shown = beside(cast.agent, complaint.links.all())
    assert [each.label for each in shown] == [other.number, cast.person.name]
    DO["unlink"](complaint, link=shown[0].link.pk, by=cast.agent)
    assert complaint.links.count() == 1


def test_nobody_is_guessed_beside_an_anonymous_complaint(cast: Cast) -> None:
    complaint = cast.file(anonymous=True, by=cast.agent, channel="hotline")
    with pytest.raises(Invalid):
        DO["link"](complaint, other=cast.person.phone, by=cast.agent)


def test_how_often_somebody_complained_is_told_to_those_who_lead_only(cast: Cast) -> None:
    complaint = cast.complaint()
    found = pattern_of(cast.supervisor, complaint)
    assert found is not None
    assert (found.count, found.undecided) == (1, 1)
    assert pattern_of(cast.agent, complaint) is None


def test_praise_counts_for_the_person_praised(cast: Cast, technician_chen: User) -> None:
    praise = cast.inquiry(kind="praise", about=technician_chen)
    assert praise_of(technician_chen).count == 1
    at = database_now()
    part = Slice((praise.community,), at - timedelta(days=1), at + timedelta(days=1))
    assert [(each.name, each.count) for each in praised(part)] == [(str(technician_chen), 1)]
    INQUIRE["withdraw"](praise, reason="写错了", by=cast.resident)
    assert not praised(part)


@pytest.fixture
def measure(cast: Cast) -> Measure:
    today = local_day(database_now())
    return decide_for_month(
        cast.unit.community,
        month=today,
        text="每周检查单元门",
        owner=cast.agent,
        due_on=today,
        topic="facilities",
        by=cast.supervisor,
    )


def test_a_measure_of_a_month_stands_in_its_analysis(cast: Cast, measure: Measure, client: Client) -> None:
    cast.complaint()
    client.force_login(cast.supervisor)
    assert measure.number in client.get("/complaints/analysis/").content.decode()


def test_a_measure_is_decided_on_by_a_form(cast: Cast, client: Client) -> None:
    client.force_login(cast.manager)
    page = client.get("/complaints/analysis/measure/?month=2026-10")
    key = page.context["form"]["idempotency_key"].value()
    given = {"community": cast.unit.community_id, "text": "换灯", "topic": "", "owner": cast.agent.pk}
    sent = given | {"due_on": local_day(database_now()), "idempotency_key": key}
    for _again in range(2):
        assert client.post("/complaints/analysis/measure/?month=2026-10", sent).status_code == 302
    assert Measure.objects.get().month.isoformat() == "2026-10-01"  # type: ignore[union-attr]


def test_an_agent_decides_on_no_measure(cast: Cast, measure: Measure) -> None:
    assert cast.agent.role == Role.AGENT
    with pytest.raises(NotPermitted):
        decide_for_month(
            cast.unit.community,
            month=measure.due_on,
            text="x",
            owner=cast.agent,
            due_on=measure.due_on,
            by=cast.agent,
        )


def test_the_database_wants_exactly_one_reason_for_a_measure(measure: Measure) -> None:
    with pytest.raises(IntegrityError, match="measure_has_one_reason"), transaction.atomic():
        Measure.objects.update(month=None)


def test_a_measure_shows_its_topic_in_the_month_before_and_after(cast: Cast, measure: Measure) -> None:
    cast.complaint(type=measure.section)
    cast.complaint(type="fees")
    now = local_day(database_now()).replace(day=1)
    Measure.objects.filter(pk=measure.pk).update(due_on=month_after(now))
    found = effects_of(
        cast.supervisor, list(Measure.objects.all()), month_after(month_after(month_after(now)))
    )
    assert [(each.before, each.after, each.tone) for each in found] == [(1, 0, "good")]


def test_the_month_after_is_not_counted_before_it_is_over(cast: Cast, measure: Measure) -> None:
    today = local_day(database_now())
    assert effects_of(cast.supervisor, [measure], today)[0].after is None


def test_the_month_after_lists_the_measures_that_fell_due_before_it(cast: Cast, measure: Measure) -> None:
    due = measure.due_on.replace(day=1)
    shown = [shown_in(cast.supervisor, month, due) for month in (due, month_after(due))]
    assert [[each.measure for each in found] for found in shown] == [[], [measure]]
