"""The checklist of a community, where supervisors edit it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from handovers.actions.checklists import KEEPERS, ensure_checklist, set_use
from handovers.forms.base import settle_any
from handovers.forms.checklists import ItemForm
from handovers.models import ChecklistItem
from handovers.workflow import Part
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Community, User
from servicecenter.lib.refusals import NotFound

keepers = only(*KEEPERS)


@require_safe
@keepers
@never_cache
def checklist(request: HttpRequest) -> HttpResponse:
    """The checklist of `?community=`, part by part; a community that never had one begins with the usual one."""
    user = current_user(request)
    communities = _communities(user)
    community = _community(communities, request.GET.get("community", ""))
    ensure_checklist(community.pk)
    items = ChecklistItem.objects.visible_to(user).in_use().filter(community=community)
    rows = list(items.select_related("warranty"))
    parts = [(part, [item for item in rows if item.part == part]) for part in Part]
    context = {"parts": parts, "community": community, "communities": communities}
    return render(request, "handovers/checklist.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@keepers
@never_cache
def add(request: HttpRequest) -> HttpResponse:
    """A new line; `?part=` comes from the place where it was asked for."""
    community = _community(_communities(current_user(request)), request.GET.get("community", ""))
    part = request.GET.get("part", "")
    initial = {"part": part} if part in Part.values else {}
    form = ItemForm(request.POST or None, community=community, initial=initial)
    return _edit(request, form, _("New line"))


@require_http_methods(["GET", "HEAD", "POST"])
@keepers
@never_cache
def change(request: HttpRequest, item_id: int) -> HttpResponse:
    """A line, for handovers that begin from now on."""
    item = _item(current_user(request), item_id)
    form = ItemForm(request.POST or None, community=item.community, item=item)
    return _edit(request, form, _("Change the line"))


@require_POST
@keepers
def use(request: HttpRequest, item_id: int) -> HttpResponse:
    """Takes a line off the checklist, or puts it back."""
    user = current_user(request)
    item = _item(user, item_id)
    active = request.POST.get("active") == "yes" or not item.is_active
    set_use(item, active=active, by=user)
    if active:
        messages.success(request, _("The line is back on the checklist."))
    else:
        undo = f"undo={reverse('handovers:use', args=[item.pk])}"
        messages.success(request, _("The line is off the checklist."), extra_tags=undo)
    return redirect(_list_url(item.community))


def _edit(request: HttpRequest, form: ItemForm, title: str) -> HttpResponse:
    user = current_user(request)
    route = request.path[:100]
    if request.method == "POST" and settle_any(form, user=user, route=route, act=lambda: form.save(by=user)):
        messages.success(request, _("The checklist is written. Handovers that have begun keep theirs."))
        return redirect(_list_url(form.community))
    context: dict[str, Any] = {"form": form, "title": title, "back": _list_url(form.community)}
    return render(request, "handovers/item.html", context, status=422 if form.is_bound else 200)


def _communities(user: User) -> list[Community]:
    return list(Community.objects.visible_to(user).filter(is_active=True).order_by("code"))


def _community(mine: list[Community], code: str) -> Community:
    found = next((each for each in mine if not code or each.code == code.upper()), None)
    if found is None:
        raise NotFound
    return found


def _item(user: User, item_id: int) -> ChecklistItem:
    rows = ChecklistItem.objects.visible_to(user).select_related("community")
    item = rows.filter(pk=item_id).first() if item_id < 2**63 else None
    if item is None:
        raise NotFound
    return item


def _list_url(community: Community) -> str:
    return f"{reverse('handovers:checklist')}?community={community.code}"
