"""One middleware turns every refusal into the answer that fits the face: page, HTMX fragment or problem document."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from servicecenter.lib.problems import problem_response
from servicecenter.lib.refusals import Refusal


class RefusalMiddleware:
    """Views need no try/except: a `Refusal` that leaves one becomes 400/403/404/409/429 with its sentence."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The answer to a refusal; None (so that Django goes on) for anything else."""
        if not isinstance(exception, Refusal):
            return None
        if request.path.startswith("/api/"):
            return problem_response(request, exception)
        context = {"detail": exception.sentence, "refusal": exception}
        if request.headers.get("HX-Request"):
            answer = render(request, "errors/_refusal.html", context, status=exception.status)
            answer["HX-Retarget"] = "#messages"
            answer["HX-Reswap"] = "beforeend"
            return answer
        return render(request, f"errors/{page(exception.status)}.html", context, status=exception.status)


def page(status: int) -> int:
    """The error page that fits a status: 404 and 403 have their own, the rest is a conflict with the rules."""
    return status if status in (400, 403, 404) else 409
