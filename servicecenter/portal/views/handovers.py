"""Taking a home over: choosing an appointment, what to bring, the defects until they are mended.

A buyer who does not live anywhere yet may open these pages, and nothing else of the portal.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from handovers.forms.base import settle
from handovers.forms.steps import BookForm, SimpleForm
from handovers.models import Handover
from handovers.queries.cases import actions_of, defect_counts, handover_for, items_of, way_of
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Role
from servicecenter.notifications.queries import unread_count
from servicecenter.portal.entry import show_hotline
from servicecenter.portal.queries import homes_of

residents = only(Role.RESIDENT)


@require_http_methods(["GET", "HEAD", "POST"])
@residents
@never_cache
def handover(request: HttpRequest, number: str) -> HttpResponse:
    """One's own handover; its POST takes an appointment."""
    user = current_user(request)
    found = handover_for(user, number)
    show_hotline(request, found.community)
    form = BookForm(request.POST or None, handover=found, user=user)
    if request.method == "POST" and settle(form, action="book"):
        messages.success(request, _("Your appointment is booked. Please bring the papers named below."))
        return redirect("portal:handover", found.number)
    context = {
        "handover": found,
        "form": form,
        "may": actions_of(found, user),
        "way": way_of(found),
        "items": items_of(found, only_defects=True),
        "counts": defect_counts(found),
        "nav_counts": {"messages": unread_count(user, [home.community.pk for home in homes_of(user)])},
    }
    return render(request, "portal/handover.html", context, status=422 if form.is_bound else 200)


@require_POST
@residents
def unbook(request: HttpRequest, number: str) -> HttpResponse:
    """Gives the appointment back."""
    user = current_user(request)
    found: Handover = handover_for(user, number)
    form = SimpleForm(request.POST, handover=found, user=user)
    if settle(form, action="unbook"):
        messages.success(
            request, _("Your appointment is cancelled. Please choose another one when it suits you.")
        )
    else:
        messages.error(request, _("There is no appointment to cancel."))
    return redirect("portal:handover", found.number)
