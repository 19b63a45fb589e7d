"""Who may do what in the demo: certificates, buildings, rules of dispatch. Made after the history, which knew none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from owners.models import Building
from repairs.actions.rules import write_rule
from repairs.actions.skills import add_certificate, set_skills
from repairs.models import Certificate, CertificateKind, DispatchRule
from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import local_day

KINDS = (CertificateKind.ELECTRICIAN, CertificateKind.LIFT, CertificateKind.GAS)
# Technician: community, certificates with the days that they still count.
HELD: Mapping[str, tuple[str, Mapping[str, int]]] = {
    "technician": ("YG", dict.fromkeys(KINDS, 700)),
    "heyong": ("YG", {CertificateKind.ELECTRICIAN: 400, CertificateKind.LIFT: 25}),
    "technician2": ("BJ", dict.fromkeys(KINDS, 500)),
}
RULES: tuple[dict[str, Any], ...] = (
    {
        "name": "急修派给当班工程师",
        "urgency": "emergency",
        "who": "on_duty",
        "mode": "propose",
        "position": 1,
    },
    {
        "name": "保洁消杀开放抢单",
        "trade": "cleaning_pest",
        "who": "least_busy",
        "mode": "grab",
        "max_open": 8,
    },
    {
        "name": "水电自动派给责任楼栋",
        "trade": "plumbing",
        "who": "of_zone",
        "mode": "automatic",
        "is_active": False,
    },
)
OPEN: dict[str, Any] = {"trade": "", "urgency": "", "building": None, "named": None, "max_open": None}
MORE: dict[str, Any] = {"position": 10, "is_active": True}


def build(communities: Mapping[str, Community], *, at: datetime) -> None:
    """A dozen rows, by the supervisors of the communities; a second call changes nothing."""
    if Certificate.objects.exists():
        return
    keepers = {"YG": User.objects.get(username="supervisor"), "BJ": User.objects.get(username="caixia")}
    for username, (code, held) in HELD.items():
        person = User.objects.get(username=username)
        for number, (kind, days) in enumerate(held.items()):
            add_certificate(
                person,
                communities[code],
                kind=kind,
                number=f"T3502{person.pk:04}{number}",
                valid_until=local_day(at) + timedelta(days=days),
                by=keepers[code],
                at=at,
            )
    yangguang = communities["YG"]
    heyong = User.objects.get(username="heyong")
    buildings = list(Building.objects.filter(community=yangguang).order_by("code")[:2])
    set_skills(heyong, yangguang, trades=heyong.trades, buildings=buildings, by=keepers["YG"])
    for said in RULES:
        write_rule(DispatchRule(community=yangguang), said=OPEN | MORE | said, by=keepers["YG"], at=at)
