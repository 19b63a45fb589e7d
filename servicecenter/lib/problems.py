"""RFC 9457 problem documents: one shape for every error of the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from servicecenter.lib.refusals import Refusal
from servicecenter.lib.trouble import AGAIN_AFTER, refusal_of

CONTENT_TYPE = "application/problem+json"
# Seconds after which a client may try again: limited, or met by a busy database.
RETRY_AFTER = {429: 60, 503: AGAIN_AFTER}


def problem(status: int, code: str, detail: str, **extra: Any) -> dict[str, Any]:
    """The body: `type`, `status`, `code` (stable), `title`/`detail` (a sentence in the reader's language)."""
    body = {"type": f"about:blank#{code}", "status": status, "code": code, "title": detail, "detail": detail}
    return body | {key: value for key, value in extra.items() if value not in (None, {}, [])}


def problem_response(request: HttpRequest, refusal: Refusal) -> JsonResponse:
    """A refusal as a problem document outside of DRF (middleware, plain Django views)."""
    return JsonResponse(as_body(refusal), status=refusal.status, content_type=CONTENT_TYPE)


def as_body(refusal: Refusal) -> dict[str, Any]:
    """The problem document of a refusal."""
    errors = {field: [str(text) for text in texts] for field, texts in refusal.errors.items()}
    return problem(refusal.status, refusal.code, str(refusal.sentence), errors=errors, **refusal.extra)


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler: every expected error becomes a problem document, an unexpected one stays a 500."""
    headers: dict[str, str] = {}
    if refusal := refusal_of(exc):
        body = as_body(refusal)
        headers |= retry_after(refusal.status)
    elif isinstance(exc, Http404):
        body = problem(404, "not_found", _("We could not find that."))
    elif isinstance(exc, PermissionDenied):
        body = problem(403, "not_permitted", _("Your role may not do this."))
    elif isinstance(exc, exceptions.ValidationError):
        body = problem(400, "invalid", _("Please check the marked fields."), errors=flatten(exc.detail))
    elif isinstance(exc, exceptions.APIException):
        body = problem(exc.status_code, str(exc.default_code), str(exc.detail))
        if header := getattr(exc, "auth_header", None):
            headers["WWW-Authenticate"] = header
    else:
        return None
    set_rollback()
    return Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)


def retry_after(status: int) -> dict[str, str]:
    """The header that says when another try is worth it; none for an answer that stays the same."""
    return {"Retry-After": str(RETRY_AFTER[status])} if status in RETRY_AFTER else {}


def headed(answer: HttpResponse, headers: Mapping[str, str]) -> HttpResponse:
    """The answer with these headers."""
    for name, value in headers.items():
        answer[name] = value
    return answer


def flatten(detail: Any, prefix: str = "") -> dict[str, list[str]]:
    """Nested serializer errors as `{"field.sub": ["sentence", …]}`; errors of the whole body under `""`."""
    if isinstance(detail, Mapping):
        errors: dict[str, list[str]] = {}
        for key, value in detail.items():
            name = "" if key == "non_field_errors" else str(key)
            errors |= flatten(value, ".".join(part for part in (prefix, name) if part))
        return errors
    if isinstance(detail, list) and any(isinstance(item, Mapping) for item in detail):
        errors = {}
        for index, item in enumerate(detail):
            errors |= flatten(item, f"{prefix}.{index}" if prefix else str(index))
        return errors
    return {prefix: [str(item) for item in (detail if isinstance(detail, list) else [detail])]}
