"""Words in several languages, kept as {language: {"title", "text"}}: simplified Chinese is needed, the others fall back
to it."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.utils.translation import get_language

MAIN_LANGUAGE = "zh-hans"
LANGUAGES: tuple[str, ...] = tuple(code for code, _name in settings.LANGUAGES)
PARTS = ("title", "text")
Texts = Mapping[str, Mapping[str, str]]
# Whoever reads one Chinese script reads the other sooner than English.
NEXT_BEST: Mapping[str, tuple[str, ...]] = {
    "zh-hant": ("zh-hant", "zh-hans", "en"),
    "en": ("en", "zh-hans", "zh-hant"),
}


def spoken(texts: Texts, language: str | None = None) -> tuple[str, dict[str, str]]:
    """Title and text in a language, or the reader's, with the language that they are really in: the next best one where
    it is not translated; ('', …) where there are none at all."""
    asked = language or get_language() or MAIN_LANGUAGE
    for each in (*NEXT_BEST.get(asked, ()), MAIN_LANGUAGE):
        found = texts.get(each)
        if found and found.get("title"):
            return each, {part: found.get(part, "") for part in PARTS}
    return "", dict.fromkeys(PARTS, "")


def field_of(part: str, language: str) -> str:
    """The name of the form field of one part in one language."""
    return f"{part}_{language.replace('-', '_')}"
