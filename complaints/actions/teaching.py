"""Teaching the triage of voices: what was overruled becomes an example when a supervisor accepts it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint, Inquiry, Kind, Level, VoiceExample
from servicecenter.accounts.models import Role, User
from servicecenter.audit.events import record
from servicecenter.lib.clock import instant
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from servicecenter.triage.stripping import strip

TEACHERS = frozenset({Role.SUPERVISOR.value, Role.ADMIN.value})


def may_teach(by: User) -> bool:
    """Supervisors and administrators; a manager reads."""
    return by.role in TEACHERS


def accept_example(
    case: Complaint | Inquiry,
    *,
    text: str,
    kind: str,
    type: str,
    level: str = "",
    by: User,
    at: datetime | None = None,
) -> VoiceExample:
    """Keeps the words of a case with their right labels, without names, numbers and addresses; the next training
    learns from them (`manage.py train_voices --examples`). The same case again replaces its example.

    Refuses `not_permitted`, `not_found` for what is out of scope, `invalid` when nothing is left of the text.
    """
    if not may_teach(by):
        raise NotPermitted
    rows = Complaint.objects if isinstance(case, Complaint) else Inquiry.objects
    if not rows.visible_to(by).filter(pk=case.pk).exists():
        raise NotFound
    left = strip(text, (case.reporter_name, case.contact_phone, case.where()))
    if not any(char.isalpha() for char in left):
        raise Invalid(errors={"text": [_("Nothing is left of the text.")]})
    when = instant(at)
    labels = {"text": left, "kind": kind, "type": type}
    # Urgent is what happens at this moment: a sign tells it, no example.
    labels["level"] = (level or Level.ORDINARY) if kind == Kind.COMPLAINT else ""
    with transaction.atomic():
        facts = labels | {"community": case.community, "by": by, "at": when}
        example, _made = VoiceExample.objects.update_or_create(number=case.number, defaults=facts)
        _note(example, "example", by, when)
    return example


def drop_example(example: VoiceExample, *, by: User, at: datetime | None = None) -> None:
    """Takes an example back. Refuses `not_permitted`."""
    if not may_teach(by):
        raise NotPermitted
    with transaction.atomic():
        _note(example, "example_dropped", by, instant(at))
        example.delete()


def _note(example: VoiceExample, action: str, by: User, at: datetime) -> None:
    """Who taught what, kept with the community; the text stays in its row."""
    record(
        community_id=example.community_id,
        work="triage",
        case_id=example.pk,
        action=action,
        by=by,
        at=at,
        internal=True,
    )
