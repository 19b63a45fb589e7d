"""Reporting a repair: the form, what the program makes of the words, and the promise."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from owners.models import Building, Unit
from owners.queries.warranty import Cover, Standing, cover
from repairs.forms.report import TEXT_LIMIT
from repairs.models import Outage, Trade, Urgency
from repairs.queries import case_for, duplicates, promise_words
from repairs.queries.outages import fitting, known_now
from repairs.queries.proposing import proposal_for
from repairs.triage.reasons import SENTENCES
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.formtools import add_refusal, renewed
from servicecenter.lib.masks import group_phone, mask_phone
from servicecenter.lib.problems import headed, retry_after
from servicecenter.lib.refusals import Refusal
from servicecenter.lib.trouble import understood
from servicecenter.portal.entry import Here, draw, resident_page, show_hotline
from servicecenter.portal.forms import PortalReportForm

# A few letters say nothing yet.
ENOUGH = 2


@require_http_methods(["GET", "HEAD", "POST"])
@resident_page()
def report(request: HttpRequest, here: Here) -> HttpResponse:
    """What happened, where, when convenient. Sending the same form twice makes one ticket."""
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = PortalReportForm(here.user, here.home.community, *sent)
    status = 200
    if request.method == "POST":
        try:
            if form.is_valid():
                with understood():
                    number = form.save().number
                _tell_replay(request, form)
                return redirect("portal:reported", number)
            status = 422
        except Refusal as refusal:
            status = _again(form, refusal)
    context = {
        "form": form,
        "ticked": request.POST.get("outage"),
        "own_phone": group_phone(mask_phone(here.user.phone or "")),
        "outages": known_now(here.user, database_now(), here.home.community.pk),
    }
    answer = draw(request, here, "report", context, status=status)
    return headed(answer, retry_after(status))


def _tell_replay(request: HttpRequest, form: PortalReportForm) -> None:
    """A report that had reached us before: says so, and what became of further photos."""
    if form.replayed:
        messages.info(request, _("This report had already reached us; there is only one repair."))
    if form.added:
        messages.success(request, _("The new photos were added to it."))


def _again(form: PortalReportForm, refusal: Refusal) -> int:
    """Puts a refusal on the form and returns the status to show it with. A key that already made a ticket is replaced:
    sending again is then meant."""
    if refusal.code == "idempotency_key_reused":
        form.data = renewed(form.data)
    add_refusal(form, refusal)
    return 422 if refusal.status == 400 else refusal.status


@require_POST
@resident_page()
def proposal(request: HttpRequest, here: Here) -> HttpResponse:
    """What the program makes of the words typed so far, and whether this is already being worked on. Stores nothing."""
    text = request.POST.get("text", "")[:TEXT_LIMIT].strip()
    if len(text) < ENOUGH:
        known = known_now(here.user, database_now(), here.home.community.pk)
        return render(
            request, "portal/_outages_known.html", {"outages": known, "ticked": request.POST.get("outage")}
        )
    guess = proposal_for(text)
    form = PortalReportForm(here.user, here.home.community, request.POST)
    form.is_valid()
    place = {name: form.cleaned_data.get(name) for name in ("unit", "building")}
    context = {
        "trade": Trade(guess.trade).label,
        "urgency": Urgency(guess.urgency).label,
        "emergency": guess.urgency == Urgency.EMERGENCY,
        "why": [SENTENCES[code] for code in guess.reasons if code in SENTENCES]
        if guess.urgency == Urgency.EMERGENCY
        else [],
        "ticked": request.POST.get("outage"),
        "unsure": guess.low_confidence,
        "warranty": _warranty(place["unit"], guess.trade),
        "outages": _outages(here, place["unit"], place["building"], guess.trade),
        "known": duplicates(
            here.user,
            community_id=here.home.community.pk,
            public_area=form.cleaned_data.get("public_area") or "",
            trade=guess.trade,
            text=text,
            **place,
        ),
    }
    return render(request, "portal/_proposal.html", context)


def _outages(here: Here, unit: Unit | None, building: Building | None, trade: str) -> list[Outage]:
    """What we know already at that place and may be the cause."""
    place = unit.building_id if unit else building.pk if building else None
    return fitting(here.user, community_id=here.home.community.pk, building_id=place, trade=trade)


def _warranty(unit: Unit | None, trade: str) -> Cover | None:
    """Said while the words are typed, if the builder answers for it; never a reason not to report."""
    found = cover(unit, on=local_day(database_now()), trade=trade) if unit else None
    return found if found and found.state == Standing.IN else None


@require_safe
@resident_page(chosen=False)
def reported(request: HttpRequest, here: Here, number: str) -> HttpResponse:
    """The number, the promise in words, and whom to call."""
    ticket = case_for(here.user, number)
    show_hotline(request, ticket.community)
    return draw(request, here, "reported", {"ticket": ticket, "promise": promise_words(ticket)})
