"""The table of a correction of a record 信息变更申请: proposed → applied | refused | withdrawn."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from servicecenter.workflow.standings import Standing
from servicecenter.workflow.table import Table, row


class ChangeStatus(TextChoices):
    """Where a proposed correction stands."""

    PROPOSED = "proposed", _("To be checked")
    APPLIED = "applied", _("Applied")
    REFUSED = "refused", _("Not applied")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Field(TextChoices):
    """What can be corrected."""

    NAME = "name", _("Name")
    PHONE = "phone", _("Mobile number")
    SPARE_PHONE = "spare_phone", _("Spare phone number")
    EMAIL = "email", _("E-mail")
    ID_NUMBER = "id_number", _("Identity number")
    BIRTHDAY = "birthday", _("Birthday")
    GENDER = "gender", _("Gender")
    WORKPLACE = "workplace", _("Workplace")
    EMERGENCY = "emergency", _("Emergency contact")
    LANGUAGE = "language", _("Preferred language")
    CALL_HOURS = "call_hours", _("Best time to call")
    SPECIAL_NEEDS = "special_needs", _("Special needs")
    VEHICLE_ADD = "vehicle_add", _("Add a vehicle")
    VEHICLE_REMOVE = "vehicle_remove", _("Remove a vehicle")


# The parts of a value, in the order in which they are read.
PARTS: Mapping[str, tuple[str, ...]] = {field: (field,) for field in Field.values} | {
    Field.ID_NUMBER.value: ("id_type", "id_number"),
    Field.EMERGENCY.value: ("emergency_contact", "emergency_phone"),
    Field.VEHICLE_ADD.value: ("plate",),
    Field.VEHICLE_REMOVE.value: ("plate",),
}
# Who somebody is: what staff propose here, a colleague checks.
TAKES_TWO = frozenset({Field.NAME.value, Field.PHONE.value, Field.ID_NUMBER.value})
VEHICLES = frozenset({Field.VEHICLE_ADD.value, Field.VEHICLE_REMOVE.value})

TABLE = Table(
    work="profile_change",
    initial=ChangeStatus.PROPOSED,
    statuses=tuple(ChangeStatus.values),
    final=frozenset({ChangeStatus.APPLIED.value, ChangeStatus.REFUSED.value, ChangeStatus.WITHDRAWN.value}),
    rows=(
        row(
            "verify",
            _("Checked: correct the record"),
            sources=[ChangeStatus.PROPOSED],
            target=ChangeStatus.APPLIED,
            who=[Standing.CHECKER],
        ),
        row(
            "refuse",
            _("Do not apply"),
            sources=[ChangeStatus.PROPOSED],
            target=ChangeStatus.REFUSED,
            who=[Standing.CHECKER],
            needs=["reason"],
        ),
        row(
            "withdraw",
            _("Withdraw"),
            sources=[ChangeStatus.PROPOSED],
            target=ChangeStatus.WITHDRAWN,
            who=[Standing.PROPOSER, Standing.SUBJECT],
        ),
    ),
)
