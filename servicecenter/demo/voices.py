"""Complaints, a question, a suggestion and praise of the demo: one each, so that every list has something to show."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from complaints.actions import CALLS, Said, receive
from complaints.models import Complaint, Inquiry
from owners.models import Occupancy
from servicecenter.accounts.models import Community, User

OWNER = "13800000001"
HOUR = timedelta(hours=1)


def build(communities: dict[str, Community], *, at: datetime) -> None:
    """Fills the lists of 阳光花园; a second call changes nothing."""
    community = communities.get("YG")
    if community is None or Complaint.objects.filter(community=community).exists():
        return
    agent, supervisor = (User.objects.get(username=name) for name in ("agent", "supervisor"))
    stays = Occupancy.objects.current().filter(community=community, person__phone=OWNER)
    stay = stays.select_related("unit__community", "person__user").order_by("id")[0]
    whose: dict[str, Any] = {"unit": stay.unit, "reporter": stay.person}
    do = CALLS["complaint"]

    def told(said: Said, hours: int) -> Complaint | Inquiry:
        return receive(
            said, community=community, channel="portal", by=stay.person.user, at=at - hours * HOUR
        ).case

    rubbish = told(Said("3栋楼道的垃圾三天没人清理，恶臭", kind="complaint", **whose), 30)
    do["acknowledge"](rubbish, note="已致电业主，今天下午核查", by=agent, at=at - 29 * HOUR)
    do["propose"](rubbish, solution="每天清运两次，主管抽查一周", by=agent, at=at - 5 * HOUR)
    told(Said("楼上半夜打麻将，多次反映没人管", kind="complaint", **whose), 3)
    hurt = told(Said("大厅地面湿滑，老人摔伤住院，要求赔偿", kind="complaint", anonymous=True), 6)
    do["acknowledge"](hurt, note="已登记，主管正在核查监控", by=supervisor, at=at - 5 * HOUR)
    told(Said("请问物业费可以在手机上交吗？", kind="inquiry", **whose), 2)
    idea = told(Said("建议在3栋门口增设一个充电桩", kind="suggestion", **whose), 50)
    CALLS["inquiry"]["answer"](
        idea, answer="已列入下季度计划，装好后公告。", public=True, adopted=True, by=agent, at=at - 40 * HOUR
    )
