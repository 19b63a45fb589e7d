"""Own words by topic: a text is about a topic when one of its words occurs in it. It may be about several.

Simple on purpose: whoever reads a number of mentions can see in the words why. What no list catches is shown as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Topic:
    """What people write about, and the words that tell."""

    code: str
    label: str | Promise
    words: tuple[str, ...]


def _words(said: str) -> tuple[str, ...]:
    return tuple(said.split())


TOPICS = (
    Topic("lifts", pgettext_lazy("topic", "Lifts"), _words("电梯 電梯 困梯 lift elevator")),
    Topic(
        "parking",
        pgettext_lazy("topic", "Parking and order"),
        _words("停车 停車 车位 車位 乱停 亂停 占道 电动车 電動車 充电桩 充電樁 parking"),
    ),
    Topic(
        "cleaning",
        pgettext_lazy("topic", "Cleaning and waste"),
        _words("卫生 衛生 打扫 打掃 保洁 保潔 垃圾 清洁 清潔 异味 異味 脏 髒 dirty waste clean"),
    ),
    Topic(
        "green",
        pgettext_lazy("topic", "Greening"),
        _words("绿化 綠化 草坪 树 樹 花园 花園 蚊 杂草 雜草 garden green tree"),
    ),
    Topic(
        "security",
        pgettext_lazy("topic", "Security"),
        _words("保安 门岗 門崗 门禁 門禁 外来 外來 陌生 巡逻 巡邏 监控 監控 安全 guard gate security"),
    ),
    Topic(
        "repairs",
        pgettext_lazy("topic", "Repairs"),
        _words("维修 維修 报修 報修 漏水 渗水 滲水 师傅 師傅 修了 没修 沒修 repair leak"),
    ),
    Topic(
        "attitude",
        pgettext_lazy("topic", "Attitude"),
        _words("态度 態度 不耐烦 不耐煩 礼貌 禮貌 热情 熱情 推诿 推諉 敷衍 rude polite attitude"),
    ),
    Topic(
        "noise",
        pgettext_lazy("topic", "Noise and neighbours"),
        _words("噪音 噪声 噪聲 吵 扰民 擾民 邻居 鄰居 装修 裝修 宠物 寵物 狗 noise neighbour dog"),
    ),
    Topic(
        "fees",
        pgettext_lazy("topic", "Fees"),
        _words("物业费 物業費 收费 收費 费用 費用 涨价 漲價 公摊 公攤 维修基金 維修基金 fee price"),
    ),
    Topic(
        "telling",
        pgettext_lazy("topic", "Notices and answers"),
        _words(
            "通知 公示 公告 回复 回復 没人管 沒人管 没有回 沒有回 电话打不通 "
            "電話打不通 透明 notice reply answer"
        ),
    ),
    Topic(
        "facilities",
        pgettext_lazy("topic", "Facilities"),
        _words(
            "路灯 路燈 照明 健身 儿童 兒童 游乐 遊樂 水压 水壓 停水 停电 停電 设施 "
            "設施 设备 設備 light playground"
        ),
    ),
)


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    """Latin words as the beginning of a word (guards, cleaning), Chinese ones anywhere."""
    return re.compile("|".join(rf"\b{word}" if word.isascii() else word for word in words))


PATTERNS = {topic.code: _pattern(topic.words) for topic in TOPICS}


@dataclass
class Mentions:
    """A topic, how many texts are about it, and those texts."""

    label: str | Promise
    texts: list[str] = field(default_factory=list)

    @property
    def count(self) -> int:
        return len(self.texts)


def topics_of(text: str) -> list[Topic]:
    """What a text is about."""
    lower = text.lower()
    return [topic for topic in TOPICS if PATTERNS[topic.code].search(lower)]


def grouped(texts: Iterable[str]) -> tuple[list[Mentions], list[str]]:
    """The topics that are mentioned, the most mentioned first, and the texts that are about none of them."""
    found = {topic.code: Mentions(topic.label) for topic in TOPICS}
    other: list[str] = []
    for text in texts:
        topics: Sequence[Topic] = topics_of(text)
        for topic in topics:
            found[topic.code].texts.append(text)
        if not topics:
            other.append(text)
    mentioned = [each for each in found.values() if each.texts]
    return sorted(mentioned, key=lambda each: -each.count), other
