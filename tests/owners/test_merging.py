"""Two records of one person become one, and two again."""

from __future__ import annotations

import pytest

from owners.actions import facts
from owners.actions.merging import merge, undo
from owners.models import Occupancy, Person, Unit, Vehicle
from owners.queries.doubles import doubles_of, groups
from repairs import actions as repairs
from servicecenter.accounts.models import Community, User
from servicecenter.audit import vault
from servicecenter.desk.actions import merge_people, unmerge_people
from servicecenter.lib.refusals import Invalid, Refusal
from tests.conftest import make_resident


@pytest.fixture
def pair(yangguang: Community, unit_3_2_1201: Unit, unit_3_2_1202: Unit) -> tuple[Person, Person]:
    """The same man, once with each of his units; the second record knows his paper and his car."""
    user = make_resident("王业主", "13900000011", unit_3_2_1201)
    kept = Person.objects.get(user=user)
    make_resident("王业主", "13900000011", unit_3_2_1202)
    double = Person.objects.exclude(pk=kept.pk).get(name="王业主")
    facts.set_id_number(double, "350203199001011234")
    double.save()
    vehicle = Vehicle(
        community=yangguang, person=double, plate_index=vault.blind_index("plate", "闽D12345"), plate_mask="x"
    )
    vehicle.reseal("闽D12345")
    vehicle.save()
    return kept, double


def test_the_kept_record_has_every_home_and_vehicle(pair: tuple[Person, Person], agent_li: User) -> None:
    kept, double = pair
    merge(kept, double, by=agent_li)
    kept.refresh_from_db()
    assert kept.occupancies.count() == 2
    assert [vehicle.unseal() for vehicle in kept.vehicles.all()] == ["闽D12345"]
    assert kept.unseal("id_number") == "350203199001011234"


def test_the_double_is_found_nowhere(pair: tuple[Person, Person], agent_li: User) -> None:
    kept, double = pair
    merge(kept, double, by=agent_li)
    assert not Person.objects.visible_to(agent_li).filter(pk=double.pk).exists()
    assert doubles_of(kept) == []


def test_taking_it_back_restores_both_records(pair: tuple[Person, Person], agent_li: User) -> None:
    kept, double = pair
    done = merge(kept, double, by=agent_li)
    undo(done, by=agent_li)
    kept.refresh_from_db()
    double.refresh_from_db()
    assert (kept.occupancies.count(), double.occupancies.count()) == (1, 1)
    assert [vehicle.unseal() for vehicle in double.vehicles.all()] == ["闽D12345"]
    assert (kept.id_number_index, double.unseal("id_number")) == ("", "350203199001011234")


def test_it_is_taken_back_once(pair: tuple[Person, Person], agent_li: User) -> None:
    done = merge(*pair, by=agent_li)
    undo(done, by=agent_li)
    with pytest.raises(Refusal):
        undo(done, by=agent_li)


def test_a_stay_that_both_have_is_kept_once(
    pair: tuple[Person, Person], unit_3_2_1201: Unit, agent_li: User
) -> None:
    kept, double = pair
    Occupancy.objects.create(
        community=unit_3_2_1201.community,
        unit=unit_3_2_1201,
        person=double,
        role="owner",
        since=kept.occupancies.get().since,
    )
    done = merge(kept, double, by=agent_li)
    assert unit_3_2_1201.occupancies.filter(until=None).count() == 1
    undo(done, by=agent_li)
    assert unit_3_2_1201.occupancies.filter(until=None).count() == 2


def test_two_papers_are_two_people(pair: tuple[Person, Person], agent_li: User) -> None:
    kept, double = pair
    facts.set_id_number(kept, "350203198001011234")
    kept.save()
    with pytest.raises(Refusal) as refused:
        merge(kept, double, by=agent_li)
    assert refused.value.code == "two_people"


def test_a_record_is_not_merged_into_itself_or_another_community(
    pair: tuple[Person, Person], binjiang: Community, agent_li: User
) -> None:
    kept, _double = pair
    other = Person.objects.create(community=binjiang, name="王业主")
    for double in (kept, other):
        with pytest.raises(Invalid):
            merge(kept, double, by=agent_li)


def test_a_record_is_merged_once(pair: tuple[Person, Person], agent_li: User) -> None:
    kept, double = pair
    merge(kept, double, by=agent_li)
    with pytest.raises(Refusal):
        merge(kept, double, by=agent_li)


def test_repairs_follow_the_record_and_come_back(
    pair: tuple[Person, Person], unit_3_2_1202: Unit, agent_li: User
) -> None:
    kept, double = pair
    ticket = repairs.report(
        by=agent_li, community=kept.community, unit=unit_3_2_1202, text="水龙头滴水", reporter=double
    )
    done = merge_people(kept, double, by=agent_li)
    ticket.refresh_from_db()
    assert ticket.reporter == kept
    unmerge_people(done, by=agent_li)
    ticket.refresh_from_db()
    assert ticket.reporter == double


def test_records_with_one_name_and_number_are_listed(pair: tuple[Person, Person], agent_li: User) -> None:
    assert [[person.pk for person in group.people] for group in groups(agent_li)] == [
        sorted(person.pk for person in pair)
    ]
