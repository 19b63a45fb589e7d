"""The words of each class, compiled once, and how often a text has them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WORDS = Path(__file__).with_name("words.txt")
STRONG = 3.0
PLAIN = 1.0
# Traditional signs of the words above, sign for sign.
TRADITIONAL = str.maketrans(
    "訴態請問議讚謝車費樓對鄰裝養亂髒圾壞電燈關開們業賠償處沒還過處來後請繳單價漲證質量裂縫發記聯體傷醫進滿敗環衛掃氣蟲鼠綠樹設備備設維專員壓錢時間麼樣",
    "诉态请问议赞谢车费楼对邻装养乱脏圾坏电灯关开们业赔偿处没还过处来后请缴单价涨证质量裂缝发记联体伤医进满败环卫扫气虫鼠绿树设备备设维专员压钱时间么样",
)
# Nobody was hurt: the word is there, the thing is not.
DENIED = re.compile(
    r"(没有人?|没人|未|并未|幸好没|还好没|没|无人|不会|防止|避免|以免|否则|担心|怕)"
    r"(受伤|摔伤|伤到人?|砸到人?|伤人|着火|火灾|起诉|曝光|伤亡)"
    r"|(nobody|no one|noone|not|never) (was |is |got )?(hurt|injur\w*)|no injur\w*",
    re.I,
)
SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Word:
    """One word and how much it says."""

    pattern: re.Pattern[str]
    weight: float


def plain(text: str) -> str:
    """A text as words are looked for in it: simplified, in small letters, without what is denied and without spaces."""
    return SPACES.sub("", DENIED.sub("", text.translate(TRADITIONAL).lower()))


@cache
def lexicon() -> Mapping[str, Mapping[str, tuple[Word, ...]]]:
    """Group → class → its words."""
    found: dict[str, dict[str, tuple[Word, ...]]] = {}
    for line in WORDS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            group, code, *words = line.split()
            found.setdefault(group, {})[code] = tuple(_word(each) for each in words)
    return found


def _word(written: str) -> Word:
    strong = written.endswith("!")
    return Word(re.compile(written.removesuffix("!")), STRONG if strong else PLAIN)


def weigh(group: str, text: str) -> dict[str, float]:
    """How much each class of the group has for it in a plain text."""
    return {
        code: sum(word.weight for word in words if word.pattern.search(text))
        for code, words in lexicon()[group].items()
    }
