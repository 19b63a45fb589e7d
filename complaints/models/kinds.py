"""What somebody can tell us besides a repair: of which kind, about what, how serious."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(models.TextChoices):
    """What it is."""

    COMPLAINT = "complaint", _("Complaint")
    SUGGESTION = "suggestion", _("Suggestion")
    INQUIRY = "inquiry", _("Inquiry")
    PRAISE = "praise", pgettext_lazy("from a resident", "Praise")


class Type(models.TextChoices):
    """What it is about (domain §5)."""

    FACILITIES = "facilities", pgettext_lazy("complaint", "Facilities")
    ENVIRONMENT = "environment", pgettext_lazy("complaint", "Environment and cleaning")
    SAFETY = "safety", pgettext_lazy("complaint", "Safety")
    STAFF_ATTITUDE = "staff_attitude", pgettext_lazy("complaint", "Attitude of staff")
    FEES = "fees", pgettext_lazy("complaint", "Fees")
    PARKING = "parking", pgettext_lazy("complaint", "Parking")
    NEIGHBOURS = "neighbours", pgettext_lazy("complaint", "Neighbours")
    DEVELOPER_QUALITY = "developer_quality", pgettext_lazy("complaint", "Developer and quality")
    OTHER = "other", pgettext_lazy("complaint", "Something else")


class Level(models.TextChoices):
    """How serious a complaint is; it decides who handles it and what is promised."""

    ORDINARY = "ordinary", _("Ordinary")
    URGENT = "urgent", _("Urgent")
    COMPLEX = "complex", _("Complex")
    MAJOR = "major", _("Major")


# Solved on the spot, or by whoever is in charge; the others go to a supervisor at least.
SIMPLE = frozenset({Level.ORDINARY.value, Level.URGENT.value})
NEXT = {
    Level.ORDINARY.value: Level.COMPLEX,
    Level.URGENT.value: Level.COMPLEX,
    Level.COMPLEX.value: Level.MAJOR,
    Level.MAJOR.value: Level.MAJOR,
}
# So many households with one cause are a major matter (信访工作条例: from five people on a collective one).
GROUP_IS_MAJOR = 5


class Channel(models.TextChoices):
    """How it reached us."""

    HOTLINE = "hotline", _("Hotline")
    FRONT_DESK = "front_desk", _("Front desk")
    PORTAL = "portal", _("Resident portal")
    POSTER = "poster", _("QR poster")
    LETTER = "letter", _("Letter or e-mail")
    CALL = "call", _("Follow-up call")
    AUTHORITY = "authority", _("Passed on by an authority")
    API = "api", _("API")


# Ways that only the staff can have heard of it.
RESIDENT_CHANNELS = frozenset({Channel.PORTAL.value, Channel.API.value})


class Side(models.TextChoices):
    """Of two neighbours, whose words they are."""

    COMPLAINANT = "complainant", _("Whoever complains")
    OTHER = "other_side", _("The other side")


class Substance(models.TextChoices):
    """What the investigation came to. A fact for figures, not a judgement of the complainant."""

    CONFIRMED = "confirmed", pgettext_lazy("finding", "Confirmed")
    PARTLY = "partly", pgettext_lazy("finding", "Partly confirmed")
    NOT = "not_confirmed", pgettext_lazy("finding", "Not confirmed")
