"""The list of the staff, the page of a permit, and the page of one step."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRedirect

from decoration.forms.base import PermitStepForm
from decoration.forms.said import said_after
from decoration.forms.site import ON_SITE
from decoration.forms.steps import form_for
from decoration.models import Permit
from decoration.queries.cases import permit_for
from decoration.queries.guide import buttons
from decoration.queries.lists import TABS, counted, listed
from decoration.queries.page import permit_page, pictured, settled
from decoration.queries.story import timeline
from decoration.queries.terms import hours_of, terms_of
from decoration.views.frame import DESK, about, draw, readers
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import User
from servicecenter.accounts.views import safe_next
from servicecenter.lib.clock import database_now
from servicecenter.lib.fields import TextField
from servicecenter.lib.problems import headed, retry_after
from servicecenter.lib.refusals import TooMany

CONFLICT = 409


@require_safe
@readers
@never_cache
def permits(request: HttpRequest) -> HttpResponse:
    """What waits for somebody, in tabs with counts; narrowed by words."""
    user, at = current_user(request), database_now()
    tab = TABS.get(request.GET.get("show", ""), TABS["review"])
    text = _text(request.GET.get("q", ""))
    page = listed(user, tab, text, at=at, cursor=request.GET.get("cursor", ""))
    asked = {"show": tab.code} | ({"q": text} if text else {})
    context = {
        "rows": page.rows,
        "tab": tab,
        "text": text,
        "tabs": _tabs(tab.code, counted(user, at)),
        "newer": f"?{urlencode(asked | {'cursor': page.newer})}" if page.newer else "",
        "older": f"?{urlencode(asked | {'cursor': page.older})}" if page.older else "",
        "at_desk": user.role in DESK,
    }
    return draw(request, "list", context)


def _text(typed: str) -> str:
    """What was searched for; '' for what cannot be searched for."""
    field = TextField(max_length=100, required=False)
    try:
        return str(field.clean(typed) or "")
    except ValidationError:
        return ""


def _tabs(here: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    address = reverse("permits:list")
    return [
        {
            "label": each.label,
            "url": f"{address}?{urlencode({'show': each.code})}",
            "count": counts.get(each.code),
            "active": each.code == here,
            "code": each.code,
        }
        for each in TABS.values()
    ]


@require_safe
@only()
@never_cache
def case(request: HttpRequest, number: str) -> HttpResponse:
    """One permit: how far it is, what happens next, what the reader can do, and all that happened."""
    user = current_user(request)
    permit = permit_for(user, number)
    page = permit_page(user, permit, reverse("permits:case", args=[permit.number]))
    return draw(request, "case", about(request, permit) | {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@only()
@never_cache
def act(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """GET: the form of a step (a fragment in a dialog). POST: takes the step and goes back."""
    user = current_user(request)
    permit = permit_for(user, number)
    # A button without any field is still a form that was sent.
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = form_for(action.replace("-", "_"), permit, user, data, files, more=ON_SITE)
    after = safe_next(request) or reverse("permits:case", args=[permit.number])
    if request.method == "POST" and _settled(request, form):
        after = _where_to(form, user, after)
        fragment = bool(request.headers.get("HX-Request"))
        return HttpResponseClientRedirect(after) if fragment else redirect(after)
    if form.refusal is not None and form.refusal.code == "incomplete":
        return _to_the_gaps(request, permit)
    return _again(request, form, permit, user, after)


def _settled(request: HttpRequest, form: PermitStepForm) -> bool:
    """Takes the step and says so; False when the form has to be shown again with what is wrong."""
    try:
        if not form.settle():
            return False
        messages.success(request, said_after(form.action, form.case))
    except TooMany as enough:
        messages.warning(request, str(enough.sentence))
    return True


def _where_to(form: PermitStepForm, user: User, after: str) -> str:
    """Home for whoever gave it out of sight (an owner who did not agree)."""
    return after if Permit.objects.visible_to(user).filter(pk=form.case.pk).exists() else reverse("home")


def _to_the_gaps(request: HttpRequest, permit: Permit) -> HttpResponse:
    """What is missing stands at its part of the application."""
    messages.warning(request, _("Something is still missing. It is marked below; nothing is lost."))
    address = f"{reverse('permits:edit', args=[permit.number])}?missing=1"
    fragment = bool(request.headers.get("HX-Request"))
    return HttpResponseClientRedirect(address) if fragment else redirect(address)


def _again(
    request: HttpRequest, form: PermitStepForm, permit: Permit, user: User, after: str
) -> HttpResponse:
    """The form, as a page or in a dialog; after a conflict with what others did meanwhile and what can be done now."""
    fragment = bool(request.headers.get("HX-Request"))
    if form.refusal and fragment and not form.visible_fields():
        # A single button: its refusal stands among the messages of the page that it is on.
        raise form.refusal
    conflict = form.status == CONFLICT
    context = about(request, permit) | {
        "form": form,
        "next": after,
        "conflict": conflict,
        "meanwhile": timeline(permit, user)[-3:] if conflict else [],
        "instead": buttons(permit, user, after) if conflict and not form.is_possible else [],
    }
    if form.action == "sign":
        context |= {"terms": terms_of(permit.community_id), "hours": hours_of(permit.community_id)}
    if form.action in ("grant_change", "decline_change"):
        context["asked"] = permit.open_change
    if form.action in ("propose_refund", "agree_refund", "pay_refund", "decline_refund"):
        lines = pictured("deduction", permit.deductions.filter(dropped_at=None))
        sums = settled(permit, [each.row.amount for each in lines])
        context |= {"deductions": lines, "sums": sums}
    answer = draw(request, "_act" if fragment else "act", context, status=form.status)
    headers = retry_after(form.status)
    if fragment and form.status not in (200, 422):
        headers |= {"HX-Retarget": "#dialog-body", "HX-Reswap": "innerHTML"}
    return headed(answer, headers)
