"""The key register: the list, one key, taking keys in, handing them out, and the receipt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from owners.actions import keys as acting
from owners.forms.keys import AddKeysForm, HandOutForm, ReasonForm, ReplaceForm
from owners.models import Key, Unit
from owners.queries.homes import owners_here, residents_here
from owners.queries.keys import hands_of, key_for, keys_of_unit, receipt_for
from owners.workflow.keys import KeyStatus
from servicecenter.accounts.models import Community, User
from servicecenter.attachments.queries import photos_of
from servicecenter.audit.sending import sent_before, settled
from servicecenter.desk.forms.searching import searched_text
from servicecenter.desk.queries.callers import unit_for
from servicecenter.desk.queries.histories import lines_of
from servicecenter.desk.queries.keys import SHOWS, colleagues_of, counted, owed_ids, shown
from servicecenter.desk.views.frame import current_user, desk, never_cache, page
from servicecenter.desk.views.lists import list_context
from servicecenter.lib.clock import database_now
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.refusals import NotFound, Refusal
from servicecenter.workflow.run import allowed

STEPS: dict[str, Callable[..., Key]] = {
    "take_back": acting.take_back,
    "find": acting.find,
    "unblock": acting.unblock,
    "lose": acting.lose,
    "block": acting.block,
    "replace": acting.replace,
}
WITH_REASON = frozenset({"lose", "block"})


@require_safe
@desk
@never_cache
def keys(request: HttpRequest) -> HttpResponse:
    """Every key and card: all of them, those that are out, those that have to come back, lost and blocked ones."""
    user, now = current_user(request), database_now()
    text = searched_text(request)
    show = request.GET.get("show", "")
    show = show if show in SHOWS else "all"
    context = list_context(request, shown(user, show, text, now), show=show, text=text)
    counts = counted(user, now)
    labels = [
        ("all", _("All"), None, ""),
        ("out", _("Out"), counts.out, ""),
        ("back", _("To come back"), counts.back, "bad" if counts.back else ""),
        ("lost", _("Lost or blocked"), counts.lost, ""),
    ]
    tabs = [
        {"label": label, "url": f"?show={code}", "active": code == show, "count": count, "tone": tone}
        for code, label, count, tone in labels
    ]
    owed = owed_ids(context["rows"], now)
    return page(request, "desk/keys.html", context | {"tabs": tabs, "owed": owed})


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def add(request: HttpRequest, unit_id: int | None = None) -> HttpResponse:
    """Takes keys into the register: of a unit, or of a plant room."""
    user = current_user(request)
    unit = unit_for(user, unit_id) if unit_id is not None else None
    back = redirect("desk:unit", unit.pk) if unit else redirect("desk:keys")
    if sent_before(request, user) is not None:
        return back
    form = AddKeysForm(
        request.POST if request.method == "POST" else None,
        unit=unit,
        communities=list(Community.objects.visible_to(user)),
    )
    made = settled(request, form, user, lambda: str(len(form.save(by=user))))
    if made is not None:
        n = int(made)
        said = ngettext("%(n)s key is in the register.", "%(n)s keys are in the register.", n)
        messages.success(request, said % {"n": n})
        return back
    context = {"form": form, "unit": unit}
    return page(request, "desk/keys_add.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def hand_out(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Hands keys of a unit out: to somebody who lives there for good or for a time, or to a colleague."""
    user = current_user(request)
    unit = unit_for(user, unit_id)
    kept = [key for key in keys_of_unit(unit) if key.status == KeyStatus.KEPT]
    return _hand_out(request, user, kept, unit)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def lend(request: HttpRequest, key_id: int) -> HttpResponse:
    """Hands one key out."""
    user = current_user(request)
    found = key_for(user, key_id)
    return _hand_out(request, user, [found] if found.status == KeyStatus.KEPT else [], found.unit, found)


@require_safe
@desk
@never_cache
def key(request: HttpRequest, key_id: int) -> HttpResponse:
    """One key: where it is, who has had it, what can be done."""
    user = current_user(request)
    return _show(request, key_for(user, key_id))


@require_POST
@desk
@never_cache
def step(request: HttpRequest, key_id: int, action: str) -> HttpResponse:
    """Takes one step with a key."""
    user = current_user(request)
    if action not in STEPS:
        raise NotFound
    found = key_for(user, key_id)
    if sent_before(request, user) is not None:
        return redirect("desk:key", found.pk)
    form = _form_of(action, request)

    def act() -> str:
        given = {name: form.cleaned_data[name] for name in ("reason", "tag") if name in form.cleaned_data}
        return str(STEPS[action](found, by=user, **given).pk)

    done = settled(request, form, user, act)
    if done is None:
        return _show(request, key_for(user, key_id), {action: form}, status=422)
    messages.success(request, _("It is written down."))
    return redirect("desk:key", int(done))


@require_safe
@desk
@never_cache
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """钥匙领用单: what was handed out to whom, to be signed."""
    found = receipt_for(current_user(request), number)
    holdings = found.holdings.select_related("key", "key__unit").order_by("key__kind", "key__tag")
    context = {
        "receipt": found,
        "keys": [each.key for each in holdings],
        "signature": next(iter(photos_of("key_receipt", found.pk)), None),
        "printed_at": database_now(),
    }
    return render(request, "desk/keys_slip.html", context)


def _hand_out(
    request: HttpRequest, user: User, kept: Sequence[Key], unit: Unit | None, found: Key | None = None
) -> HttpResponse:
    number = sent_before(request, user)
    if number is not None:
        return redirect("desk:key_receipt", number)
    community_id = unit.community_id if unit else found.community_id if found else 0
    form = HandOutForm(
        request.POST if request.method == "POST" else None,
        keys=kept,
        residents=residents_here(unit) if unit else [],
        owners=owners_here(unit) if unit else [],
        colleagues=colleagues_of(community_id),
    )
    if form.is_bound and form.is_valid():
        number = _handed(request, form, user)
    if number is not None:
        messages.success(request, _("Handed out. Please let the receipt be signed."))
        return redirect("desk:key_receipt", number)
    context = {"form": form, "unit": unit, "found": found, "kept": kept}
    return page(request, "desk/keys_hand_out.html", context, status=422 if form.is_bound else 200)


def _handed(request: HttpRequest, form: HandOutForm, user: User) -> str | None:
    """The signature's file is written before the transaction that needs it begins."""
    try:
        with form.filed() as pictures:
            drawn = pictures[0] if pictures else None
            return settled(request, form, user, lambda: form.save(by=user, signature=drawn).number)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return None


def _form_of(action: str, request: HttpRequest | None = None) -> ReasonForm | ReplaceForm:
    sent = request.POST if request is not None else None
    if action in WITH_REASON:
        return ReasonForm(sent)
    return ReplaceForm(sent)


def _show(
    request: HttpRequest, found: Key, forms: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    user = current_user(request)
    rows = [row for row in allowed(found, user) if row.action in STEPS]
    context = {
        "key": found,
        "owed": bool(owed_ids([found], database_now())),
        "hands": hands_of(found),
        "events": lines_of(found.TABLE, found.pk),
        "plain": [row for row in rows if row.action not in WITH_REASON and row.action != "replace"],
        "asking": [
            (row, (forms or {}).get(row.action) or _form_of(row.action))
            for row in rows
            if row.action in WITH_REASON or row.action == "replace"
        ],
        "may_hand_out": found.status == KeyStatus.KEPT,
        "earlier": getattr(found, "replaces", None),
    }
    return page(request, "desk/key.html", context, status=status)
