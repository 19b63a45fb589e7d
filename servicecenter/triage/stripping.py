"""Take out of a message what tells who wrote it or where they live; what happened stays.

Names, numbers and room codes become `××`. A person still reads what is left before it is kept; floors (18楼) stay, for
they tell how dangerous a fall is.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

GONE = "××"
_SURNAMES = (
    "欧阳 司马 上官 诸葛 王 李 张 刘 陈 杨 黄 赵 吴 周 徐 孙 马 朱 胡 郭 何 林 罗 郑 梁 谢 宋 唐 许 韩 冯 邓 曹 彭 曾 "
    "肖 萧 田 董 袁 潘 于 蒋 蔡 余 杜 叶 程 苏 魏 吕 丁 任 沈 姚 卢 姜 崔 钟 谭 陆 汪 范 金 石 廖 贾 夏 韦 付 傅 方 白 "
    "高 邹 孟 熊 秦 邱 江 尹 薛 闫 段 雷 侯 龙 史 陶 黎 贺 顾 毛 郝 龚 邵 万 钱 严 覃 武 戴 莫 孔 向 汤 柯 庄 "
    "張 劉 陳 楊 黃 趙 吳 孫 馬 羅 鄭 謝 許 韓 馮 鄧 蕭 葉 蘇 呂 鐘 譚 陸 賈 龍 顧 嚴 莊"
)
_SURNAME = "(?:" + "|".join(_SURNAMES.split()) + ")"
_TITLES = (
    "先生|女士|小姐|太太|师傅|師傅|阿姨|叔叔|大爷|大爺|大妈|大媽|大姐|大哥|奶奶|爷爷|爺爺"
    "|老师|老師|经理|經理|医生|醫生|同学|同學"
)
_PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼川贵云渝藏陕甘青宁新港澳台"
_COUNT = "(?:[0-9]{1,4}|[一二三四五六七八九十]{1,3})"
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
        r"https?://\S+",
        # an identity card, then any phone number: seven digits and more, however they are grouped
        r"(?<![0-9])[0-9]{17}[0-9x](?![0-9a-z])",
        r"(?<![0-9])\+?[0-9](?:[ \-]?[0-9]){6,14}(?![0-9])",
        rf"[{_PROVINCES}][a-z][·. ]?[a-z0-9]{{5,6}}(?![a-z0-9])",
        r"(?:微信|wechat|weixin|wx|qq)(?:号|號|id)?\s*[::是]?\s*[a-z0-9][\w\-]{4,}",
        # 3-2-1201, 3栋2单元1201室, 5号楼1单元, 1104室
        r"(?<![0-9])[0-9]{1,3}\s?[-–—/]\s?[0-9]{1,4}(?:\s?[-–—/]\s?[0-9]{2,4})?(?![0-9]|\s?(?:楼|层|樓|層|点|點|月|日|天|度|元|米|分|次))",
        rf"{_COUNT}\s?(?:号楼|號樓|栋|棟|幢|座)\s?(?:{_COUNT}\s?(?:单元|單元))?\s?[0-9]{{3,4}}\s?(?:室|房|号|號|户|戶)?",
        rf"{_COUNT}\s?(?:单元|單元)\s?[0-9]{{3,4}}\s?(?:室|房|号|號|户|戶)?",
        r"(?<![0-9])[0-9]{3,4}\s?(?:室|房(?!子|间|間)|号房|號房)",
        r"\b(?:unit|flat|apt|apartment|room|suite)\.?\s?#?[0-9]{1,4}[a-z]?\b",
        r"\b(?:tower|block|building|blk)\s?[a-z0-9]{1,2},?\s?[0-9]{2,4}[a-z]?\b",
        r"\b[0-9]{1,2}[a-h]\b(?=\s?(?:,|\.|$|block|tower|building))",
        # whoever is named with a title, or names themselves
        rf"(?<=姓){_SURNAME}",
        rf"{_SURNAME}[\u4e00-\u9fff]{{0,2}}?(?={_TITLES})",
        rf"(?<=我叫){_SURNAME}[\u4e00-\u9fff]{{1,2}}",
        rf"(?:(?<=联系人)|(?<=聯絡人)|(?<=业主)|(?<=業主)|(?<=找)|(?<=我是))[::]?{_SURNAME}[\u4e00-\u9fff]{{1,2}}(?=[,，。.\s;；、]|$)",
        r"(?<=\bmy name is )[a-z]+(?: [a-z]+)?",
        r"\b(?:mr|mrs|ms|miss|dr)\.? [a-z]+",
    )
)


def strip(text: str, known: Iterable[str] = ()) -> str:
    """Return the text without names, numbers and addresses; `known` are those that the ticket itself names."""
    text = unicodedata.normalize("NFC", text)
    for word in sorted({each.strip() for each in known if len(each.strip()) > 1}, key=len, reverse=True):
        text = re.sub(re.escape(word), GONE, text, flags=re.IGNORECASE)
    for pattern in _PATTERNS:
        text = pattern.sub(GONE, text)
    return re.sub(rf"{GONE}(?:\s*{GONE})+", GONE, text).strip()
