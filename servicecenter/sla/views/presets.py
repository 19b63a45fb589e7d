"""Taking a set of promises on, or giving it up."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from servicecenter.accounts.guards import current_user
from servicecenter.lib.refusals import NotFound
from servicecenter.sla.presets import adopt_warranty, drop_warranty
from servicecenter.sla.views.base import chosen_community, readers


@require_POST
@readers
def warranty(request: HttpRequest) -> HttpResponse:
    """One working day for the first contact under warranty, in `?community=`; `drop` gives it up."""
    user, community = current_user(request), chosen_community(request)
    if community is None:
        raise NotFound
    if "drop" in request.POST:
        drop_warranty(community, by=user)
        messages.success(request, _("Repairs under warranty are promised what all are, from now on."))
    else:
        adopt_warranty(community, by=user)
        messages.success(
            request, _("New repairs under warranty are promised a first contact within one working day.")
        )
    return redirect(f"{reverse('sla:promises')}?community={community.code}")
