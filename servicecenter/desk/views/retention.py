"""How long personal data is kept, what is erased next, and what was erased under which rule."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from owners.models import ErasureRequest
from owners.queries.erasure import in_words
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Role
from servicecenter.audit.models import LEAST_DAYS, Erasure, Kept, RetentionRule
from servicecenter.audit.retention import set_days
from servicecenter.desk.forms.retention import DaysForm
from servicecenter.desk.queries.erasure import MOST_COUNTED, coming
from servicecenter.lib.clock import LOCAL, database_now
from servicecenter.lib.formtools import add_refusal
from servicecenter.lib.pages import page_of
from servicecenter.lib.refusals import NotFound, NotPermitted, Refusal

leaders = only(Role.SUPERVISOR, Role.MANAGER, Role.ADMIN)
SIZE, LATEST = 50, 10
# When the nightly run erases (servicecenter/celery.py).
RUN_AT = (3, 50)


@require_safe
@leaders
@never_cache
def rules(request: HttpRequest) -> HttpResponse:
    """The rules, what tonight and the next month bring, the latest requests, and the log."""
    user, now = current_user(request), database_now()
    run = now.astimezone(LOCAL).replace(hour=RUN_AT[0], minute=RUN_AT[1], second=0, microsecond=0)
    log = page_of(
        Erasure.objects.visible_to(user).select_related("community"),
        order=["-id"],
        cursor=request.GET.get("cursor", ""),
        size=SIZE,
    )
    asked = ErasureRequest.objects.visible_to(user).select_related("community").order_by("-id")[:LATEST]
    context = {
        "rules": [(each, RetentionRule.days_of(each), LEAST_DAYS[each]) for each in Kept],
        "coming": coming(user, now),
        "most": MOST_COUNTED,
        "run": run if run > now else run + timedelta(days=1),
        "log": log.rows,
        "newer": f"?cursor={log.newer}" if log.newer else "",
        "older": f"?cursor={log.older}" if log.older else "",
        "asked": [(each, in_words(each.answer)) for each in asked],
        "may_edit": user.role == Role.ADMIN,
    }
    return render(request, "retention/rules.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@leaders
@never_cache
def rule(request: HttpRequest, kind: str) -> HttpResponse:
    """One rule, for administrators."""
    user = current_user(request)
    if user.role != Role.ADMIN:
        raise NotPermitted
    if kind not in Kept.values:
        raise NotFound
    form = DaysForm(
        request.POST if request.method == "POST" else None,
        what=kind,
        initial={"days": RetentionRule.days_of(kind)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            set_days(kind, form.cleaned_data["days"], by=user)
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("The rule is changed. It counts from tonight on."))
            return redirect("retention:rules")
    context = {"form": form, "title": Kept(kind).label}
    return render(request, "retention/rule.html", context, status=422 if form.is_bound else 200)
