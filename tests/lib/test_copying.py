"""Many rows at once, by COPY."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from owners.models import Building, Occupancy, Person, Unit
from servicecenter.accounts.models import ApiToken, Community, User
from servicecenter.audit.models import Event
from servicecenter.lib.copying import copy_in

pytestmark = pytest.mark.django_db


class Stopped(Exception):
    """What a progress bar raises when somebody stops an import."""


AWKWARD = "a\tb\\n\\N 'q' \"d\" 王\r\n第二行\\"


def test_a_row_comes_back_as_it_went_in(yangguang: Community) -> None:
    made = Person(community=yangguang, name="王", note=AWKWARD, is_minor=True)
    [number] = copy_in(Person, [made], count=1)
    stored = Person.objects.get(pk=number)
    assert (stored.note, stored.is_minor, stored.user_id) == (AWKWARD, True, None)
    assert stored.vault_id == made.vault_id
    assert stored.created_at == made.created_at


def test_nothing_and_the_word_for_nothing_are_told_apart(yangguang: Community) -> None:
    names = ["\\N", "None", ""]
    ids = copy_in(Person, (Person(community=yangguang, name=name) for name in names), count=3)
    assert [Person.objects.get(pk=number).name for number in ids] == names


def test_instants_keep_their_zone(yangguang: Community) -> None:
    building = Building.objects.create(community=yangguang, code="9", position=9)
    unit = Unit.objects.create(
        community=yangguang, building=building, code="9-1-101", entrance="1", room="101"
    )
    person = Person.objects.create(community=yangguang, name="王")
    since = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)

    row = Occupancy(community=yangguang, unit=unit, person=person, role="owner", since=since)
    [stay] = copy_in(Occupancy, [row], count=1)
    assert Occupancy.objects.get(pk=stay).since == since


def test_what_the_database_refuses_stores_nothing(yangguang: Community, agent_li: User) -> None:
    child = Person(community=yangguang, name="小王", is_minor=True, user=agent_li)
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_in(Person, [Person(community=yangguang, name="copied first"), child], count=2)
    assert not Person.objects.filter(name="copied first").exists()


def test_nothing_to_copy_asks_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert copy_in(ApiToken, [], count=0) == []


def test_fields_that_are_no_plain_cells_are_refused() -> None:
    with pytest.raises(TypeError, match="data"):
        copy_in(Event, [Event()], count=1)


def test_what_fails_while_rows_are_made_is_told_as_it_is(yangguang: Community) -> None:
    def rows() -> Iterator[Person]:
        yield Person(community=yangguang, name="王")
        raise Stopped

    with pytest.raises(Stopped), transaction.atomic():
        copy_in(Person, rows(), count=2)
    assert not Person.objects.exists()


def test_another_number_of_rows_than_was_said_is_a_mistake(yangguang: Community) -> None:
    with pytest.raises(ValueError, match="zip"), transaction.atomic():
        copy_in(Person, [Person(community=yangguang, name="王")], count=2)
