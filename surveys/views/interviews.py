"""The desk's part: calling those who are asked, and typing paper in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.forms import BoundField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from owners.queries.places import primary_contact, unit_named
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Role, User
from servicecenter.lib.clock import database_now
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.refusals import Invalid, NotFound, Refusal, TooMany
from surveys.actions.interviewing import (
    OUTCOMES,
    claim_interview,
    finish_interview,
    interview_of,
    may_show_number,
    open_number,
    queue_of,
)
from surveys.actions.keying import differing, key_in, paper_of
from surveys.forms.answers import AnswersForm
from surveys.forms.interviews import EndForm, PaperForm
from surveys.models import Campaign, Channel, Invitation
from surveys.queries.campaigns import rates
from surveys.questions import Question, Section, Sheet
from surveys.workflow import AttemptOutcome

desk = only(Role.AGENT, Role.SUPERVISOR)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def queue(request: HttpRequest) -> HttpResponse:
    """What runs and how many wait to be called. POST: the next call, or the paper of a unit."""
    user = current_user(request)
    running = list(
        Campaign.objects.visible_to(user).running().select_related("community").order_by("ends_at")
    )
    form = PaperForm(request.POST if "unit" in request.POST else None, running=running)
    if request.method == "POST":
        if not form.is_bound:
            return _next_call(request, user)
        if form.is_valid() and (found := _paper(form, user)):
            return redirect("interviews:paper", found.pk)
    counted = rates(running)
    context = {
        "rows": [(each, *counted.get(each.pk, (0, 0))) for each in running],
        "waiting": queue_of(user, database_now()),
        "form": form,
        "has_paper": any(each.has(Channel.PAPER) for each in running),
    }
    return render(request, "surveys/interviews.html", context, status=422 if form.is_bound else 200)


def _next_call(request: HttpRequest, user: User) -> HttpResponse:
    found = claim_interview(by=user)
    if found is None:
        messages.info(request, _("Nobody is to be called now."))
        return redirect("interviews:queue")
    person = primary_contact(found.unit) if found.unit else None
    if person is not None:
        try:
            open_number(found, person, by=user)
        except TooMany as refusal:
            messages.warning(request, str(refusal.sentence))
    return redirect("interviews:interview", found.pk)


def _paper(form: PaperForm, user: User) -> Invitation | None:
    try:
        campaign = Campaign.objects.visible_to(user).running().get(number=form.cleaned_data["number"])
        unit = unit_named(user, form.cleaned_data["unit"], campaign.community)
        return paper_of(campaign, unit, by=user)
    except Refusal as refusal:
        add_refusal(form, refusal)
        return None


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def interview(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """The questions to read out, with the number; POST ends the call."""
    user = current_user(request)
    found = interview_of(invitation_id, by=user)
    assert found.unit is not None
    sheet = found.campaign.questionnaire.sheet
    posted = request.POST if request.method == "POST" else None
    form, end = AnswersForm(sheet.questions, posted, may_skip=True), EndForm(posted)
    if end.is_bound and end.is_valid() and form.is_valid():
        try:
            finish_interview(found, answers=form.given, by=user, **end.cleaned_data)
        except Invalid as refusal:
            form.show(refusal)
        else:
            messages.success(request, _("Saved. Take the next one."))
            return redirect("interviews:queue")
    context = {
        "invitation": found,
        "campaign": found.campaign,
        "person": primary_contact(found.unit),
        "may_show_number": may_show_number(found, by=user),
        "sections": _sections(form, sheet),
        "form": form,
        "end": end,
        "missed": [
            each for each in OUTCOMES if each not in (AttemptOutcome.REACHED, AttemptOutcome.CALL_BACK)
        ],
    }
    return render(request, "surveys/interview.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def paper(request: HttpRequest, invitation_id: int) -> HttpResponse:
    """A paper as one reads it; the second person's has to agree, and what differs is marked for both."""
    user = current_user(request)
    rows = Invitation.objects.of_staff(user).select_related(
        "campaign__questionnaire", "campaign__community", "unit"
    )
    found = rows.filter(pk=invitation_id).first()
    if found is None or found.unit is None:
        raise NotFound
    paper_of(found.campaign, found.unit, by=user)
    sheet = found.campaign.questionnaire.sheet
    mine, other = _both(found, user)
    form = AnswersForm(
        sheet.questions, request.POST if request.method == "POST" else None, answers=mine, may_skip=True
    )
    if form.is_bound and form.is_valid():
        try:
            keyed = key_in(found, form.given, by=user)
        except Invalid as refusal:
            form.show(refusal)
        else:
            if not keyed.differs:
                said = (
                    _("Both agree: it counts.")
                    if keyed.response
                    else _("Kept. A colleague types it in again.")
                )
                messages.success(request, said)
                return redirect("interviews:queue")
            mine, other = _both(found, user)
    differs = set(differing(mine, other)) if mine and other else set()
    context = {
        "invitation": found,
        "campaign": found.campaign,
        "sections": _sections(form, sheet, {code: _shown(sheet, code, other.get(code)) for code in differs}),
        "form": form,
        "differs": len(differs),
    }
    return render(request, "surveys/paper.html", context, status=422 if form.is_bound else 200)


def _both(invitation: Invitation, user: User) -> tuple[dict[str, Any], dict[str, Any]]:
    """What this person typed in before, and what the other one did; the other's only once both have."""
    mine: dict[str, Any] = {}
    other: dict[str, Any] = {}
    for each in invitation.keyings.all():
        (mine if each.by_id == user.pk else other).update(each.answers)
    return mine, other if mine else {}


def _sections(
    form: AnswersForm, sheet: Sheet, other: Mapping[str, str] | None = None
) -> list[tuple[Section, list[tuple[Question, BoundField, str]]]]:
    """Sections with their questions, fields, and what a colleague read differently."""
    said = other or {}
    return [
        (section, [(each, form[each.code], said.get(each.code, "")) for each in section.questions])
        for section in sheet.sections
    ]


def _shown(sheet: Sheet, code: str, value: Any) -> str:
    question = sheet.find(code)
    return (question.shown(value) if question else "") or "—"
