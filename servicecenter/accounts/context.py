"""What every page's frame needs: the demo mark, the hotline and the unread messages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

HOTLINE = "hotline"
"""The session's key of the emergency line that the portal showed last."""


def face(request: HttpRequest) -> dict[str, Any]:
    """`demo`, and lazily (only pages that show them pay) `hotline`. Counts come from the views that know them."""
    return {"demo": settings.DEMO, "hotline": SimpleLazyObject(lambda: _hotline(request))}


def _hotline(request: HttpRequest) -> str:
    return str(getattr(request, "hotline", "") or request.session.get(HOTLINE, ""))
