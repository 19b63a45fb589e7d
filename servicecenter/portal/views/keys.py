"""A resident's own keys and cards, and the quick way to report one as lost."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from owners.actions.keys import lose
from owners.forms.keys import ReasonForm
from owners.queries.keys import key_for, keys_for
from servicecenter.audit.sending import sent_before, settled
from servicecenter.portal.entry import Here, draw, resident_page


@require_safe
@resident_page()
def keys(request: HttpRequest, here: Here) -> HttpResponse:
    """What the resident has of this community."""
    return _show(request, here)


@require_POST
@resident_page(chosen=False)
def lost(request: HttpRequest, here: Here, key_id: int) -> HttpResponse:
    """It is gone: from now on the desk knows, and blocks a card."""
    if sent_before(request, here.user) is not None:
        return redirect("portal:keys")
    found = key_for(here.user, key_id)
    form = ReasonForm(request.POST)
    done = settled(
        request,
        form,
        here.user,
        lambda: str(lose(found, reason=form.cleaned_data["reason"], by=here.user).pk),
    )
    if done is None:
        return _show(request, here, form, key_id, status=422)
    messages.success(request, _("Thank you. It is reported as lost; a colleague calls you about a new one."))
    return redirect("portal:keys")


def _show(
    request: HttpRequest, here: Here, form: ReasonForm | None = None, key_id: int = 0, status: int = 200
) -> HttpResponse:
    rows = keys_for(here.user).filter(community=here.home.community).order_by("unit__code", "kind", "tag")
    context = {"keys": [(key, form if form and key.pk == key_id else ReasonForm()) for key in rows]}
    return draw(request, here, "keys", context, status=status)
