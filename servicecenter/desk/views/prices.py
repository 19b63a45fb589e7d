"""服务价目 at /manage/: what is in force, the draft, and every earlier version."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from repairs.actions.pricing import KEEPERS, begin_draft, drop_item, publish, set_item
from repairs.forms.prices import PriceItemForm, PublishForm
from repairs.models import PriceItem, PriceList
from repairs.queries.prices import by_trade, draft_for, list_in_force, versions_of
from servicecenter.accounts.guards import current_user
from servicecenter.accounts.models import Community
from servicecenter.audit.sending import sent_before, settled
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.refusals import NotFound
from servicecenter.sla.views.base import chosen_community, communities, readers


@require_safe
@readers
@never_cache
def prices(request: HttpRequest) -> HttpResponse:
    """The prices of `?community=`; `?version=` shows an earlier or later list."""
    return _show(request, _community(request))


@require_POST
@readers
def draft(request: HttpRequest) -> HttpResponse:
    """Begins a new version."""
    community = _community(request)
    begin_draft(community, by=current_user(request))
    return redirect(_address(community))


@require_http_methods(["GET", "HEAD", "POST"])
@readers
@never_cache
def item(request: HttpRequest, list_id: int, item_id: int | None = None) -> HttpResponse:
    """A service of a draft: a new one, or a changed one."""
    user = current_user(request)
    found = draft_for(user, list_id)
    row = _item(found, item_id) if item_id is not None else None
    if sent_before(request, user) is not None:
        return redirect(_address(found.community))
    form = PriceItemForm(request.POST if request.method == "POST" else None, item=row)

    def act() -> str:
        given = {name: value for name, value in form.cleaned_data.items() if name != "idempotency_key"}
        return str(set_item(found, item=row, by=user, **given).pk)

    if settled(request, form, user, act) is not None:
        messages.success(request, _("The service is on the draft."))
        return redirect(_address(found.community))
    context = {"form": form, "item": row, "list": found, "back": _address(found.community)}
    return render(request, "desk/price_item.html", context, status=422 if form.is_bound else 200)


@require_POST
@readers
def drop(request: HttpRequest, list_id: int, item_id: int) -> HttpResponse:
    """Takes a service off a draft."""
    found = draft_for(current_user(request), list_id)
    drop_item(_item(found, item_id), by=current_user(request))
    messages.success(request, _("The service is off the draft."))
    return redirect(_address(found.community))


@require_POST
@readers
def put_in_force(request: HttpRequest, list_id: int) -> HttpResponse:
    """Publishes a draft from a day on."""
    user = current_user(request)
    if sent_before(request, user) is not None:
        return redirect("prices:prices")
    found = draft_for(user, list_id)
    form = PublishForm(request.POST, today=local_day(database_now()))

    def act() -> str:
        return str(publish(found, valid_from=form.cleaned_data["valid_from"], by=user).pk)

    if settled(request, form, user, act) is None:
        return _show(request, found.community, form)
    messages.success(request, _("The price list is published."))
    return redirect(_address(found.community))


def _show(request: HttpRequest, community: Community, form: PublishForm | None = None) -> HttpResponse:
    user, today = current_user(request), local_day(database_now())
    versions = versions_of(community)
    current = list_in_force(community, today)
    open_draft = next((each for each in versions if each.is_draft), None)
    asked = request.GET.get("version", "")
    shown = next((each for each in versions if str(each.version) == asked), open_draft or current)
    may_write = user.role in KEEPERS
    context = {
        "community": community,
        "communities": communities(user),
        "versions": versions,
        "current": current,
        "shown": shown,
        "groups": by_trade(shown.items.all()) if shown else [],
        "draft": open_draft,
        "may_write": may_write,
        "editable": may_write and shown is not None and shown.is_draft,
        "form": form or PublishForm(today=today),
    }
    return render(request, "desk/prices.html", context, status=422 if form else 200)


def _community(request: HttpRequest) -> Community:
    found = chosen_community(request, first=True)
    if found is None:
        raise NotFound
    return found


def _item(found: PriceList, item_id: int) -> PriceItem:
    row = found.items.filter(pk=item_id).first() if item_id < 2**63 else None
    if row is None:
        raise NotFound
    return row


def _address(community: Community) -> str:
    return f"{reverse('prices:prices')}?community={community.code}"
