"""What the API shows of the roll. Personal fields are masked; a full value takes a reveal with its reason."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from owners.models import OccupancyRole, Person, UnitState, UnitUse
from owners.queries.warranty import Standing, Why
from servicecenter.accounts.models import Role
from servicecenter.lib.masks import STAR, mask_phone
from servicecenter.lib.serializers import InstantField


@extend_schema_field({"type": "string", "pattern": r"^[0-2]\d:[0-5]\d$", "example": "09:00"})
class TimeOfDayField(serializers.TimeField):
    """A time of day in Asia/Shanghai; the format `time` of JSON Schema would ask for an offset."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%H:%M", **kwargs)


class CommunityOut(serializers.Serializer[Any]):
    """A residential community 小区."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    address = serializers.CharField()
    hotline = serializers.CharField()
    calls_from = TimeOfDayField(help_text="Follow-up calls are made from this time of day on.")
    calls_until = TimeOfDayField()


class BuildingOut(serializers.Serializer[Any]):
    """A building, or a garage or shop row that is numbered like one."""

    id = serializers.IntegerField()
    community = serializers.CharField(source="community.code")
    code = serializers.CharField()
    name = serializers.CharField()


class UnitOut(serializers.Serializer[Any]):
    """A unit 房屋."""

    id = serializers.IntegerField()
    community = serializers.CharField(source="community.code")
    building = serializers.IntegerField(source="building_id")
    code = serializers.CharField()
    entrance = serializers.CharField()
    room = serializers.CharField()
    area = serializers.DecimalField(max_digits=9, decimal_places=2, allow_null=True, help_text="m²")
    use = serializers.ChoiceField(UnitUse.choices)
    state = serializers.ChoiceField(UnitState.choices)
    delivered_on = serializers.DateField(allow_null=True)


class HomeOut(serializers.Serializer[Any]):
    """A unit as one of somebody's homes."""

    id = serializers.IntegerField(source="unit_id")
    code = serializers.CharField(source="unit.code")
    community = serializers.CharField(source="community.code")
    role = serializers.ChoiceField(OccupancyRole.choices)
    is_primary = serializers.BooleanField()


class PersonOut(serializers.Serializer[Any]):
    """A person 客户 of one community's roll, masked."""

    id = serializers.IntegerField()
    community = serializers.CharField(source="community.code")
    name = serializers.CharField()
    phone = serializers.SerializerMethodField(help_text="Masked: 138****0001.")
    spare_phone = serializers.SerializerMethodField(help_text="Only whether there is one.")
    email = serializers.SerializerMethodField(help_text="Masked.")
    gender = serializers.CharField()
    id_type = serializers.CharField()
    id_number = serializers.CharField(source="id_number_mask", help_text="Masked: 3502**********1234.")
    plates = serializers.SerializerMethodField(help_text="Masked: 闽D·**123.")
    language = serializers.CharField()
    call_hours = serializers.CharField()
    special_needs = serializers.CharField()
    emergency_contact = serializers.CharField()
    emergency_phone = serializers.SerializerMethodField(help_text="Masked.")
    units = HomeOut(source="homes", many=True)

    def get_phone(self, person: Person) -> str:
        """138****0001."""
        return mask_phone(person.phone)

    def get_spare_phone(self, person: Person) -> bool:
        """It is sealed; lists never open it."""
        return bool(person.spare_phone_sealed)

    def get_email(self, person: Person) -> str:
        """w***@example.com."""
        name, at, host = person.email.partition("@")
        return f"{name[0]}{STAR * 3}{at}{host}" if name and host else ""

    def get_emergency_phone(self, person: Person) -> str:
        """138****0001."""
        return mask_phone(person.emergency_phone)

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_plates(self, person: Person) -> list[str]:
        """Masks, in the order of the roll."""
        return [vehicle.plate_mask for vehicle in person.vehicles.all()]


class UnitRefOut(serializers.Serializer[Any]):
    """Which unit."""

    id = serializers.IntegerField()
    code = serializers.CharField()


class PersonRefOut(serializers.Serializer[Any]):
    """Which person."""

    id = serializers.IntegerField()
    name = serializers.CharField()


class OccupancyOut(serializers.Serializer[Any]):
    """Who lives where, now and in the past."""

    id = serializers.IntegerField()
    community = serializers.CharField(source="community.code")
    unit = UnitRefOut()
    person = PersonRefOut()
    role = serializers.ChoiceField(OccupancyRole.choices)
    since = InstantField()
    until = InstantField(allow_null=True)
    is_primary = serializers.BooleanField()


class MyHomeOut(serializers.Serializer[Any]):
    """One of one's own units."""

    id = serializers.IntegerField(source="unit_id")
    code = serializers.CharField(source="unit.code")
    community = serializers.CharField(source="community.code")
    role = serializers.ChoiceField(OccupancyRole.choices)


class MyCommunityOut(serializers.Serializer[Any]):
    """One of one's communities."""

    id = serializers.IntegerField()
    code = serializers.CharField()
    name = serializers.CharField()
    hotline = serializers.CharField()


class MeOut(serializers.Serializer[Any]):
    """Who is asking."""

    id = serializers.IntegerField()
    username = serializers.CharField(help_text="Empty for residents.")
    name = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)
    language = serializers.CharField()
    phone = serializers.CharField(help_text="Masked; empty for staff.")
    communities = MyCommunityOut(many=True)
    units = MyHomeOut(many=True)


class WarrantyOut(serializers.Serializer[Any]):
    """Whether the builder still answers: `unknown` where the record does not tell; nothing is guessed."""

    state = serializers.ChoiceField(Standing.choices)
    why = serializers.ChoiceField(Why.choices)
    until = serializers.DateField(allow_null=True, help_text="The last day under warranty.")
    sentence = serializers.CharField(help_text="The reason, for people.")


class PartWarrantyOut(WarrantyOut):
    """The same for one part of a unit."""

    part = serializers.CharField(source="name")
