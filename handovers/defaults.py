"""The checklist that a community begins with; it edits its own copy."""

from __future__ import annotations

from typing import NamedTuple

from handovers.models import ChecklistItem, Kind
from handovers.workflow import Part
from owners.models import WarrantyPart


class Default(NamedTuple):
    """One line, as a property service desk in China knows it."""

    part: str
    text: str
    required: bool = True
    proxy_only: bool = False


LINES = (
    Default(Part.PAPERS, "业主身份证原件"),
    Default(Part.PAPERS, "商品房买卖合同"),
    Default(Part.PAPERS, "入伙通知书"),
    Default(Part.PAPERS, "购房款结清凭证"),
    Default(Part.PAPERS, "授权委托书", proxy_only=True),
    Default(Part.PAPERS, "代办人身份证原件", proxy_only=True),
    Default(Part.DOCUMENTS, "管理规约（已签署）"),
    Default(Part.DOCUMENTS, "前期物业服务协议（已签署）"),
    Default(Part.DOCUMENTS, "业主手册"),
    Default(Part.DOCUMENTS, "住宅质量保证书、使用说明书"),
    Default(Part.DOCUMENTS, "装修管理手册"),
    Default(Part.FEES, "住宅专项维修资金"),
    Default(Part.FEES, "物业服务费（预交三个月）"),
    Default(Part.FEES, "水电周转金", required=False),
    Default(Part.METERS, "水表"),
    Default(Part.METERS, "电表"),
    Default(Part.METERS, "燃气表", required=False),
)
# Rooms in the order in which one walks: what is looked at, who mends it, which part of the warranty it is.
ROOMS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "入户门",
        (("门扇、门锁、猫眼", "door_window", "decoration"), ("可视对讲", "intercom_access", "equipment")),
    ),
    (
        "客厅",
        (
            ("墙面、顶棚", "other", "decoration"),
            ("地面", "other", "decoration"),
            ("门窗、玻璃、密封", "door_window", "decoration"),
            ("开关、插座、配电箱", "electrical", "electrical"),
        ),
    ),
    (
        "卧室",
        (
            ("墙面、地面", "other", "decoration"),
            ("门窗、玻璃、密封", "door_window", "decoration"),
            ("开关、插座", "electrical", "electrical"),
        ),
    ),
    (
        "厨房",
        (
            ("给水、排水", "plumbing", "plumbing"),
            ("防水、地漏", "waterproofing", "wet_room_waterproofing"),
            ("烟道、燃气接口", "gas", "equipment"),
            ("开关、插座", "electrical", "electrical"),
        ),
    ),
    (
        "卫生间",
        (
            ("闭水试验、防水", "waterproofing", "wet_room_waterproofing"),
            ("给水、排水、地漏", "plumbing", "plumbing"),
            ("门窗、通风", "door_window", "decoration"),
        ),
    ),
    (
        "阳台",
        (
            ("栏杆、地面坡度", "other", "decoration"),
            ("排水、雨水管", "plumbing", "plumbing"),
            ("门窗、玻璃", "door_window", "decoration"),
        ),
    ),
)
WATERPROOF_DAYS, USUAL_DAYS = 30, 15


def default_items(community_id: int) -> list[ChecklistItem]:
    """The default checklist as unsaved rows of a community."""
    kinds = {Part.FEES.value: Kind.AMOUNT, Part.METERS.value: Kind.READING}
    items = [
        ChecklistItem(
            community_id=community_id,
            part=line.part,
            text=line.text,
            kind=kinds.get(line.part, Kind.TICK),
            required=line.required,
            proxy_only=line.proxy_only,
            position=number * 10,
        )
        for number, line in enumerate(LINES, start=1)
    ]
    looks = [(room, *look) for room, several in ROOMS for look in several]
    parts = dict(WarrantyPart.objects.values_list("code", "id"))
    items += [
        ChecklistItem(
            community_id=community_id,
            part=Part.ROOMS,
            room=room,
            text=text,
            kind=Kind.TICK,
            trade=trade,
            warranty_id=parts.get(part),
            mend_days=WATERPROOF_DAYS if trade == "waterproofing" else USUAL_DAYS,
            position=number * 10,
        )
        for number, (room, text, trade, part) in enumerate(looks, start=1)
    ]
    return items
