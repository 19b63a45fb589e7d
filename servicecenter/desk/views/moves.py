"""Moving in, moving out, a unit changing hands, at the counter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from owners.actions.leaving import leave as move_out
from owners.actions.leaving import pass_unit_on
from owners.actions.moving import NewOwner, make_primary, move_in
from owners.forms import EndForm, MoveInForm, TransferForm, WhoForm
from owners.models import Unit
from owners.queries.keys import leaving_with, owning_stays
from servicecenter.audit.idempotency import answered, once
from servicecenter.desk.queries.callers import unit_for
from servicecenter.desk.queries.roll import stay_for
from servicecenter.desk.views.frame import current_user, desk, never_cache, page
from servicecenter.lib.formtools import KeyField, add_refusal
from servicecenter.lib.refusals import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def enter(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Somebody moves in."""
    user = current_user(request)
    unit = unit_for(user, unit_id)
    form = MoveInForm(_sent(request), community=unit.community)

    def act() -> str:
        person = form.who(by=user)
        given = {name: form.cleaned_data[name] for name in ("role", "since", "is_primary")}
        move_in(unit, person=person, by=user, **given)
        return _("%(name)s is registered in %(unit)s.") % {"name": person.name, "unit": unit.code}

    return _settle(request, unit, form, _("Move in"), act)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def hand_over(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The unit changes hands."""
    user = current_user(request)
    unit = unit_for(user, unit_id)
    form = TransferForm(_sent(request), community=unit.community, out=leaving_with(owning_stays(unit)))

    def act() -> str:
        person = form.who(by=user)
        given = {name: form.cleaned_data[name] for name in ("on", "tenants_stay")}
        pass_unit_on(unit, to=[NewOwner(person)], fates=form.fates, by=user, **given)
        return _("%(unit)s belongs to %(name)s. The former owner has no access any more.") % {
            "name": person.name,
            "unit": unit.code,
        }

    return _settle(request, unit, form, _("Transfer of ownership"), act)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def leave(request: HttpRequest, stay_id: int) -> HttpResponse:
    """Somebody moves out."""
    user = current_user(request)
    stay = stay_for(user, stay_id)
    form = EndForm(_sent(request), out=leaving_with([stay]))

    def act() -> str:
        move_out(stay, fates=form.fates, until=form.cleaned_data["until"], by=user)
        return _("%(name)s moves out of %(unit)s.") % {"name": stay.person.name, "unit": stay.unit.code}

    title = _("%(name)s moves out") % {"name": stay.person.name}
    return _settle(request, stay.unit, form, title, act)


@require_POST
@desk
def primary(request: HttpRequest, stay_id: int) -> HttpResponse:
    """Whom we call first."""
    user = current_user(request)
    stay = stay_for(user, stay_id)
    make_primary(stay, by=user)
    messages.success(request, _("%(name)s is the primary contact now.") % {"name": stay.person.name})
    return redirect("desk:unit", stay.unit_id)


@require_POST
@desk
@never_cache
def known(request: HttpRequest, unit_id: int) -> HttpResponse:
    """While the phone or name is typed: whom the roll knows like that."""
    unit = unit_for(current_user(request), unit_id)
    form = WhoForm(request.POST, community=unit.community)
    return render(request, "desk/_known.html", {"unit": unit, "form": form})


def _settle(request: HttpRequest, unit: Unit, form: Form, title: str, act: Callable[[], str]) -> HttpResponse:
    """Takes the step when the form is good; else shows it with what is wrong and all that was typed."""
    key = KeyField().clean(request.POST.get("idempotency_key", ""))
    if answered(user=current_user(request), key=key, route=request.path[:100]):
        return redirect("desk:unit", unit.pk)
    if request.method == "POST" and form.is_valid():
        try:
            said = _once(request, form, act)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, said)
            return redirect("desk:unit", unit.pk)
    context: dict[str, Any] = {"unit": unit, "form": form, "title": title}
    return page(request, "desk/move.html", context, status=422 if form.is_bound else 200)


def _once(request: HttpRequest, form: Form, act: Callable[[], str]) -> str:
    """A new person and the stay, or neither; a double tap does it once. Names are not kept with the key."""
    said = [_("This was saved already.")]

    def effect() -> tuple[int, dict[str, Any]]:
        said[:] = [act()]
        return 200, {}

    once(
        user=current_user(request),
        key=form.cleaned_data["idempotency_key"],
        route=request.path[:100],
        body={name: str(value) for name, value in form.cleaned_data.items()},
        act=effect,
    )
    return said[0]


def _sent(request: HttpRequest) -> QueryDict | None:
    """What was typed; a form without any value is a form that was sent, too."""
    return request.POST if request.method == "POST" else None
