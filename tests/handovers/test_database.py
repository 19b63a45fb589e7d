"""What the database refuses, whoever writes the row."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError

from handovers.actions import arriving, planning
from handovers.models import Finding, Handover, HandoverDay, Reinspection, Slot
from handovers.workflow import Status
from owners.actions.keys import add_keys, issue_keys
from owners.models import Person, Unit
from servicecenter.accounts.models import User
from servicecenter.lib.clock import database_now
from servicecenter.lib.invariants import every_invariant
from servicecenter.lib.trouble import refusal_of
from tests.conftest import make_unit
from tests.handovers.conftest import Way, day_of


def _denied(table: str, pk: int, **values: Any) -> None:
    """An UPDATE of the SQL console is refused."""
    with pytest.raises(IntegrityError):
        _update(table, pk, values)


@transaction.atomic
def _update(table: str, pk: int, values: dict[str, Any]) -> None:
    names = ", ".join(f"{name} = %s" for name in values)
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {names} WHERE id = %s", [*values.values(), pk])
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize("status", [Status.PLANNED, Status.FEES_DONE, Status.INSPECTED, Status.SIGNED])
def test_keys_before_the_sign_off_cannot_be_stored(status: str, handover_in: Way, agent_li: User) -> None:
    handover = handover_in(status)
    now = database_now()
    _denied("handovers_handover", handover.pk, keys_at=now, keys_by_id=agent_li.pk)
    _denied("handovers_handover", handover.pk, status="delivered", keys_at=now, keys_by_id=agent_li.pk)


@pytest.mark.parametrize("status", [Status.PLANNED, Status.SIGNED])
def test_the_register_gives_no_keys_of_a_unit_that_is_not_signed_off(
    status: str, handover_in: Way, person_wang: Person, agent_li: User
) -> None:
    handover = handover_in(status)
    keys = add_keys(handover.community, kind="door", unit=handover.unit, count=1, by=agent_li)
    with pytest.raises(IntegrityError), transaction.atomic():
        issue_keys(handover.unit, person_wang, keys=keys, by=agent_li)


def test_a_signature_over_a_gap_cannot_be_stored(handover_in: Way) -> None:
    handover = handover_in(Status.SIGNED)
    Handover.objects.filter(pk=handover.pk).update(
        status="inspected", signed_at=None, signature=None, signer=""
    )
    Finding.objects.filter(pk=handover.findings.all()[0].pk).update(result="", looked_at=None, looked_by=None)
    _denied(
        "handovers_handover",
        handover.pk,
        status="signed",
        signed_at=database_now(),
        signature_id=handover.papers_signature_id,
        signer="王芳",
    )


def test_a_sign_off_without_a_signature_cannot_be_stored(handover_in: Way, supervisor_bo: User) -> None:
    handover = handover_in(Status.INSPECTED)
    _denied(
        "handovers_handover",
        handover.pk,
        status="signed_off",
        signed_off_at=database_now(),
        signed_off_by_id=supervisor_bo.pk,
    )


def test_one_more_owner_than_places_cannot_be_stored(
    handover_in: Way, first_slot: Slot, unit_3_2_1202: Unit, tenant_zhao: User, agent_li: User
) -> None:
    arriving.book(handover_in(), slot=first_slot, by=agent_li)
    other = planning.plan(unit_3_2_1202, person=Person.objects.get(user=tenant_zhao), by=agent_li)
    _denied("handovers_handover", other.pk, slot_id=first_slot.pk)
    _denied("handovers_slot", first_slot.pk, capacity=0)


def test_a_slot_of_another_building_cannot_be_stored(handover_in: Way, supervisor_bo: User) -> None:
    handover = handover_in()
    slot = day_of(make_unit(handover.community, "5-1-101"), supervisor_bo).slots.all()[0]
    _denied("handovers_handover", handover.pk, slot_id=slot.pk)


def test_nothing_of_another_community_can_be_named(
    handover_in: Way, unit_binjiang: Unit, stranger_sun: User, supervisor_bo: User
) -> None:
    handover = handover_in(Status.CHECKED_IN)
    stranger = Person.objects.get(user=stranger_sun)
    day = HandoverDay.objects.create(
        community=handover.community,
        building=handover.unit.building,
        day=database_now().date(),
        made_by=supervisor_bo,
        made_at=database_now(),
    )
    _denied("handovers_handover", handover.pk, person_id=stranger.pk)
    _denied("handovers_handover", handover.pk, unit_id=unit_binjiang.pk)
    _denied("handovers_handoverday", day.pk, building_id=unit_binjiang.building_id)
    _denied("handovers_line", handover.lines.all()[0].pk, community_id=unit_binjiang.community_id)
    _denied("handovers_finding", handover.findings.all()[0].pk, community_id=unit_binjiang.community_id)


def test_a_re_inspection_is_never_changed(handover_in: Way, agent_li: User) -> None:
    finding = handover_in(Status.INSPECTED, defects=1).findings.get(result="defect")
    look = Reinspection.objects.create(
        community_id=finding.community_id, finding=finding, result="ok", at=database_now(), by=agent_li
    )
    with pytest.raises(InternalError), transaction.atomic():
        Reinspection.objects.filter(pk=look.pk).update(result="defect", words="x")


def test_one_unit_is_handed_over_once(handover_in: Way, agent_li: User) -> None:
    handover = handover_in()
    with pytest.raises(IntegrityError), transaction.atomic():
        Handover.objects.create(
            community=handover.community,
            number="H1",
            status="planned",
            unit=handover.unit,
            person=handover.person,
            planned_at=database_now(),
            planned_by=agent_li,
            since=database_now(),
        )


@pytest.mark.parametrize("status", [Status.INSPECTED, Status.DELIVERED, Status.MISSED])
def test_the_invariants_hold_all_along(status: str, handover_in: Way) -> None:
    handover_in(status, defects=1)
    for rule in every_invariant():
        if rule.sql and "handovers_" in rule.sql:
            with connection.cursor() as cursor:
                cursor.execute(rule.sql)
                assert cursor.fetchall() == [], rule.sentence


def test_the_desk_reads_why_there_are_no_keys_yet(
    handover_in: Way, person_wang: Person, agent_li: User
) -> None:
    handover = handover_in()
    keys = add_keys(handover.community, kind="door", unit=handover.unit, count=1, by=agent_li)
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        issue_keys(handover.unit, person_wang, keys=keys, by=agent_li)
    refusal = refusal_of(caught.value)
    assert refusal is not None
    assert refusal.code == "no_keys_before_sign_off"
