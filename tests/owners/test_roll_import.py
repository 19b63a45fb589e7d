"""An import stores all of a roll or nothing, and a second time changes nothing."""

from __future__ import annotations

import json
import stat
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.models import Model

from owners.actions.roll import Report, import_roll
from owners.models import Building, Occupancy, Person, Unit, UnitState, Vehicle
from owners.roll.problems import Kind
from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit import vault
from servicecenter.audit.models import Event
from servicecenter.lib.clock import LOCAL, start_of_day
from servicecenter.lib.refusals import Invalid
from tests.owners.rolls import (
    EXPECTED,
    GBK,
    HEADER,
    MESSY,
    OTHER_PAPER,
    PAPER,
    YANGGUANG,
    Cells,
    read,
    row,
    write_csv,
)

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 22, 9, 0, tzinfo=LOCAL)
TABLES: list[type[Model]] = [Building, Unit, Person, Occupancy, Vehicle, User, Event]


@pytest.fixture
def roll(tmp_path: Path, yangguang: Community) -> Any:
    """Imports these data rows (below HEADER) into 阳光花园."""

    def run(*rows: Cells, header: Cells = HEADER, **options: Any) -> Report:
        path = write_csv(tmp_path / "roll.csv", [header, *rows])
        return import_roll(path, code="YG", at=AT, **options)

    return run


def stored() -> list[list[Any]]:
    """Every row of every table that an import writes, with the states of rows as PostgreSQL counts them."""
    return [list(model._base_manager.order_by("pk").values()) for model in TABLES]


def counts(report: Report) -> tuple[int, int, int, int]:
    return report.rows, report.created, report.updated, report.unchanged


def problems(report: Report) -> set[tuple[int, str]]:
    return {(found.row, found.kind.value) for found in report.errors}


def stay(name: str) -> Occupancy:
    return Occupancy.objects.get(person__name=name)


def test_the_good_rows_of_the_messy_roll_make_the_expected_units_and_people(db: None) -> None:
    report = import_roll(MESSY, code="BJ", name=EXPECTED["community"], at=AT, good_rows=True)
    expected = EXPECTED["counts"]
    assert counts(report) == (expected["data_rows"], expected["must_import_rows"], 0, 0)
    assert Unit.objects.count() == expected["units_after_import"]
    assert Person.objects.count() == expected["persons_after_import"]
    assert Occupancy.objects.count() == expected["must_import_rows_with_a_person"]


@pytest.mark.parametrize(
    ("path", "code", "name"),
    [(YANGGUANG, "YG", "阳光花园"), (GBK, "CH", "翠湖名邸")],
    ids=["yangguang", "gbk"],
)
def test_the_same_file_a_second_time_changes_nothing(path: Path, code: str, name: str) -> None:
    first = import_roll(path, code=code, name=name, at=AT)
    before = stored()
    second = import_roll(path, code=code, at=AT)
    assert (first.created, second.unchanged) == (first.rows, first.rows)
    assert counts(second)[1:3] == (0, 0)
    assert stored() == before


def test_the_same_good_rows_a_second_time_change_nothing(db: None) -> None:
    import_roll(MESSY, code="BJ", name=EXPECTED["community"], at=AT, good_rows=True)
    before = stored()
    second = import_roll(MESSY, code="BJ", at=AT, good_rows=True)
    assert second.unchanged == EXPECTED["counts"]["must_import_rows"]
    assert stored() == before


def test_with_any_error_nothing_is_stored_not_even_the_community(db: None) -> None:
    report = import_roll(MESSY, code="BJ", name=EXPECTED["community"], at=AT)
    assert not report.imported
    assert counts(report) == (400, 0, 0, 0)
    assert not Community.objects.exists()


def test_a_dry_run_counts_and_stores_nothing(db: None) -> None:
    report = import_roll(GBK, code="CH", name="翠湖名邸", at=AT, dry_run=True)
    assert counts(report) == (200, 200, 0, 0)
    assert not report.imported
    assert not Community.objects.exists()
    assert not Unit.objects.exists()


def test_a_failure_half_way_leaves_nothing(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'no space left'; END $$"
        )
        cursor.execute(
            "CREATE TRIGGER full_disk BEFORE INSERT ON owners_vehicle FOR EACH STATEMENT "
            "EXECUTE FUNCTION full_disk()"
        )
    with pytest.raises(DatabaseError):
        import_roll(GBK, code="CH", name="翠湖名邸", at=AT)
    assert not Community.objects.exists()
    assert not any(model._base_manager.exists() for model in TABLES)


