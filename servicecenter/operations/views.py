"""Readiness and figures for machines, one page and a banner for people."""

from __future__ import annotations

import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from servicecenter.accounts.guards import only
from servicecenter.accounts.models import STAFF_ROLES, Role
from servicecenter.lib.refusals import NotPermitted
from servicecenter.operations.health import as_json, health
from servicecenter.operations.metrics import CONTENT_TYPE, scrape
from servicecenter.operations.page import shown

READERS = (Role.MANAGER.value, Role.SUPERVISOR.value, Role.ADMIN.value)


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Ready to keep promises: 503 while one is at risk. Needs no login, tells nothing about anybody."""
    state = health()
    return JsonResponse(as_json(state), status=503 if state.at_risk else 200)


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures for Prometheus, for whoever has the token; without one set, for this machine in the demo only."""
    if not _may_scrape(request):
        raise NotPermitted
    return HttpResponse(scrape(), content_type=CONTENT_TYPE)


def _may_scrape(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        wanted = f"Bearer {settings.METRICS_TOKEN}"
        return hmac.compare_digest(request.headers.get("Authorization", "").encode(), wanted.encode())
    # A proxy on this machine is this machine too; whom it speaks for is not.
    direct = "X-Forwarded-For" not in request.headers and "Forwarded" not in request.headers
    return settings.DEMO and direct and _loopback(request.META.get("REMOTE_ADDR", ""))


def _loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


@require_safe
@only(*READERS)
@never_cache
def page(request: HttpRequest) -> HttpResponse:
    """How the program itself is doing. Refreshes itself by HTMX."""
    return render(request, "operations/page.html", shown())


@require_safe
@only(*STAFF_ROLES)
@never_cache
def banner(request: HttpRequest) -> HttpResponse:
    """The banner alone, which asks for itself as long as it is shown."""
    return render(request, "components/at_risk.html")
