"""Two owners want the last place of a slot at the same moment."""

from __future__ import annotations

import pytest

from handovers.actions import arriving, planning
from handovers.models import Slot
from owners.models import Person, Unit
from servicecenter.accounts.models import User
from tests.handovers.conftest import day_of
from tests.races.test_races import codes, collide

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


def test_of_two_owners_who_want_the_last_place_one_gets_it(
    unit_3_2_1201: Unit, unit_3_2_1202: Unit, resident_wang: User, tenant_zhao: User, supervisor_bo: User
) -> None:
    slot = day_of(unit_3_2_1201, supervisor_bo, capacity=1).slots.all()[0]
    first, second = (
        planning.plan(unit, person=Person.objects.get(user=user), by=supervisor_bo)
        for unit, user in ((unit_3_2_1201, resident_wang), (unit_3_2_1202, tenant_zhao))
    )
    results = collide(
        lambda: arriving.book(first, slot=slot, by=resident_wang),
        lambda: arriving.book(second, slot=slot, by=tenant_zhao),
    )
    assert codes(results) == ["slot_full"]
    assert Slot.objects.counted().get(pk=slot.pk).taken == 1  # type: ignore[attr-defined]
