"""People 客户 as the roll of a community knows them, and their vehicles."""

from __future__ import annotations

from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit import vault


class PersonQuerySet(models.QuerySet["Person"]):
    """People 客户 in the roll of one community."""

    def visible_to(self, user: User) -> PersonQuerySet:
        """Staff: of their communities. Residents: themselves. A record that was merged away is nobody's."""
        if user.role == Role.RESIDENT:
            return self.filter(user=user, merged_into=None)
        return self.filter(community__in=user.community_ids, merged_into=None)


class IdType(models.TextChoices):
    """Kind of identity paper."""

    ID_CARD = "id_card", _("Identity card")
    PASSPORT = "passport", _("Passport")
    HK_MACAU_PERMIT = "hk_macau", _("Hong Kong/Macao permit")
    TAIWAN_PERMIT = "taiwan", _("Taiwan permit")
    OFFICER = "officer", _("Officer's certificate")
    LICENCE = "licence", _("Business licence")
    OTHER = "other", _("Other paper")


class Person(models.Model):
    """A person 客户. Identity numbers, birthdays and spare phones are sealed; lists show masks only."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="people")
    user = models.ForeignKey(
        User, models.SET_NULL, null=True, blank=True, related_name="people", verbose_name=_("login")
    )
    name = models.CharField(_("name"), max_length=100)
    # Pinyin initials of the name, for the search box.
    initials = models.CharField(max_length=20, blank=True, editable=False)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    phone_last4 = models.CharField(max_length=4, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    gender = models.CharField(
        _("gender"), max_length=1, blank=True, choices=[("m", _("male")), ("f", _("female"))]
    )
    id_type = models.CharField(_("kind of paper"), max_length=12, choices=IdType.choices, blank=True)
    # What binds the sealed values to this person, known before the row has an id.
    vault_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    id_number_sealed = models.TextField(blank=True)
    id_number_index = models.CharField(max_length=64, blank=True)
    id_number_mask = models.CharField(max_length=40, blank=True)
    birthday_sealed = models.TextField(blank=True)
    spare_phone_sealed = models.TextField(blank=True)
    spare_phone_index = models.CharField(max_length=64, blank=True)
    workplace = models.CharField(_("workplace"), max_length=500, blank=True)
    emergency_contact = models.CharField(_("emergency contact"), max_length=100, blank=True)
    emergency_phone = models.CharField(_("emergency phone"), max_length=60, blank=True)
    language = models.CharField(_("preferred language"), max_length=8, blank=True)
    call_hours = models.CharField(_("best time to call"), max_length=100, blank=True)
    special_needs = models.CharField(_("special needs"), max_length=500, blank=True)
    note = models.TextField(_("note"), blank=True)
    # What a second import compares with; a digest, so that nothing personal is kept twice.
    roll_digest = models.CharField(max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    # The record that this one was found to be a double of; nothing is deleted, so a merge can be taken back.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="doubles"
    )

    # Younger than fourteen (个人信息保护法 第31条): told from the birthday when it is written, looked at every night.
    is_minor = models.BooleanField(default=False, editable=False)
    # Who speaks for a child: another person of the same home.
    guardian = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, editable=False, related_name="wards"
    )

    # What stood here was erased by the retention rule; the row stays, since figures and histories hang on it.
    erased_at = models.DateTimeField(null=True, editable=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["community", "id_number_index"],
                condition=~Q(id_number_index=""),
                name="person_id_number_once",
            ),
            models.CheckConstraint(
                name="person_erased_whole",
                condition=Q(erased_at=None)
                | Q(
                    user=None,
                    phone="",
                    id_number_sealed="",
                    birthday_sealed="",
                    spare_phone_sealed="",
                    email="",
                ),
            ),
            models.CheckConstraint(name="person_not_own_double", condition=~Q(merged_into=F("id"))),
            models.CheckConstraint(name="person_not_own_guardian", condition=~Q(guardian=F("id"))),
            models.CheckConstraint(name="person_child_no_login", condition=Q(is_minor=False) | Q(user=None)),
            models.CheckConstraint(
                name="person_guardian_of_child", condition=Q(guardian=None) | Q(is_minor=True)
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["community", "phone"], condition=~Q(phone=""), name="person_phone"),
            models.Index(fields=["community", "phone_last4"], name="person_last4"),
            models.Index(fields=["community", "id"], name="person_list"),
            models.Index(
                fields=["community", "spare_phone_index"],
                condition=~Q(spare_phone_index=""),
                name="person_spare_phone",
            ),
            models.Index(
                fields=["community", "initials"],
                name="person_initials",
                opclasses=["int8_ops", "varchar_pattern_ops"],
            ),
            models.Index(
                fields=["merged_into"], condition=Q(merged_into__isnull=False), name="person_doubles"
            ),
            # The nightly look at who has turned fourteen.
            models.Index(fields=["id"], condition=Q(is_minor=True), name="person_children"),
            GinIndex(name="person_name_trgm", fields=["name"], opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.name

    def unseal(self, field: str) -> str:
        """A sealed field (`id_number`, `birthday`, `spare_phone`) in clear; record the access first."""
        sealed: str = getattr(self, f"{field}_sealed")
        return vault.unseal(sealed, self.vault_place(field))

    def vault_place(self, field: str) -> bytes:
        """Where a sealed field of this person belongs; a value copied to another row does not open."""
        return vault.place("owners_person", field, self.vault_id)


class Vehicle(models.Model):
    """A vehicle with its plate, sealed; found by the blind index."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.CASCADE, related_name="vehicles")
    plate_sealed = models.TextField()
    plate_index = models.CharField(max_length=64)
    plate_mask = models.CharField(max_length=20)

    class Meta:
        verbose_name = _("vehicle")
        verbose_name_plural = _("vehicles")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "plate_index"], name="vehicle_once")
        ]
        indexes: ClassVar = [models.Index(fields=["community", "plate_index"], name="vehicle_plate")]

    def unseal(self) -> str:
        """The plate in clear; record the access first."""
        return vault.unseal(self.plate_sealed, self.vault_place())

    def reseal(self, plate: str) -> None:
        """Seals `plate` for the present owner; save `plate_sealed` afterwards."""
        self.plate_sealed = vault.seal(plate, self.vault_place())

    def vault_place(self, field: str = "plate") -> bytes:
        """What binds the sealed plate to its owner; needs `person_id` and `plate_index`."""
        return vault.place("owners_vehicle", field, f"{self.person_id}|{self.plate_index}")
