"""Forms of complaints and inquiries, with the same field names as the API."""

from __future__ import annotations

from complaints.forms.steps import form_for

__all__ = ["form_for"]
