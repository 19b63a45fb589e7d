"""The standards of a repair, where supervisors edit them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from handovers.forms.base import settle_any
from repairs.actions.standards import KEEPERS, take_usual, use_standard
from repairs.models import Standard, Trade
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Community, User
from servicecenter.desk.forms.standards import StandardForm
from servicecenter.lib.refusals import NotFound
from servicecenter.sla.views.base import chosen_community, communities

keepers = only(*KEEPERS)


@require_safe
@keepers
@never_cache
def lines(request: HttpRequest) -> HttpResponse:
    """The checklist of `?community=`, trade by trade."""
    user = current_user(request)
    community = _community(request)
    rows = list(Standard.objects.visible_to(user).in_use().filter(community=community))
    trades = [("", _("Every trade")), *Trade.choices]
    parts = [(code, label, [each for each in rows if each.trade == code]) for code, label in trades]
    context = {
        "parts": [part for part in parts if part[2]],
        "community": community,
        "communities": communities(user),
        "may_take_usual": not Standard.objects.filter(community=community).exists(),
    }
    return render(request, "standards/lines.html", context)


@require_POST
@keepers
def usual(request: HttpRequest) -> HttpResponse:
    """The community begins with the usual list; a second tap changes nothing."""
    community = _community(request)
    count = take_usual(community, by=current_user(request))
    if count:
        text = ngettext("%(count)s line is on the checklist.", "%(count)s lines are on the checklist.", count)
        messages.success(request, text % {"count": count})
    return redirect(_list_url(community))


@require_http_methods(["GET", "HEAD", "POST"])
@keepers
@never_cache
def add(request: HttpRequest) -> HttpResponse:
    """A new line; `?trade=` comes from the place where it was asked for."""
    trade = request.GET.get("trade", "")
    initial = {"trade": trade} if trade in Trade.values else {}
    form = StandardForm(request.POST or None, community=_community(request), initial=initial)
    return _edit(request, form, _("New line"))


@require_http_methods(["GET", "HEAD", "POST"])
@keepers
@never_cache
def change(request: HttpRequest, line_id: int) -> HttpResponse:
    """A line, for repairs that are completed from now on."""
    line = _line(current_user(request), line_id)
    form = StandardForm(request.POST or None, community=line.community, line=line)
    return _edit(request, form, _("Change the line"))


@require_POST
@keepers
def use(request: HttpRequest, line_id: int) -> HttpResponse:
    """Takes a line off the checklist, or puts it back."""
    user = current_user(request)
    line = _line(user, line_id)
    active = not line.is_active
    use_standard(line, active=active, by=user)
    if active:
        messages.success(request, _("The line is back on the checklist."))
    else:
        undo = f"undo={reverse('standards:use', args=[line.pk])}"
        messages.success(request, _("The line is off the checklist."), extra_tags=undo)
    return redirect(_list_url(line.community))


def _edit(request: HttpRequest, form: StandardForm, title: str) -> HttpResponse:
    user = current_user(request)
    route = request.path[:100]
    if request.method == "POST" and settle_any(form, user=user, route=route, act=lambda: form.save(by=user)):
        messages.success(request, _("The checklist is written. It counts for completions from now on."))
        return redirect(_list_url(form.community))
    context: dict[str, Any] = {"form": form, "title": title, "back": _list_url(form.community)}
    return render(request, "standards/line.html", context, status=422 if form.is_bound else 200)


def _community(request: HttpRequest) -> Community:
    found = chosen_community(request, first=True)
    if found is None:
        raise NotFound
    return found


def _line(user: User, line_id: int) -> Standard:
    rows = Standard.objects.visible_to(user).select_related("community")
    line = rows.filter(pk=line_id).first() if line_id < 2**63 else None
    if line is None:
        raise NotFound
    return line


def _list_url(community: Community) -> str:
    return f"{reverse('standards:lines')}?community={community.code}"
