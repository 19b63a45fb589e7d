"""One handover at the desk: its steps, its checklist, its protocol."""

from __future__ import annotations

from typing import Any

import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from handovers.forms.base import HandoverForm, settle
from handovers.forms.lines import PARTS, PartForm
from handovers.forms.rooms import AgainForm
from handovers.forms.steps import FORMS
from handovers.models import Handover
from handovers.models.lines import Result
from handovers.queries.cases import (
    LABELS,
    actions_of,
    defect_counts,
    finding_for,
    handover_for,
    items_of,
    lines_of,
    story_of,
    way_of,
)
from handovers.workflow import OPEN_PARTS
from repairs.queries.pictures import picture
from servicecenter.accounts.guards import only
from servicecenter.accounts.models import Role, User
from servicecenter.desk.views.frame import current_user, desk, never_cache, page
from servicecenter.lib.clock import database_now
from servicecenter.lib.refusals import NotFound

readers = only(Role.AGENT, Role.SUPERVISOR, Role.MANAGER, Role.ADMIN)
# What stands on the page itself; the rest is one click away.
INLINE = ("check_in", "finish_papers", "sign", "hand_out", "finish_fees", "sign_off")
# Steps that go back, with the step that takes them back in turn, for the word after it.
UNDO = {
    "check_in": "undo_check_in",
    "finish_papers": "reopen_papers",
    "finish_fees": "reopen_fees",
}
ASIDE = ("book", "unbook", "miss", "undo_check_in", "reopen_papers", "reopen_fees", "send_back", "cancel")
ASKS = frozenset({"book", "cancel", "send_back"})


@require_safe
@desk
@never_cache
def handover(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about one handover, with its next step."""
    user = current_user(request)
    return _show(request, handover_for(user, number))


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """A step, or a part of the checklist; what needs words is asked on a page of its own."""
    user = current_user(request)
    found = handover_for(user, number)
    form = _form(found, user, action, request)
    if form is None:
        raise NotFound
    if request.method == "POST":
        if settle(form, action=action):
            _say(request, found, action)
            return redirect("desk:handover", found.number)
        found = handover_for(user, number)
        if action in PARTS or (action in INLINE and action in actions_of(found, user)):
            return _show(request, found, sent={action: form}, status=422)
        if action not in ASKS:
            _say_errors(request, form)
    if action not in ASKS:
        return redirect("desk:handover", found.number)
    context = {"handover": found, "form": form, "action": action, "title": LABELS[action]}
    return page(request, "desk/handovers/ask.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def again(request: HttpRequest, number: str, finding_id: int) -> HttpResponse:
    """复验 at the desk: a colleague or the owner saw that a defect is mended, or is not."""
    user = current_user(request)
    shown = finding_for(user, number, finding_id)
    found = shown.item.handover
    form = AgainForm(
        request.POST or None, request.FILES or None, handover=found, user=user, finding=shown.item
    )
    if request.method == "POST" and settle(form, action=f"again-{shown.item.pk}"):
        messages.success(request, _("It is written down."))
        return redirect("desk:handover", found.number)
    context = {"handover": found, "form": form, "shown": shown, "title": LABELS["reinspect"]}
    return page(request, "desk/handovers/ask.html", context, status=422 if form.is_bound else 200)


@require_safe
@readers
@never_cache
def protocol(request: HttpRequest, number: str) -> HttpResponse:
    """交接单: what was handed over, in which state, with the signatures; for both sides to keep."""
    user = current_user(request)
    found = handover_for(user, number)
    address = request.build_absolute_uri(reverse("desk:handover", args=[found.number]))
    context = {
        "handover": found,
        "lines": lines_of(found),
        "items": items_of(found),
        "counts": defect_counts(found),
        "papers_signature": picture(found.papers_signature) if found.papers_signature else None,
        "signature": picture(found.signature) if found.signature else None,
        "code": segno.make(address, error="m", micro=False).svg_data_uri(scale=4, border=1),
        "printed_at": database_now(),
    }
    return render(request, "desk/handovers/protocol.html", context)


def _form(
    found: Handover, user: User, action: str, request: HttpRequest | None = None
) -> HandoverForm | None:
    posted = request.POST if request is not None and request.method == "POST" else None
    if action in PARTS:
        return PartForm(posted, handover=found, user=user, part=action)
    kind = FORMS.get(action)
    return kind(posted, handover=found, user=user) if kind else None


def _show(
    request: HttpRequest, found: Handover, *, sent: dict[str, HandoverForm] | None = None, status: int = 200
) -> HttpResponse:
    user = current_user(request)
    may = actions_of(found, user)
    forms: dict[str, Any] = {
        action: (sent or {}).get(action) or _form(found, user, action) for action in INLINE if action in may
    }
    parts = {
        part: (sent or {}).get(part) or _form(found, user, part)
        for part in ("papers", "fees")
        if "tick" in may and found.status in OPEN_PARTS[part]
    }
    context = {
        "handover": found,
        "may": may,
        "forms": forms,
        "parts": parts,
        "lines": lines_of(found),
        "items": items_of(found, only_defects=True),
        "counts": defect_counts(found),
        "way": way_of(found),
        "story": story_of(found),
        "asides": [(action, LABELS[action], action in ASKS) for action in ASIDE if action in may],
        "again": _again(found, user, sent or {}) if "appoint" in may else None,
        "at": database_now(),
    }
    return page(request, "desk/handovers/handover.html", context, status=status)


def _again(found: Handover, user: User, sent: dict[str, HandoverForm]) -> HandoverForm | None:
    """Who looks again, where something is still to be mended."""
    if not found.findings.filter(result=Result.DEFECT, mended_at=None).exists():
        return None
    return sent.get("appoint") or _form(found, user, "appoint")


def _say_errors(request: HttpRequest, form: HandoverForm) -> None:
    """Why a button without a form did nothing."""
    for errors in form.errors.values():
        for error in errors:
            messages.error(request, str(error))


def _say(request: HttpRequest, found: Handover, action: str) -> None:
    """What happened, with the way back where there is one."""
    if action in PARTS:
        messages.success(request, _("It is written down."))
        return
    said = _("%(unit)s: %(step)s") % {"unit": found.unit.code, "step": LABELS[action]}
    if action == "check_in" and found.ticket_no:
        said = _("%(unit)s is checked in with number %(number)s.") % {
            "unit": found.unit.code,
            "number": found.ticket_no,
        }
    back = UNDO.get(action)
    undo = f"undo={reverse('desk:handover_act', args=[found.number, back])}" if back else ""
    messages.success(request, said, extra_tags=undo)
