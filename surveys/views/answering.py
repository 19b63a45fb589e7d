"""Answering, without a login: one section a screen, kept as one goes, without JavaScript."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from servicecenter.accounts import limits
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.views import client_address
from servicecenter.lib.clock import database_now
from servicecenter.lib.refusals import Invalid, NotFound
from surveys.actions.answering import answer
from surveys.actions.entering import (
    Entry,
    LinkOver,
    by_poster,
    door_of,
    draft_of,
    draw_link,
    enter,
    keep_draft,
    own_invitation,
)
from surveys.forms.answers import AnswersForm, PosterForm
from surveys.models import Campaign, Channel
from surveys.questions import Answers, Question, Section, checked

COOKIE = "survey"


@dataclass(frozen=True)
class Screen:
    """One section of the questionnaire: which one, and the questions in it that the answers so far lead to."""

    number: int
    section: Section
    questions: list[Question]
    total: int

    @property
    def is_last(self) -> bool:
        return self.number == self.total


def _screen(entry: Entry, number: int, answers: Answers) -> Screen:
    sheet = entry.campaign.questionnaire.sheet
    number = max(1, min(number, len(sheet.sections)))
    section = sheet.sections[number - 1]
    asked = list(sheet.asked(answers))
    return Screen(number, section, [each for each in section.questions if each in asked], len(sheet.sections))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """One section. Sent, it is kept, and the next one is shown; after the last one the answer counts.

    An answer may lead to a further question of the same section: then the section is shown again with it.
    """
    entry = enter(token[:64])
    before = draft_of(entry)
    screen = _screen(entry, _number(request), before)
    form = AnswersForm(screen.questions, request.POST if request.method == "POST" else None, answers=before)
    if request.method != "POST" or not form.is_valid():
        return _show(request, entry, screen, form)
    said = {code: value for code, value in before.items() if code not in form.fields} | form.given
    keep_draft(entry, said)
    after = _screen(entry, screen.number, said)
    if {each.code for each in after.questions} - set(form.fields):
        return _to(token, screen.number)
    if not screen.is_last:
        return _to(token, screen.number + 1)
    return _finish(request, entry, said)


def _finish(request: HttpRequest, entry: Entry, said: Answers) -> HttpResponse:
    """Takes the answer; a section that was left out is shown first."""
    sheet = entry.campaign.questionnaire.sheet
    missing = checked(sheet, said).missing
    for number, section in enumerate(sheet.sections, 1):
        if any(each.code in missing for each in section.questions):
            return _to(entry.token, number)
    answer(entry.invitation, said, channel=entry.link.channel)
    return render(request, "surveys/thanks.html", {"campaign": entry.campaign})


def _show(request: HttpRequest, entry: Entry, screen: Screen, form: AnswersForm) -> HttpResponse:
    campaign = entry.campaign
    if request.user.is_anonymous:
        # The emergency line of the community stands in the frame.
        request.hotline = campaign.community.hotline  # type: ignore[attr-defined]
    context = {
        "campaign": campaign,
        "screen": screen,
        "form": form,
        "back": f"{request.path}?at={screen.number - 1}" if screen.number > 1 else "",
        "done": 100 * (screen.number - 1) // screen.total,
    }
    return render(request, "surveys/answer.html", context, status=422 if form.is_bound else 200)


def _number(request: HttpRequest) -> int:
    asked = (request.POST.get("at") or request.GET.get("at", "1"))[:3]
    return int(asked) if asked.isascii() and asked.isdigit() else 1


def _to(token: str, number: int) -> HttpResponse:
    return redirect(f"{reverse('survey', args=[token])}?at={number}")


@require_safe
@only()
@never_cache
def own(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """From the portal or a message: a link for one's own home. The browser keeps it, so that what was filled in is
    taken up again; we do not."""
    invitation = own_invitation(current_user(request), invitation_id)
    token = _kept(request, invitation_id)
    if not token:
        token = draw_link(invitation, door_of(invitation))
        if not token:
            raise LinkOver
    response = redirect("survey", token)
    response.set_cookie(
        COOKIE,
        token,
        max_age=30 * 86400,
        path=request.path,
        httponly=True,
        secure=request.is_secure(),
        samesite="Lax",
    )
    return response


def _kept(request: HttpRequest, invitation_id: int) -> str:
    """The link that this browser has for the invitation, if it still works."""
    token = request.COOKIES.get(COOKIE, "")[:64]
    try:
        return token if token and enter(token).invitation.pk == invitation_id else ""
    except LinkOver:
        return ""


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def poster(request: HttpRequest, number: str) -> HttpResponse:
    """From the poster: the unit and the end of a phone number on record, then the questions. So many guesses from one
    address, and no more."""
    campaign = Campaign.objects.running().select_related("community").filter(number=number).first()
    if campaign is None or not campaign.has(Channel.POSTER):
        raise NotFound
    form = PosterForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        taken = limits.take(database_now(), (limits.GUESSES_PER_ADDRESS, client_address(request)))
        given: dict[str, Any] = form.cleaned_data
        try:
            token = by_poster(campaign, unit_code=given["unit"], phone_end=given["phone_end"])
        except Invalid as refusal:
            form.add_error("unit", str(refusal.errors["unit"][0]))
        else:
            limits.give_back(taken)
            return redirect("survey", token)
    context = {"campaign": campaign, "form": form}
    return render(request, "surveys/poster_door.html", context, status=422 if form.is_bound else 200)
