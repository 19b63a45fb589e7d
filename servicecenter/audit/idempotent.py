"""The header `Idempotency-Key` of the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from servicecenter.accounts.models import User
from servicecenter.audit.idempotency import once

HEADER = "Idempotency-Key"


def answer_once(request: Request, user: User, act: Callable[[], tuple[int, dict[str, Any]]]) -> Response:
    """Runs `act` (which gives status and body) once per key; a replayed answer says so in `Idempotency-Replayed`.

    Refuses another body or address under a used key (422) and a key of more than 200 characters (400).
    """
    status, answer, replayed = once(
        user=user,
        key=request.headers.get(HEADER, "").strip(),
        route=f"{request.method} {request.path}"[:100],
        body={"": request.data},
        act=act,
    )
    return Response(answer, status=status, headers={"Idempotency-Replayed": "true"} if replayed else None)
