"""Notices of the demo: one that residents read, one that waits to be published."""

from __future__ import annotations

from datetime import datetime, timedelta

from owners.models import Building
from servicecenter.accounts.models import Community, User
from servicecenter.bulletins.actions.notices import Announced, draft_notice, publish_notice
from servicecenter.bulletins.models import Notice
from servicecenter.lib.clock import local_day

TANK = {
    "zh-hans": {"title": "生活水箱清洗", "text": "下周三 9:00–12:00 清洗 3 栋水箱，期间停水，请提前储水。"},
    "zh-hant": {"title": "生活水箱清洗", "text": "下週三 9:00–12:00 清洗 3 棟水箱，期間停水，請提前儲水。"},
    "en": {
        "title": "Cleaning of the water tank",
        "text": "No water in building 3 next Wednesday, 9:00 to 12:00.",
    },
}
LIGHTS = {"zh-hans": {"title": "元宵灯会报名", "text": "正月十五 19:00 中心花园，欢迎带孩子来。"}}


def build(communities: dict[str, Community], *, at: datetime) -> None:
    """For 阳光花园; a second call changes nothing."""
    community = communities.get("YG")
    if community is None or Notice.objects.filter(community=community).exists():
        return
    agent, supervisor = (User.objects.get(username=name) for name in ("agent", "supervisor"))
    last = local_day(at) + timedelta(days=14)
    building = Building.objects.filter(community=community, code="3")
    said = Announced(TANK, last, tuple(building))
    found = draft_notice(community, said=said, by=agent, at=at - timedelta(hours=3))
    publish_notice(found, by=supervisor, at=at - timedelta(hours=2))
    draft_notice(community, said=Announced(LIGHTS, last), by=agent, at=at - timedelta(hours=1))
