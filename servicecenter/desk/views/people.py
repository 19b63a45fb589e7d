"""Caller cards, and the logged way to a full phone number."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from decoration.queries.lists import latest_permits
from handovers.queries.cases import handover_of_unit
from owners.queries.consents import said_by
from owners.queries.keys import keys_of_person, keys_of_unit
from owners.queries.releases import latest_releases
from owners.queries.wards import guardian_of
from owners.queries.warranty import register_of
from repairs.queries import case_for
from repairs.queries.outages import near
from servicecenter.accounts.models import User
from servicecenter.audit.access import record_access
from servicecenter.bulletins.queries.offered import WITH_A_CALLER
from servicecenter.desk.forms.reveal import RevealForm
from servicecenter.desk.queries.callers import person_card, person_for, unit_card
from servicecenter.desk.queries.roll import doubles_for, past_stays
from servicecenter.desk.views.frame import current_user, desk, never_cache, page
from servicecenter.desk.views.knowledge import scripts_for
from servicecenter.desk.views.promises import About, box
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.refusals import Refusal

# The address whose number was revealed and is shown there once, on the next page.
REVEALED = "desk_revealed"


@require_safe
@desk
@never_cache
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """The card of a person."""
    user = current_user(request)
    card = person_card(user, person_id)
    assert card.person is not None
    context = {
        "card": card,
        "show_phone": shows_number(request),
        "promised": box(user, About(card.person.community, person=card.person), database_now()),
        "past": past_stays(person=card.person),
        "keys": keys_of_person(card.person),
        "releases": latest_releases(user, person=card.person),
        "permits": latest_permits(user, person=card.person),
        "doubles": doubles_for(card.person),
        "consents": said_by(card.person),
        "person": card.person,
        "scripts": scripts_for(user, WITH_A_CALLER, card.person.community_id),
        "guardian": guardian_of(card.person) if card.person.is_minor else None,
        "several": len(user.community_ids) > 1,
        "outage_banner": near(user, [home.unit for home in card.homes]),
    }
    return page(request, "desk/card.html", context)


@require_safe
@desk
@never_cache
def unit(request: HttpRequest, unit_id: int) -> HttpResponse:
    """The card of a unit."""
    user, at = current_user(request), database_now()
    card = unit_card(user, unit_id)
    assert card.unit is not None
    context = {
        "card": card,
        "scripts": scripts_for(user, WITH_A_CALLER, card.unit.community_id),
        "past": past_stays(unit=card.unit),
        "handover": handover_of_unit(user, card.unit.pk),
        "keys": keys_of_unit(card.unit),
        "releases": latest_releases(user, unit=card.unit),
        "permits": latest_permits(user, unit=card.unit),
        "warranty": register_of(card.unit, on=local_day(at)),
        "several": len(user.community_ids) > 1,
        "outage_banner": near(user, [card.unit]),
        "promised": box(user, About(card.unit.community, unit=card.unit), at),
    }
    return page(request, "desk/card.html", context)


def shows_number(request: HttpRequest) -> bool:
    """Whether the number of this page was revealed just now; the second look needs a reason again."""
    if request.session.get(REVEALED) != request.path:
        return False
    del request.session[REVEALED]
    return True


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def reveal_person(request: HttpRequest, person_id: int) -> HttpResponse:
    """Asks why, writes it down, shows the person's number once."""
    user = current_user(request)
    found = person_for(user, person_id)
    back = reverse("desk:person", args=[found.pk])
    return _reveal(request, user, found.community_id, found.pk, found.name, found.phone, back)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def reveal_ticket(request: HttpRequest, number: str) -> HttpResponse:
    """The same for the contact number of a repair."""
    user = current_user(request)
    ticket = case_for(user, number)
    back = reverse("desk:ticket", args=[ticket.number])
    # A caller who is not in the roll has no person; the line is kept under 0.
    person_id = ticket.reporter_id or 0
    return _reveal(
        request, user, ticket.community_id, person_id, ticket.reporter_name, ticket.contact_phone, back
    )


def _reveal(
    request: HttpRequest, user: User, community_id: int, person_id: int, name: str, phone: str, back: str
) -> HttpResponse:
    form = RevealForm(request.POST or None, initial={"reason": "call_back"})
    in_dialog = bool(request.headers.get("HX-Request"))
    context: dict[str, Any] = {
        "form": form,
        "name": name,
        "phone": phone,
        "back": back,
        "title": _("Show the number"),
    }
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                record_access(
                    by=user, community_id=community_id, person_id=person_id, field="phone", reason=form.said
                )
            except Refusal as refusal:
                add_refusal(form, refusal)
                status = max(status, refusal.status)
            else:
                if in_dialog:
                    return render(request, "desk/_number.html", context)
                request.session[REVEALED] = back
                return redirect(back)
    if in_dialog:
        return render(request, "desk/_reveal.html", context, status=status)
    return page(request, "desk/reveal.html", context, status=status)
