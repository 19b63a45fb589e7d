"""The price list of the demo: what common paid work costs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from repairs.actions import begin_draft, publish, set_item
from repairs.models import PriceList
from servicecenter.accounts.models import Community, Role, User
from servicecenter.lib.clock import local_day

# trade, service, per, labour, material
ITEMS = (
    ("plumbing", "更换角阀", "个", "30", "25"),
    ("plumbing", "更换水龙头", "个", "40", "80"),
    ("plumbing", "疏通地漏", "次", "60", "0"),
    ("plumbing", "疏通马桶", "次", "80", "0"),
    ("electrical", "更换开关插座", "个", "20", "18"),
    ("electrical", "更换空气开关", "个", "40", "45"),
    ("electrical", "安装灯具", "盏", "35", "0"),
    ("door_window", "更换门锁", "把", "60", "120"),
    ("door_window", "调整门窗", "扇", "40", "0"),
    ("intercom_access", "更换对讲分机", "台", "50", "180"),
)


def build(communities: Iterable[Community], *, at: datetime) -> None:
    """One published list a community; a second call changes nothing."""
    for community in communities:
        writer = User.objects.staff_of([community.pk], Role.SUPERVISOR).order_by("id").first()
        if writer is None or PriceList.objects.filter(community=community).exists():
            continue
        draft = begin_draft(community, by=writer, at=at)
        for trade, name, unit, labour, material in ITEMS:
            set_item(
                draft,
                trade=trade,
                name=name,
                unit=unit,
                labour=Decimal(labour),
                material=Decimal(material),
                by=writer,
            )
        publish(draft, valid_from=local_day(at), by=writer, at=at)
