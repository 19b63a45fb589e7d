"""The staff's own quality check of finished repairs, apart from the residents' rating."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from rest_framework.test import APIClient

from repairs import actions
from repairs.actions.checks import check_work, name_checkers, write_rule
from repairs.actions.standards import write_standard
from repairs.models import CheckReason, QualityCheck, Ticket
from repairs.queries.checks import due_checks, may_check
from servicecenter.accounts.models import Community, User
from servicecenter.audit.models import Event
from servicecenter.lib.refusals import Invalid, NotPermitted, Refusal
from tests.conftest import Walk


@pytest.fixture
def ruled(yangguang: Community, supervisor_bo: User) -> None:
    """Nothing by chance; everything else always."""
    for reason in CheckReason:
        percent = 0 if reason == CheckReason.SAMPLE else 100
        write_rule(yangguang, reason, percent=percent, by=supervisor_bo)


@pytest.fixture
def drawn(ruled: None, ticket_in: Walk) -> QualityCheck:
    """An emergency that is done waits for its check."""
    return QualityCheck.objects.get(ticket=ticket_in("completed", urgency="emergency"))


def test_emergencies_are_drawn_and_ordinary_repairs_by_chance_only(
    drawn: QualityCheck, ticket_in: Walk, yangguang: Community, supervisor_bo: User
) -> None:
    assert drawn.reason == CheckReason.EMERGENCY
    assert not ticket_in("completed").checks.exists()
    write_rule(yangguang, CheckReason.SAMPLE, percent=100, by=supervisor_bo)
    assert ticket_in("completed").checks.get().reason == CheckReason.SAMPLE


def test_a_low_rating_is_drawn(ruled: None, ticket_in: Walk, resident_wang: User) -> None:
    ticket = ticket_in("completed")
    actions.confirm(ticket, method="portal", rating=6, by=resident_wang)
    assert ticket.checks.get().reason == CheckReason.LOW_RATING


def test_a_failed_check_sends_the_work_back_and_the_next_completion_is_drawn(
    drawn: QualityCheck, ticket_in: Walk, supervisor_bo: User
) -> None:
    check_work(drawn, passed=False, note="阀门仍渗水", by=supervisor_bo)
    ticket = Ticket.objects.get(pk=drawn.ticket_id)
    assert (ticket.status, ticket.rework_count) == ("rework", 1)
    for step in ("_dispatch", "_contact", "_arrive", "_complete"):
        getattr(ticket_in, step)(ticket)
    assert ticket.checks.get(completion_no=2).reason == CheckReason.REWORK


def test_a_check_is_made_once_and_never_changes(drawn: QualityCheck, supervisor_bo: User) -> None:
    check_work(drawn, passed=True, by=supervisor_bo)
    with pytest.raises(Refusal) as refused:
        check_work(drawn, passed=False, note="再看一次", by=supervisor_bo)
    assert refused.value.code == "checked"
    with pytest.raises(DatabaseError), transaction.atomic():
        QualityCheck.objects.update(passed=False)


def test_a_failure_needs_a_word(drawn: QualityCheck, supervisor_bo: User) -> None:
    with pytest.raises(Invalid):
        check_work(drawn, passed=False, by=supervisor_bo)


def test_neither_the_engineer_nor_the_sender_nor_an_unnamed_agent_checks(
    drawn: QualityCheck, agent_li: User, agent_zhou: User, technician_chen: User, supervisor_bo: User
) -> None:
    name_checkers(drawn.community, [agent_li], by=supervisor_bo)
    for user in (technician_chen, agent_li, agent_zhou):
        assert not may_check(drawn, user)
        with pytest.raises(NotPermitted):
            check_work(drawn, passed=True, by=user)
    name_checkers(drawn.community, [agent_zhou], by=supervisor_bo)
    assert may_check(drawn, agent_zhou)


@pytest.mark.parametrize("writer", ["technician_chen", "agent_li", "resident_wang", "technician_he"])
def test_the_database_refuses_checks_by_others(
    writer: str, drawn: QualityCheck, technician_he: User, request: pytest.FixtureRequest
) -> None:
    user: User = request.getfixturevalue(writer)
    rows = QualityCheck.objects.filter(pk=drawn.pk)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(checker=user, checked_at=drawn.drawn_at, passed=True)


def test_only_the_resident_rates(
    ruled: None, ticket_in: Walk, supervisor_bo: User, resident_wang: User
) -> None:
    ticket = ticket_in("completed")
    with pytest.raises(Invalid):
        actions.confirm(ticket, method="phone", reason="业主来电", rating=9, by=supervisor_bo)
    actions.confirm(ticket, method="portal", rating=9, by=resident_wang)
    row = Event.objects.filter(action="confirm", case_id=ticket.pk).values().get()
    with pytest.raises(DatabaseError), transaction.atomic():
        Event.objects.create(**row | {"id": None, "by_role": "supervisor", "by_id": supervisor_bo.pk})


def test_what_was_found_stands_with_each_line(
    drawn: QualityCheck, supervisor_bo: User, api: Callable[[User], APIClient]
) -> None:
    covers = write_standard(drawn.community, text="入户穿鞋套", by=supervisor_bo)
    write_standard(drawn.community, text="清理现场", by=supervisor_bo)
    client, url = api(supervisor_bo), f"/api/v1/quality-checks/{drawn.pk}/"
    made = client.post(url, {"passed": True, "kept": [covers.pk]}, format="json").json()
    assert [(line["text"], line["kept"]) for line in made["lines"]] == [
        ("入户穿鞋套", True),
        ("清理现场", False),
    ]
    assert client.get("/api/v1/quality-checks/").json()["results"] == []


def test_residents_and_engineers_read_no_checks(
    drawn: QualityCheck, resident_wang: User, technician_chen: User, api: Callable[[User], APIClient]
) -> None:
    for user in (resident_wang, technician_chen):
        assert api(user).get(f"/api/v1/quality-checks/{drawn.pk}/").status_code in (403, 404)


def test_a_supervisor_checks_on_the_page(
    drawn: QualityCheck, supervisor_bo: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(supervisor_bo)
    assert f'data-check="{drawn.pk}"' in client.get("/desk/checks/").content.decode()
    assert client.post(f"/desk/checks/{drawn.pk}/", {"passed": "no", "note": ""}).status_code == 422
    assert client.post(f"/desk/checks/{drawn.pk}/", {"passed": "yes", "note": "很好"}).status_code == 302
    assert QualityCheck.objects.get().passed
    assert due_checks(supervisor_bo) == []


def test_the_rules_are_written_on_their_page(
    yangguang: Community, supervisor_bo: User, agent_li: User, signed_in: Callable[[User], Client]
) -> None:
    client, url = signed_in(supervisor_bo), "/desk/checks/rules/?community=YG"
    assert client.get(url).status_code == 200
    shares = {f"percent_{reason.value}": "50" for reason in CheckReason}
    client.post(url, {**shares, "up_to": "5", "checkers": [str(agent_li.pk)]})
    assert yangguang.pk is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM repairs_checkrule WHERE community_id = %s", [yangguang.pk])
        assert cursor.fetchone() == (4,)
