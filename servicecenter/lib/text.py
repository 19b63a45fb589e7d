"""What people type, before it is stored: one rule for pages and API, so that both refuse with the same code.

Kept exactly: everything that can be seen, CJK extension characters, emoji with their joiners, skin tones and
flags.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final, Literal

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from servicecenter.lib.refusals import Refusal

TextCode = Literal["invalid", "required", "max_length", "control_character", "surrogate", "bidi_override"]

TOO_LONG: Final = _("Please enter at most {limit} characters; these are {length}.")
SENTENCES: Final[dict[TextCode, str | Promise]] = {
    "invalid": _("Please enter text."),
    "required": _("Please fill this in."),
    "max_length": TOO_LONG,
    "control_character": _("This text contains invisible control characters. Please type it again."),
    "surrogate": _("This text contains a broken character. Please type it again."),
    "bidi_override": _(
        "This text contains characters that turn the reading direction. Please type it again."
    ),
}

# Seen as nothing: zero-width and joining characters, direction marks, soft hyphen, byte order mark, fillers
# and the blank Braille cell (both used to fake empty names). White space of every kind goes with them.
INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200c\u200d\u200e\u200f"
    "\u2060\u2061\u2062\u2063\u2064\u2800\u3164\ufeff\uffa0"
)
EDGES: Final = INVISIBLE + "".join(chr(code) for code in range(0x3001) if chr(code).isspace())
# Part of the emoji before them, so never cut off, but nothing by themselves: variation selectors, tags of
# flags.
DEPENDENT: Final = "".join(
    chr(code)
    for block in (range(0xFE00, 0xFE10), range(0xE0020, 0xE0080), range(0xE0100, 0xE01F0))
    for code in block
)

NEW_LINES: Final = re.compile("\r\n|[\r\u2028\u2029]")
SURROGATE: Final = re.compile("[\ud800-\udfff]")
BIDI: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
# C0 and C1 controls but for tab and new line, and the code points that Unicode promises never to use (XML,
# and with it every exported sheet, cannot hold them).
CONTROL: Final = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
LINE_CONTROL: Final = re.compile("[\t\n]")
FORBIDDEN: Final[dict[TextCode, re.Pattern[str]]] = {
    "surrogate": SURROGATE,
    "control_character": CONTROL,
    "bidi_override": BIDI,
}


class TextRefused(Refusal):
    """A text that is not taken; `code` is one of TextCode."""

    status = 400

    def __init__(self, code: TextCode, sentence: str | Promise | None = None) -> None:
        super().__init__(SENTENCES[code] if sentence is None else sentence, code=code)


def clean_text(value: object, *, max_length: int, multiline: bool, required: bool = True) -> str:
    """`value` as it may be stored: NFC, without invisible edges, new lines as \\n.

    `max_length` counts code points after cleaning, as PostgreSQL does. Tabs and new lines inside are kept if
    `multiline`. Refuses with TextRefused: `invalid` (not text), `required` (nothing visible in it, unless
    `required=False`: then the answer is ""), `max_length`, `control_character`, `surrogate`, `bidi_override`.
    """
    if not isinstance(value, str):
        raise TextRefused("required" if value is None and required else "invalid")
    # Normalising a long run of combining marks takes time that grows with its square. Composition and
    # trimming shorten honest text at most fourfold, so what is longer than that is refused unseen.
    if len(value) > 4 * max_length + 100:
        raise _too_long(max_length, len(value))
    lines = NEW_LINES.sub("\n", value)
    _refuse_characters(lines)
    text = unicodedata.normalize("NFC", lines.strip(EDGES))
    if not multiline and LINE_CONTROL.search(text):
        raise TextRefused("control_character")
    if not text.strip(EDGES + DEPENDENT):
        if required:
            raise TextRefused("required")
        return ""
    if len(text) > max_length:
        raise _too_long(max_length, len(text))
    return text


def _refuse_characters(value: str) -> None:
    """Refuses what is wrong anywhere, at the edges too: nobody types it, it was put there."""
    for code, pattern in FORBIDDEN.items():
        if pattern.search(value):
            raise TextRefused(code)


def _too_long(limit: int, length: int) -> TextRefused:
    return TextRefused("max_length", format_lazy(TOO_LONG, limit=limit, length=length))
