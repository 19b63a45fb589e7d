"""Access log, vault and idempotency."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from owners.models import Person
from servicecenter.accounts.models import User
from servicecenter.audit import vault
from servicecenter.audit.access import REVEALS_PER_HOUR, record_access
from servicecenter.audit.idempotency import once
from servicecenter.audit.models import AccessLog, IdempotencyKey
from servicecenter.lib.clock import local_day
from servicecenter.lib.refusals import Invalid, TooMany
from tests.conftest import Walk

PLACE = vault.place("owners_person", "id_number", "7")


def look(by: User, person: Person, reason: str = "核对身份", **more: object) -> AccessLog:
    return record_access(
        by=by,
        community_id=person.community_id,
        person_id=person.pk,
        field="phone",
        reason=reason,
        **more,  # type: ignore[arg-type]
    )


def test_a_sealed_value_opens_in_its_place_only() -> None:
    sealed = vault.seal("350203199001011234", PLACE)
    assert vault.unseal(sealed, PLACE) == "350203199001011234"
    with pytest.raises(vault.VaultError):
        vault.unseal(sealed, vault.place("owners_person", "id_number", "8"))


def test_a_sealed_value_gives_nothing_away_and_is_different_each_time() -> None:
    one, two = vault.seal("350203199001011234", PLACE), vault.seal("350203199001011234", PLACE)
    assert one != two
    assert "3502" not in one


def test_a_value_sealed_under_an_old_key_still_opens(settings: object) -> None:
    sealed = vault.seal("secret", PLACE)
    settings.VAULT_KEYS = {"new": b"1" * 32, **settings.VAULT_KEYS}  # type: ignore[attr-defined]
    assert vault.unseal(sealed, PLACE) == "secret"
    assert vault.seal("secret", PLACE).split(":")[1] == "new"


def test_a_tampered_value_does_not_open() -> None:
    sealed = vault.seal("secret", PLACE)
    with pytest.raises(vault.VaultError):
        vault.unseal(sealed[:-6] + "AAAAA=", PLACE)


def test_a_blind_index_finds_the_same_value_and_only_in_its_kind() -> None:
    assert vault.blind_index("plate", "闽D12345") == vault.blind_index("plate", "闽D12345")
    assert vault.blind_index("plate", "闽D12345") != vault.blind_index("id_number", "闽D12345")


def test_looking_takes_a_reason(agent_li: User, person_wang: Person) -> None:
    with pytest.raises(Invalid):
        look(agent_li, person_wang, "  ")
    assert not AccessLog.objects.exists()


def test_nobody_looks_at_hundreds_of_numbers_in_an_hour(agent_li: User, person_wang: Person) -> None:
    for _number in range(REVEALS_PER_HOUR):
        look(agent_li, person_wang)
    with pytest.raises(TooMany):
        look(agent_li, person_wang)
    look(agent_li, person_wang, at=timezone.now() + timedelta(hours=2))


def test_the_log_is_neither_changed_nor_deleted(agent_li: User, person_wang: Person) -> None:
    look(agent_li, person_wang)
    for statement in ("UPDATE audit_accesslog SET reason = 'x'", "DELETE FROM audit_accesslog"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_every_line_follows_its_predecessor(agent_li: User, person_wang: Person) -> None:
    lines = [look(agent_li, person_wang) for _number in range(3)]
    assert [line.previous for line in lines] == ["", lines[0].digest, lines[1].digest]
    assert all(line.digest == line.expected_digest() for line in AccessLog.objects.all())


@pytest.mark.usefixtures("supervisor_bo")
@pytest.mark.django_db(transaction=True)
def test_verify_names_a_line_that_somebody_removed(agent_li: User, person_wang: Person) -> None:
    for _number in range(3):
        look(agent_li, person_wang)
    call_command("verify")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_accesslog DISABLE TRIGGER USER")
        cursor.execute(
            "DELETE FROM audit_accesslog WHERE id = (SELECT id FROM audit_accesslog ORDER BY id OFFSET 1 LIMIT 1)"
        )
        cursor.execute("ALTER TABLE audit_accesslog ENABLE TRIGGER USER")
    with pytest.raises(CommandError, match="V10"):
        call_command("verify")


@pytest.mark.parametrize(
    "change",
    [
        "reason = 'another reason'",
        "by_name = '别人'",
        "by_role = 'admin'",
        "person_id = person_id + 1",
        "field = 'id_number'",
        "at = at + interval '1 microsecond'",
        "digest = repeat('0', 64)",
    ],
)
@pytest.mark.usefixtures("supervisor_bo")
@pytest.mark.django_db(transaction=True)
def test_verify_names_a_line_that_somebody_altered(agent_li: User, person_wang: Person, change: str) -> None:
    """The last line of the day too, which no other line follows."""
    look(agent_li, person_wang)
    look(agent_li, person_wang)
    call_command("verify")
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_accesslog DISABLE TRIGGER USER")
        cursor.execute(
            f"UPDATE audit_accesslog SET {change} WHERE id = (SELECT max(id) FROM audit_accesslog)"
        )
        cursor.execute("ALTER TABLE audit_accesslog ENABLE TRIGGER USER")
    with pytest.raises(CommandError, match="V10"):
        call_command("verify")


@pytest.mark.usefixtures("supervisor_bo")
@pytest.mark.parametrize("micro", [0, 1, 120_000, 123_456, 999_999])
def test_lines_that_were_sealed_the_first_way_still_hold(
    agent_li: User, person_wang: Person, micro: int
) -> None:
    at = timezone.now().replace(microsecond=micro)
    line = AccessLog(
        community=person_wang.community, person_id=person_wang.pk, field="phone", reason="核实|回访", by=agent_li,
        by_name="李敏", by_role="agent", at=at, day=local_day(at), seal=1,
    )  # fmt: skip
    line.digest = line.expected_digest()
    line.save(force_insert=True)
    call_command("verify")


def test_verify_finds_nothing_wrong_with_ordinary_life(ticket_in: Walk) -> None:
    for status in ("archived", "rework", "on_hold", "cancelled", "duplicate"):
        ticket_in(status)
    call_command("verify")


def test_verify_names_a_status_that_no_event_leads_to(ticket_in: Walk) -> None:
    ticket = ticket_in("reported")
    type(ticket).objects.filter(pk=ticket.pk).update(status="accepted")
    with pytest.raises(CommandError, match="V13"):
        call_command("verify")


def test_the_same_key_with_another_body_is_refused(agent_li: User) -> None:
    once(user=agent_li, key="k", route="r", body={"a": 1}, act=lambda: (201, {"n": 1}))
    with pytest.raises(Invalid) as refusal:
        once(user=agent_li, key="k", route="r", body={"a": 2}, act=lambda: (201, {"n": 2}))
    assert (refusal.value.code, refusal.value.status) == ("idempotency_key_reused", 422)


def test_the_same_key_of_another_person_is_another_key(agent_li: User, agent_zhou: User) -> None:
    first = once(user=agent_li, key="k", route="r", body={}, act=lambda: (201, {"n": 1}))
    second = once(user=agent_zhou, key="k", route="r", body={}, act=lambda: (201, {"n": 2}))
    assert (first[1], second[1]) == ({"n": 1}, {"n": 2})


def test_what_failed_may_be_tried_again_under_the_same_key(agent_li: User) -> None:
    def fail() -> tuple[int, dict[str, int]]:
        raise Invalid

    with pytest.raises(Invalid):
        once(user=agent_li, key="k", route="r", body={}, act=fail)
    assert not IdempotencyKey.objects.exists()
    assert once(user=agent_li, key="k", route="r", body={}, act=lambda: (201, {"n": 1}))[2] is False
