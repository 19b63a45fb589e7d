"""What engineers work by in the demo: a shelf of materials, one nearly gone, checklists, and a planned water cut."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from owners.models import Building
from repairs.actions.outages import announce
from repairs.actions.standards import take_usual
from repairs.actions.stock import receive, write_item
from repairs.models import StockItem
from servicecenter.accounts.models import Community, User
from servicecenter.lib.clock import local_day, start_of_day

# name, unit, to be ordered at, there are
ITEMS = (
    ("角阀", "个", 10, 42),
    ("水龙头", "个", 5, 4),
    ("生料带", "卷", 10, 60),
    ("LED 灯泡 9W", "只", 20, 85),
    ("开关面板", "个", 10, 26),
    ("空气开关 32A", "个", 5, 9),
    ("门锁锁芯", "把", 3, 7),
    ("密封胶", "支", 6, 18),
)


def build(community: Community, *, at: datetime) -> None:
    """Fills the shelf, begins with the usual checklists and announces the cut; a second call changes nothing."""
    if StockItem.objects.filter(community=community).exists():
        return
    supervisor = User.objects.get(username="supervisor")
    for name, unit, low, there in ITEMS:
        item = write_item(community, name=name, unit=unit, reorder_at=Decimal(low), by=supervisor, at=at)
        receive(item, quantity=Decimal(there), why="期初盘点", by=supervisor, at=at)
    take_usual(community, by=supervisor, at=at)
    day = local_day(at) + timedelta(days=2)
    when = f"{day.month}月{day.day}日上午 9 点到 12 点"
    announce(
        community=community,
        kind="water",
        planned=True,
        buildings=Building.objects.filter(community=community, code="5"),
        starts_at=start_of_day(day) + timedelta(hours=9),
        expected_end_at=start_of_day(day) + timedelta(hours=12),
        cause="清洗二次供水水箱",
        sentence=f"5栋{when}清洗水箱停水，请提前储水。",
        sentence_hant=f"5棟{when.replace('点', '點')}清洗水箱停水，請提前儲水。",
        sentence_en=f"Building 5: no water on {day:%d %B} from 9 to 12, the tank is cleaned. Please keep some.",
        by=supervisor,
        at=at,
    )
