"""What the program makes of a text."""

from __future__ import annotations

import pytest

from complaints.triage import propose
from complaints.triage.features import read
from complaints.triage.reasons import READS_LIKE_MAJOR, SENTENCES
from complaints.triage.tables import signs

TEXTS = [
    ("请问物业费可以在手机上交吗？", "inquiry", "fees", "ordinary"),
    ("装修需要带什么材料来办手续？", "inquiry", None, "ordinary"),
    ("How do I pay the parking fee?", "inquiry", None, "ordinary"),
    ("建议在3号楼门口增设一个充电桩", "suggestion", "parking", "ordinary"),
    ("希望物业能多安排几次灭蚊消杀", "suggestion", "environment", "ordinary"),
    ("表扬一下门岗的小李，捡到钱包主动归还，太暖心了", "praise", None, "ordinary"),
    ("謝謝王師傅，很熱心，服務態度很好", "praise", "staff_attitude", "ordinary"),
    ("楼上半夜打麻将，吵得睡不着，投诉过没人管", "complaint", "neighbours", None),
    ("前台客服态度恶劣，骂人", "complaint", "staff_attitude", "ordinary"),
    ("垃圾桶三天没清，恶臭", "complaint", "environment", "ordinary"),
    ("消防通道被车堵住，马上来人处理！", "complaint", None, "urgent"),
    ("公摊多收了三个月，反映了四次没人退，请主管书面答复", "complaint", "fees", "complex"),
    ("我妈在大厅滑倒骨折住院了，要求赔偿", "complaint", None, "major"),
    ("再不处理我们几十户业主就联名找媒体曝光", "complaint", None, "major"),
    ("投訴保安態度不好，不耐煩", "complaint", "staff_attitude", "ordinary"),
]


@pytest.mark.parametrize(("text", "kind", "type", "level"), TEXTS)
def test_a_plain_text_is_understood(text: str, kind: str, type: str | None, level: str | None) -> None:
    found = propose(text)
    assert (found.kind, found.type, found.level) == (kind, type or found.type, level or found.level)


def test_a_denied_injury_is_none() -> None:
    assert propose("玻璃掉下来，幸好没砸到人，没有人受伤，投诉物业").level != "major"


def test_a_repair_in_disguise_is_seen() -> None:
    assert propose("厨房水龙头一直滴水").repair
    assert not propose("水管漏水报修三次没人来，投诉维修部").repair


def test_an_empty_looking_text_is_a_complaint_about_something_else() -> None:
    found = propose("……")
    assert (found.kind, found.type, found.reasons) == ("complaint", "other", ("no_known_words",))


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("我妈在大厅滑倒骨折住院了", "injury"),
        ("我儿子被流浪狗咬了，打了疫苗", "minors"),
        ("再不处理就找电视台曝光", "media"),
        ("我们四十六户联名要求换维保", "group"),
        ("已经委托律师起诉你们", "law"),
        ("已经打了12345", "authority"),
    ],
)
def test_a_sure_sign_makes_a_complaint_major_and_says_why(text: str, sign: str) -> None:
    found = propose(text)
    assert found.as_complaint == "major"
    assert sign in read(text).signs


def test_every_sign_has_a_sentence() -> None:
    assert {*signs(), READS_LIKE_MAJOR} - {"claim"} <= SENTENCES.keys()


def test_of_a_book_the_beginning_and_the_end_are_read() -> None:
    assert propose("投诉保安态度差。" + "这是一本书。" * 5000).kind == "complaint"
