"""The columns of an owner roll, and the many names that property offices give them."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from servicecenter.lib.normalise import simplified


class Column(StrEnum):
    """A column by its name in our roll template, which is also how a report names it."""

    COMMUNITY = "小区"
    BUILDING = "楼栋"
    ENTRANCE = "单元"
    ROOM = "房号"
    CODE = "房屋编码"
    AREA = "建筑面积"
    USE = "用途"
    DELIVERED = "交付日期"
    NAME = "业主姓名"
    RELATION = "身份关系"
    MOBILE = "手机"
    SPARE_PHONE = "备用电话"
    ID_TYPE = "证件类型"
    ID_NUMBER = "证件号码"
    GENDER = "性别"
    BIRTHDAY = "出生日期"
    EMAIL = "电子邮箱"
    WORKPLACE = "工作单位"
    EMERGENCY_CONTACT = "紧急联系人"
    EMERGENCY_PHONE = "紧急联系电话"
    PLATES = "车牌号"
    NEEDS = "特殊需求"
    MOVED_IN = "入住日期"
    MOVED_OUT = "迁出日期"
    PRIMARY = "主要联系人"
    NOTE = "备注"


# Names that leave no doubt.
_CERTAIN: dict[Column, str] = {
    Column.COMMUNITY: """
        小区 小区名称 小区名 项目 项目名称 楼盘 楼盘名称 苑区 社区 屋苑 屋苑名称 community communityname
        estate estatename project compound
    """,
    Column.BUILDING: """
        楼栋 楼栋号 栋号 幢号 座号 楼号 栋 幢 座 楼宇 楼栋名称 栋座 楼座 号楼 楼栋座 栋楼 栋数 座数 大厦
        大楼 楼幢 幢楼 幢座 楼宇名称 座别 building buildingno buildingnumber buildingname block blockno
        bldg bldgno tower towerno
    """,
    Column.ENTRANCE: """
        单元 单元号 梯号 梯位 门洞 单元梯 楼梯 单元门 单元梯号 梯 entrance entranceno stair stairwell
        staircase
    """,
    Column.ROOM: """
        房号 室号 房间号 房间 门牌 门牌号 门牌号码 户号 房屋号 单元房号 房屋 房产 房屋地址 房产地址
        房屋坐落 坐落 物业地址 住址 铺号 铺位号 车位号 商铺号 房间号码 房屋名称 房产名称 房号室号 房屋门牌
        室 户室号 室户号 房屋房号 room roomno roomnumber flat flatno apartment apartmentno apt aptno door
        doorno unitno unitnumber houseno address
    """,
    Column.CODE: """
        房屋编码 房屋编号 房间编码 房间编号 房产编码 房产编号 房屋代码 房间代码 资产编号 单元编码 单元代码
        unitcode roomcode housecode propertycode
    """,
    Column.AREA: """
        建筑面积 建面 面积 产权面积 房产面积 房屋面积 计费面积 收费面积 建筑面积平方米 面积平方米
        建筑面积平米 面积平米 建筑面积㎡ 面积㎡ 产权建筑面积 登记面积 房屋建筑面积 实测面积 area aream2
        areasqm grossarea grossfloorarea gfa floorarea builtuparea size sizem2
    """,
    Column.USE: """
        用途 房屋用途 房屋性质 物业类型 物业类别 物业性质 使用性质 房屋类型 房产类型 规划用途 房产用途
        房产性质 房屋类别 业态 房间类型 房间用途 房型性质 物业用途 use usage propertytype unittype unituse
        roomtype purpose
    """,
    Column.DELIVERED: """
        交付日期 交付时间 交房日期 交房时间 交楼日期 交楼时间 收房日期 收房时间 收楼日期 收楼时间 移交日期
        接房日期 接房时间 领房日期 领钥匙日期 delivered deliverydate deliveredon dateofdelivery
        handoverdate
    """,
    Column.NAME: """
        业主姓名 姓名 客户姓名 客户名称 业主名称 住户姓名 户主姓名 产权人姓名 权利人 权利人姓名 人员姓名
        成员姓名 房主姓名 业主客户名称 业主户名 户名 住户名称 业主姓名名称 姓名名称 客户名 业主名 住户名
        使用人姓名 name fullname ownername residentname customername personname occupantname
    """,
    Column.RELATION: """
        身份关系 与业主关系 与户主关系 与产权人关系 住户身份 人员身份 人员类别 人员类型 住户类型 住户类别
        客户类型 客户类别 成员关系 业主关系 关系 客户身份 业主类型 业主类别 与房屋关系 与房主关系 住户关系
        入住身份 入住关系 角色 relation relationship role residenttype occupancytype relationtoowner
        relationshiptoowner
    """,
    Column.MOBILE: """
        手机 手机号 手机号码 移动电话 联系手机 手机电话 业主手机 业主手机号 业主手机号码 手提电话 流动电话
        手机联系电话 手机1 行动电话 本人手机 本人手机号 mobile mobileno mobilenumber mobilephone cell
        cellphone cellphonenumber
    """,
    Column.SPARE_PHONE: """
        备用电话 备用手机 备用手机号 备用联系电话 备用号码 备用联系方式 第二联系电话 第二电话 其他电话
        其他联系方式 其它电话 其它联系方式 电话2 手机2 联系电话2 联系方式2 固定电话 座机 座机号码 家庭电话
        住宅电话 宅电 固话 办公电话 单位电话 备用 家庭座机 手机备用 联系电话备用 电话备用 另一电话
        后备电话 sparephone sparenumber secondphone otherphone alternatephone altphone alternativephone
        homephone landline phone2 backupphone secondaryphone officephone telephone2
    """,
    Column.ID_TYPE: """
        证件类型 证件种类 证件类别 证件名称 证照类型 有效证件 身份证件类型 证件名 身份证明类型 idtype
        documenttype idkind papertype typeofid iddocumenttype
    """,
    Column.ID_NUMBER: """
        证件号码 证件号 身份证号 身份证号码 身份证 身份证件号码 身份证件号 证照号码 证照号 证件编号
        身份证编号 公民身份号码 公民身份证号码 身份证明号码 身份证号统一社会信用代码 idnumber idno idcard
        idcardno idcardnumber documentno documentnumber nationalid identitycard identitycardno hkid
        passportno
    """,
    Column.GENDER: """
        性别 gender sex
    """,
    Column.BIRTHDAY: """
        出生日期 生日 出生年月 出生年月日 出生时间 出生 birthday birthdate dateofbirth dob born
    """,
    Column.EMAIL: """
        电子邮箱 邮箱 电子邮件 邮件 邮箱地址 电子邮箱地址 电邮 电邮地址 电子信箱 email emailaddress mail
    """,
    Column.WORKPLACE: """
        工作单位 单位 单位名称 就职单位 所在单位 任职单位 工作单位名称 公司 公司名称 职业单位 任职公司
        工作地点 workplace employer company placeofwork work organisation organization
    """,
    Column.EMERGENCY_CONTACT: """
        紧急联系人 应急联系人 紧急联络人 紧急联系人姓名 应急联系人姓名 紧急联系姓名 紧急联络人姓名
        应急联络人 emergencycontact emergencycontactname emergencyname
    """,
    Column.EMERGENCY_PHONE: """
        紧急联系电话 紧急联系人电话 应急联系电话 应急电话 紧急电话 紧急联络电话 紧急联系人手机
        紧急联系人手机号 紧急联系方式 应急联系人电话 紧急联络人电话 紧急联系人联系电话 紧急联系人联系方式
        紧急联系手机 紧急联系人号码 紧急联系人手机号码 紧急联系号码 应急联系方式 emergencyphone
        emergencynumber emergencycontactphone emergencycontactnumber emergencytel emergencymobile
    """,
    Column.PLATES: """
        车牌号 车牌 车牌号码 车号 车辆号牌 车辆牌照 车辆车牌 号牌号码 牌照号 车辆信息 牌照号码 机动车号牌
        车牌号牌 车辆号码 车辆 业主车牌 plate plates plateno platenumber licenseplate licenceplate vehicle
        vehicles carplate carno vehicleno vehicleplate carplateno licenseplatenumber
    """,
    Column.NEEDS: """
        特殊需求 特殊情况 特殊人群 特殊需要 特殊关怀 关怀对象 特别需求 特殊说明 特别关怀 specialneeds
        specialneed needs specialrequirements specialcare
    """,
    Column.MOVED_IN: """
        入住日期 入住时间 入伙日期 入伙时间 迁入日期 迁入时间 搬入日期 搬入时间 起租日期 入住起始日期
        租赁开始日期 入住起 居住开始日期 开始日期 起始日期 movein moveindate movedin movedindate datein
        checkin checkindate occupiedsince since startdate
    """,
    Column.MOVED_OUT: """
        迁出日期 迁出时间 搬离日期 搬出日期 搬离时间 搬出时间 退租日期 离开日期 结束日期 终止日期 搬走日期
        迁离日期 退房日期 退租时间 入住截止日期 moveout moveoutdate movedout movedoutdate dateout checkout
        checkoutdate until enddate
    """,
    Column.PRIMARY: """
        主要联系人 是否主要联系人 是否主联系人 主联系人 首要联系人 是否第一联系人 第一联系人
        是否首要联系人 默认联系人 是否默认联系人 主要联络人 是否主要联络人 primary primarycontact
        isprimary maincontact isprimarycontact ismaincontact
    """,
    Column.NOTE: """
        备注 说明 附注 备注信息 其他说明 备注说明 其它说明 note notes remark remarks comment comments memo
    """,
}

# Names that fit several columns: the first one still free takes it, after all certain names have been placed.
_VAGUE: dict[tuple[Column, ...], str] = {
    (Column.MOBILE, Column.SPARE_PHONE): """
        联系电话 联系方式 联络电话 联络方式 电话 电话号码 联系号码 常用电话 业主电话 业主联系电话
        业主联系方式 本人电话 住户电话 客户电话 联系电话1 电话1 联系方式1 常用联系电话 主要电话 主电话
        联系人电话 tel telephone telno phone phoneno phonenumber phone1 contactno contactnumber
        contactphone telephonenumber contacttel contact
    """,
    (Column.NAME,): """
        业主 户主 产权人 住户 客户 房主 屋主 联系人 使用人 owner resident customer tenantowner
    """,
    (Column.ROOM, Column.ENTRANCE): "unit",
    (Column.ROOM,): "地址 号 房 户 house",
    (Column.USE,): "类型 性质 类别 type",
    (Column.RELATION,): "身份",
    (Column.ID_NUMBER,): "证件 证照 id 证件类型及号码",
    (Column.BUILDING,): "楼",
    (Column.ENTRANCE,): "门",
    (Column.DELIVERED,): "交付",
    (Column.MOVED_IN,): "入住",
    (Column.MOVED_OUT,): "迁出",
    (Column.SPARE_PHONE, Column.EMERGENCY_PHONE): "备用联系人电话",
}

_POSSESSIVE = re.compile(r"['’]s\b")
_NOISE = re.compile(r"[\W_]+")
_BRACKETS = re.compile(r"[(\[【〔<〈][^)\]】〕>〉]*[)\]】〕>〉]")


def _key(text: str) -> str:
    """`*业主姓名`, `備  註`, `E-mail` without stars, spaces, line breaks and punctuation, Simplified,
    lower case.
    """
    plain = simplified(unicodedata.normalize("NFKC", text)).casefold()
    return _NOISE.sub("", _POSSESSIVE.sub("", plain))


_BY_NAME = {_key(name): column for column, names in _CERTAIN.items() for name in names.split()}
_BY_VAGUE_NAME = {_key(name): columns for columns, names in _VAGUE.items() for name in names.split()}


def _keys(text: str) -> tuple[str, str]:
    """The whole header, and the header without what stands in brackets: 电话（备用） is not 电话."""
    plain = unicodedata.normalize("NFKC", text)
    return _key(plain), _key(_BRACKETS.sub("", plain))


def certain(text: str) -> Column | None:
    """The column that a header names without doubt."""
    whole, bare = _keys(text)
    return _BY_NAME.get(whole) or (None if whole in _BY_VAGUE_NAME else _BY_NAME.get(bare))


def possible(text: str) -> tuple[Column, ...]:
    """Every column that a header may name, best first."""
    found = certain(text)
    if found:
        return (found,)
    whole, bare = _keys(text)
    return _BY_VAGUE_NAME.get(whole) or _BY_VAGUE_NAME.get(bare) or ()


def assign(labels: list[str]) -> dict[Column, int]:
    """Which position holds which column. Certain names first, then vague ones, each from left to right.

    A bare phone column right of the emergency contact is that contact's once another phone column is there.
    """
    found: dict[Column, int] = {}
    for position, label in enumerate(labels):
        column = certain(label)
        if column:
            spare = Column.SPARE_PHONE if column is Column.MOBILE else column
            found.setdefault(spare if column in found else column, position)
    vague = [(position, possible(label)) for position, label in enumerate(labels) if not certain(label)]
    for position, columns in vague:
        beside = position - 1 == found.get(Column.EMERGENCY_CONTACT)
        if Column.MOBILE in columns and beside and Column.EMERGENCY_PHONE not in found:
            phones_elsewhere = Column.MOBILE in found or any(
                Column.MOBILE in others for place, others in vague if place != position
            )
            columns = (Column.EMERGENCY_PHONE,) if phones_elsewhere else columns
        for column in columns:
            if column not in found:
                found[column] = position
                break
    return found
