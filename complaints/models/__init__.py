"""What residents tell us besides repairs."""

from __future__ import annotations

from complaints.models.complaints import Complaint, ComplaintQuerySet, Link, Member, Task, helped_by
from complaints.models.examples import VoiceExample, VoiceExampleQuerySet
from complaints.models.inquiries import Inquiry, InquiryQuerySet
from complaints.models.kinds import (
    GROUP_IS_MAJOR,
    NEXT,
    RESIDENT_CHANNELS,
    SIMPLE,
    Channel,
    Kind,
    Level,
    Side,
    Substance,
    Type,
)
from complaints.models.voices import OUTDOORS, Voice

__all__ = [
    "GROUP_IS_MAJOR",
    "NEXT",
    "OUTDOORS",
    "RESIDENT_CHANNELS",
    "SIMPLE",
    "Channel",
    "Complaint",
    "ComplaintQuerySet",
    "Inquiry",
    "InquiryQuerySet",
    "Kind",
    "Level",
    "Link",
    "Member",
    "Side",
    "Substance",
    "Task",
    "Type",
    "Voice",
    "VoiceExample",
    "VoiceExampleQuerySet",
    "helped_by",
]
