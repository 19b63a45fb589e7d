"""Examples for the triage keep what happened and nothing about whom."""

from __future__ import annotations

import pytest

from servicecenter.triage.stripping import strip


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("打我电话138 1111 2222，马桶堵了", "打我电话××,马桶堵了".replace(",", "，")),
        ("3-2-1201厨房漏水", "××厨房漏水"),
        ("5号楼1单元1104室没电", "××没电"),
        ("张阿姨说电梯停了", "××阿姨说电梯停了"),
        ("我叫李建国，门打不开", "我叫××，门打不开"),
        ("微信号 abc_12345 加我", "×× 加我"),
        ("车牌闽D·12345挡路", "车牌××挡路"),
        ("身份证350203199001011234别外传", "身份证××别外传"),
        ("写信到 wang@example.com", "写信到 ××"),
        ("This is Unit 1203, my name is John Smith, no water", "This is ××, my name is ××, no water"),
    ],
)
def test_names_numbers_and_addresses_are_taken_out(text: str, left: str) -> None:
    assert strip(text) == left


@pytest.mark.parametrize(
    "text", ["18楼外墙砖往下掉", "屋里36.5度", "暖气才16度，3天了", "水管爆了，10分钟了", "13-15层灯不亮"]
)
def test_what_happened_and_how_high_stays(text: str) -> None:
    assert strip(text) == text


def test_what_the_ticket_itself_names_is_taken_out_too() -> None:
    assert strip("欧阳娜家在A座顶层，灯坏了", ("欧阳娜", "A座顶层")) == "××家在××，灯坏了"
