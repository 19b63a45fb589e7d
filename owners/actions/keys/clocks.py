"""When a key has to be back: a timer that the program keeps, and whom it reminds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from owners.models import Key
from owners.models.keys import KEEPERS
from owners.workflow.keys import OUT
from servicecenter.accounts.models import Role, User
from servicecenter.notifications.actions import compose, post
from servicecenter.sla import actions as clocks
from servicecenter.workflow.run import Step

# Once more, a day later, also to those who answer for the desk.
AGAIN = timedelta(days=1)


def case_ref(key: Key) -> clocks.CaseRef:
    """The key as the clocks know it."""
    return clocks.CaseRef("key", key.pk, key.community_id)


def remind_at(key: Key, at: datetime) -> None:
    """Arms the reminder of a (locked) key that has to be back some time."""
    if key.due_at is not None:
        clocks.act_at(case_ref(key), step="due", due_at=max(key.due_at, at), at=at)


def call_off(step: Step[Key]) -> None:
    """The key is in other hands or none: nobody is reminded of what was agreed before."""
    clocks.disarm_all(case_ref(step.case), at=step.at)


def due(key_id: int, at: datetime) -> None:
    """The day has come: whoever has it and whoever handed it out hear of it. The sweep has locked the key."""
    key = _out(key_id)
    if key is None:
        return
    _tell(key, "due", at, _hands(key))
    clocks.act_at(case_ref(key), step="overdue", due_at=at + AGAIN, at=at)


def overdue(key_id: int, at: datetime) -> None:
    """A day later it is still out: the supervisors hear of it as well."""
    key = _out(key_id)
    if key is None:
        return
    leaders = User.objects.staff_of([key.community_id], Role.SUPERVISOR).values_list("pk", flat=True)
    _tell(key, "overdue", at, [*_hands(key), *leaders])


def _out(key_id: int) -> Key | None:
    rows = Key.objects.select_related("holding__receipt__person", "holding__receipt__by", "unit")
    return rows.filter(pk=key_id, status__in=OUT).first()


def _hands(key: Key) -> list[int]:
    """Whoever has it, if they can read messages, and whoever handed it out, if they still keep keys."""
    assert key.holding is not None
    receipt = key.holding.receipt
    keeper = receipt.by_id if receipt.by.role in KEEPERS and receipt.by.is_active else None
    login = receipt.person.user_id if receipt.person else receipt.staff_id
    return [each for each in (login, keeper) if each]


def _tell(key: Key, said: str, at: datetime, recipients: Iterable[int]) -> None:
    assert key.due_at is not None
    post(
        compose(
            recipients=recipients,
            event=f"key.{said}",
            key=f"{key.pk}:{key.holding_id}:{key.due_at.isoformat()}",
            at=at,
            community_id=key.community_id,
            work="key",
            case_id=key.pk,
            params={"number": key.tag, "due_at": key.due_at.isoformat()},
        )
    )
