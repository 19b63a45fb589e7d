"""What the triage proposes for single messages. The figures over many messages: test_triage_figures.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from repairs.triage import Proposal, propose, similar
from repairs.triage.features import TRADES
from repairs.triage.hazards import rules
from repairs.triage.lexicon import index, patterns
from repairs.triage.proposal import DEPARTMENTS
from repairs.triage.reasons import DEPARTMENT_NAMES, SENTENCES

DANGERS = {
    "厨房一股煤气味，头有点晕": "gas_poisoning",
    "楼道里闻到很重的瓦斯味": "gas_smell",
    "I can smell gas near the meter cupboard": "gas_smell",
    "水管爆了，满屋都是水，阀门拧不动": "burst_or_flood",
    "Pipe burst under the sink and I can't shut it off": "burst_or_flood",
    "插座冒火花": "sparks",
    "配电箱在冒烟": "smoke",
    "摸到水龙头被电了一下": "electric_shock",
    "楼上漏水，水滴进配电箱里": "water_at_electrics",
    "困在电梯里了，按铃没人接": "trapped_in_lift",
    "升降機困咗人": "trapped_in_lift",
    "孩子被反锁在卧室里一直哭": "person_locked_in",
    "家里老人用制氧机，突然全屋停电": "medical_device",
    "整栋楼都有电，就我家没电": "no_power",
    "家里停水了，邻居都有水": "no_water",
    "外墙瓷砖往下掉，砸到一辆车，下面还有人走": "falling_parts",
    "井盖没了，一个大窟窿": "open_hole",
    "救护车被挡在门口，道闸抬不起来": "rescue_blocked",
    "马桶往外翻粪水，流到客厅了": "sewage_in_home",
}
HARMLESS = (
    "厨房水龙头滴水，不急，周末来就行",
    "去年水管爆过一次，已经修好了，想请师傅检查一下",
    "不是漏水，就是想换个水龙头，多少钱",
    "灶台没有煤气味，就是打不着火",
    "电梯没困人，就是有点异响",
    "紧急紧急！！纱窗破了，快派人",
    "小区几点停水？没看到通知",
    "昨天跳闸，现在好了",
    "喷泉池里都是烟头",
    "想加装两个插座，怎么收费",
)
SAME_IN_BOTH_SCRIPTS = (
    ("卫生间的水龙头关不紧", "衛生間的水龍頭關不緊"),
    ("电梯门关得太快", "電梯門關得太快"),
    ("窗户关不严，漏风", "窗戶關不嚴，漏風"),
    ("对讲机没有声音", "對講機沒有聲音"),
)


@pytest.mark.parametrize(("message", "reason"), DANGERS.items())
def test_a_danger_is_an_emergency_and_says_why(message: str, reason: str) -> None:
    proposal = propose(message)
    assert proposal.urgency == "emergency"
    assert reason in proposal.reasons


@pytest.mark.parametrize("message", HARMLESS)
def test_what_is_denied_past_or_only_loud_is_no_emergency(message: str) -> None:
    assert propose(message).urgency == "normal"


@pytest.mark.parametrize(("simplified", "traditional"), SAME_IN_BOTH_SCRIPTS)
def test_both_scripts_get_the_same_proposal(simplified: str, traditional: str) -> None:
    assert propose(simplified) == propose(traditional)


def test_a_slip_of_the_keyboard_is_understood() -> None:
    assert propose("厨房插坐松了").trade == "electrical"
    assert propose("水笼头滴水").trade == "plumbing"


def test_a_danger_that_was_mended_is_named_as_the_reason_for_no_alarm() -> None:
    assert "past_or_mended" in propose("上次水管爆了已经修好了").reasons


@pytest.mark.parametrize("message", ["", " \u200b\u3000", "\x00", "\ud800", "。。。", "asdf qwer", "😭😭"])
def test_a_message_without_a_known_word_is_left_to_a_person(message: str) -> None:
    proposal = propose(message)
    assert (proposal.trade, proposal.urgency, proposal.low_confidence) == ("other", "normal", True)
    assert proposal.reasons == ("no_known_words",)


def test_a_clear_message_needs_nobody() -> None:
    proposal = propose("我家马桶堵了")
    assert proposal.trade == "plumbing"
    assert proposal.location_kind == "unit"
    assert not proposal.low_confidence
    assert 0.5 < proposal.confidence <= 1


def test_a_proposal_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        propose("灯坏了").trade = "gas"  # type: ignore[misc]


def test_the_end_of_an_endless_message_is_read_too() -> None:
    assert propose("物业您好，" * 500 + "水管爆了，满屋都是水").urgency == "emergency"


def test_every_trade_has_its_department() -> None:
    assert set(DEPARTMENTS) == set(TRADES)
    assert set(DEPARTMENTS.values()) <= set(DEPARTMENT_NAMES)


def test_every_hazard_has_a_sentence() -> None:
    assert {rule.code for rule in rules()} <= set(SENTENCES)


def test_every_cue_that_a_rule_asks_for_is_given_by_some_term() -> None:
    given = {cue for entry in index().entries.values() for cue in entry.cues}
    given |= {cue for _, _, entry in patterns() for cue in entry.cues}
    asked = {cue for rule in rules() for need in (*rule.needs, rule.unless) for cue in need}
    assert asked <= given


def test_every_weight_of_the_tables_is_for_a_trade_or_a_place() -> None:
    names = {name for entry in index().entries.values() for name in entry.weights}
    names |= {name for _, _, entry in patterns() for name in entry.weights}
    assert names <= {*TRADES, "unit", "public"}


def test_no_traditional_character_stands_for_two() -> None:
    text = (Path(__file__).parents[2] / "servicecenter/triage/data/traditional.txt").read_text(
        encoding="utf-8"
    )
    pairs = " ".join(line for line in text.splitlines() if not line.startswith("#")).split()
    assert len({pair[0] for pair in pairs}) == len(pairs)
    assert all(len(pair) == 2 and pair[0] != pair[1] for pair in pairs)


def test_the_likeliest_duplicate_comes_first() -> None:
    open_tickets = [
        (1, "电梯里有股尿骚味"),
        (2, "3号楼到幼儿园的路灯都没亮"),
        (3, "三号楼那边路燈壞了，晚上很黑"),
    ]
    found = similar("3号楼的路灯不亮", open_tickets)
    assert [key for key, _ in found] == [2, 3]
    assert all(0 < likeness <= 1 for _, likeness in found)


def test_the_same_words_are_wholly_alike() -> None:
    assert similar("水管爆了", [(7, "水管爆了")]) == [(7, 1.0)]


def test_nothing_is_like_an_empty_message() -> None:
    assert similar("", [(1, "水管爆了"), (2, "")]) == []


def test_a_proposal_is_what_the_api_shows() -> None:
    assert propose("大堂的灯坏了") == Proposal(
        trade="electrical",
        urgency="normal",
        location_kind="public",
        department="engineering",
        confidence=propose("大堂的灯坏了").confidence,
        reasons=(),
        low_confidence=False,
    )
