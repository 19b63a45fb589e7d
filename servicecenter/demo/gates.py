"""Keys, cards and goods releases of the demo: a few of each, so that every list has something to show."""

from __future__ import annotations

from datetime import datetime, timedelta

from owners.actions.keys import Handing, add_keys, issue_keys, lend_keys, lose
from owners.actions.releases import Goods, Wish, ask
from owners.models import Key, Occupancy, Person
from owners.models.releases import OWNERS
from servicecenter.accounts.models import Community, User

OWNER, TENANT = "13800000001", "13800000002"
KEPT_SINCE = timedelta(days=60)


def build(communities: dict[str, Community], *, at: datetime) -> None:
    """Fills the register of 阳光花园; a second call changes nothing."""
    community = communities.get("YG")
    if community is None or Key.objects.filter(community=community).exists():
        return
    agent, technician = (User.objects.get(username=name) for name in ("agent", "technician"))
    before = at - KEPT_SINCE
    for phone in (OWNER, TENANT):
        _keys(_stay(community, phone), agent, before)
    pump = add_keys(
        community, kind="room", place="3栋地下水泵房", tags=["R-3-01", "R-3-02"], by=agent, at=before
    )
    said = Handing(purpose="水泵保养", due_at=at - timedelta(hours=20))
    lend_keys(technician, keys=pump[:1], said=said, by=agent, at=at - timedelta(days=2))
    _releases(community, at)


def _stay(community: Community, phone: str) -> Occupancy:
    stays = Occupancy.objects.current().filter(community=community, person__phone=phone)
    return stays.select_related("unit__community", "person").order_by("id")[0]


def _keys(stay: Occupancy, agent: User, at: datetime) -> None:
    unit, made = stay.unit, []
    for kind, count in (("door", 3), ("mailbox", 1), ("card", 3)):
        made += add_keys(unit.community, unit=unit, kind=kind, count=count, by=agent, at=at)
    out = [key for key in made if not key.tag.endswith("3")]
    issue_keys(unit, stay.person, keys=out, said=Handing(purpose="入住领用"), by=agent, at=at)
    lose(out[-1], reason="业主来电：门禁卡丢失", by=agent, at=at + timedelta(days=30))


def _releases(community: Community, at: datetime) -> None:
    """The owner's is valid now; the tenant's waits for the word of an owner, where the tenant is none."""
    for phone, goods, plate in (
        (OWNER, [Goods("双人沙发"), Goods("餐椅", 4)], "闽D12345"),
        (TENANT, [Goods("冰箱"), Goods("纸箱", 12)], ""),
    ):
        stay = _stay(community, phone)
        person: Person = stay.person
        assert person.user is not None
        assert (stay.role in OWNERS) == (phone == OWNER)
        wish = Wish(goods, valid_from=at, valid_until=at + timedelta(days=6), plate=plate)
        ask(stay.unit, person, wish, by=person.user, at=at)
