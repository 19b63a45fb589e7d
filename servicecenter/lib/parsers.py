"""A JSON parser that refuses what JSON does not allow or no client of ours sends."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

LARGEST_BODY = 256 * 1024


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("duplicate key")
    return result


def _no_constant(name: str) -> Any:
    raise ValueError(name)


def _has_surrogate_or_nul(value: Any) -> bool:
    if isinstance(value, str):
        return "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, dict):
        return any(_has_surrogate_or_nul(key) or _has_surrogate_or_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(_has_surrogate_or_nul(item) for item in value)


class StrictJSONParser(JSONParser):
    """Refuses NaN, duplicate keys, NUL and lone surrogates, absurd depth, bodies over 256 kB, and a body that
    is no object."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        raw = stream.read(LARGEST_BODY + 1)
        if len(raw) > LARGEST_BODY:
            raise ParseError(_("The request is too large."))
        if not raw.strip():
            return {}
        try:
            data = json.loads(
                raw.decode("utf-8"), object_pairs_hook=_no_duplicates, parse_constant=_no_constant
            )
            bad = _has_surrogate_or_nul(data)
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The request is not valid JSON.")) from error
        if bad:
            raise ParseError(_("The request contains characters that cannot be stored."))
        if not isinstance(data, dict):
            raise ParseError(_("The request must be a JSON object."))
        return data
