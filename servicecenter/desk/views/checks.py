"""Quality checks at the desk: what is to be checked, one check, and the rules by which repairs are drawn."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from handovers.forms.base import settle_any
from repairs.actions.checks import check_work, name_checkers, write_rule
from repairs.actions.standards import KEEPERS
from repairs.models import CheckReason, QualityCheck
from repairs.queries.checks import SHOWN, check_for, due_checks, found, may_check
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Community, User
from servicecenter.attachments.actions import filed
from servicecenter.desk.forms.checks import CheckForm, RulesForm
from servicecenter.desk.views.frame import desk, page
from servicecenter.lib.formtools import files_of
from servicecenter.lib.refusals import NotFound, Refusal
from servicecenter.sla.views.base import chosen_community, communities

keepers = only(*KEEPERS)
LATEST = 50


@require_safe
@desk
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """Repairs that were drawn and wait for their check, or the latest checks."""
    user = current_user(request)
    made = request.GET.get("show") == "made"
    rows = QualityCheck.objects.visible_to(user).made().select_related(*SHOWN)[:LATEST]
    context = {
        "made": made,
        "rows": list(rows) if made else due_checks(user),
        "may_rule": user.role in KEEPERS,
    }
    return page(request, "desk/checks.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@desk
@never_cache
def check(request: HttpRequest, check_id: int) -> HttpResponse:
    """One check: what was asked for and ticked; whoever may check writes down what they found."""
    user = current_user(request)
    row = check_for(user, check_id)
    seen = found(row)
    mine = row.checked_at is None and may_check(row, user)
    form = CheckForm(request.POST or None, request.FILES or None, found=seen) if mine else None
    if request.method == "POST" and form is None:
        return redirect("checks:check", row.pk)
    if request.method == "POST" and form is not None and _made(request, row, form, user):
        messages.success(request, _("The check is written down."))
        return redirect("checks:check", row.pk)
    context: dict[str, Any] = {"found": seen, "check": row, "ticket": row.ticket, "form": form}
    return page(request, "desk/check.html", context, status=422 if form and form.is_bound else 200)


def _made(request: HttpRequest, row: QualityCheck, form: CheckForm, user: User) -> bool:
    """Writes the check with its pictures; False when the form has to be shown again."""
    uploads = files_of(request.FILES.getlist("photos"))
    try:
        with filed(uploads) as pictures:
            return settle_any(
                form,
                user=user,
                route=request.path[:100],
                act=lambda: check_work(
                    row,
                    passed=form.cleaned_data["passed"],
                    note=form.cleaned_data["note"],
                    kept=form.cleaned_data.get("kept") or (),
                    pictures=pictures,
                    by=user,
                ),
            )
    except Refusal as refusal:
        if "photos" not in refusal.errors:
            raise
        form.add_error("photos", str(refusal.errors["photos"][0]))
        return False


@require_http_methods(["GET", "HEAD", "POST"])
@keepers
@never_cache
def rules(request: HttpRequest) -> HttpResponse:
    """How many repairs of each kind are checked in `?community=`, and by whom."""
    user, community = current_user(request), chosen_community(request, first=True)
    if community is None:
        raise NotFound
    form = RulesForm(request.POST or None, community=community)
    if request.method == "POST" and settle_any(
        form, user=user, route=request.path[:100], act=lambda: _ruled(community, form, user)
    ):
        messages.success(request, _("The rules count for completions from now on."))
        return redirect(f"{reverse('checks:rules')}?community={community.code}")
    context = {"form": form, "community": community, "communities": communities(user)}
    return render(request, "standards/checks.html", context, status=422 if form.is_bound else 200)


def _ruled(community: Community, form: RulesForm, user: User) -> None:
    given = form.cleaned_data
    with transaction.atomic():
        for reason in CheckReason:
            percent = given[f"percent_{reason.value}"]
            write_rule(community, reason, percent=percent, up_to=given["up_to"], by=user)
        name_checkers(community, list(given["checkers"]), by=user)
