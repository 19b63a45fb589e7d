"""The OpenAPI schema: without warnings, complete, and true to what the endpoints answer."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy
from rest_framework.test import APIClient
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from servicecenter.accounts.actions import issue_token
from servicecenter.accounts.models import User
from tests.conftest import Walk

Api = Callable[[User | None], APIClient]


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    """The schema as clients read it."""
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and description of every operation."""
    for path, methods in schema["paths"].items():
        for method, described in methods.items():
            yield method, path, described


def test_the_schema_is_made_without_warnings_in_english_too(tmp_path: Any) -> None:
    """In Chinese it is one of the checks before the tests."""
    call_command(
        "spectacular",
        "--validate",
        "--fail-on-warn",
        "--lang",
        "en",
        "--file",
        str(tmp_path / "schema.yml"),
    )


def test_the_schema_is_valid_openapi(schema: dict[str, Any]) -> None:
    validate_schema(schema)  # type: ignore[no-untyped-call]


def test_every_operation_says_what_it_does_and_which_errors_it_meets(schema: dict[str, Any]) -> None:
    names = set()
    for method, path, described in operations(schema):
        assert described["summary"], (method, path)
        names.add(described["operationId"])
        for status, answer in described["responses"].items():
            if int(status) >= 400:
                assert "application/problem+json" in answer["content"], (method, path, status)
        public = "auth" in path
        assert ("401" in described["responses"]) is not public, (method, path)
        if method in ("post", "patch", "put"):
            assert "400" in described["responses"], (method, path)
    assert len(names) == len(list(operations(schema)))


def test_inputs_and_outputs_are_described_apart(schema: dict[str, Any]) -> None:
    for method, path, described in operations(schema):
        sent = str(described.get("requestBody", {}))
        answered = str([described["responses"].get(status) for status in ("200", "201", "202")])
        taken = {name for name in schema["components"]["schemas"] if f"/{name}'" in sent}
        given = {name for name in schema["components"]["schemas"] if f"/{name}'" in answered}
        assert not taken & given, (method, path)


@pytest.mark.django_db
def test_the_schema_is_served_to_everybody(client: Client) -> None:
    answer = client.get("/api/v1/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})
    assert answer.status_code == 200
    assert "/api/v1/repairs/" in answer.json()["paths"]


@pytest.mark.django_db
def test_the_page_of_the_schema_needs_no_script_and_nothing_from_elsewhere(client: Client) -> None:
    answer = client.get("/api/v1/docs/")
    body = answer.content.decode()
    assert answer.status_code == 200
    assert '<main id="main"' in body
    assert "/api/v1/repairs/{number}/propose-plan/" in body
    assert "https://" not in body.replace("https://www.w3.org", "")
    assert "unsafe-inline" not in answer["Content-Security-Policy"]


CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# `HOSTILE=all` sends more than an ordinary run has time for, as in tests/house/test_hostile.py.
SENT_TO_EACH = 60 if os.environ.get("HOSTILE") == "all" else 2


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """As Django's own test client does: the end of a request does not close the connection of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.usefixtures("_one_connection")
def test_whatever_is_sent_the_answer_is_one_that_the_schema_promises(
    ticket_in: Walk, supervisor_bo: User
) -> None:
    for status in ("reported", "dispatched", "completed", "confirmed"):
        ticket_in(status)
    token, _expires = issue_token(user=supervisor_bo)
    described = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", get_wsgi_application())
    failures = []
    for found in described.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        try:
            _send(operation.as_strategy(), {"Authorization": f"Token {token}"})
        except (Exception, FailureGroup) as failure:
            failures.append(f"{operation.label}: {failure}")
    assert not failures, "\n\n".join(failures)


def _send(cases: SearchStrategy[Case[Any]], headers: dict[str, str]) -> None:
    """Requests that fit the description of one operation, the same ones in every run."""

    @given(case=cases)
    @settings(
        max_examples=SENT_TO_EACH,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def send(case: Case[Any]) -> None:
        case.call_and_validate(checks=CHECKS, headers=headers)

    send()
