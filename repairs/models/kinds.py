"""What a report can be: its trade, its urgency, its place, how it reached us."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Trade(models.TextChoices):
    """The trade that mends it (domain §3)."""

    PLUMBING = "plumbing", _("Plumbing")
    ELECTRICAL = "electrical", _("Electrical")
    DOOR_WINDOW = "door_window", _("Doors and windows")
    WATERPROOFING = "waterproofing", _("Waterproofing")
    HVAC = "hvac", _("Heating and cooling")
    LIFT = "lift", _("Lift")
    INTERCOM_ACCESS = "intercom_access", _("Intercom and access")
    GAS = "gas", _("Gas")
    APPLIANCE = "appliance", _("Appliances")
    PUBLIC_FACILITY = "public_facility", _("Public facilities")
    CLEANING_PEST = "cleaning_pest", _("Cleaning and pests")
    OTHER = "other", _("Other")


class Urgency(models.TextChoices):
    """Emergency: threatens safety, or makes basic living impossible."""

    EMERGENCY = "emergency", _("Emergency")
    NORMAL = "normal", _("Normal")


class Offers(models.TextChoices):
    """Whose offered times wait for an answer of the other side."""

    RESIDENT = "resident", _("The resident")
    US = "us", _("Us")


class Place(models.TextChoices):
    """Inside a unit, or in a public area."""

    UNIT = "unit", _("In a unit")
    PUBLIC = "public", _("Public area")


class Channel(models.TextChoices):
    """How a report reached us."""

    HOTLINE = "hotline", _("Hotline")
    FRONT_DESK = "front_desk", _("Front desk")
    PORTAL = "portal", _("Resident portal")
    INTERCOM = "intercom", _("Building intercom")
    PATROL = "patrol", _("Patrol")
    HANDOVER = "handover", _("Move-in inspection")
    WARRANTY = "warranty", _("Warranty inspection")
    API = "api", _("API")
