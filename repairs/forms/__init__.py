"""Forms of repairs, with the same field names as the API."""

from __future__ import annotations

from repairs.forms.again import headers_of, shown_again
from repairs.forms.base import ActionForm
from repairs.forms.report import ReportForm
from repairs.forms.said import said_after
from repairs.forms.steps import form_for
from repairs.forms.windows import WindowsField

__all__ = ["ActionForm", "ReportForm", "WindowsField", "form_for", "headers_of", "said_after", "shown_again"]
