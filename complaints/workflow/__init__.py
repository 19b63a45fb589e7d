"""The transition tables of what residents tell us besides repairs."""

from __future__ import annotations

from complaints.workflow.complaints import CLOSED, OPEN, UNFINISHED, Status
from complaints.workflow.complaints import TABLE as COMPLAINT
from complaints.workflow.inquiries import TABLE as INQUIRY
from complaints.workflow.inquiries import InquiryStatus

__all__ = ["CLOSED", "COMPLAINT", "INQUIRY", "OPEN", "UNFINISHED", "InquiryStatus", "Status"]
