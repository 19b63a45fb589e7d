"""Small tools for the desk's pages."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="[^"]+"')
KEY = re.compile(r'name="idempotency_key" value="[^"]+"')


def text_of(answer: Any) -> str:
    """The page, without what differs from one drawing to the next."""
    plain = KEY.sub("", TOKEN.sub("", answer.content.decode()))
    return " ".join(plain.split())


def fragment(client: Client, url: str, target: str, **data: Any) -> Any:
    """What HTMX gets for the element with this id."""
    return client.get(url, data, headers={"HX-Request": "true", "HX-Target": target})


def post_fragment(client: Client, url: str, target: str, data: dict[str, Any]) -> Any:
    """What HTMX gets for a form sent into the element with this id."""
    return client.post(url, data, headers={"HX-Request": "true", "HX-Target": target})


def numbers_in(answer: Any) -> list[str]:
    """The case numbers of a list, in order."""
    return re.findall(r'<tr data-row data-case="([^"]+)"', text_of(answer))
