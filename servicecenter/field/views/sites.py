"""Homes under decoration for technicians and guards: what to look at next, and scanning a permit or a pass."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from decoration.models import Permit
from decoration.queries.cases import shown_by, token_of, with_shown
from decoration.queries.patrols import to_patrol
from decoration.workflow import Status
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Role
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.fields import TextField
from servicecenter.lib.refusals import NotFound
from servicecenter.notifications.queries import unread_count

outdoors = only(Role.TECHNICIAN, Role.SECURITY)
FOR_ENGINEERS = (Status.PAPERS_CHECKED, Status.ACCEPTANCE)


class CodeForm(forms.Form):
    """What the camera read, or what was typed."""

    code = TextField(
        label=_("Number of the permit, or the code of a pass"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


@require_safe
@outdoors
@never_cache
def sites(request: HttpRequest) -> HttpResponse:
    """The next patrol first; for engineers also what waits for their look."""
    return _page(request, CodeForm())


@require_POST
@outdoors
@never_cache
def find(request: HttpRequest) -> HttpResponse:
    """Leads to what a code is worth: the same page that anybody sees, with faces for the staff."""
    user = current_user(request)
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            token = token_of(user, form.cleaned_data["code"])
            shown_by(token)
        except NotFound:
            form.add_error("code", _("There is no permit or pass with this code."))
        else:
            return redirect("permits:verify", token)
    return _page(request, form, status=422)


def _page(request: HttpRequest, form: CodeForm, status: int = 200) -> HttpResponse:
    user = current_user(request)
    today = local_day(database_now())
    waiting = (
        with_shown(Permit.objects.visible_to(user).filter(status__in=FOR_ENGINEERS)).order_by("id")[:50]
        if user.role == Role.TECHNICIAN
        else []
    )
    context = {
        "form": form,
        "sites": to_patrol(user, today)[:100],
        "waiting": waiting,
        "today": today,
        "nav_counts": {"messages": unread_count(user)},
    }
    return render(request, "field/sites.html", context, status=status)
