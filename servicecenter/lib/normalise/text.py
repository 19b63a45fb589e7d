"""Characters: full-width forms, invisible ones, spaces, and the few Traditional characters of our own
vocabulary.
"""

from __future__ import annotations

import re
from functools import lru_cache

# Full-width ASCII (U+FF01–FF5E) and the ideographic space. Not NFKC: that would also rewrite rare CJK
# characters.
_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}

# Invisible and without meaning in a field: zero-width space, word joiner, byte-order mark, soft hyphen.
_INVISIBLE: dict[int, int | None] = dict.fromkeys((0x200B, 0x2060, 0xFEFF, 0x00AD))
_INVISIBLE |= dict.fromkeys((0x00A0, 0x2007, 0x202F), 0x20)  # spaces that do not break

# Ways to say "nothing" in a cell.
_EMPTY_LIST = """
    无 無 暂无 暫無 没有 沒有 不详 不詳 未知 未提供 未填 未登记 未登記 空 待补 待補 待定 不适用 不適用 保密
    n/a na nil none null nan unknown #n/a
"""
_EMPTY_WORDS = frozenset(_EMPTY_LIST.split())
_LONGEST_EMPTY_WORD = max(map(len, _EMPTY_WORDS))
_DASHES = re.compile(r"[\s/\\\-—–－_*.。、…×]+")

# Only the characters that our headers, words and plates use; this is no converter for names.
_TRADITIONAL = (
    "業樓棟單號門戶積聯絡電話係繫關證種類別郵車緊遷備註屬親產權儲鋪舖費職碼機動國護執營統組織帳宅實專"
    "齡買賣遞區園層墅辦寫廳貨庫場鐵濱兒媽爺貴兩個夥協繳滿員妻偶閩粵蘇滬魯贛遼雲陝寧瓊晉黃龍間識牌傳帶"
    "樣狀態稱殊應藏雜務與經紹陽麗東義歲發華橋廣萬興豐長達鄰際頭體靜雙環運開翠築總計數鑰錄資訊現處內離"
    "結終時賃孫嬰購樁廈臺灣來陸軍駕駛設紀歷請筆"
)
_SIMPLIFIED = (
    "业楼栋单号门户积联络电话系系关证种类别邮车紧迁备注属亲产权储铺铺费职码机动国护执营统组织账宅实专"
    "龄买卖递区园层墅办写厅货库场铁滨儿妈爷贵两个伙协缴满员妻偶闽粤苏沪鲁赣辽云陕宁琼晋黄龙间识牌传带"
    "样状态称殊应藏杂务与经绍阳丽东义岁发华桥广万兴丰长达邻际头体静双环运开翠筑总计数钥录资讯现处内离"
    "结终时赁孙婴购桩厦台湾来陆军驾驶设纪历请笔"
)
_FOLD = str.maketrans(_TRADITIONAL, _SIMPLIFIED)

# Middle dots in names of several parts, among them the bullet and the katakana dot that keyboards offer
# instead.
_DOTS = re.compile("[\u2022\u2027\u2219\u22c5\u30fb\uff65\uff0e\u0387\u2024\u25cf]")
_CJK = "\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_DOT_BETWEEN_CJK = re.compile(rf"(?<=[{_CJK}])\s*[.·]\s*(?=[{_CJK}])")
_SPACE_BY_CJK = re.compile(rf"(?<=[{_CJK}·])\s+(?=[{_CJK}·])")


def half_width(text: str) -> str:
    """Full-width letters, digits and punctuation as ASCII; everything else stays exactly as it is."""
    return text if text.isascii() else text.translate(_HALF_WIDTH)


def clean_text(text: str) -> str:
    """Trims, drops invisible characters and unifies line ends; inner line breaks and rare characters stay."""
    if text.isalnum():
        return text
    if not text.isascii():
        text = text.translate(_INVISIBLE)
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


@lru_cache(maxsize=8192)
def squeeze(text: str) -> str:
    """Half-width and without any space: for codes, numbers and words of a list."""
    return "".join(half_width(clean_text(text)).split())


@lru_cache(maxsize=8192)
def is_empty_word(text: str) -> bool:
    """Whether a filled cell says that there is nothing: 无, 暂无, /, —, N/A."""
    if len(text) > _LONGEST_EMPTY_WORD and text[0].isalnum():
        return False
    plain = squeeze(text)
    return not plain or plain.lower() in _EMPTY_WORDS or _DASHES.fullmatch(plain) is not None


def simplified(text: str) -> str:
    """Traditional characters of our own vocabulary in their Simplified form, to recognise headers and
    words.
    """
    return text.translate(_FOLD)


def person_name(text: str) -> str:
    """A name without spaces between Chinese characters, its middle dot as U+00B7; Latin names keep single
    spaces.
    """
    name = _DOTS.sub("·", " ".join(half_width(_DOTS.sub("·", clean_text(text))).split()))
    return _SPACE_BY_CJK.sub("", _DOT_BETWEEN_CJK.sub("·", name))
