"""Words of a roll that stand for one of a few values. The values are those of `owners.models`."""

from __future__ import annotations

import re
from functools import lru_cache

from servicecenter.lib.normalise import is_empty_word, simplified, squeeze


def _table(**words: str) -> dict[str, str]:
    return {word: value for value, line in words.items() for word in line.split()}


_USES = _table(
    residence="""
        住宅 普通住宅 住房 住家 居住 自住 公寓 别墅 洋房 商品房 商品住宅 高层住宅 多层住宅 小高层 高层
        多层 叠墅 叠拼 联排 联排别墅 独栋别墅 跃层 复式 安置房 回迁房 成套住宅 酒店式公寓 住宅用房
        居民住宅 住宅房 洋楼 排屋 residence residential house flat apartment villa home dwelling
    """,
    shop="""
        商铺 商业 商业用房 店面 店铺 门面 门面房 铺面 铺位 门市 门市房 底商 网点 商业网点 商业服务 商服
        商业铺面 沿街商铺 商业店铺 临街商铺 商铺店面 商业门面 店面房 shop retail store commercial
    """,
    parking="""
        车位 地下车位 停车位 产权车位 人防车位 机械车位 地上车位 地面车位 车库 地下车库 私家车位 私家车库
        子母车位 微型车位 固定车位 停车场 汽车库 泊车位 parking parkingspace parkinglot carpark garage
        parkingbay carparkingspace
    """,
    storage="""
        储藏室 储藏间 储物间 储物室 杂物间 杂物房 仓库 仓储 地下室 储间 贮藏室 柴火间 工具间 附房 储藏
        阁楼 储物 storage storageroom storeroom basement cellar
    """,
)

_RELATIONS = _table(
    owner="""
        业主 产权人 房主 户主 本人 业主本人 屋主 权利人 产权所有人 所有权人 房东 主业主 第一业主 产权业主
        业主(产权人) 房屋所有人 所有人 房产所有人 产权所有者 独立业主 单独所有 owner self homeowner
        landlord proprietor
    """,
    co_owner="""
        共有人 共有产权人 共同业主 共同产权人 共有业主 联名业主 第二业主 共有权人 共同所有人 共同共有人
        按份共有人 产权共有人 房屋共有人 共同共有 按份共有 co-owner coowner jointowner joint
    """,
    tenant="""
        租户 租客 承租人 租赁户 租住 承租户 租赁人 承租方 租房户 房客 租房 租住人 租赁 租住户 住客 tenant
        renter lessee
    """,
    family="""
        家属 配偶 子女 父母 父亲 母亲 父 母 儿子 女儿 子 女 夫妻 夫 妻 妻子 丈夫 爱人 老公 老婆 亲属
        家庭成员 成员 家人 岳父 岳母 公公 婆婆 兄弟 姐妹 兄弟姐妹 哥哥 弟弟 姐姐 妹妹 儿媳 媳妇 女婿 孙子
        孙女 外孙 外孙女 孙子女 祖父 祖母 祖父母 爷爷 奶奶 外公 外婆 外祖父 外祖母 业主家属 家庭 直系亲属
        亲人 亲戚 之夫 之妻 之子 之女 之父 之母 长子 次子 长女 次女 配偶(家属) 业主家人 业主配偶 业主子女
        业主父母 family spouse husband wife child children son daughter parent parents father mother
        relative familymember sibling
    """,
)

_ID_TYPES = _table(
    id_card="""
        身份证 居民身份证 二代身份证 第二代身份证 公民身份证 中国身份证 大陆身份证 内地身份证 临时身份证
        身份证号 中华人民共和国居民身份证 二代居民身份证 idcard identitycard nationalid chineseid
    """,
    passport="""
        护照 外国护照 中国护照 外籍护照 普通护照 passport
    """,
    hk_macau="""
        港澳居民来往内地通行证 港澳通行证 回乡证 港澳居民通行证 港澳证 来往内地通行证 港澳居民居住证
        港澳身份证 香港身份证 澳门身份证 港澳台居民居住证 hkmacaupermit homereturnpermit hkid
    """,
    taiwan="""
        台湾居民来往大陆通行证 台胞证 台湾通行证 台湾居民通行证 台湾居民居住证 taiwanpermit
    """,
    officer="""
        军官证 士兵证 警官证 军人证 武警证 文职干部证 军人身份证 士官证 军人证件 officer militaryid
    """,
    licence="""
        营业执照 统一社会信用代码 企业营业执照 工商营业执照 公司营业执照 组织机构代码证 组织机构代码
        法人证书 事业单位法人证书 执照 社会信用代码 businesslicence businesslicense licence license
    """,
    other="""
        外国人永久居留身份证 外国人永久居留证 外国人居留证 户口簿 户口本 出生证 出生医学证明 其他 其它
        其他证件 其它证件 驾驶证 居住证 永久居留证 other permanentresidence residencepermit
        foreignpermanentresident
    """,
)

_GENDERS = _table(
    m="男 先生 男性 男士 m male mr mr. 1",
    f="女 女士 女性 小姐 太太 夫人 f female ms ms. mrs mrs. miss 2",
)
_YES_LIST = "是 有 对 是的 主要 主 主要联系人 y yes t true v 1 √ ✓ ✔ ☑ ●"
_YES = frozenset(_YES_LIST.split())

_REMARK = re.compile(r"\([^()]*\)")


def _look_up(table: dict[str, str], text: str) -> str | None:
    word = simplified(squeeze(text)).casefold().strip("*★:;,。、.'\"")
    return table.get(word) or table.get(_REMARK.sub("", word))


@lru_cache(maxsize=1024)
def use(text: str) -> str | None:
    """The use of a unit, or None if the word is not one that we know."""
    return _look_up(_USES, text)


@lru_cache(maxsize=1024)
def relation(text: str) -> str | None:
    """What the person is to the unit, or None if the word is not one that we know."""
    return _look_up(_RELATIONS, text)


@lru_cache(maxsize=1024)
def _paper(text: str) -> str:
    return _look_up(_ID_TYPES, text) or "other"


def id_type(text: str, number: str) -> str:
    """The kind of paper; where the word is missing it is told from the (normalised) number."""
    if not is_empty_word(text):
        return _paper(text)
    if not number:
        return ""
    # Also a broken number of 18 digits is meant as an identity card, so that its check digit is looked at.
    if re.fullmatch(r"\d{15}|\d{17}[\dX]", number):
        return "id_card"
    if re.fullmatch(r"[0-9A-Z]{2}\d{6}[0-9A-Z]{10}", number):
        return "licence"
    if re.fullmatch(r"[HM]\d{8}(\d{2})?", number):
        return "hk_macau"
    return "passport" if re.fullmatch(r"[A-Z]{1,2}\d{7,8}", number) else "other"


@lru_cache(maxsize=1024)
def gender(text: str) -> str:
    """`m`, `f` or nothing: a gender is never asked for twice."""
    return _look_up(_GENDERS, text) or ""


@lru_cache(maxsize=1024)
def yes(text: str) -> bool:
    """Whether a cell says yes: 是, √, Y, 1."""
    return simplified(squeeze(text)).casefold() in _YES
