"""The outbox page: what left, what waits, what failed."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Community
from servicecenter.lib.nav import LEADERS
from servicecenter.lib.refusals import NotFound
from servicecenter.notifications import actions
from servicecenter.notifications.actions.resending import RESENDERS
from servicecenter.notifications.models import OUTSIDE, State
from servicecenter.notifications.queries.holds import held
from servicecenter.notifications.queries.outbox import delivery_of, line_of, log_of, outbox_page
from servicecenter.notifications.wordings import Edited

leaders = only(*LEADERS)
LARGEST = 2**63 - 1


@require_safe
@leaders
@never_cache
def outbox(request: HttpRequest) -> HttpResponse:
    """Deliveries of one's communities, newest first; `?state=`, `?channel=`, `?community=` narrow them."""
    user = current_user(request)
    communities = list(Community.objects.visible_to(user))
    chosen = next((each for each in communities if each.code == request.GET.get("community")), None)
    state, channel = request.GET.get("state", ""), request.GET.get("channel", "")
    kept = {
        "state": state if state in State.values else "",
        "channel": channel if channel in OUTSIDE else "",
        "community": chosen.code if chosen else "",
    }
    page = outbox_page(
        user,
        state=kept["state"],
        channel=kept["channel"],
        community=chosen.pk if chosen else None,
        cursor=request.GET.get("cursor", ""),
    )
    context = {
        "page": page,
        "kept": kept,
        "states": State.choices,
        "channels": [(each.value, each.label) for each in OUTSIDE],
        "communities": communities,
        "newer": _address(kept, page.newer),
        "older": _address(kept, page.older),
        "demo": settings.DEMO,
        "held": held(),
    }
    return render(request, "notifications/outbox.html", context)


def _address(kept: dict[str, str], cursor: str) -> str:
    return f"?{urlencode(kept | {'cursor': cursor})}" if cursor else ""


@require_safe
@leaders
@never_cache
def delivery(request: HttpRequest, pk: int) -> HttpResponse:
    """One delivery with its log."""
    user = current_user(request)
    row = delivery_of(user, min(pk, LARGEST))
    if row is None:
        raise NotFound
    ended = row.state in (State.SENT, State.FAILED, State.SKIPPED)
    context = {
        "line": line_of(row, Edited()),
        "row": row,
        "log": log_of(row),
        "may_resend": user.role in RESENDERS and ended and row.code_id is None,
    }
    return render(request, "notifications/delivery.html", context)


@require_POST
@leaders
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    """Another attempt."""
    actions.resend(min(pk, LARGEST), by=current_user(request))
    messages.success(request, _("The message is on its way again."))
    return redirect("telling:delivery", pk=pk)
