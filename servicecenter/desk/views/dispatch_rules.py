"""The rules of dispatch: what they are, what they would do, and who may write them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from repairs.actions.rules import may_decide, write_rule
from repairs.models import DispatchRule
from servicecenter.accounts.guards import current_user
from servicecenter.accounts.models import Community
from servicecenter.audit.idempotency import once
from servicecenter.desk.forms.dispatching import RuleForm
from servicecenter.desk.queries.dispatching import modes, preview, rule_named, rules_of
from servicecenter.lib.clock import database_now
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.refusals import NotPermitted, Refusal
from servicecenter.sla.views.base import chosen_community, communities, readers

# Refusals about what was typed are shown in the form.
ABOUT_INPUT = frozenset({400, 409, 422})


@require_safe
@readers
@never_cache
def rules(request: HttpRequest) -> HttpResponse:
    """The rules of `?community=` or of the company, with what they would do now."""
    user = current_user(request)
    community = chosen_community(request, first=True)
    mine = communities(user)
    found = preview([community] if community else mine, None, database_now())
    context = {
        "community": community,
        "communities": mine,
        "rules": rules_of(community),
        "company_rules": rules_of(None) if community else [],
        "may_decide": may_decide(community, user),
        "preview": found,
        "modes": modes(found),
    }
    return render(request, "dispatch/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@readers
@never_cache
def new_rule(request: HttpRequest) -> HttpResponse:
    """A further rule for `?community=` or for the company."""
    community = chosen_community(request)
    return _edit(request, DispatchRule(community=community), community)


@require_http_methods(["GET", "HEAD", "POST"])
@readers
@never_cache
def rule(request: HttpRequest, rule_id: int) -> HttpResponse:
    """One rule; `preview` shows what it would do before it is saved."""
    found = rule_named(current_user(request), rule_id)
    return _edit(request, found, found.community)


def _edit(request: HttpRequest, rule: DispatchRule, community: Community | None) -> HttpResponse:
    user = current_user(request)
    if not may_decide(community, user):
        raise NotPermitted
    sent = request.POST if request.method == "POST" else None
    form = RuleForm(sent, community=community, rule=rule)
    found = None
    if form.is_bound and form.is_valid():
        if "preview" in request.POST:
            for name, value in form.said.items():
                setattr(rule, name, value)
            found = preview([community] if community else communities(user), rule, database_now())
        elif _saved(request, form, rule):
            messages.success(
                request, _("The rule is written. It counts for reports that are accepted from now on.")
            )
            return redirect(address(community))
    context = {
        "form": form,
        "rule": rule,
        "community": community,
        "back": address(community),
        "preview": found,
        "modes": modes(found or []),
    }
    return render(request, "dispatch/rule.html", context, status=422 if form.errors else 200)


def _saved(request: HttpRequest, form: RuleForm, rule: DispatchRule) -> bool:
    """Writes the rule, once per form; False when the form has to be shown again."""
    user, said = current_user(request), form.said

    def act() -> tuple[int, dict[str, Any]]:
        return 201, {"rule": write_rule(rule, said=said, by=user).pk}

    body = {name: getattr(value, "pk", value) for name, value in said.items()}
    try:
        once(user=user, key=form.cleaned_data["idempotency_key"], route=request.path, body=body, act=act)
    except Refusal as refusal:
        if refusal.status not in ABOUT_INPUT:
            raise
        add_refusal(form, refusal)
        return False
    return True


def address(community: Community | None) -> str:
    """The page of the rules of a community, or of the company."""
    return f"{reverse('dispatching:rules')}?community={community.code if community else ''}"
