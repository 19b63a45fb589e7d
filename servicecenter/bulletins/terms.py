"""Texts as PostgreSQL's trigram index finds them again, Chinese ones by any two of their characters.

A trigram index answers nothing about `%停水%`: two characters are no trigram. Here every pair of neighbours is a
word of its own (停水怎么 → `停水 水怎 怎么 么`), a Latin word or number is itself. A pattern over these words is exact,
and answers from the first character on that somebody types.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from servicecenter.lib.normalise.text import half_width

_RUN = re.compile(r"[㐀-鿿豈-﫿々〇\U00020000-\U0003ffff]+|[0-9a-z]+")
# Longer texts are found by their first words.
LONGEST = 20_000
MOST_PIECES = 6
# Pairs that stand in every other question: by themselves they say nothing about what is asked.
_COMMON_LIST = """
    请问 我想 想问 问一 一下 怎么 么办 什么 怎样 如何 可以 可不 不可 以吗 是不 不是 有没 没有 为什 我们
    你们 他们 我家 家里 你好 您好 现在 今天 昨天 明天 时候 什麼 怎麼 麼辦 請問 想問 問一 沒有 為什 我們
    你們 這個 那个 这个 那個 哪里 哪裡 需要 谢谢 謝謝 一个 一個 多少 业主 業主 物业 物業 小区 小區 能不
    不能 还是 還是 时间 時間 已经 已經 知道 一直 不了
    the and for how what when where who why can not you your our does with from have has are was this that please there
    here about
"""
COMMON = frozenset(_COMMON_LIST.split())
_WEAK_ENDS = frozenset("的了吗嗎呢吧啊呀哦是在我你他她它们們也都就又很个個这這那")


def words_of(text: str) -> Iterator[str]:
    """The words of a text: pairs of neighbouring characters and the last one, Latin words, numbers."""
    for run in _RUN.findall(half_width(text[:LONGEST]).lower()):
        if run.isascii():
            yield run
        else:
            yield from (run[at : at + 2] for at in range(len(run)))


def searchable(texts: Iterable[str]) -> str:
    """What is stored: every word between spaces, two of them where one text ends."""
    return "  ".join(["", *(" ".join(words_of(text)) for text in texts if text), ""])


def patterns(asked: str) -> list[str]:
    """What a search must contain, piece by piece; [] for nothing that could be searched for."""
    found = []
    for run in _RUN.findall(half_width(asked).lower())[:MOST_PIECES]:
        pairs = [run] if run.isascii() or len(run) == 1 else [run[at : at + 2] for at in range(len(run) - 1)]
        # Open at its end: the next character may not be typed yet.
        found.append(" " + " ".join(pairs))
    return found


def telling(text: str, most: int = 24) -> list[str]:
    """The words of a text as somebody tells it that may say what it is about, as patterns."""
    kept = []
    for word in dict.fromkeys(words_of(text)):
        weak = len(word) < 2 or word in COMMON or word[0] in _WEAK_ENDS or word[-1] in _WEAK_ENDS
        if not weak and not (word.isascii() and (len(word) < 3 or word.isdigit())):
            kept.append(f" {word} ")
    return kept[:most]
