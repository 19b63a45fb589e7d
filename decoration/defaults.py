"""What a community begins with: rules, terms and hours; it edits its own copy."""

from __future__ import annotations

from datetime import time
from typing import NamedTuple

from decoration.models.rules import NoiseHours, Part, Rule, Ruling, Terms

# What stands on receipts.
DEPOSIT_ITEM, RUBBISH_ITEM = "装修押金", "装修垃圾清运费"


class Works(NamedTuple):
    """A kind of works, as Decree 110 (住宅室内装饰装修管理办法) and a usual covenant judge it."""

    text: str
    ruling: str = Ruling.FREE
    basis: str = ""
    papers: str = ""
    wet: bool = False


LAW = "住宅室内装饰装修管理办法 "
WORKS = (
    Works("拆改承重墙、梁、柱、楼板", Ruling.FORBIDDEN, f"{LAW}第五条（一）、第六条"),
    Works(
        "将没有防水要求的房间或阳台改为卫生间、厨房",
        Ruling.FORBIDDEN,
        f"{LAW}第五条（二）",
    ),
    Works(
        "扩大承重墙上原有门窗尺寸，拆除连接阳台的砖、混凝土墙体",
        Ruling.FORBIDDEN,
        f"{LAW}第五条（三）",
    ),
    Works("损坏房屋原有节能设施", Ruling.FORBIDDEN, f"{LAW}第五条（四）"),
    Works("搭建建筑物、构筑物", Ruling.FORBIDDEN, f"{LAW}第六条（一）、管理规约"),
    Works("在阳台堆载或砌筑，超过楼面荷载", Ruling.FORBIDDEN, f"{LAW}第七条"),
    Works(
        "改变住宅外立面，在非承重外墙上开门、窗",
        Ruling.RESTRICTED,
        f"{LAW}第六条（二）",
        "城市规划行政主管部门批准文件",
    ),
    Works(
        "拆改供暖管道和设施",
        Ruling.RESTRICTED,
        f"{LAW}第六条（三）",
        "供暖管理单位批准文件",
    ),
    Works(
        "拆改燃气管道和设施",
        Ruling.RESTRICTED,
        f"{LAW}第六条（四）",
        "燃气管理单位批准文件",
    ),
    Works(
        "楼面加载超过设计标准或规范规定",
        Ruling.RESTRICTED,
        f"{LAW}第七条",
        "原设计单位或同等资质设计单位的设计方案",
    ),
    Works(
        "改动卫生间、厨房间防水层",
        Ruling.RESTRICTED,
        f"{LAW}第八条",
        "防水施工方案",
        wet=True,
    ),
    Works("拆改非承重隔墙", Ruling.RESTRICTED, "管理规约", "隔墙拆改平面图"),
    Works("封闭阳台、安装防护窗（统一样式）", Ruling.RESTRICTED, "管理规约", "封窗样式确认单"),
    Works("卫生间、厨房铺贴瓷砖、安装洁具", wet=True),
    Works("水电改造（开槽）"),
    Works("地面铺装"),
    Works("墙面、顶棚粉刷与吊顶"),
    Works("门窗、木作、橱柜安装"),
    Works("空调、热水器安装"),
)
# 巡查清单: what is looked at, and within how many days it is put right.
CONDUCT = (
    ("门口张贴装修许可证，人员佩戴出入证", "管理规约", 1),
    ("现场配备灭火器，无明火、无违规用电", f"{LAW}第十九条", 1),
    ("未动承重结构、外立面、燃气和供暖管道", f"{LAW}第五条、第六条", 3),
    ("在规定时段内施工，未扰邻", f"{LAW}第二十六条", 1),
    ("装修垃圾袋装，按指定地点堆放，未占用公共部位", f"{LAW}第二十七条", 1),
    ("电梯、公共部位有保护，无损坏", "管理规约", 2),
    ("现场无留宿", "管理规约", 1),
    ("未超出申报范围施工", "装修管理服务协议", 3),
)
PAPERS = "装修设计图或施工方案"
AGREEMENT = """住宅室内装饰装修管理服务协议（承诺书）

一、装修人和装修企业遵守《住宅室内装饰装修管理办法》、本小区管理规约和装修管理规定，按核准的内容、期限施工。
二、不拆改承重结构，不擅自改变外立面，不擅自拆改燃气、供暖管道和设施；改动防水层的，完工后做不少于24小时的闭水试验。
三、仅在规定时段内进行有噪声的施工，法定节假日不进行有噪声的施工；装修垃圾袋装，按指定时间、地点堆放和清运。
四、施工人员凭出入证进出，不在现场留宿；现场配备灭火器，动火作业事先报告。
五、物业服务企业对施工现场进行巡查，发现违规的，装修人按通知的期限整改；拒不整改的，物业服务企业可要求停工并报告有关行政主管部门。
六、装修人缴纳装修押金和装修垃圾清运费。竣工验收后，无损坏和未了事项的，押金在七个工作日内退还；有扣款的，逐项列明并附照片。
七、因装修造成相邻住宅渗漏、管道堵塞、停水停电或损坏公共部位的，由装修人负责修复并承担赔偿责任。
"""
HOURS = ((time(8), time(12)), (time(14), time(18)))


def default_rules(community_id: int) -> list[Rule]:
    """Unsaved rules of a community."""
    works = [
        Rule(
            community_id=community_id,
            part=Part.WORKS,
            text=each.text,
            basis=each.basis,
            ruling=each.ruling,
            papers=each.papers,
            wet=each.wet,
            position=number * 10,
        )
        for number, each in enumerate(WORKS, start=1)
    ]
    conduct = [
        Rule(
            community_id=community_id,
            part=Part.CONDUCT,
            text=text,
            basis=basis,
            mend_days=days,
            position=number * 10,
        )
        for number, (text, basis, days) in enumerate(CONDUCT, start=1)
    ]
    return [*works, *conduct]


def default_terms(community_id: int) -> Terms:
    """Unsaved terms of a community."""
    return Terms(community_id=community_id, papers=PAPERS, agreement=AGREEMENT)


def default_hours(community_id: int) -> list[NoiseHours]:
    """Unsaved hours of loud works."""
    return [NoiseHours(community_id=community_id, begins=begins, ends=ends) for begins, ends in HOURS]
