"""Rotating the key of the vault, how long the access log is kept, and that nothing personal stands in clear."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as program
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client

from owners.actions import changing, facts
from owners.actions.registering import Details, register_person
from owners.actions.values import write
from owners.models import Person
from servicecenter.accounts.models import Community, User
from servicecenter.audit import sealed, vault
from servicecenter.audit.access import REVEALS_PER_HOUR, record_access
from servicecenter.audit.models import AccessLog, Event, RetentionRule
from servicecenter.audit.retention import forget_accesses
from servicecenter.lib.clock import database_now
from servicecenter.lib.invariants import broken, every_invariant
from servicecenter.lib.refusals import TooMany

ID_NUMBER, PLATE, SPARE, BIRTHDAY = "11010519491231002X", "闽DD98765", "13977776666", "1949-12-31"


@pytest.fixture
def person(yangguang: Community, agent_li: User) -> Person:
    """Somebody of whom everything is known."""
    details = Details(
        name="陈标记", phone="13911110000", id_type="id_card", id_number=ID_NUMBER,
        birthday=date.fromisoformat(BIRTHDAY), spare_phone=SPARE,
    )  # fmt: skip
    made = register_person(yangguang, details, by=agent_li)
    write(made, "vehicle_add", old={"plate": ""}, new={"plate": PLATE})
    return made


@pytest.fixture
def new_key(settings: Any) -> str:
    """A new key in front of the old ones, which still open."""
    settings.VAULT_KEYS = {"k2": b"2" * 32, **settings.VAULT_KEYS}
    return "v1:k2:"


def rotated(*arguments: str) -> str:
    out = StringIO()
    call_command("rotate_vault", *arguments, stdout=out)
    return out.getvalue()


def opens(person: Person) -> list[str]:
    person.refresh_from_db()
    return [person.unseal(field) for field in ("id_number", "birthday", "spare_phone")] + [
        vehicle.unseal() for vehicle in person.vehicles.all()
    ]


def test_every_value_is_sealed_under_the_new_key_and_opens(
    person: Person, new_key: str, settings: Any
) -> None:
    said = rotated("--batch", "1")
    assert "owners_person.id_number_sealed: 1 sealed anew" in said
    assert "owners_vehicle.plate_sealed: 1 sealed anew" in said
    assert "0 values under another key" in said
    settings.VAULT_KEYS = {"k2": settings.VAULT_KEYS["k2"]}
    assert opens(person) == [ID_NUMBER, BIRTHDAY, SPARE, PLATE]
    assert person.id_number_sealed.startswith(new_key)


def test_a_second_run_has_nothing_to_do(person: Person, new_key: str) -> None:
    rotated()
    assert "owners_person.id_number_sealed: 0 sealed anew" in rotated()


def test_a_dry_run_counts_and_seals_nothing(person: Person, new_key: str) -> None:
    assert "owners_person.id_number_sealed: 1 to be sealed anew" in rotated("--dry-run")
    person.refresh_from_db()
    assert not person.id_number_sealed.startswith(new_key)


def test_what_is_written_meanwhile_is_not_overwritten(person: Person, new_key: str) -> None:
    column = next(each for each in sealed.columns() if str(each) == "owners_person.spare_phone_sealed")
    read = [(person.pk, person.spare_phone_sealed, vault.seal(SPARE, person.vault_place("spare_phone")))]
    facts.set_spare_phone(person, "13900001111")
    person.save()
    assert sealed._replace(column, read) == 0
    assert opens(person)[2] == "13900001111"


def test_a_value_that_does_not_open_is_named_and_the_rest_goes_on(person: Person, new_key: str) -> None:
    Person.objects.filter(pk=person.pk).update(birthday_sealed="v1:lost:AAAA")
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("rotate_vault", stdout=out)
    assert f"owners_person.birthday_sealed: 1 do not open, for example {person.pk}" in out.getvalue()
    assert "owners_vehicle.plate_sealed: 1 sealed anew" in out.getvalue()


def test_the_proof_finds_a_value_under_an_unknown_key(person: Person) -> None:
    rule = next(each for each in every_invariant() if each.code == "V16")
    assert broken(rule) == (0, [])
    Person.objects.filter(pk=person.pk).update(birthday_sealed="v1:lost:AAAA")
    assert broken(rule) == (1, [f"owners_person.birthday_sealed {person.pk}"])


def look(by: User, person: Person, days_ago: int) -> AccessLog:
    return record_access(
        by=by, community_id=person.community_id, person_id=person.pk, field="phone", reason="回访",
        at=database_now() - timedelta(days=days_ago),
    )  # fmt: skip


def test_the_log_is_kept_for_three_years_and_no_longer(person: Person, agent_li: User) -> None:
    for days in (1, 200, 1000, 1094, 1097, 1500):
        look(agent_li, person, days)
    assert forget_accesses() == 2
    assert AccessLog.objects.count() == 4
    trace = Event.objects.get(work="access_log")
    assert trace.data["lines"] == 2
    rule = next(each for each in every_invariant() if each.code == "V10")
    assert broken(rule) == (0, [])


def test_a_row_says_how_long(person: Person, agent_li: User) -> None:
    RetentionRule.objects.create(what="access_log", days=190)
    for days in (100, 185, 200):
        look(agent_li, person, days)
    assert forget_accesses() == 1


def test_no_row_keeps_the_log_for_less_than_six_months(db: None) -> None:
    with pytest.raises(IntegrityError):
        RetentionRule.objects.create(what="access_log", days=183)


def test_nobody_else_deletes_a_line_however_old(person: Person, agent_li: User) -> None:
    look(agent_li, person, 2000)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_accesslog")


def test_the_door_does_not_open_for_what_is_younger_than_six_months(person: Person, agent_li: User) -> None:
    look(agent_li, person, 10)
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('audit.log_kept_from', '2099-01-01', true)")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_accesslog")


def test_the_door_is_shut_again_behind_the_job(person: Person, agent_li: User) -> None:
    look(agent_li, person, 1500)
    forget_accesses()
    look(agent_li, person, 1500)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_accesslog")


def test_five_hundred_looks_in_an_hour_end_at_the_limit(
    person: Person, agent_li: User, signed_in: Callable[[User], Client]
) -> None:
    address, body = f"/desk/people/{person.pk}/number/", {"reason": "call_back"}
    allowed = 0
    for _number in range(499):
        with contextlib.suppress(TooMany):
            allowed += bool(look(agent_li, person, 0))
    assert allowed == REVEALS_PER_HOUR
    assert signed_in(agent_li).post(address, body).status_code == 429


def test_what_is_sealed_stands_nowhere_in_clear(
    person: Person,
    agent_li: User,
    agent_zhou: User,
    signed_in: Callable[[User], Client],
    caplog: pytest.LogCaptureFixture,
    settings: Any,
) -> None:
    """A record is made, shown, searched, corrected, opened; then tables, log lines, Redis and files are read."""
    caplog.set_level(logging.DEBUG)
    desk = signed_in(agent_li)
    for path in (f"/desk/people/{person.pk}/", f"/desk/search/?q={ID_NUMBER}", f"/desk/search/?q={PLATE}"):
        assert desk.get(path).status_code in (200, 302)
    changed = {"spare_phone": "13955554444", "birthday": "1950-01-02", "plate": "闽D54321"}
    for field in ("spare_phone", "birthday"):
        desk.post(f"/desk/people/{person.pk}/change/?field={field}", {field: changed[field]})
    desk.post(f"/desk/people/{person.pk}/change/?field=vehicle_add", {"plate": changed["plate"]})
    changes = list(person.changes.all())
    assert len(changes) == 3
    for change in changes:
        desk.post(f"/desk/changes/{change.pk}/full/", {"reason": "identity"})
        changing.verify(change, by=agent_zhou)
    rotated()
    marks = [ID_NUMBER, PLATE, SPARE, BIRTHDAY, *changed.values()]
    assert _tables_with(marks) == []
    assert [mark for mark in marks if mark in caplog.text] == []
    assert [mark for mark in marks if mark.encode() in _redis()] == []
    files = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    assert [path for path in files for mark in marks if mark.encode() in path.read_bytes()] == []


def _tables_with(marks: list[str]) -> list[str]:
    """Tables with a row in which one of the marks stands, whatever its columns are: what a dump would hold."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        found = []
        for (table,) in cursor.fetchall():
            cursor.execute(
                f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE ANY (%s)',
                [[f"%{mark}%" for mark in marks]],
            )
            found += [table] * (cursor.fetchone()[0] > 0)
    return found


def _redis() -> bytes:
    """Every key and value."""
    client = redis.Redis.from_url(program.CELERY_BROKER_URL)
    return b"".join(key + (client.dump(key) or b"") for key in client.scan_iter())
