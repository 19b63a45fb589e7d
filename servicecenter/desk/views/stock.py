"""The stock of a community, where supervisors keep it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from handovers.forms.base import settle_any
from repairs.actions import stock
from repairs.actions.standards import KEEPERS
from repairs.models import StockItem
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import User
from servicecenter.desk.forms.stock import CountForm, ItemForm, ReceiveForm
from servicecenter.lib.refusals import NotFound
from servicecenter.sla.views.base import chosen_community, communities

keepers = only(*KEEPERS)
LATEST = 100


@require_safe
@keepers
@never_cache
def items(request: HttpRequest) -> HttpResponse:
    """The materials of `?community=`, those to be ordered again first."""
    user = current_user(request)
    community = chosen_community(request, first=True)
    rows = StockItem.objects.visible_to(user).filter(community=community).order_by("name", "id")
    low = list(rows.low())
    context = {
        "community": community,
        "communities": communities(user),
        "low": low,
        "rows": [each for each in rows if each.is_active and each not in low],
        "retired": [each for each in rows if not each.is_active],
    }
    return render(request, "stock/items.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@keepers
@never_cache
def add(request: HttpRequest) -> HttpResponse:
    """A further material."""
    community = chosen_community(request, first=True)
    if community is None:
        raise NotFound
    user, form = current_user(request), ItemForm(request.POST or None)
    done = _sent(request, form, lambda: stock.write_item(community, by=user, **_given(form)))
    back = f"{reverse('stock:items')}?community={community.code}"
    if done:
        messages.success(request, _("The material is on the list. Note what lies there."))
        return redirect(back)
    context = {"form": form, "title": _("New material"), "community": community, "back": back}
    return render(request, "stock/form.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@keepers
@never_cache
def change(request: HttpRequest, stock_id: int) -> HttpResponse:
    """Name, unit, when to order again, and whether engineers are offered it."""
    user = current_user(request)
    row = _item(user, stock_id)
    names = {"name": row.name, "unit": row.unit, "reorder_at": row.reorder_at, "active": row.is_active}
    form = ItemForm(request.POST or None, initial=names)
    if _sent(request, form, lambda: stock.write_item(row.community, item=row, by=user, **_given(form))):
        messages.success(request, _("Saved."))
        return redirect("stock:item", row.pk)
    back = reverse("stock:item", args=[row.pk])
    context = {"form": form, "title": row.name, "community": row.community, "back": back}
    return render(request, "stock/form.html", context, status=422 if form.is_bound else 200)


@require_safe
@keepers
@never_cache
def item(request: HttpRequest, stock_id: int) -> HttpResponse:
    """One material: what lies there, what came and went."""
    return _page(request, _item(current_user(request), stock_id))


@require_POST
@keepers
def receive(request: HttpRequest, stock_id: int) -> HttpResponse:
    """Something came in."""
    user, form = current_user(request), ReceiveForm(request.POST)
    row = _item(user, stock_id)
    if _sent(request, form, lambda: stock.receive(row, by=user, **_given(form))):
        messages.success(request, _("The stock is up to date."))
        return redirect("stock:item", row.pk)
    return _page(request, row, receive_form=form)


@require_POST
@keepers
def count(request: HttpRequest, stock_id: int) -> HttpResponse:
    """What really lies there, with a reason."""
    user, form = current_user(request), CountForm(request.POST)
    row = _item(user, stock_id)
    if _sent(request, form, lambda: stock.count(row, by=user, **_given(form))):
        messages.success(request, _("The stock is up to date."))
        return redirect("stock:item", row.pk)
    return _page(request, row, count_form=form)


def _page(request: HttpRequest, row: StockItem, **drawn: forms.Form) -> HttpResponse:
    moves = row.moves.select_related("by", "ticket").order_by(F("id").desc())[:LATEST]
    context: dict[str, Any] = {
        "item": row,
        "moves": moves,
        "receive_form": ReceiveForm(auto_id="id_receive_%s"),
        "count_form": CountForm(auto_id="id_count_%s"),
    }
    return render(request, "stock/item.html", context | drawn, status=422 if drawn else 200)


def _sent(request: HttpRequest, form: forms.Form, act: Callable[[], object]) -> bool:
    if request.method != "POST":
        return False
    return settle_any(form, user=current_user(request), route=request.path[:100], act=act)


def _given(form: forms.Form) -> dict[str, Any]:
    return {name: value for name, value in form.cleaned_data.items() if name != "idempotency_key"}


def _item(user: User, stock_id: int) -> StockItem:
    rows = StockItem.objects.visible_to(user).select_related("community")
    found = rows.filter(pk=stock_id).first() if stock_id < 2**63 else None
    if found is None:
        raise NotFound
    return found