def test_an_unknown_community_needs_a_name(tmp_path: Path, db: None) -> None:
    with pytest.raises(Invalid) as refusal:
        import_roll(write_csv(tmp_path / "roll.csv", [HEADER, row()]), code="XX", at=AT)
    assert refusal.value.code == "community_missing"


def test_new_communities_get_series_letters_of_their_own(tmp_path: Path, db: None) -> None:
    path = write_csv(tmp_path / "roll.csv", [HEADER, row()])
    for code in ("YG", "BJ", "BX", "B1", "9"):
        import_roll(path, code=code, name=code, at=AT)
    series = list(Community.objects.order_by("id").values_list("series", flat=True))
    assert series[:3] == ["", "B", "BX"]
    assert len(set(series)) == 5


def test_a_unit_is_stored_with_its_parts(roll: Any) -> None:
    header = ["楼栋", "单元", "房号", "建筑面积", "用途", "交付日期", "备注"]
    roll(["10栋", "2单元", "1201室", "88.62㎡", "商铺", "2018年6月30日", "空置"], header=header)
    unit = Unit.objects.select_related("building").get()
    assert (unit.code, unit.building.code, unit.building.position) == ("10-2-1201", "10", 10)
    assert (unit.entrance, unit.room, unit.use, str(unit.area)) == ("2", "1201", "shop", "88.62")
    assert (unit.delivered_on, unit.note, unit.state) == (date(2018, 6, 30), "空置", UnitState.VACANT)


def test_private_fields_are_stored_sealed_and_found_by_their_index(roll: Any) -> None:
    header = [*HEADER, "备用电话", "出生日期", "车牌号"]
    roll([*row(paper=PAPER), "0592-2306638", "1988-11-25", "闽D·12345"], header=header)
    person, vehicle = Person.objects.get(), Vehicle.objects.get()
    opened = [person.unseal(field) for field in ("id_number", "spare_phone", "birthday")]
    assert opened == [PAPER, "05922306638", "1988-11-25"]
    assert vehicle.unseal() == "闽D12345"
    assert person.id_number_index == vault.blind_index("id_number", PAPER)
    assert (person.id_number_mask, vehicle.plate_mask) == ("3503**********1993", "闽D·**345")
    dump = json.dumps([stored()], default=str, ensure_ascii=False)
    assert not [value for value in (PAPER, "05922306638", "1988-11-25", "闽D12345") if value in dump]


def test_a_mobile_number_gives_a_login_and_a_landline_none(roll: Any) -> None:
    roll(row(), row("1-1-102", "李强", phone="0592-2306638"))
    people = {person.name: person for person in Person.objects.select_related("user")}
    login = people["王芳"].user
    assert login is not None
    assert (login.phone, login.role) == ("13800000101", Role.RESIDENT)
    assert (people["李强"].phone, people["李强"].user, people["李强"].phone_last4) == (
        "05922306638",
        None,
        "6638",
    )


def test_a_stay_runs_from_local_midnight_to_local_midnight(roll: Any) -> None:
    roll(row(since="2018-01-01", until="2020-05-01", primary="否"))
    assert stay("王芳").since == start_of_day(date(2018, 1, 1))
    assert stay("王芳").until == start_of_day(date(2020, 5, 1))


def test_moving_in_and_out_on_one_day_is_a_stay_of_that_day(roll: Any) -> None:
    roll(row(since="2020-05-01", until="2020-05-01"))
    assert stay("王芳").until == start_of_day(date(2020, 5, 2))


def test_without_a_move_in_day_a_stay_begins_with_the_delivery_or_today(roll: Any) -> None:
    header = [*HEADER, "交付日期"]
    roll([*row(since=""), "2018-06-30"], [*row("1-1-102", "李强", phone="", since=""), ""], header=header)
    assert stay("王芳").since == start_of_day(date(2018, 6, 30))
    assert stay("李强").since == start_of_day(date(2026, 11, 22))


def test_owners_after_each_other_are_history_and_present(roll: Any) -> None:
    roll(
        row(since="2018-01-01", until="2020-05-01"),
        row(name="李强", phone="13800000102", since="2020-05-01"),
    )
    current = Occupancy.objects.current().get()
    assert (current.person.name, current.is_primary) == ("李强", True)


def test_a_unit_has_one_primary_contact_the_owner_before_the_tenant(roll: Any) -> None:
    roll(row(name="赵敏", relation="租户", phone="13800000102"), row())
    assert [one.person.name for one in Occupancy.objects.filter(is_primary=True)] == ["王芳"]


