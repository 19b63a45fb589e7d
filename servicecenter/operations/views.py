"""Readiness and figures for machines, one page and a banner for people."""

from __future__ import annotations

import hmac
import ipaddress

from django.conf import settings
from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import STAFF_ROLES, Role
from servicecenter.lib.refusals import NotPermitted
from servicecenter.notifications import actions
from servicecenter.notifications.actions.holding import HOLDERS
from servicecenter.notifications.queries.holds import held, waiting, waiting_since_before
from servicecenter.operations.forms import HoldForm, ReleaseForm
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
@only(*READERS)
@never_cache
def messages(request: HttpRequest) -> HttpResponse:
    """Whether messages leave the house, and the way to stop them or let them go."""
    return _messages(request, HoldForm())


def _messages(request: HttpRequest, form: HoldForm, status: int = 200) -> HttpResponse:
    found = held()
    context = {
        "held": found,
        "waiting": waiting(),
        "old": waiting_since_before(found) if found else 0,
        "form": ReleaseForm() if found else form,
        "may": current_user(request).role in HOLDERS,
    }
    return render(request, "operations/messages.html", context, status=status)


@require_POST
@only(*READERS)
def hold_messages(request: HttpRequest) -> HttpResponse:
    """From now on nothing leaves."""
    form = HoldForm(request.POST)
    if not form.is_valid():
        return _messages(request, form, status=422)
    actions.hold(reason=form.cleaned_data["reason"], by=current_user(request))
    flash.success(request, _("Nothing leaves any more until somebody releases it."))
    return redirect("operations:messages")


@require_POST
@only(*READERS)
def release_messages(request: HttpRequest) -> HttpResponse:
    """What waited may leave."""
    form = ReleaseForm(request.POST)
    form.is_valid()
    actions.release(drop=form.cleaned_data["drop"], by=current_user(request))
    flash.success(request, _("Messages leave again."))
    return redirect("operations:messages")


@require_safe
@only(*STAFF_ROLES)
@never_cache
def banner(request: HttpRequest) -> HttpResponse:
    """The banner alone, which asks for itself as long as it is shown."""
    return render(request, "components/at_risk.html")
