"""Fields of the forms about messages."""

from __future__ import annotations

from typing import Any

from django import forms


class AnyOfField(forms.MultipleChoiceField):
    """Any of the choices, or none: choosing none is an answer, so the form does not call it optional."""

    def validate(self, value: Any) -> None:
        """Refuses unknown choices."""
        if value:
            super().validate(value)
