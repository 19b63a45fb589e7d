"""Owner records 业主档案: community → building → unit, people, and the occupancies between them."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import uuid4

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit import vault


class BuildingQuerySet(models.QuerySet["Building"]):
    """Buildings 楼栋."""

    def visible_to(self, user: User) -> BuildingQuerySet:
        """Staff: of their communities. Residents: the buildings they live in."""
        if user.role == Role.RESIDENT:
            return self.filter(pk__in=Unit.objects.visible_to(user).values("building"))
        return self.filter(community__in=user.community_ids)


class Building(models.Model):
    """A building, or a garage or shop row that is numbered like one."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="buildings")
    # As it stands in unit codes: 3, S1, 地下车库.
    code = models.CharField(_("building"), max_length=40)
    # 2 before 10: digits first, as numbers.
    position = models.PositiveIntegerField(default=0)

    objects = BuildingQuerySet.as_manager()

    class Meta:
        verbose_name = _("building")
        verbose_name_plural = _("buildings")
        ordering: ClassVar = ["community_id", "position", "code"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["community", "code"], name="building_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What people call it: 3栋; names that are words stay as they are."""
        return f"{self.code}栋" if self.code.isdigit() else self.code


class UnitUse(models.TextChoices):
    """What a unit is for."""

    RESIDENCE = "residence", _("Residence")
    SHOP = "shop", _("Shop")
    PARKING = "parking", _("Parking space")
    STORAGE = "storage", _("Storage room")


class UnitState(models.TextChoices):
    """Who uses it now."""

    VACANT = "vacant", _("Vacant")
    OCCUPIED = "occupied", _("Occupied")
    DECORATING = "decorating", _("Under decoration")
    RENTED = "rented", _("Rented out")


class UnitQuerySet(models.QuerySet["Unit"]):
    """Units 房屋."""

    def visible_to(self, user: User) -> UnitQuerySet:
        """Staff: of their communities. Residents: units of a current occupancy, checked at every request."""
        if user.role == Role.RESIDENT:
            return self.filter(pk__in=Occupancy.objects.current().filter(person__user=user).values("unit"))
        return self.filter(community__in=user.community_ids)


class Unit(models.Model):
    """A unit 房屋; its code reads building-entrance-room, for example 3-2-1201."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="units")
    building = models.ForeignKey(Building, models.PROTECT, related_name="units")
    code = models.CharField(_("unit code"), max_length=80)
    entrance = models.CharField(_("entrance"), max_length=40, blank=True)
    room = models.CharField(_("room"), max_length=40)
    area = models.DecimalField(_("area in m²"), max_digits=9, decimal_places=2, null=True, blank=True)
    use = models.CharField(_("use"), max_length=12, choices=UnitUse.choices, default=UnitUse.RESIDENCE)
    state = models.CharField(_("state"), max_length=12, choices=UnitState.choices, default=UnitState.VACANT)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    note = models.CharField(_("note"), max_length=500, blank=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering: ClassVar = ["community_id", "building_id", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint("community", Upper("code"), name="unit_once"),
            models.CheckConstraint(name="unit_area_positive", condition=Q(area=None) | Q(area__gt=0)),
        ]
        indexes: ClassVar = [
            GinIndex(name="unit_code_trgm", fields=["code"], opclasses=["gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.code


class PersonQuerySet(models.QuerySet["Person"]):
    """People 客户 in the roll of one community."""

    def visible_to(self, user: User) -> PersonQuerySet:
        """Staff: of their communities. Residents: themselves."""
        if user.role == Role.RESIDENT:
            return self.filter(user=user)
        return self.filter(community__in=user.community_ids)


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
        ]
        indexes: ClassVar = [
            models.Index(fields=["community", "phone"], condition=~Q(phone=""), name="person_phone"),
            models.Index(fields=["community", "phone_last4"], name="person_last4"),
            models.Index(fields=["community", "id"], name="person_list"),
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


class OccupancyRole(models.TextChoices):
    """What a person is to a unit."""

    OWNER = "owner", _("Owner")
    CO_OWNER = "co_owner", _("Co-owner")
    TENANT = "tenant", _("Tenant")
    FAMILY = "family", _("Family member")


class OccupancyQuerySet(models.QuerySet["Occupancy"]):
    """Who lives where 入住关系."""

    def current(self) -> OccupancyQuerySet:
        """Those in force at this moment, by the database's clock."""
        return self.filter(since__lte=Now()).filter(Q(until=None) | Q(until__gt=Now()))

    def visible_to(self, user: User) -> OccupancyQuerySet:
        """Staff: of their communities. Residents: of the units they live in now."""
        if user.role == Role.RESIDENT:
            return self.filter(unit__in=Unit.objects.visible_to(user))
        return self.filter(community__in=user.community_ids)


class Occupancy(models.Model):
    """A person ↔ unit relation with its time; ended ones stay as history."""

    community = models.ForeignKey(Community, models.PROTECT, related_name="+")
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="occupancies")
    person = models.ForeignKey(Person, models.PROTECT, related_name="occupancies")
    role = models.CharField(pgettext_lazy("occupancy", "role"), max_length=12, choices=OccupancyRole.choices)
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    is_primary = models.BooleanField(_("primary contact"), default=False)

    objects = OccupancyQuerySet.as_manager()

    class Meta:
        verbose_name = _("occupancy")
        verbose_name_plural = _("occupancies")
        ordering: ClassVar = ["-is_primary", "role", "id"]
        constraints: ClassVar = [
            models.CheckConstraint(name="occupancy_span", condition=Q(until=None) | Q(until__gt=F("since"))),
            models.UniqueConstraint(
                fields=["unit", "person", "role"], condition=Q(until=None), name="occupancy_once"
            ),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(until=None, is_primary=True), name="occupancy_one_primary"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["person", "unit"], name="occupancy_person")]

    def is_current(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or self.until > at)


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

    def vault_place(self) -> bytes:
        """What binds the sealed plate to its owner; needs `person_id` and `plate_index`."""
        return vault.place("owners_vehicle", "plate", f"{self.person_id}|{self.plate_index}")
