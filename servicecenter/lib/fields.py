"""Text input of pages and of the API: both ask `clean_text`, so the same text gets the same code."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

from django import forms
from django.core.exceptions import ValidationError
from rest_framework import serializers

from servicecenter.lib.text import SENTENCES, TextCode, TextRefused, clean_text

# Django, too, would count the length and look for NUL after us; it never finds anything that we let pass.


class TextField(forms.CharField):
    """A form field for what people type. `max_length` in code points; `multiline` keeps tabs and new lines.

    The codes of its errors are those of `clean_text`.
    """

    default_error_messages: ClassVar[dict[str, Any]] = {"required": SENTENCES["required"]}

    def __init__(self, *, max_length: int, multiline: bool = False, **kwargs: Any) -> None:
        self.limit, self.multiline = max_length, multiline
        if multiline:
            kwargs.setdefault("widget", forms.Textarea)
        super().__init__(max_length=max_length, strip=False, **kwargs)

    def to_python(self, value: Any) -> str | None:
        """The clean text; `empty_value` for nothing in an optional field."""
        try:
            # A browser leaves a field out when it has nothing to send.
            text = clean_text(
                "" if value is None else value,
                max_length=self.limit,
                multiline=self.multiline,
                required=self.required,
            )
        except TextRefused as refused:
            message = self.error_messages.get(refused.code, str(refused.sentence))
            raise ValidationError(message, code=refused.code) from refused
        return text or self.empty_value


class TextSerializerField(serializers.CharField):
    """The same for a serializer. Numbers are not text here; an optional field may be blank.

    Missing, null and blank are one error, `required`, as on a page.
    """

    def __init__(self, *, max_length: int, multiline: bool = False, **kwargs: Any) -> None:
        self.limit, self.multiline = max_length, multiline
        kwargs.setdefault("allow_blank", not kwargs.get("required", "default" not in kwargs))
        super().__init__(max_length=max_length, trim_whitespace=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The clean text."""
        try:
            return clean_text(
                data, max_length=self.limit, multiline=self.multiline, required=not self.allow_blank
            )
        except TextRefused as refused:
            raise serializers.ValidationError(str(refused.sentence), code=refused.code) from refused

    def fail(self, key: str, **kwargs: Any) -> NoReturn:
        """DRF's own checks come before ours: its words for "nothing" become our one code."""
        if key == "null" and self.allow_blank:
            key = "invalid"
        code: TextCode = "required" if key in ("required", "blank", "null") else "invalid"
        raise serializers.ValidationError(str(SENTENCES[code]), code=code)
