"""Two phones scan one slip, two desks hand out one key: one of them does it, the other is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from owners.actions.keys import add_keys, issue_keys
from owners.actions.moving import move_out
from owners.actions.releases import Goods, Wish, ask, cancel, let_out, look_up
from owners.models import GoodsRelease, KeyReceipt, Occupancy, Person, Unit
from servicecenter.accounts.models import Community, User
from servicecenter.audit.models import Event
from tests.conftest import make_staff
from tests.races.test_races import codes, collide

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def slip(unit_3_2_1201: Unit, person_wang: Person, resident_wang: User) -> GoodsRelease:
    now = timezone.now()
    wish = Wish(
        goods=[Goods("沙发")],
        valid_from=now - timedelta(minutes=1),
        valid_until=now + timedelta(hours=1),
    )
    return ask(unit_3_2_1201, person_wang, wish, by=resident_wang)


def scan(slip: GoodsRelease, guard: User) -> str:
    """What a phone at the gate does: the code, the ticks, the button."""
    found = look_up(slip.code(), by=guard)
    let_out(found, taken=set(found.items.values_list("pk", flat=True)), by=guard, version=found.version)
    return guard.username


def test_one_slip_under_several_simultaneous_scans_lets_goods_out_once(
    yangguang: Community, slip: GoodsRelease, guard_hu: User
) -> None:
    guards = [guard_hu, *(make_staff(f"guard{number}", "security", yangguang) for number in range(2))]
    results = collide(*(lambda guard=guard: scan(slip, guard) for guard in guards))
    let_through = [each for each in results if isinstance(each, str)]
    slip.refresh_from_db()
    assert len(let_through) == 1
    assert slip.checked_by is not None
    assert slip.checked_by.username == let_through[0]
    assert set(codes(results)) <= {"transition_refused", "stale"}
    assert Event.objects.filter(work="goods_release", action="let_out").count() == 1


def test_a_slip_is_used_or_cancelled_never_both(
    slip: GoodsRelease, guard_hu: User, resident_wang: User
) -> None:
    results = collide(lambda: scan(slip, guard_hu), lambda: cancel(slip, by=resident_wang).status)
    slip.refresh_from_db()
    assert slip.status in ("used", "cancelled")
    assert sum(not isinstance(each, Exception) for each in results) == 1


def test_a_slip_is_used_before_the_move_or_void_after_it(
    slip: GoodsRelease, guard_hu: User, agent_li: User, person_wang: Person
) -> None:
    stay = Occupancy.objects.get(person=person_wang)
    first, second = collide(lambda: scan(slip, guard_hu), lambda: move_out(stay, by=agent_li).pk)
    slip.refresh_from_db()
    assert second == stay.pk
    assert slip.status == ("used" if isinstance(first, str) else "cancelled")


def test_one_key_is_handed_out_once_by_two_desks(
    unit_3_2_1201: Unit, person_wang: Person, agent_li: User, agent_zhou: User
) -> None:
    keys = add_keys(unit_3_2_1201.community, unit=unit_3_2_1201, kind="card", count=2, by=agent_li)
    results = collide(
        lambda: issue_keys(unit_3_2_1201, person_wang, keys=keys, by=agent_li).number,
        lambda: issue_keys(unit_3_2_1201, person_wang, keys=keys[::-1], by=agent_zhou).number,
    )
    assert codes(results) == ["transition_refused"]
    assert KeyReceipt.objects.count() == 1


def test_two_desks_number_keys_one_after_the_other(
    unit_3_2_1201: Unit, agent_li: User, agent_zhou: User
) -> None:
    made = collide(
        *(
            lambda by=by: [
                key.tag
                for key in add_keys(unit_3_2_1201.community, unit=unit_3_2_1201, kind="door", count=2, by=by)
            ]
            for by in (agent_li, agent_zhou)
        )
    )
    assert sorted(made[0] + made[1]) == [f"3-2-1201-D{number}" for number in range(1, 5)]
