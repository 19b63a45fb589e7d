"""Campaigns, where leaders plan, run, read and publish them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Community, Role, User
from servicecenter.audit.idempotency import once
from servicecenter.cases.pages import stepped
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.qr import qr_image
from servicecenter.lib.refusals import NotFound, Refusal
from surveys.actions.planning import change, plan
from surveys.forms.planning import PlanForm
from surveys.forms.steps import SurveyStepForm, form_for
from surveys.models import Campaign, Channel
from surveys.models.questionnaires import EDITORS
from surveys.publication import shown_of
from surveys.queries.campaigns import campaign_for, listed, measures_of, rates, replaced_in, standings_of
from surveys.queries.guide import buttons, next_words, way

leaders = only(Role.SUPERVISOR, Role.MANAGER, Role.ADMIN)


@require_safe
@leaders
@never_cache
def campaigns(request: HttpRequest) -> HttpResponse:
    """All campaigns, the latest first, with how many have answered."""
    user = current_user(request)
    page = listed(user, request.GET.get("cursor", ""))
    counted = rates(page.rows)
    context = {
        "rows": [(each, *counted.get(each.pk, (0, 0))) for each in page.rows],
        "newer": f"?cursor={page.newer}" if page.newer else "",
        "older": f"?cursor={page.older}" if page.older else "",
        "may_plan": user.role in EDITORS,
    }
    return render(request, "surveys/campaigns.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@leaders
@never_cache
def plan_page(request: HttpRequest) -> HttpResponse:
    """A new campaign; `?change=` names a draft that is written anew, `?asking=` the questionnaire."""
    user = current_user(request)
    draft = campaign_for(user, request.GET["change"][:24]) if request.GET.get("change") else None
    asking = request.GET.get("asking", "")[:18]
    form = PlanForm(
        request.POST if request.method == "POST" else None,
        by=user,
        campaign=draft,
        initial={"questionnaire": asking} if asking else {},
    )
    if form.is_bound and form.is_valid():
        try:
            number = _planned(form, draft, user)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("Planned. Nobody is asked before you start it."))
            return redirect("surveys:campaign", number)
    context = {"form": form, "draft": draft}
    return render(request, "surveys/plan.html", context, status=422 if form.is_bound else 200)


def _planned(form: PlanForm, draft: Campaign | None, user: User) -> str:
    """The number of what was planned, the first of several."""
    if draft is not None:
        return change(draft, form.wish, by=user).number
    places: list[Community] = list(form.cleaned_data["communities"])

    def act() -> tuple[int, dict[str, Any]]:
        return 201, {"number": plan(form.wish, communities=places, by=user)[0].number}

    key = form.cleaned_data["idempotency_key"]
    body = {name: str(value) for name, value in form.cleaned_data.items() if name != "idempotency_key"}
    _status, answer, _replayed = once(user=user, key=key, route="survey:plan", body=body, act=act)
    return str(answer["number"])


@require_safe
@leaders
@never_cache
def campaign(request: HttpRequest, number: str) -> HttpResponse:
    """How far it is, who answers building by building, and what can be done now."""
    user = current_user(request)
    found = campaign_for(user, number)
    together, rows, _strata = standings_of(found)
    context = {
        "campaign": found,
        "way": way(found),
        "next": next_words(found),
        "buttons": buttons(found, user),
        "together": together,
        "rows": rows,
        "replaced": replaced_in(found),
        "measures": measures_of(found),
        "channels": [Channel(each).label for each in found.channels],
        "may_edit": user.role in EDITORS,
    }
    return render(request, "surveys/campaign.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@leaders
@never_cache
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """GET: the form of a step. POST: takes it and goes back to the campaign."""
    user = current_user(request)
    found = campaign_for(user, number)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    asked = {"section": request.GET.get("section", "")[:32]}
    form = form_for(action.replace("-", "_"), found, user, *sent, initial=asked)
    # A measure is decided on over the results.
    back = "surveys:results" if form.action == "add_measure" else "surveys:campaign"
    return settled(request, form, reverse(back, args=[found.number]))


def settled(
    request: HttpRequest, form: SurveyStepForm, back: str, layout: str = "layouts/manage.html"
) -> HttpResponse:
    """Takes the step that was sent, or shows its form (a fragment in a dialog)."""
    room = "surveys" if form.case.TABLE.work == "survey" else "measures"
    action = reverse(f"{room}:act", args=[form.case.number, form.code])
    return stepped(request, form, action=action, back=back, said=lambda: _said(form), layout=layout)


def _said(form: SurveyStepForm) -> str:
    """What has happened, in words."""
    if form.action == "start":
        asked = standings_of(form.case)[0].asked
        said = ngettext("Started: %(count)s is asked.", "Started: %(count)s are asked.", asked)
        return said % {"count": asked}
    words = {
        "close": _("Closed. You can read the results now."),
        "publish": _("Published: residents find it in the portal. Print the poster for the notice board."),
        "remind": _("Reminded. Whoever has answered got nothing."),
        "replace": _("The next unit of the draw is asked instead."),
        "add_measure": _("Decided. Whoever answers for it is told."),
        "finish": _("Done. Somebody else has to look at it now."),
        "verify": _("Verified. Thank you."),
    }
    return words.get(form.action, _("Saved."))


@require_safe
@leaders
@never_cache
def poster(request: HttpRequest, number: str) -> HttpResponse:
    """A sheet for the notice board: the way in while it runs, what was found once it is published."""
    found = campaign_for(current_user(request), number)
    context: dict[str, Any] = {"campaign": found}
    if found.is_running and found.has(Channel.POSTER):
        url = request.build_absolute_uri(reverse("survey_poster", args=[found.number]))
        context |= {"url": url, "image": qr_image(url)}
    elif found.published_at is not None:
        context |= shown_of(found)
    else:
        raise NotFound
    return render(request, "surveys/poster.html", context)
