"""Answers that belong to no app: errors, liveness, the service worker."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from servicecenter.lib.problems import CONTENT_TYPE, problem
from servicecenter.lib.shell import worker


def _answer(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return JsonResponse(problem(status, code, detail), status=status, content_type=CONTENT_TYPE)
    return render(request, f"errors/{status}.html", status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Malformed requests (bad host, oversize form)."""
    return _answer(request, 400, "bad_request", _("We could not understand that request."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Signed in, but not for this."""
    return _answer(request, 403, "not_permitted", _("Your role may not do this."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Missing or out of scope."""
    return _answer(request, 404, "not_found", _("We could not find that."))


def server_error(request: HttpRequest) -> HttpResponse:
    """A bug of ours: says so, gives no details away."""
    return _answer(request, 500, "server_error", _("Something went wrong on our side."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form without a valid CSRF token: usually a session that ended while the page was open."""
    return render(request, "errors/csrf.html", status=403)


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Alive: the process answers. Asks nobody else."""
    return JsonResponse({"status": "ok"})


@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, served from the root so that its scope is the whole site."""
    return HttpResponse(worker(), content_type="text/javascript; charset=utf-8")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the service worker shows without a connection."""
    return render(request, "errors/offline.html")
