"""Counts requests by route."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from servicecenter.operations.metrics import count_request


class MeasureMiddleware:
    """How many requests, how quickly answered, by the name of the route: never by address, which holds numbers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begun = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        count_request(
            route=match.view_name if match else "none",
            method=request.method or "",
            status=response.status_code,
            seconds=time.perf_counter() - begun,
        )
        return response
