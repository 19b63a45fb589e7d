"""Proposed corrections of records 信息变更申请."""

from __future__ import annotations

import json
from typing import ClassVar
from uuid import uuid4

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from owners.models.people import Person
from owners.workflow.changes import TABLE, TAKES_TWO, ChangeStatus, Field
from servicecenter.accounts.models import Role, User
from servicecenter.audit import vault
from servicecenter.audit.events import Actor
from servicecenter.workflow.case import Case
from servicecenter.workflow.standings import Standing

# A value by its parts: {"id_type": "id_card", "id_number": "…"}.
Value = dict[str, str]
CHECKERS = frozenset({Role.AGENT.value, Role.SUPERVISOR.value})


class ProfileChangeQuerySet(models.QuerySet["ProfileChange"]):
    """Corrections, decided ones too."""

    def visible_to(self, user: User) -> ProfileChangeQuerySet:
        """Those who check them: of their communities. Residents: of their own records."""
        if user.role == Role.RESIDENT:
            return self.filter(person__in=Person.objects.visible_to(user))
        if user.role not in CHECKERS:
            return self.none()
        return self.filter(community__in=user.community_ids)

    def open(self) -> ProfileChangeQuerySet:
        return self.filter(status=ChangeStatus.PROPOSED)


class ProfileChange(Case):
    """One value of one record, as it was and as it should be. Both are sealed, whatever they are."""

    TABLE = TABLE

    person = models.ForeignKey(Person, models.PROTECT, related_name="changes")
    field = models.CharField(max_length=16, choices=Field.choices)
    vault_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    old_sealed = models.TextField(blank=True)
    new_sealed = models.TextField(blank=True)
    # Keyed digests: what the record said at the time, and what is asked for. Vehicles may be several at once.
    old_index = models.CharField(max_length=64)
    new_index = models.CharField(max_length=64)
    by_staff = models.BooleanField()
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=200, blank=True)

    objects = ProfileChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction of a record")
        verbose_name_plural = _("corrections of records")
        constraints: ClassVar = [
            models.CheckConstraint(name="change_status_known", condition=Q(status__in=ChangeStatus.values)),
            models.CheckConstraint(name="change_field_known", condition=Q(field__in=Field.values)),
            models.CheckConstraint(
                name="change_decided_facts",
                condition=Q(status="proposed", decided_by=None, decided_at=None)
                | (~Q(status="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="change_refused_with_reason",
                condition=(Q(status="refused") & ~Q(reason="")) | (~Q(status="refused") & Q(reason="")),
            ),
            models.CheckConstraint(
                name="change_takes_two",
                condition=~Q(status="applied", by_staff=True, field__in=sorted(TAKES_TWO))
                | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(name="change_changes", condition=~Q(old_index=F("new_index"))),
            models.UniqueConstraint(
                fields=["person", "field"],
                condition=Q(status="proposed") & ~Q(field__startswith="vehicle"),
                name="change_one_open",
            ),
            models.UniqueConstraint(
                fields=["person", "old_index", "new_index"],
                condition=Q(status="proposed", field__startswith="vehicle"),
                name="change_vehicle_one_open",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["community", "id"], condition=Q(status="proposed"), name="change_open"),
            models.Index(fields=["person", "-id"], name="change_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.get_field_display()} · {self.person}"

    def get_status_display(self) -> str:
        """Where it stands, in words."""
        return str(ChangeStatus(self.status).label)

    def standings(self, by: Actor) -> frozenset[str]:
        """What `by` is to this correction now; a stranger has none."""
        if by is None:
            return frozenset()
        if by.role == Role.RESIDENT:
            return frozenset({Standing.SUBJECT.value} if by.pk == self.person.user_id else ())
        if by.role not in CHECKERS or self.community_id not in by.community_ids:
            return frozenset()
        mine = by.pk == self.proposed_by_id
        alone = mine and self.field in TAKES_TWO
        return frozenset(
            {Standing.COLLEAGUE.value}
            | ({Standing.PROPOSER.value} if mine else set())
            | (set() if alone else {Standing.CHECKER.value})
        )

    def seal(self, *, old: Value, new: Value) -> None:
        """Keeps both values, sealed to this row, and what tells whether they are still true."""
        self.old_sealed = vault.seal(_text(old), self.vault_place("old"))
        self.new_sealed = vault.seal(_text(new), self.vault_place("new"))
        self.old_index, self.new_index = digest(self.field, old), digest(self.field, new)

    def old(self) -> Value:
        """What the record said, in clear: mask it before it is shown. Empty once it was erased."""
        return _value(vault.unseal(self.old_sealed, self.vault_place("old")))

    def new(self) -> Value:
        """What is asked for, in clear: mask it before it is shown."""
        return _value(vault.unseal(self.new_sealed, self.vault_place("new")))

    def vault_place(self, field: str) -> bytes:
        """Where a value (`old`, `new`) of this correction belongs."""
        return vault.place("owners_profilechange", field, self.vault_id)


def digest(field: str, value: Value) -> str:
    """A keyed digest of a value of a field, to compare without keeping it."""
    return vault.blind_index(f"change|{field}", _text(value))


def _text(value: Value) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _value(text: str) -> Value:
    return dict(json.loads(text)) if text else {}
