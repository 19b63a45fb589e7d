"""Keys and cards 钥匙与门禁卡: the things themselves, and who got which, when, against which receipt."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

import pgtrigger
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from owners.models.people import Person
from owners.models.places import Occupancy, Unit
from owners.workflow.keys import OUT, TABLE, KeyStatus
from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit.events import Actor
from servicecenter.workflow.case import Case
from servicecenter.workflow.standings import Standing

# Whoever keeps the keys, and whoever answers for them.
KEEPERS = frozenset({Role.AGENT.value, Role.SUPERVISOR.value})
READERS = KEEPERS | {Role.MANAGER.value}
# Nobody borrows a key for longer.
LONGEST_LOAN = timedelta(days=366)


class KeyKind(models.TextChoices):
    """What it opens, or what it is."""

    DOOR = "door", pgettext_lazy("key", "Door key")
    ENTRANCE = "entrance", pgettext_lazy("key", "Entrance key")
    MAILBOX = "mailbox", pgettext_lazy("key", "Mailbox key")
    METER = "meter", pgettext_lazy("key", "Meter cupboard key")
    ROOM = "room", pgettext_lazy("key", "Plant room key")
    CARD = "card", pgettext_lazy("key", "Access card")
    PARKING = "parking", pgettext_lazy("key", "Parking card")
    OTHER = "other", pgettext_lazy("key", "Other key")


# A system can shut these out; a piece of metal can only come back.
CARDS = frozenset({KeyKind.CARD.value, KeyKind.PARKING.value})


class HandoutKind(models.TextChoices):
    """How keys leave the center."""

    ISSUE = "issue", pgettext_lazy("key", "Issued for good")
    LEND = "lend", pgettext_lazy("key", "Lent until")
    PASS_ON = "pass_on", pgettext_lazy("key", "Passed on")


class ConsentHow(models.TextChoices):
    """How an owner said yes."""

    PORTAL = "portal", pgettext_lazy("consent", "In the portal")
    PHONE = "phone", pgettext_lazy("consent", "By phone")
    DESK = "desk", pgettext_lazy("consent", "At the desk")
    PAPER = "paper", pgettext_lazy("consent", "On paper")


class HoldingEnd(models.TextChoices):
    """How a key left somebody's hands."""

    RETURNED = "returned", pgettext_lazy("key", "Returned")
    PASSED_ON = "passed_on", pgettext_lazy("key", "Passed on")
    LOST = "lost", pgettext_lazy("key", "Lost")
    BLOCKED = "blocked", pgettext_lazy("key", "Blocked")


