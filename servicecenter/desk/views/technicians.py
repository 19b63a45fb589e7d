"""What technicians may work on: trades, buildings, certificates."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from repairs.actions.rules import may_decide
from repairs.actions.skills import add_certificate, set_skills, withdraw_certificate
from repairs.queries.crew import keeps_register
from servicecenter.accounts.guards import current_user
from servicecenter.accounts.models import Community
from servicecenter.desk.forms.dispatching import CertificateForm, SkillsForm
from servicecenter.desk.queries.dispatching import Skills, certificate_named, skills_of
from servicecenter.lib.clock import database_now
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.refusals import NotFound, Refusal
from servicecenter.sla.views.base import chosen_community, communities, readers


@require_safe
@readers
@never_cache
def technicians(request: HttpRequest) -> HttpResponse:
    """The technicians of `?community=`, with certificates that have ended or are about to."""
    user = current_user(request)
    community = _community(request)
    context = {
        "community": community,
        "communities": communities(user),
        "people": skills_of(community, database_now()),
        "registered": bool(keeps_register([community.pk])),
        "may_decide": may_decide(community, user),
    }
    return render(request, "dispatch/technicians.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@readers
@never_cache
def technician(request: HttpRequest, technician_id: int) -> HttpResponse:
    """One technician; a POST writes their trades and buildings."""
    community = _community(request)
    person = _person(community, technician_id)
    sent = request.POST if request.method == "POST" else None
    form = SkillsForm(sent, community=community, initial=_initial(person))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        set_skills(
            person.user,
            community,
            trades=given["trades"],
            buildings=list(given["buildings"]),
            by=current_user(request),
        )
        messages.success(request, _("Trades and buildings are written."))
        return redirect(_address(community, technician_id))
    return _draw(request, community, person, form, CertificateForm())


@require_POST
@readers
@never_cache
def add(request: HttpRequest, technician_id: int) -> HttpResponse:
    """Enters a certificate that was shown."""
    community = _community(request)
    person = _person(community, technician_id)
    form = CertificateForm(request.POST)
    if form.is_valid():
        try:
            add_certificate(person.user, community, **form.cleaned_data, by=current_user(request))
        except Refusal as refusal:
            if refusal.status != 400:
                raise
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The certificate is in the register."))
            return redirect(_address(community, technician_id))
    skills = SkillsForm(community=community, initial=_initial(person))
    return _draw(request, community, person, skills, form)


@require_POST
@readers
@never_cache
def withdraw(request: HttpRequest, certificate_id: int) -> HttpResponse:
    """Takes a certificate back."""
    user = current_user(request)
    certificate = certificate_named(user, certificate_id)
    withdraw_certificate(certificate, by=user)
    messages.success(request, _("The certificate counts no more. It stays readable in the register."))
    return redirect(_address(certificate.community, certificate.user_id))


def _community(request: HttpRequest) -> Community:
    found = chosen_community(request, first=True) or next(iter(communities(current_user(request))), None)
    if found is None:
        raise NotFound
    return found


def _person(community: Community, technician_id: int) -> Skills:
    found = skills_of(community, database_now(), technician_id)
    if not found:
        raise NotFound
    return found[0]


def _initial(person: Skills) -> dict[str, Any]:
    return {"trades": person.user.trades, "buildings": [each.pk for each in person.buildings]}


def _draw(
    request: HttpRequest,
    community: Community,
    person: Skills,
    skills: SkillsForm,
    certificate: CertificateForm,
) -> HttpResponse:
    context = {
        "community": community,
        "person": person,
        "skills_form": skills,
        "certificate_form": certificate,
        "may_decide": may_decide(community, current_user(request)),
    }
    wrong = skills.errors or certificate.errors
    return render(request, "dispatch/technician.html", context, status=422 if wrong else 200)


def _address(community: Community, technician_id: int) -> str:
    return f"{reverse('dispatching:technician', args=[technician_id])}?community={community.code}"