def test_the_state_of_a_unit_follows_from_who_lives_there(roll: Any) -> None:
    roll(
        row("1-1-101"),
        row("1-1-102", "李强", phone=""),
        row("1-1-102", "赵敏", "租户", phone="", primary="否"),
        row("1-1-103", "钱多", phone="", until="2021-01-01"),
    )
    states = dict(Unit.objects.values_list("room", "state"))
    assert states == {"101": UnitState.OCCUPIED, "102": UnitState.RENTED, "103": UnitState.VACANT}


def test_one_paper_is_one_person_in_many_units(roll: Any) -> None:
    roll(row(paper=PAPER), row("1-1-102", paper=PAPER), row("1-1-103"))
    assert Person.objects.count() == 1
    assert Occupancy.objects.count() == 3


def test_family_who_share_a_phone_are_people_of_their_own_with_one_login(roll: Any) -> None:
    roll(row(), row(name="李强", relation="家属", primary="否"))
    assert Person.objects.count() == 2
    assert User.objects.filter(role=Role.RESIDENT).count() == 1


def test_people_without_paper_and_phone_are_found_again_by_their_stay(roll: Any) -> None:
    rows = [row(), row(name="王小明", relation="家属", phone="", primary="否")]
    roll(*rows)
    assert counts(roll(*rows)) == (2, 0, 0, 2)
    assert Person.objects.count() == 2


def test_a_new_roll_changes_what_it_says_and_erases_nothing(roll: Any) -> None:
    header = [*HEADER, "邮箱", "工作单位"]
    roll([*row(paper=PAPER), "old@example.com", "某中学"], header=header)
    report = roll([*row(paper=PAPER, phone="13800000199"), "new@example.com", ""], header=header)
    person = Person.objects.get()
    assert counts(report) == (1, 0, 1, 0)
    assert (person.phone, person.phone_last4, person.email) == ("13800000199", "0199", "new@example.com")
    assert (person.workplace, person.unseal("id_number")) == ("某中学", PAPER)
    assert person.user is not None
    assert person.user.phone == "13800000199"


def test_a_correction_made_since_survives_the_same_roll(roll: Any) -> None:
    roll(row(paper=PAPER))
    Person.objects.update(email="corrected@example.com", name="王方")
    assert counts(roll(row(paper=PAPER))) == (1, 0, 0, 1)
    assert Person.objects.get().name == "王方"


def test_a_paper_that_was_missing_is_added_to_the_person_on_record(roll: Any) -> None:
    roll(row())
    assert counts(roll(row(paper=PAPER))) == (1, 0, 1, 0)
    assert Person.objects.get().unseal("id_number") == PAPER


def test_another_paper_for_the_same_name_and_phone_contradicts_the_record(roll: Any) -> None:
    roll(row(paper=PAPER))
    report = roll(row(paper=OTHER_PAPER))
    assert problems(report) == {(2, Kind.IDENTITY_CONFLICT)}
    assert Person.objects.count() == 1


def test_a_second_owner_whom_the_roll_puts_beside_the_one_on_record_is_an_error(roll: Any) -> None:
    roll(row())
    report = roll(row(name="李强", phone="13800000102", since="2026-01-01"))
    assert problems(report) == {(2, Kind.OWNER_CONFLICT)}
    assert not report.imported


def test_a_unit_changes_hands_when_the_roll_ends_the_former_ownership(roll: Any) -> None:
    roll(row())
    report = roll(row(until="2026-01-01"), row(name="李强", phone="13800000102", since="2026-01-01"))
    assert counts(report) == (2, 1, 1, 0)
    assert stay("王芳").until == start_of_day(date(2026, 1, 1))
    assert Occupancy.objects.current().get().person.name == "李强"


def test_a_stay_that_was_ended_since_is_not_reopened(roll: Any) -> None:
    roll(row())
    Occupancy.objects.update(until=start_of_day(date(2026, 6, 1)))
    assert counts(roll(row())) == (1, 0, 0, 1)
    assert not Occupancy.objects.current().exists()


def test_moving_back_in_later_is_a_stay_of_its_own(roll: Any) -> None:
    roll(row(since="2018-01-01", until="2020-01-01"))
    assert roll(row(since="2018-01-01", until="2020-01-01"), row(since="2024-01-01")).created == 1
    assert Occupancy.objects.count() == 2


def test_good_rows_leave_out_those_that_contradict_the_record(roll: Any) -> None:
    roll(row())
    report = roll(
        row(name="李强", phone="13800000102", since="2026-01-01"),
        row("1-1-102", "赵敏", phone="13800000103"),
        good_rows=True,
    )
    assert counts(report) == (2, 1, 0, 0)
    assert problems(report) == {(2, Kind.OWNER_CONFLICT)}
    assert Occupancy.objects.filter(unit__code="1-1-101").count() == 1


