"""The field vault: personal values sealed one by one, and blind indexes to find them again.

AES-256-GCM with a key id in front, so that keys can be rotated; the place a value belongs to (table|column|row) is
authenticated with it, so a sealed value copied into another row does not open. Rule: 个人信息保护法, reliability.md.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


class VaultError(Exception):
    """A sealed value does not open: wrong key, wrong place, or tampered with."""


def place(table: str, column: str, row: object) -> bytes:
    """The associated data of a value: where it is allowed to stand."""
    return f"{table}|{column}|{row}".encode()


def seal(value: str, where: bytes) -> str:
    """`v1:key id:base64(nonce + ciphertext)`; the empty string stays empty."""
    if not value:
        return ""
    key_id, key = next(iter(settings.VAULT_KEYS.items()))
    nonce = os.urandom(12)
    sealed = nonce + _cipher(key).encrypt(nonce, value.encode(), where)
    return f"v1:{key_id}:{base64.b64encode(sealed).decode()}"


def unseal(sealed: str, where: bytes) -> str:
    """The value in clear. Refuses with VaultError; never call it without writing the access log."""
    if not sealed:
        return ""
    try:
        version, key_id, body = sealed.split(":", 2)
        raw = base64.b64decode(body)
        if version != "v1":
            raise VaultError(version)
        return _cipher(settings.VAULT_KEYS[key_id]).decrypt(raw[:12], raw[12:], where).decode()
    except (InvalidTag, KeyError, ValueError) as error:
        raise VaultError("sealed value does not open") from error


def blind_index(kind: str, value: str) -> str:
    """A keyed digest of the normalised `value`, for exact search without opening anything; '' for ''."""
    if not value:
        return ""
    return hmac.digest(_index_key(settings.SECRET_KEY), f"{kind}|{value}".encode(), "sha256").hex()


# A roll of 60 000 rows seals and digests some 300 000 values: neither key is prepared for each of them.
@lru_cache(maxsize=8)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


@lru_cache(maxsize=2)
def _index_key(secret: str) -> bytes:
    """Derived from SECRET_KEY, not from a vault key: rotating the vault must not break search."""
    return hashlib.sha256(b"blind-index|" + secret.encode()).digest()
