"""Owner records 业主档案: community → building → unit, people, and the occupancies between them."""

from __future__ import annotations

from owners.models.changes import ProfileChange, ProfileChangeQuerySet
from owners.models.consents import Basis, Consent, ConsentChannel, ConsentPurpose, ConsentVersion
from owners.models.erasures import ErasureRequest, ErasureRequestQuerySet
from owners.models.imports import ImportState, RollImport, RollImportQuerySet
from owners.models.inspections import (
    Inspection,
    InspectionFinding,
    InspectionSlot,
    InspectionVisit,
)
from owners.models.keys import (
    ConsentHow,
    HandoutKind,
    HoldingEnd,
    Key,
    KeyHolding,
    KeyKind,
    KeyQuerySet,
    KeyReceipt,
)
from owners.models.merges import Merge
from owners.models.people import IdType, Person, PersonQuerySet, Vehicle
from owners.models.places import (
    Building,
    BuildingQuerySet,
    Occupancy,
    OccupancyQuerySet,
    OccupancyRole,
    Unit,
    UnitQuerySet,
    UnitState,
    UnitUse,
)
from owners.models.releases import GoodsItem, GoodsRelease, GoodsReleaseQuerySet
from owners.models.warranty import Measure, WarrantyPart, WarrantyReminder, WarrantyTerm

__all__ = [
    "Basis",
    "Building",
    "BuildingQuerySet",
    "Consent",
    "ConsentChannel",
    "ConsentHow",
    "ConsentPurpose",
    "ConsentVersion",
    "ErasureRequest",
    "ErasureRequestQuerySet",
    "GoodsItem",
    "GoodsRelease",
    "GoodsReleaseQuerySet",
    "HandoutKind",
    "HoldingEnd",
    "IdType",
    "ImportState",
    "Inspection",
    "InspectionFinding",
    "InspectionSlot",
    "InspectionVisit",
    "Key",
    "KeyHolding",
    "KeyKind",
    "KeyQuerySet",
    "KeyReceipt",
    "Measure",
    "Merge",
    "Occupancy",
    "OccupancyQuerySet",
    "OccupancyRole",
    "Person",
    "PersonQuerySet",
    "ProfileChange",
    "ProfileChangeQuerySet",
    "RollImport",
    "RollImportQuerySet",
    "Unit",
    "UnitQuerySet",
    "UnitState",
    "UnitUse",
    "Vehicle",
    "WarrantyPart",
    "WarrantyReminder",
    "WarrantyTerm",
]
