"""The demo's two communities, its staff and the residents of the contract."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.contrib.auth.hashers import make_password

from owners.actions.roll import import_roll
from servicecenter.accounts.models import Community, Membership, Role, User

DATA = Path(__file__).resolve().parent / "data"
PASSWORD = "demo-pass-2026"


@dataclass(frozen=True)
class Player:
    """One member of staff of the demo. Those without `signs_in` only give the history more hands."""

    username: str
    name: str
    role: Role
    communities: tuple[str, ...]
    signs_in: bool = False
    trades: tuple[str, ...] = ()


STAFF = (
    Player("agent", "李敏", Role.AGENT, ("YG",), True),
    Player("agent2", "林江", Role.AGENT, ("BJ",), True),
    Player("supervisor", "薄文", Role.SUPERVISOR, ("YG",), True),
    Player(
        "technician", "陈刚", Role.TECHNICIAN, ("YG",), True, ("plumbing", "waterproofing", "hvac", "gas")
    ),
    Player("technician2", "江涛", Role.TECHNICIAN, ("BJ",), True, ("plumbing", "electrical", "door_window")),
    Player("security", "胡军", Role.SECURITY, ("YG",), True),
    Player("manager", "梅经理", Role.MANAGER, ("YG", "BJ"), True),
    Player("admin", "顾工", Role.ADMIN, ("YG", "BJ"), True),
    Player("zhoujie", "周洁", Role.AGENT, ("YG",)),
    Player("heyong", "何勇", Role.TECHNICIAN, ("YG",), trades=("electrical", "intercom_access", "lift")),
    Player("fangwei", "方伟", Role.TECHNICIAN, ("YG",), trades=("door_window", "appliance", "other")),
    Player(
        "luobin", "罗斌", Role.TECHNICIAN, ("YG",), trades=("public_facility", "cleaning_pest", "plumbing")
    ),
    Player("caixia", "蔡霞", Role.SUPERVISOR, ("BJ",)),
)

ROLLS = (
    ("roll_yangguang.xlsx", "YG", "阳光花园"),
    ("roll_yangguang_more.csv", "YG", ""),
    ("roll_binjiang.csv", "BJ", "滨江一号"),
)
HOTLINES = {"YG": "0592-5550110", "BJ": "0592-5550120"}


def build(*, at: datetime) -> None:
    """Makes what is missing of communities, owner rolls and accounts; a second call changes nothing."""
    for file, code, name in ROLLS:
        report = import_roll(DATA / file, code=code, name=name, at=at)
        if report.errors:
            raise RuntimeError(f"the demo roll {file} does not import: {report.errors[0]}")
    for code, hotline in HOTLINES.items():
        Community.objects.filter(code=code, hotline="").update(hotline=hotline)
    communities = {community.code: community for community in Community.objects.filter(code__in=HOTLINES)}
    # Everybody knows this one, and hashing it is slow on purpose: once is enough.
    known = make_password(PASSWORD)
    for player in STAFF:
        _hire(player, communities, known)


def _hire(player: Player, communities: dict[str, Community], known: str) -> None:
    password = known if player.signs_in else make_password(None)
    user, _made = User.objects.get_or_create(
        username=player.username,
        defaults={
            "name": player.name,
            "role": player.role,
            "password": password,
            "trades": list(player.trades),
        },
    )
    for code in player.communities:
        Membership.objects.get_or_create(user=user, community=communities[code])
