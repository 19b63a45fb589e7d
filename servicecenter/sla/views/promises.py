"""The table of promises, and the page of one: its terms, a trial calculation, its history."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from servicecenter.accounts.guards import current_user
from servicecenter.lib.clock import database_now
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Stale
from servicecenter.sla import policies, recounts
from servicecenter.sla.compare import compare
from servicecenter.sla.forms.promises import FIELDS, PromiseForm
from servicecenter.sla.hours import calendar_for
from servicecenter.sla.models import Policy, Stage, WorkKind
from servicecenter.sla.policies import Subject, Terms
from servicecenter.sla.presets import warranty_subject
from servicecenter.sla.table import history, promise_table, say
from servicecenter.sla.views.base import chosen_community, communities, readers
from servicecenter.sla.wording import KINDS, kind_words


@require_safe
@readers
@never_cache
def promises(request: HttpRequest) -> HttpResponse:
    """Every promise, the company's beside those of `?community=`."""
    user = current_user(request)
    community = chosen_community(request, first=True)
    calendar = calendar_for(community.pk if community else 0)
    context = {
        "community": community,
        "communities": communities(user),
        "sections": promise_table(community, calendar),
        "may_decide": user.role in policies.EDITORS,
        "warranty": policies.own(warranty_subject(community)) if community else None,
    }
    return render(request, "sla/promises.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@readers
@never_cache
def promise(request: HttpRequest) -> HttpResponse:
    """One promise. A POST saves it, or (`calculate`) only shows what it would mean."""
    user = current_user(request)
    subject, company = _found(request)
    mine = policies.own(subject)
    form = _form(request, subject, mine, company)
    if request.method != "POST":
        return _page(request, subject, mine, company, form)
    if not policies.may_edit(subject, user):
        raise NotPermitted
    if not form.is_valid() or "calculate" in request.POST:
        return _page(request, subject, mine, company, form, status=200 if form.is_valid() else 422)
    try:
        changed = policies.change(
            subject,
            form.terms,
            by=user,
            apply_to_open=form.cleaned_data["apply_to_open"],
            seen=form.cleaned_data["seen"] or 0,
        )
    except Invalid as refusal:
        add_refusal(form, refusal, FIELDS)
        return _page(request, subject, mine, company, form, status=422)
    except Stale as refusal:
        # What was typed stays; saving it again is a decision made in view of what counts now.
        form.data = request.POST.copy()
        form.data["seen"] = str(mine.pk if mine else 0)
        form.add_error(None, str(refusal.sentence))
        return _page(request, subject, mine, company, form, status=409)
    messages.success(request, _said(_("The promise is changed."), changed))
    return redirect(address("sla:promise", subject))


def _said(sentence: str, policy: Policy) -> str:
    """What is done, and how far it has reached open work."""
    applied = recounts.progress(policy)
    return f"{sentence} {applied.words()}" if applied else sentence


@require_POST
@readers
def trial(request: HttpRequest) -> HttpResponse:
    """The trial calculation alone, while somebody types."""
    subject, company = _found(request)
    form = _form(request, subject, policies.own(subject), company)
    return render(request, "sla/_trial.html", {"form": form} | _trial(form))


@require_POST
@readers
def withdraw(request: HttpRequest) -> HttpResponse:
    """A community goes back to the company's promise."""
    subject, _company = _found(request)
    if not policies.may_edit(subject, current_user(request)):
        raise NotPermitted
    mine = policies.own(subject)
    if mine is None or subject.community is None or str(mine.pk) != request.POST.get("seen"):
        raise Stale
    policies.withdraw(mine, by=current_user(request), apply_to_open="apply_to_open" in request.POST)
    messages.success(request, _said(_("The company's promise counts here again."), mine))
    return redirect(address("sla:promise", subject))


def address(route: str, subject: Subject) -> str:
    """The address of a page about one promise."""
    named = {"work": subject.work, "stage": subject.stage, "urgency": subject.urgency, "level": subject.level}
    named["community"] = subject.community.code if subject.community else ""
    return f"{reverse(route)}?{urlencode({name: value for name, value in named.items() if value})}"


def _found(request: HttpRequest) -> tuple[Subject, Policy | None]:
    """The promise that the address names, and the company's row of it. Refuses `not_found` for one that nobody ever
    made, and for communities of others."""
    asked: dict[str, Any] = {
        name: request.GET.get(name, "") for name in ("work", "stage", "urgency", "level")
    }
    kinds = {"", *KINDS}
    known = asked["work"] in WorkKind.values and asked["stage"] in Stage.values
    if not known or asked["urgency"] not in kinds or asked["level"] not in kinds:
        raise NotFound
    subject = Subject(community=chosen_community(request), **asked)
    company = policies.own(Subject(**asked))
    if company is None and not Policy.objects.filter(**subject.row).exists():
        raise NotFound
    return subject, company


def _form(request: HttpRequest, subject: Subject, mine: Policy | None, company: Policy | None) -> PromiseForm:
    present = mine or company
    return PromiseForm(
        request.POST if request.method == "POST" else None,
        subject=subject,
        present=Terms.of(present) if present else Terms(None),
        calendar=calendar_for(subject.community.pk if subject.community else 0),
        seen=mine.pk if mine else 0,
        reached=policies.reached(subject),
    )


def _page(
    request: HttpRequest,
    subject: Subject,
    mine: Policy | None,
    company: Policy | None,
    form: PromiseForm,
    status: int = 200,
) -> HttpResponse:
    context = {
        "subject": subject,
        "title": " · ".join(
            filter(
                None,
                [
                    str(WorkKind(subject.work).label),
                    kind_words(subject.urgency, subject.level),
                    str(Stage(subject.stage).label),
                ],
            )
        ),
        "mine": say(mine, form.calendar) if mine else None,
        "company": say(company, form.calendar) if company else None,
        "applying": recounts.unfinished(mine or company),
        "may_edit": policies.may_edit(subject, current_user(request)),
        "own_promises": [
            (place, address("sla:promise", own))
            for place in communities(current_user(request))
            if policies.may_edit(own := replace(subject, community=place), current_user(request))
        ],
        "form": form,
        "trial_url": address("sla:trial", subject),
        "withdraw_url": address("sla:withdraw", subject),
        "history": history(subject, form.calendar),
    }
    return render(request, "sla/promise.html", context | _trial(form), status=status)


def _trial(form: PromiseForm) -> dict[str, Any]:
    """The trial of what was typed; of the present terms while nothing was. Nothing for what the rules refuse."""
    if not form.is_bound:
        terms, chosen = form.present, None
    elif form.is_valid():
        terms, chosen = form.terms, form.cleaned_data["trial_at"]
        try:
            policies.check(form.subject, terms)
        except Invalid as refusal:
            return {"trial_errors": [each for errors in refusal.errors.values() for each in errors]}
    else:
        return {"trial_errors": [each for errors in form.errors.values() for each in errors]}
    present = form.present if form.is_bound else None
    return {"trial": compare(form.subject, terms, present, database_now(), chosen)}