def test_a_roll_touches_only_its_own_community(roll: Any, binjiang: Community, stranger_sun: User) -> None:
    before = list(Person.objects.filter(community=binjiang).values())
    roll(row("1-1-101", "孙丽", phone="13811114444"))
    assert list(Person.objects.filter(community=binjiang).values()) == before
    assert stranger_sun.people.count() == 2


def test_an_import_is_an_event_of_its_community_without_private_values(roll: Any) -> None:
    roll(row(paper=PAPER))
    event = Event.objects.get(work="roll")
    assert event.data == {"rows": 1, "created": 1, "updated": 0}
    assert event.internal


def test_a_second_import_asks_the_database_the_same_few_questions(
    roll: Any, django_assert_max_num_queries: Any
) -> None:
    rows = [row(f"1-1-{100 + n}", f"王{n}", phone=f"138000001{n:02d}") for n in range(40)]
    roll(*rows)
    with django_assert_max_num_queries(25):
        roll(*rows)


def command(*arguments: str) -> tuple[int, str]:
    """Exit code and output of the command."""
    out = StringIO()
    try:
        call_command("import_roll", *arguments, stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_the_command_prints_the_report_of_the_contract(db: None) -> None:
    code, text = command(str(MESSY), "--community", "BJ=滨江一号", "--format", "json")
    report = json.loads(text)
    assert code == 1
    assert list(report) == ["rows", "created", "updated", "unchanged", "errors", "warnings"]
    assert report["rows"] == 400
    assert {(one["row"], one["kind"]) for one in report["errors"]} == {
        (one["row"], one["kind"]) for one in EXPECTED["errors"]
    }
    assert all(set(one) == {"row", "column", "kind", "message"} for one in report["errors"])
    assert not Community.objects.exists()


def test_the_command_imports_a_clean_roll_and_ends_well(db: None) -> None:
    arguments = [str(GBK), "--community", "CH=翠湖名邸", "--format", "json"]
    assert command(*arguments)[0] == 0
    code, text = command(*arguments)
    assert (code, json.loads(text)["unchanged"]) == (0, 200)


def test_the_command_gives_the_bad_rows_back_to_be_corrected(tmp_path: Path, db: None) -> None:
    target = tmp_path / "bad.xlsx"
    arguments = ["--community", "BJ=滨江一号", "--good-rows", "--bad-rows-file", str(target)]
    code, text = command(str(MESSY), *arguments)
    assert code == 0
    assert str(target) in text
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    again = read(target, "滨江一号")
    assert len(again.rows) == EXPECTED["counts"]["error_rows"]
    # Duplicates and the like lose their counterpart; cells stay as wrong as they were.
    cells = [one["kind"] for one in EXPECTED["errors"] if one["scope"] == "cell"]
    found = [one.kind.value for one in again.errors]
    assert [kind for kind in cells if kind not in found] == []


def test_the_command_never_overwrites_the_roll_with_its_bad_rows(tmp_path: Path, db: None) -> None:
    path = write_csv(tmp_path / "roll.csv", [HEADER, row()])
    with pytest.raises(CommandError):
        command(str(path), "--community", "YG=阳光花园", "--good-rows", "--bad-rows-file", str(path))


def test_the_command_says_in_either_format_why_a_file_is_refused(tmp_path: Path, db: None) -> None:
    path = tmp_path / "roll.xlsx"
    path.write_bytes(b"%PDF-1.7")
    with pytest.raises(CommandError):
        command(str(path), "--community", "YG=阳光花园")
    code, text = command(str(path), "--community", "YG=阳光花园", "--format", "json")
    report = json.loads(text)
    assert code == 1
    assert [(one["row"], one["kind"]) for one in report["errors"]] == [(None, "roll_file_refused")]


def test_the_command_refuses_a_code_that_is_none(tmp_path: Path, db: None) -> None:
    path = write_csv(tmp_path / "roll.csv", [HEADER, row()])
    with pytest.raises(CommandError):
        command(str(path), "--community", "no code=阳光花园")
    assert not Community.objects.exists()


def test_a_dry_run_of_the_command_says_so(tmp_path: Path, db: None) -> None:
    path = write_csv(tmp_path / "roll.csv", [HEADER, row()])
    code, text = command(str(path), "--community", "YG=阳光花园", "--dry-run")
    assert code == 0
    assert "1" in text
    assert not Community.objects.exists()
