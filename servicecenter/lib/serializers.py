"""What clients may send and how it is checked: strict fields, one rule for what nobody asked for.

Bodies: a member that is not described is ignored, as is DRF's convention. What the program decides itself
(status, instants, deadlines, roles) is never among the described ones, so nobody can send it. Addresses: a
parameter that is not described is refused (400): a mistyped filter must not look like "everything".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time
from typing import Any, ClassVar, NoReturn

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from servicecenter.lib.clock import LOCAL
from servicecenter.lib.normalise.phones import phone_number

# An instant outside these years is a slip; it would overflow arithmetic that adds a few days.
YEARS = range(2000, 2100)
LARGEST_ID = 2**63 - 1

_DIGITS = re.compile(r"[0-9]{1,19}")
# `+` in an address means a space: 2026-11-23T10:00:00 08:00.
_LOST_PLUS = re.compile(r"(T[0-9:.]+) ([0-9]{2}:?[0-9]{2})$")


class Input(serializers.Serializer[Any]):
    """The body of a request."""


class Query(serializers.Serializer[Any]):
    """The parameters of an address: each one once, none that is not described; an empty one counts as left out."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The checked values."""
        given = data if isinstance(data, Mapping) else {}
        unknown = {name: [_("There is no such parameter.")] for name in given if name not in self.fields}
        if unknown:
            raise serializers.ValidationError(unknown)
        values: dict[str, Any] = super().to_internal_value(given)
        return values

    @classmethod
    def read(cls, parameters: QueryDict) -> dict[str, Any]:
        """The checked values of an address; refuses with a ValidationError naming the parameters."""
        plain: dict[str, Any] = {}
        repeated: dict[str, Any] = {}
        for name, values in parameters.lists():
            kept = [str(value) for value in values if value != ""]
            if isinstance(cls().fields.get(name), ChoicesField):
                plain |= {name: ",".join(kept)} if kept else {}
            elif len(kept) > 1:
                repeated[name] = [_("Please name this once.")]
            elif kept:
                plain[name] = kept[0]
        if repeated:
            raise serializers.ValidationError(repeated)
        query = cls(data=plain)
        query.is_valid(raise_exception=True)
        return dict(query.validated_data)


class WholeField(serializers.IntegerField):
    """A whole number: no text, no 1.0, no true. With `from_text` the digits of an address."""

    def __init__(self, *, from_text: bool = False, **kwargs: Any) -> None:
        self.from_text = from_text
        kwargs.setdefault("min_value", 0)
        kwargs.setdefault("max_value", LARGEST_ID)
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> int:
        """The number; bounds are checked by validators."""
        if self.from_text and isinstance(data, str) and _DIGITS.fullmatch(data):
            return int(data)
        if isinstance(data, bool) or not isinstance(data, int) or self.from_text:
            self.fail("invalid")
        return data


class IdField(WholeField):
    """The id of a row."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, **kwargs)


class TruthField(serializers.BooleanField):
    """true or false, nothing that merely looks like it. With `from_text` these words in an address."""

    def __init__(self, *, from_text: bool = False, **kwargs: Any) -> None:
        self.from_text = from_text
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> bool:
        """The value."""
        words: dict[Any, bool] = {"true": True, "false": False} if self.from_text else {}
        value = words.get(data) if isinstance(data, str) else data
        if not isinstance(value, bool):
            self.fail("invalid", input=data)
        return value


class InstantField(serializers.DateTimeField):
    """An instant as ISO 8601 with its offset, between the years 2000 and 2099."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "invalid": _("Please write a date and time as ISO 8601 with an offset: 2026-11-23T14:00:00+08:00."),
        "naive": _("Please add the offset to this time, for example +08:00."),
        "year": _("Please check the year."),
    }

    def to_internal_value(self, value: Any) -> datetime:
        """The aware instant."""
        if not isinstance(value, str):
            self.fail("invalid")
        try:
            parsed = parse_datetime(value)
        except ValueError:
            parsed = None
        if parsed is None:
            self.fail("invalid")
        if timezone.is_naive(parsed):
            self.fail("naive")
        if parsed.year not in YEARS:
            self.fail("year")
        # PostgreSQL knows no offset beyond 16 hours; the instant is the same in any.
        return parsed.astimezone(UTC)


@extend_schema_field(OpenApiTypes.STR)
class BorderField(InstantField):
    """A border of a span in an address: an instant, or a day, which means its first moment in Asia/Shanghai."""

    def to_internal_value(self, value: Any) -> datetime:
        """The aware instant."""
        text = _LOST_PLUS.sub(r"\1+\2", value) if isinstance(value, str) else ""
        if len(text) != len("2026-11-23"):
            return super().to_internal_value(text)
        try:
            day = parse_date(text)
        except ValueError:
            day = None
        if day is None:
            self.fail("invalid")
        if day.year not in YEARS:
            self.fail("year")
        return datetime.combine(day, time(), LOCAL)


class ChoicesField(serializers.ListField):
    """Several of a list in an address: `?status=reported,accepted` or the parameter repeated."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(child=serializers.ChoiceField(choices), max_length=50, **kwargs)

    def to_internal_value(self, data: Any) -> list[str]:
        """The chosen codes, once each."""
        try:
            values: list[str] = super().to_internal_value(str(data).split(","))
        except serializers.ValidationError as error:
            # One sentence on the parameter; its position in the list helps nobody.
            raise serializers.ValidationError(_("Please choose from the list.")) from error
        return list(dict.fromkeys(values))


class PhoneField(serializers.CharField):
    """A phone number in any spelling; what is kept are its digits."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "malformed": _("This does not look like a phone number. A mobile number has 11 digits."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The digits; '' where blank is allowed."""
        if not isinstance(data, str):
            self.fail("invalid")
        if not data.strip() and self.allow_blank:
            return ""
        number = phone_number(data) if len(data) <= 40 else None
        if number is None:
            self.fail("malformed")
        return number


@extend_schema_field({"oneOf": [{"type": "integer", "minimum": 1}, {"type": "string", "maxLength": 80}]})
class RefField(serializers.Field[int | str, Any, Any, Any]):
    """A row named by its id (a number) or by its code (text)."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": _("Please give an id or a code.")}

    def to_internal_value(self, data: Any) -> int | str:
        """The id or the trimmed code."""
        if isinstance(data, int) and not isinstance(data, bool) and 0 < data <= LARGEST_ID:
            return data
        if isinstance(data, str) and 0 < len(data.strip()) <= 80:
            return data.strip()
        self._refuse()

    def to_representation(self, value: Any) -> Any:
        """Only ever an input."""
        return value

    def _refuse(self) -> NoReturn:
        self.fail("invalid")
        raise AssertionError  # `fail` always raises


class Problem(serializers.Serializer[Any]):
    """An error as RFC 9457 describes it. `code` is stable; `title` and `detail` are in the reader's language."""

    type = serializers.CharField()
    status = serializers.IntegerField()
    code = serializers.CharField()
    title = serializers.CharField()
    detail = serializers.CharField()
    errors = serializers.DictField(  # type: ignore[assignment]  # a member, not the property
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="Sentences by field; nested fields are joined by dots.",
    )
    allowed = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="With `transition_refused`: what is possible instead.",
    )
