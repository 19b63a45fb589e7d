"""The application as it is written: one page with all of its parts, each saved by itself."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from decoration.forms.parts import PARTS, PartForm
from decoration.models import Permit
from decoration.queries.cases import permit_for
from decoration.queries.gaps import asked_papers, gaps
from decoration.queries.guide import buttons
from decoration.queries.page import comments_by_part, pictured
from decoration.views.frame import about, draw
from decoration.workflow import Status
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import User
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.refusals import NotFound
from servicecenter.workflow.run import check

# Where one goes on after a part was saved.
ANCHORS = {"drop_worker": "worker"}
SHOWN = ("days", "contractor", "room", "worker", "paper")


@require_safe
@only()
@never_cache
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """All parts of the application, with what reviewers said and, if asked for, what is missing."""
    user = current_user(request)
    permit = permit_for(user, number)
    check(permit, "save", user)
    return _page(request, permit, user)


@require_POST
@only()
@never_cache
def write(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Saves one part and goes on where it was."""
    user = current_user(request)
    permit = permit_for(user, number)
    if kind not in PARTS:
        raise NotFound
    check(permit, "save", user)
    form = PARTS[kind](request.POST, request.FILES, permit=permit, user=user)
    if not form.settle():
        return _page(request, permit, user, form, status=422)
    messages.success(request, _("Saved."))
    address = reverse("permits:edit", args=[permit.number])
    return redirect(f"{address}#part-{ANCHORS.get(kind, kind)}")


def _page(
    request: HttpRequest, permit: Permit, user: User, bound: PartForm | None = None, status: int = 200
) -> HttpResponse:
    missing = gaps(permit, local_day(database_now()))
    comments = comments_by_part(permit) if permit.status == Status.RETURNED else {}
    shown = "missing" in request.GET or permit.status == Status.RETURNED
    forms = {
        code: bound if bound and bound.code == code else PARTS[code](permit=permit, user=user)
        for code in SHOWN
    }
    context: dict[str, Any] = about(request, permit) | {
        "forms": forms,
        "bound": bound,
        "sections": {
            code: _section(form, missing if shown else {}, comments) for code, form in forms.items()
        },
        "rooms": _rooms(permit),
        "workers": pictured("permit_worker", permit.workers.all()),
        "papers": pictured("permit_paper", asked_papers(permit)),
        "left": len(missing),
        "buttons": [
            each
            for each in buttons(permit, user, reverse("permits:case", args=[permit.number]))
            if each.code in ("submit", "ask-consent", "consent")
        ],
        "consent_missing": permit.needs_consent,
    }
    return draw(request, "edit", context, status=status)


def _section(form: PartForm, missing: dict[str, list[Any]], comments: dict[str, list[str]]) -> dict[str, Any]:
    """What stands above one part: what reviewers said of it, and what it lacks."""
    return {
        "comments": [text for part in form.parts for text in comments.get(part, ())],
        "missing": [text for part in form.parts for text in missing.get(part, ())],
    }


def _rooms(permit: Permit) -> dict[str, list[Any]]:
    rooms: dict[str, list[Any]] = {}
    for each in permit.works.in_force():
        rooms.setdefault(each.room, []).append(each)
    return rooms
