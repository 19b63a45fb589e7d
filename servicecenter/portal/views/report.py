"""Reporting a repair: the form, what the program makes of the words, and the promise."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from repairs.forms.report import TEXT_LIMIT
from repairs.models import Trade, Urgency
from repairs.queries import case_for, duplicates, promise_words
from repairs.triage import propose
from repairs.triage.reasons import SENTENCES
from servicecenter.lib.formtools import add_refusal, new_key
from servicecenter.lib.masks import group_phone, mask_phone
from servicecenter.lib.refusals import Invalid
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
        if form.is_valid():
            try:
                return redirect("portal:reported", form.save().number)
            except Invalid as refusal:
                form = _again(form, refusal, request.POST)
        status = 422
    own_phone = group_phone(mask_phone(here.user.phone or ""))
    return draw(request, here, "report", {"form": form, "own_phone": own_phone}, status=status)


def _again(form: PortalReportForm, refusal: Invalid, sent: QueryDict) -> PortalReportForm:
    """The form with what was refused. A key that already made a ticket is replaced: sending again is then meant."""
    if refusal.code == "idempotency_key_reused":
        renewed = sent.copy()
        renewed["idempotency_key"] = new_key()
        form.data = renewed
        form.add_error(
            None, _("You have sent this form before. If this is about something else, send it again.")
        )
    else:
        add_refusal(form, refusal)
    return form


@require_POST
@resident_page()
def proposal(request: HttpRequest, here: Here) -> HttpResponse:
    """What the program makes of the words typed so far, and whether this is already being worked on. Stores nothing."""
    text = request.POST.get("text", "")[:TEXT_LIMIT].strip()
    if len(text) < ENOUGH:
        return HttpResponse()
    guess = propose(text)
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
        "unsure": guess.low_confidence,
        "known": duplicates(
            here.user,
            community_id=here.home.community.pk,
            public_area=form.cleaned_data.get("public_area") or "",
            trade=guess.trade,
            **place,
        ),
    }
    return render(request, "portal/_proposal.html", context)


@require_safe
@resident_page(chosen=False)
def reported(request: HttpRequest, here: Here, number: str) -> HttpResponse:
    """The number, the promise in words, and whom to call."""
    ticket = case_for(here.user, number)
    show_hotline(request, ticket.community)
    return draw(request, here, "reported", {"ticket": ticket, "promise": promise_words(ticket)})
