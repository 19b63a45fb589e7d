"""Keys and cards: in one pair of hands at a time, against a receipt, with every earlier hand on record."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from owners.actions.keys import (
    Handing,
    add_keys,
    block,
    find,
    issue_keys,
    lend_keys,
    lose,
    replace,
    take_back,
    unblock,
)
from owners.actions.leaving import Fate, leave, pass_unit_on
from owners.actions.moving import NewOwner, move_out
from owners.models import Key, KeyHolding, KeyReceipt, Occupancy, Person, Unit
from owners.queries.keys import hands_of, keys_of_person
from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import database_now
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from servicecenter.notifications.models import Message
from servicecenter.sla.sweep import sweep
from servicecenter.workflow.run import TransitionRefused
from tests.conftest import make_resident


@pytest.fixture
def door(unit_3_2_1201: Unit, agent_li: User) -> Key:
    return add_keys(unit_3_2_1201.community, unit=unit_3_2_1201, kind="door", count=1, by=agent_li)[0]


@pytest.fixture
def card(unit_3_2_1201: Unit, agent_li: User) -> Key:
    return add_keys(unit_3_2_1201.community, unit=unit_3_2_1201, kind="card", count=1, by=agent_li)[0]


def stay_of(person: Person) -> Occupancy:
    return Occupancy.objects.get(person=person, until=None)


def tomorrow() -> Handing:
    return Handing(purpose="借用", due_at=timezone.now() + timedelta(days=1))


# The register


def test_keys_are_numbered_on_from_the_code_of_the_unit(unit_3_2_1201: Unit, agent_li: User) -> None:
    add_keys(unit_3_2_1201.community, unit=unit_3_2_1201, kind="door", tags=["3-2-1201-d2"], by=agent_li)
    keys = add_keys(unit_3_2_1201.community, unit=unit_3_2_1201, kind="door", count=2, by=agent_li)
    assert [key.tag for key in keys] == ["3-2-1201-D1", "3-2-1201-D3"]


def test_a_tag_is_given_once(door: Key, agent_li: User) -> None:
    with pytest.raises(Invalid):
        add_keys(door.community, unit=door.unit, kind="card", tags=[door.tag.lower()], by=agent_li)


@pytest.mark.parametrize(
    "wrong", [{"kind": "sword"}, {"unit": None}, {"tags": ["A", "a"]}, {"tags": []}, {"tags": ["x" * 41]}]
)
def test_a_key_needs_a_kind_a_place_and_a_tag(unit_3_2_1201: Unit, agent_li: User, wrong: dict) -> None:  # type: ignore[type-arg]
    given = {"kind": "door", "unit": unit_3_2_1201, "tags": ["A"], "by": agent_li} | wrong
    with pytest.raises(Invalid):
        add_keys(unit_3_2_1201.community, **given)


def test_another_desk_adds_no_keys_here(unit_3_2_1201: Unit, agent_binjiang: User) -> None:
    with pytest.raises(NotFound):
        add_keys(unit_3_2_1201.community, unit=unit_3_2_1201, kind="door", count=1, by=agent_binjiang)


@pytest.mark.parametrize("who", ["guard_hu", "technician_chen", "manager_mei"])
def test_only_the_desk_keeps_keys(
    door: Key, person_wang: Person, who: str, request: pytest.FixtureRequest
) -> None:
    by = request.getfixturevalue(who)
    with pytest.raises(NotPermitted):
        add_keys(door.community, unit=door.unit, kind="door", count=1, by=by)
    with pytest.raises(NotPermitted):
        issue_keys(door.unit, person_wang, keys=[door], by=by)  # type: ignore[arg-type]


# Handing out


def test_whoever_gets_keys_has_them_against_one_receipt(
    unit_3_2_1201: Unit, person_wang: Person, door: Key, card: Key, agent_li: User
) -> None:
    receipt = issue_keys(unit_3_2_1201, person_wang, keys=[door, card], by=agent_li)
    assert receipt.number.startswith("Y")
    assert keys_of_person(person_wang) == [card, door]
    door.refresh_from_db()
    assert (door.status, door.due_at) == ("issued", None)


def test_a_key_is_in_one_pair_of_hands(
    unit_3_2_1201: Unit, person_wang: Person, door: Key, agent_li: User
) -> None:
    issue_keys(unit_3_2_1201, person_wang, keys=[door], by=agent_li)
    with pytest.raises(TransitionRefused):
        issue_keys(unit_3_2_1201, person_wang, keys=[door], by=agent_li)
    assert KeyReceipt.objects.count() == 1


def test_the_database_refuses_a_second_pair_of_hands(
    unit_3_2_1201: Unit, person_wang: Person, door: Key, agent_li: User
) -> None:
    receipt = issue_keys(unit_3_2_1201, person_wang, keys=[door], by=agent_li)
    receipt.pk, receipt.number = None, "Y000000-0001"
    receipt.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        KeyHolding.objects.create(community=door.community, key=door, receipt=receipt)


def test_keys_go_only_to_somebody_with_a_home_there(
    unit_3_2_1201: Unit, tenant_zhao: User, stranger_sun: User, door: Key, agent_li: User
) -> None:
    for who in (tenant_zhao, stranger_sun):
        with pytest.raises(Invalid):
            issue_keys(unit_3_2_1201, Person.objects.get(user=who), keys=[door], by=agent_li)


def test_one_receipt_is_about_one_unit(
    unit_3_2_1201: Unit, unit_3_2_1202: Unit, person_wang: Person, door: Key, agent_li: User
) -> None:
    other = add_keys(unit_3_2_1202.community, unit=unit_3_2_1202, kind="door", count=1, by=agent_li)
    with pytest.raises(Invalid):
        issue_keys(unit_3_2_1201, person_wang, keys=[door, *other], by=agent_li)


def test_a_key_of_another_community_cannot_be_stored(
    unit_3_2_1201: Unit, binjiang: Community, agent_li: User
) -> None:
    key = Key(community=binjiang, unit=unit_3_2_1201, kind="door", tag="X", status="kept")
    key.added_at, key.added_by = timezone.now(), agent_li
    key.save()
    with pytest.raises(IntegrityError), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_colleague_borrows_a_key_of_a_home_with_the_owners_consent(
    person_wang: Person, door: Key, technician_chen: User, agent_li: User
) -> None:
    with pytest.raises(Invalid):
        lend_keys(technician_chen, keys=[door], said=tomorrow(), by=agent_li)
    said = Handing(due_at=tomorrow().due_at, consent_of=person_wang, consent_how="phone")
    receipt = lend_keys(technician_chen, keys=[door], said=said, by=agent_li)
    assert (receipt.staff, receipt.consent_of) == (technician_chen, person_wang)
    assert Key.objects.visible_to(technician_chen).get() == door


def test_a_neighbour_cannot_consent(
    tenant_zhao: User, door: Key, technician_chen: User, agent_li: User
) -> None:
    said = Handing(
        due_at=tomorrow().due_at, consent_of=Person.objects.get(user=tenant_zhao), consent_how="phone"
    )
    with pytest.raises(Invalid):
        lend_keys(technician_chen, keys=[door], said=said, by=agent_li)


def test_a_loan_needs_a_day_within_a_year(person_wang: Person, door: Key, agent_li: User) -> None:
    for days in (-1, 400):
        said = Handing(due_at=timezone.now() + timedelta(days=days))
        with pytest.raises(Invalid):
            lend_keys(person_wang, keys=[door], said=said, by=agent_li)


def test_a_key_that_opens_no_home_is_lent_to_colleagues(
    yangguang: Community, technician_chen: User, technician_binjiang: User, agent_li: User
) -> None:
    keys = add_keys(yangguang, kind="room", place="3栋水泵房", tags=["R-07"], by=agent_li)
    with pytest.raises(Invalid):
        lend_keys(technician_binjiang, keys=keys, said=tomorrow(), by=agent_li)
    lend_keys(technician_chen, keys=keys, said=tomorrow(), by=agent_li)
    assert Key.objects.get().status == "lent"


# History


def test_every_earlier_hand_stays_on_record(
    unit_3_2_1201: Unit, person_wang: Person, door: Key, agent_li: User
) -> None:
    issue_keys(unit_3_2_1201, person_wang, keys=[door], by=agent_li)
    take_back(door, by=agent_li)
    issue_keys(unit_3_2_1201, person_wang, keys=[door], by=agent_li)
    assert [hand.ended_how for hand in hands_of(door)] == ["", "returned"]


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM owners_keyholding",
        "UPDATE owners_keyholding SET ended_how = 'lost'",
        "UPDATE owners_keyreceipt SET purpose = 'x'",
        "DELETE FROM owners_keyreceipt",
    ],
)
def test_history_is_append_only(
    unit_3_2_1201: Unit, person_wang: Person, door: Key, agent_li: User, statement: str
) -> None:
    issue_keys(unit_3_2_1201, person_wang, keys=[door], by=agent_li)
    take_back(door, by=agent_li)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


# Lost, blocked, replaced


def test_a_lost_card_is_in_nobodys_hands_and_comes_back_when_found(
    unit_3_2_1201: Unit, person_wang: Person, card: Key, agent_li: User
) -> None:
    issue_keys(unit_3_2_1201, person_wang, keys=[card], by=agent_li)
    lose(card, reason="丢在公交车上", by=agent_li)
    assert (card.status, card.holding) == ("lost", None)
    find(card, by=agent_li)
    assert card.status == "kept"


def test_whoever_has_a_card_may_report_it_lost_and_nothing_else(
    unit_3_2_1201: Unit, resident_wang: User, person_wang: Person, card: Key, agent_li: User
) -> None:
    with pytest.raises(NotFound):
        lose(card, reason="丢了", by=resident_wang)
    issue_keys(unit_3_2_1201, person_wang, keys=[card], by=agent_li)
    with pytest.raises(NotPermitted):
        take_back(card, by=resident_wang)
    lose(card, reason="丢了", by=resident_wang)
    assert card.status == "lost"


def test_losing_and_blocking_say_why(card: Key, agent_li: User) -> None:
    for step in (lose, block):
        with pytest.raises(Invalid):
            step(card, reason=" ", by=agent_li)


def test_a_blocked_card_is_not_issued_until_it_is_used_again(
    unit_3_2_1201: Unit, person_wang: Person, card: Key, agent_li: User
) -> None:
    block(card, reason="芯片坏了", by=agent_li)
    with pytest.raises(TransitionRefused):
        issue_keys(unit_3_2_1201, person_wang, keys=[card], by=agent_li)
    unblock(card, by=agent_li)
    issue_keys(unit_3_2_1201, person_wang, keys=[card], by=agent_li)


def test_a_replacement_has_a_tag_of_its_own_and_knows_what_it_replaces(card: Key, agent_li: User) -> None:
    lose(card, reason="丢了", by=agent_li)
    fresh = replace(card, by=agent_li)
    assert (fresh.tag, fresh.status, card.status) == ("3-2-1201-C1/2", "kept", "replaced")
    assert fresh.replaces == card
    lose(fresh, reason="又丢了", by=agent_li)
    assert replace(fresh, by=agent_li).tag == "3-2-1201-C1/3"


# Due back


def test_a_loan_that_is_due_reminds_holder_and_keeper_once_and_the_supervisor_a_day_later(
    person_wang: Person, resident_wang: User, door: Key, agent_li: User, supervisor_bo: User
) -> None:
    receipt = lend_keys(person_wang, keys=[door], said=tomorrow(), by=agent_li)
    assert receipt.due_at is not None
    for days in (0, 0, 2):
        sweep(at=receipt.due_at + timedelta(days=days, seconds=1))
    told = [(message.event, message.recipient) for message in Message.objects.order_by("id")]
    assert sorted(told, key=str) == sorted(
        [
            ("key.due", resident_wang),
            ("key.due", agent_li),
            ("key.overdue", resident_wang),
            ("key.overdue", agent_li),
            ("key.overdue", supervisor_bo),
        ],
        key=str,
    )


def test_a_key_that_came_back_reminds_nobody(person_wang: Person, door: Key, agent_li: User) -> None:
    receipt = lend_keys(person_wang, keys=[door], said=tomorrow(), by=agent_li)
    take_back(door, by=agent_li)
    assert receipt.due_at is not None
    sweep(at=receipt.due_at + timedelta(days=3))
    assert not Message.objects.exists()


# Moving


def test_a_card_does_not_stay_out_when_its_holder_leaves(
    unit_3_2_1201: Unit, person_wang: Person, card: Key, agent_li: User
) -> None:
    issue_keys(unit_3_2_1201, person_wang, keys=[card], by=agent_li)
    with pytest.raises(Invalid) as refused:
        leave(stay_of(person_wang), fates={}, by=agent_li)
    assert list(refused.value.errors) == [f"key_{card.pk}"]
    assert stay_of(person_wang).until is None
    leave(stay_of(person_wang), fates={card.pk: Fate.BLOCKED}, by=agent_li)
    card.refresh_from_db()
    assert card.status == "blocked"


def test_a_key_that_is_not_back_is_called_back_for_the_day_of_the_move(
    unit_3_2_1201: Unit, person_wang: Person, door: Key, agent_li: User
) -> None:
    issue_keys(unit_3_2_1201, person_wang, keys=[door], by=agent_li)
    stay = leave(stay_of(person_wang), fates={door.pk: Fate.LATER}, by=agent_li)
    door.refresh_from_db()
    assert (door.status, door.due_at) == ("issued", stay.until)
    assert Key.objects.overdue(database_now()).get() == door
    assert Key.objects.astray().get() == door


def test_whichever_way_a_stay_ends_its_keys_are_called_back(
    unit_3_2_1201: Unit, person_wang: Person, card: Key, agent_li: User
) -> None:
    issue_keys(unit_3_2_1201, person_wang, keys=[card], by=agent_li)
    until = timezone.now() + timedelta(days=10)
    move_out(stay_of(person_wang), until=until, by=agent_li)
    card.refresh_from_db()
    assert card.due_at == until
    assert not Key.objects.astray().exists()


def test_somebody_who_keeps_another_home_in_the_unit_keeps_the_keys(
    unit_3_2_1201: Unit, person_wang: Person, card: Key, agent_li: User
) -> None:
    family = Occupancy.objects.create(
        community=unit_3_2_1201.community,
        unit=unit_3_2_1201,
        person=person_wang,
        role="family",
        since=timezone.now(),
    )
    issue_keys(unit_3_2_1201, person_wang, keys=[card], by=agent_li)
    leave(family, fates={}, by=agent_li, at=timezone.now() + timedelta(minutes=1))
    card.refresh_from_db()
    assert (card.status, card.due_at) == ("issued", None)


def test_a_unit_passes_on_with_its_keys(
    yangguang: Community, unit_3_2_1201: Unit, person_wang: Person, door: Key, card: Key, agent_li: User
) -> None:
    issue_keys(unit_3_2_1201, person_wang, keys=[door, card], by=agent_li)
    buyer = Person.objects.create(community=yangguang, name="孙新主")
    fates = {door.pk: Fate.PASSED_ON, card.pk: Fate.RETURNED}
    pass_unit_on(unit_3_2_1201, to=[NewOwner(buyer)], fates=fates, by=agent_li)
    assert keys_of_person(buyer) == [door]
    assert keys_of_person(person_wang) == []
    assert [hand.ended_how for hand in hands_of(door)] == ["", "passed_on"]


def test_a_tenants_keys_stay_when_the_tenant_stays(
    yangguang: Community, unit_3_2_1202: Unit, tenant_zhao: User, agent_li: User
) -> None:
    tenant = Person.objects.get(user=tenant_zhao)
    keys = add_keys(yangguang, unit=unit_3_2_1202, kind="card", count=1, by=agent_li)
    issue_keys(unit_3_2_1202, tenant, keys=keys, by=agent_li)
    make_resident("房东", "13900000077", unit_3_2_1202)
    buyer = Person.objects.create(community=yangguang, name="孙新主")
    pass_unit_on(unit_3_2_1202, to=[NewOwner(buyer)], fates={}, by=agent_li)
    assert keys_of_person(tenant) == keys
