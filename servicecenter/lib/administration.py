"""The base of what stands in /admin/."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class HouseAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """Django's own, with an answer for an address that names no field to find the row by (`?_to_field=`)."""

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """The row; Django asks the model for a field named "" otherwise."""
        return super().get_object(request, object_id, from_field or None)
