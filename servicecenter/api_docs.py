"""`/api/v1/docs/`: the OpenAPI schema as a page, drawn here: no script, no asset from elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Field:
    """A parameter, or a member of a body."""

    name: str
    kind: str
    required: bool
    about: str


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    name: str
    method: str
    path: str
    summary: str
    about: str
    public: bool
    parameters: list[Field]
    body: list[Field]
    answers: list[tuple[str, str, list[Field]]]


@dataclass(frozen=True)
class Section:
    """The operations of one resource."""

    name: str
    operations: list[Operation]


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every endpoint with what it takes and answers."""
    return render(request, "api/docs.html", {"sections": sections()})


@cache
def sections() -> list[Section]:
    """The schema by resource; made once per process."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    found: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                tag = methods[method]["tags"][0]
                found.setdefault(tag, []).append(_operation(schema, path, method, methods[method]))
    return [Section(name, operations) for name, operations in found.items()]


def _operation(schema: dict[str, Any], path: str, method: str, described: dict[str, Any]) -> Operation:
    parameters = [
        Field(
            each["name"],
            _kind(schema, each["schema"]),
            each.get("required", False),
            each.get("description", ""),
        )
        for each in described.get("parameters", ())
    ]
    body: dict[str, Any] = next(iter(described.get("requestBody", {}).get("content", {}).values()), {})
    return Operation(
        name=described["operationId"],
        method=method.upper(),
        path=path,
        summary=described.get("summary", ""),
        about=described.get("description", ""),
        public=described.get("security") == [{}] or not described.get("security"),
        parameters=parameters,
        body=list(_members(schema, body.get("schema", {}))),
        answers=[_answer(schema, status, each) for status, each in described["responses"].items()],
    )


def _answer(schema: dict[str, Any], status: str, described: dict[str, Any]) -> tuple[str, str, list[Field]]:
    content: dict[str, Any] = next(iter(described.get("content", {}).values()), {})
    members = [] if int(status) >= 400 else list(_members(schema, content.get("schema", {})))
    return status, described.get("description", ""), members


def _resolved(schema: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    """The shape behind a reference."""
    while True:
        ref = shape.get("$ref") or (shape.get("allOf") or shape.get("oneOf") or [{}])[0].get("$ref")
        if not ref:
            return shape
        shape = schema["components"]["schemas"][ref.rsplit("/", 1)[1]]


def _members(schema: dict[str, Any], shape: dict[str, Any]) -> Iterator[Field]:
    resolved = _resolved(schema, shape)
    required = set(resolved.get("required", ()))
    for name, member in resolved.get("properties", {}).items():
        yield Field(name, _kind(schema, member), name in required, member.get("description", ""))


def _kind(schema: dict[str, Any], shape: dict[str, Any]) -> str:
    """A type in a few words: `string`, `date-time`, `a | b`, `list of …`, `{a, b}`."""
    resolved = _resolved(schema, shape)
    if values := [str(value) for value in resolved.get("enum", ()) if value not in ("", None)]:
        return " | ".join(values)
    if resolved.get("type") == "array":
        return f"[{_kind(schema, resolved.get('items', {}))}]"
    if properties := resolved.get("properties"):
        return "{" + ", ".join(properties) + "}"
    kinds = [_kind(schema, each) for each in resolved.get("oneOf", ())]
    return " | ".join(kinds) or str(resolved.get("format") or resolved.get("type") or "any")
