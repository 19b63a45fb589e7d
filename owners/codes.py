"""Codes that people type: short, without letters that look like others, drawn so that nobody guesses one."""

from __future__ import annotations

import secrets
import unicodedata

# Crockford's base 32: no I, L, O, U. Eight of them are 40 bits; guesses are limited besides.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
_LOOKS_LIKE = str.maketrans("OIL", "011")


def draw_code() -> str:
    """A new code."""
    return "".join(secrets.choice(ALPHABET) for _place in range(LENGTH))


def grouped(code: str) -> str:
    """A code as it is read aloud and printed: 7K3M-9XQ2."""
    half = LENGTH // 2
    return f"{code[:half]}-{code[half:]}" if code else ""


def typed_code(text: str) -> str:
    """What somebody typed, as the code it means: any width and case, with or without spaces and hyphens; '' for what
    cannot be one."""
    plain = unicodedata.normalize("NFKC", text[:64]).upper()
    plain = "".join(sign for sign in plain if sign.isascii() and sign.isalnum()).translate(_LOOKS_LIKE)
    return plain if len(plain) == LENGTH and set(plain) <= set(ALPHABET) else ""
