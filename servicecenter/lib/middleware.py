"""Addresses that mean nothing are turned away; refusals become the answer that fits the face (page, HTMX, API)."""

from __future__ import annotations

from collections.abc import Callable

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string

from servicecenter.lib.problems import headed, problem_response, retry_after
from servicecenter.lib.refusals import Refusal
from servicecenter.lib.trouble import refusal_of
from servicecenter.lib.views import not_found

# U+FFFE, encoded for an address.
NONCHARACTER = "%EF%BF%BE"


class AddressMiddleware:
    """NUL is part of no number, name or token, and PostgreSQL takes none.

    In a path it names nothing: 404. A parameter carries in its place a code point that Unicode promises never to use:
    fields refuse it in the same words, and what is merely compared fits nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info:
            return not_found(request)
        request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace("%00", NONCHARACTER)
        return self.get_response(request)


class RefusalMiddleware:
    """Views need no try/except: a `Refusal` that leaves one becomes 400/403/404/409/429/503/507 with its sentence,
    and so does the error of a busy database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The answer to a refusal; None (so that Django goes on) for anything else."""
        refusal = refusal_of(exception)
        if refusal is None:
            return None
        return headed(_answer(request, refusal), retry_after(refusal.status))


def _answer(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    if request.path.startswith("/api/") or request.headers.get("Accept") == "application/json":
        return problem_response(request, refusal)
    context = {"detail": refusal.sentence, "refusal": refusal}
    if request.headers.get("HX-Request"):
        answer = render(request, "errors/_refusal.html", context, status=refusal.status)
        answer["HX-Retarget"] = "#messages"
        answer["HX-Reswap"] = "beforeend"
        return answer
    template = f"errors/{page(refusal.status)}.html"
    try:
        return render(request, template, context, status=refusal.status)
    except Error:
        # The frame asks the database for session and messages; without one the page goes without them.
        return HttpResponse(render_to_string(template, context), status=refusal.status)


def page(status: int) -> int:
    """The error page that fits a status: some have their own, the rest is a conflict with the rules."""
    if status in (503, 507):
        return 503
    return status if status in (400, 403, 404) else 409