class KeyReceipt(models.Model):
    """A receipt 钥匙领用单: who got keys from whom, when, for how long. Never changed; signed on screen or on paper."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    number = models.CharField(_("number"), max_length=24, unique=True)
    kind = models.CharField(max_length=8, choices=HandoutKind.choices)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="key_receipts")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="key_receipts")
    staff = models.ForeignKey(User, models.PROTECT, null=True, related_name="key_receipts")
    # Who came for it with the holder's letter, if not the holder.
    collected_by = models.CharField(max_length=80, blank=True)
    due_at = models.DateTimeField(null=True)
    purpose = models.CharField(max_length=200, blank=True)
    consent_of = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    consent_how = models.CharField(max_length=8, choices=ConsentHow.choices, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("key receipt")
        verbose_name_plural = _("key receipts")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="keyreceipt_one_holder",
                condition=Q(person__isnull=False, staff=None) | Q(person=None, staff__isnull=False),
            ),
            models.CheckConstraint(
                name="keyreceipt_loan_ends",
                condition=Q(kind="lend", due_at__gt=F("at"), due_at__lte=F("at") + LONGEST_LOAN)
                | (~Q(kind="lend") & Q(due_at=None)),
            ),
            # Staff borrow; what is issued for good is a resident's.
            models.CheckConstraint(name="keyreceipt_staff_borrow", condition=Q(staff=None) | Q(kind="lend")),
            models.CheckConstraint(
                name="keyreceipt_consent_whole",
                condition=Q(consent_of=None, consent_how="")
                | (Q(consent_of__isnull=False) & ~Q(consent_how="")),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["unit", "-id"], name="keyreceipt_of_unit")]
        triggers: ClassVar = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def holder(self) -> Person | User:
        """Whoever got the keys."""
        return self.person or self.staff  # type: ignore[return-value]


class KeyQuerySet(models.QuerySet["Key"]):
    """Keys and cards."""

    def visible_to(self, user: User) -> KeyQuerySet:
        """The desk and its managers: of their communities. Everybody else: what is in their own hands now."""
        if user.role in READERS:
            return self.filter(community__in=user.community_ids)
        if user.role == Role.RESIDENT:
            return self.filter(holding__receipt__person__in=Person.objects.visible_to(user))
        return self.filter(community__in=user.community_ids, holding__receipt__staff=user)

    def out(self) -> KeyQuerySet:
        return self.filter(status__in=OUT)

    def held_by(self, person: Person) -> KeyQuerySet:
        """In the hands of `person`, under records that were merged into theirs too."""
        return self.out().filter(same_person("holding__receipt__person", person))

    def overdue(self, at: datetime) -> KeyQuerySet:
        """Out, and past the instant until which they were lent or after which they had to be back."""
        return self.out().filter(due_at__lt=at)

    def astray(self) -> KeyQuerySet:
        """Out with somebody who has no home in the unit any more, whatever ended it."""
        homes = Occupancy.objects.filter(unit=OuterRef("unit")).filter(Q(until=None) | Q(until__gt=Now()))
        holder = OuterRef("holding__receipt__person")
        return self.out().filter(
            ~Exists(homes.filter(Q(person=holder) | Q(person__doubles=holder))),
            unit__isnull=False,
            holding__receipt__person__isnull=False,
        )


class Key(Case):
    """A key or card. In whose hands it is says `holding`; every earlier hand stays on record."""

    TABLE = TABLE

    unit = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="keys")
    # What it opens where that is no unit: a plant room, the roof.
    place = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=10, choices=KeyKind.choices)
    # What stands on its tag or card; never given to another one.
    tag = models.CharField(_("tag"), max_length=40)
    holding = models.OneToOneField("KeyHolding", models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(null=True)
    replaced_by = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaces")
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = KeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("key or card")
        verbose_name_plural = _("keys and cards")
        constraints: ClassVar = [
            models.CheckConstraint(name="key_status_known", condition=Q(status__in=KeyStatus.values)),
            models.CheckConstraint(name="key_kind_known", condition=Q(kind__in=KeyKind.values)),
            models.CheckConstraint(
                name="key_opens_something",
                condition=Q(unit__isnull=False, place="") | (Q(unit=None) & ~Q(place="")),
            ),
            models.CheckConstraint(
                name="key_out_with_somebody",
                condition=Q(status__in=sorted(OUT), holding__isnull=False)
                | (~Q(status__in=sorted(OUT)) & Q(holding=None, due_at=None)),
            ),
            models.CheckConstraint(
                name="key_loan_ends", condition=~Q(status="lent") | Q(due_at__isnull=False)
            ),
            models.CheckConstraint(
                name="key_replaced_by_one",
                condition=Q(status="replaced", replaced_by__isnull=False)
                | (~Q(status="replaced") & Q(replaced_by=None)),
            ),
            models.UniqueConstraint("community", Upper("tag"), name="key_tag_once"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["unit"], name="key_of_unit"),
            models.Index(fields=["community", "due_at"], condition=Q(due_at__isnull=False), name="key_due"),
            models.Index(fields=["community", "status", "id"], name="key_list"),
        ]

    def __str__(self) -> str:
        return self.tag

    def get_status_display(self) -> str:
        """The status in words."""
        return str(KeyStatus(self.status).label)

    @property
    def where(self) -> str:
        """What it opens."""
        return self.unit.code if self.unit else self.place

    @property
    def is_card(self) -> bool:
        return self.kind in CARDS

    def standings(self, by: Actor) -> frozenset[str]:
        """What `by` is to this key now; a stranger has none."""
        if by is None:
            return frozenset({Standing.SYSTEM.value})
        if by.role in READERS:
            if self.community_id not in by.community_ids:
                return frozenset()
            return frozenset({(Standing.DESK if by.role in KEEPERS else Standing.MANAGER).value})
        if self.holding is None or not Key.objects.visible_to(by).filter(pk=self.pk).exists():
            return frozenset()
        return frozenset({Standing.HOLDER.value})


class KeyHolding(models.Model):
    """One key of a receipt: in somebody's hands from its instant until `ended_at`. Ended once, never deleted."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    key = models.ForeignKey(Key, models.PROTECT, related_name="holdings")
    receipt = models.ForeignKey(KeyReceipt, models.PROTECT, related_name="holdings")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_how = models.CharField(max_length=10, choices=HoldingEnd.choices, blank=True)

    class Meta:
        verbose_name = _("key in somebody's hands")
        verbose_name_plural = _("keys in somebody's hands")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["key"], condition=Q(ended_at=None), name="keyholding_one_at_a_time"
            ),
            models.UniqueConstraint(fields=["receipt", "key"], name="keyholding_once"),
            models.CheckConstraint(
                name="keyholding_end_whole",
                condition=Q(ended_at=None, ended_by=None, ended_how="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_how="")),
            ),
        ]
        triggers: ClassVar = [
            pgtrigger.Protect(name="stays", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="ended_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False),
            ),
            pgtrigger.ReadOnly(name="of_its_receipt", fields=["key", "receipt", "community"]),
        ]


def same_person(path: str, person: Person) -> Q:
    """Rows whose `path` names `person`, or a record that was merged into theirs."""
    return (
        Q(**{path: person})
        | Q(**{f"{path}__merged_into": person})
        | Q(**{f"{path}__merged_into__merged_into": person})
    )
