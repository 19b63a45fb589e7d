"""Describing endpoints for the OpenAPI schema: one decorator, with the errors that each kind of request can meet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema

from servicecenter.lib.problems import CONTENT_TYPE
from servicecenter.lib.serializers import Problem

F = TypeVar("F", bound=Callable[..., Any])

MEANINGS = {
    400: "Malformed or against a rule; `errors` names the fields.",
    401: "Not signed in, or the token is not valid any more.",
    403: "Visible, but not for this role.",
    404: "Missing, or outside your scope: both look the same.",
    406: "No such representation.",
    409: "Not possible in the present state.",
    415: "The body must be JSON.",
    422: "The idempotency key was used for another request.",
    429: "Too many attempts; see Retry-After.",
}
SIGNED_IN = (401, 403)
READING = (400, 404, 406)
WRITING = (400, 404, 406, 415, 429)

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="The same key and body give the first answer again; another body is 422. At most 200 characters.",
)


def operation(
    name: str,
    summary: str,
    *,
    answer: Any,
    status: int = 200,
    media: str = "application/json",
    more: dict[int, str] | None = None,
    body: Any = None,
    query: Any = None,
    errors: Iterable[int] = (),
    once: bool = False,
    public: bool = False,
) -> Callable[[F], F]:
    """`name` is the stable operation id; `more` further successful answers without a body; `once`: takes an
    idempotency key; `public`: for strangers too."""
    writes = body is not None or once or status in (201, 204)
    codes = {
        *(WRITING if writes else READING),
        *(() if public else SIGNED_IN),
        *((409, 422) if once else ()),
        *errors,
    }
    responses: dict[Any, Any] = {(status, media): answer} | {
        code: OpenApiResponse(description=text) for code, text in (more or {}).items()
    }
    for code in sorted(codes):
        responses[code, CONTENT_TYPE] = OpenApiResponse(Problem, description=MEANINGS[code])
    return extend_schema(
        operation_id=name,
        summary=summary,
        request=body,
        responses=responses,
        parameters=[*([query] if query else []), *([IDEMPOTENCY_KEY] if once else [])],
        auth=[] if public else None,
    )
