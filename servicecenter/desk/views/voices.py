"""One intake at the desk for every voice, what the program makes of the words, and a repair in disguise."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from complaints.actions import Taken
from complaints.actions.messages import hidden_from
from complaints.forms.intake import TEXT_LIMIT, DeskForm
from complaints.models import Kind, Level, Type
from complaints.queries.cases import case_for, repeats, same_cause
from complaints.triage import propose
from complaints.triage.reasons import SENTENCES
from owners.queries import community_named
from servicecenter.accounts.models import Community, User
from servicecenter.desk.actions.voices import make_repair
from servicecenter.desk.queries.callers import person_for
from servicecenter.desk.views.frame import current_user, desk, never_cache, page
from servicecenter.desk.views.knowledge import beside_text
from servicecenter.lib.clock import database_now
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.qr import qr_image
from servicecenter.lib.refusals import Invalid, NotFound, Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def register(request: HttpRequest) -> HttpResponse:
    """The form; POST registers, once per key. “As a repair” makes a ticket of it at once."""
    user = current_user(request)
    community = _community(request, user)
    if request.method != "POST":
        return _draw(
            request, DeskForm(community=community, user=user, initial=_known(request, user, community))
        )
    form = DeskForm(request.POST, request.FILES, community=community, user=user)
    if not form.is_valid():
        return _draw(request, form, status=422)
    try:
        taken = form.save()
        if request.POST.get("as") == "repair" and not taken.again:
            ticket = make_repair(taken.case, by=user)
            messages.success(request, _("%(number)s is registered as a repair.") % {"number": ticket.number})
            return redirect("desk:ticket", ticket.number)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        add_refusal(form, refusal)
        return _draw(request, form, status=422)
    return _after(request, user, taken)


def _after(request: HttpRequest, user: User, taken: Taken) -> HttpResponse:
    """Says the number, and to somebody without a name the receipt, which is shown this once."""
    number = taken.case.number
    messages.success(request, _("%(number)s is registered.") % {"number": number})
    if taken.receipt:
        said = _("Receipt to be read out: %(receipt)s. It is kept nowhere.") % {"receipt": taken.receipt}
        messages.warning(request, said)
    return (
        redirect("complaints:list")
        if hidden_from(taken.case) == user.pk
        else redirect("complaints:case", number)
    )


def _community(request: HttpRequest, user: User) -> Community:
    """The one that was named, else the first of one's own."""
    named = request.POST.get("community") or request.GET.get("community", "")
    try:
        return community_named(user, named.replace("\0", "")[:12])
    except Invalid:
        first = Community.objects.visible_to(user).first()
        if first is None:
            raise NotFound from None
        return first


def _known(request: HttpRequest, user: User, community: Community) -> dict[str, Any]:
    """Defaults from the card that the form was opened from."""
    named = request.GET.get("person", "")
    if not (named.isascii() and named.isdigit() and len(named) < 19):
        return {"text": request.GET.get("text", "")[:TEXT_LIMIT]}
    person = person_for(user, int(named))
    homes = [home.unit for home in getattr(person, "homes", [])]
    return {"person": person.pk, "unit": homes[0].code if len(homes) == 1 else ""}


def _draw(request: HttpRequest, form: DeskForm, status: int = 200) -> HttpResponse:
    user = current_user(request)
    context = {
        "form": form,
        "community": form.community,
        "communities": Community.objects.visible_to(user) if len(user.community_ids) > 1 else [],
        "suggestion": _suggestion(user, form),
    }
    return page(request, "desk/voice_new.html", context, status=status)


@require_POST
@desk
def proposal(request: HttpRequest) -> HttpResponse:
    """What the program makes of the words typed so far, and what is known about it already. Stores nothing."""
    user = current_user(request)
    form = DeskForm(request.POST, community=_community(request, user), user=user)
    return render(request, "desk/_voice_proposal.html", {"suggestion": _suggestion(user, form)})


def _suggestion(user: User, form: DeskForm) -> dict[str, Any] | None:
    text = str(form["text"].value() or "")[:TEXT_LIMIT].strip().replace("\0", "")
    if len(text) < 2:
        return None
    found = propose(text)
    chosen = str(form["type"].value() or "")
    type = chosen if chosen in Type.values else found.type
    unit = form.unit_now
    return {
        "kind": Kind(found.kind).label,
        "type": Type(found.type).label,
        "level": Level(found.level).label if found.kind == Kind.COMPLAINT else "",
        "serious": found.level in (Level.MAJOR, Level.COMPLEX),
        "repair": found.repair,
        "compensation": found.compensation,
        "why": [SENTENCES[code] for code in found.reasons],
        "unsure": found.low_confidence,
        "articles": beside_text(user, text, form.community),
        "same": same_cause(
            user,
            community_id=form.community.pk,
            type=type,
            text=text,
            building=unit.building if unit else None,
        ),
        "earlier": repeats(user, unit=unit, type=type, at=database_now()),
    }


@require_POST
@desk
def as_repair(request: HttpRequest, number: str) -> HttpResponse:
    """One tap: it becomes a ticket."""
    user = current_user(request)
    ticket = make_repair(case_for(user, number), by=user)
    messages.success(request, _("It goes on as repair %(number)s.") % {"number": ticket.number})
    return redirect("desk:ticket", ticket.number)


@require_safe
@desk
@never_cache
def posters(request: HttpRequest) -> HttpResponse:
    """A poster for each community: who scans it can tell us something without a name."""
    user = current_user(request)
    sheets = []
    for community in Community.objects.visible_to(user):
        url = request.build_absolute_uri(reverse("voice", args=[community.code]))
        sheets.append((community, url, qr_image(url)))
    return page(request, "desk/voice_posters.html", {"sheets": sheets})
