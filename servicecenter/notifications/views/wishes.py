"""How one wants to be reached, in the frame of one's own face."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from servicecenter.accounts.guards import current_user, only
from servicecenter.lib.faces import layout_of
from servicecenter.notifications.actions import save_wishes
from servicecenter.notifications.forms import WishesForm
from servicecenter.notifications.planning import configured


@require_http_methods(["GET", "HEAD", "POST"])
@only()
@never_cache
def wishes(request: HttpRequest) -> HttpResponse:
    """Channels for each kind of news, addresses and quiet hours of whoever is signed in."""
    user = current_user(request)
    form = WishesForm(request.POST or None, by=user)
    if request.method == "POST" and form.is_valid():
        save_wishes(form.wishes(), by=user)
        messages.success(request, _("We will reach you as you asked."))
        return redirect("notifications:wishes")
    context = {
        "form": form,
        "kinds": [form[f"kind_{kind.code}"] for kind in form.kinds],
        "addresses": [form[name] for name in ("phone", "email") if name in form.fields],
        "own_phone": (user.phone or "") if form.resident else "",
        "layout": layout_of(user.role),
        "configured": configured(),
    }
    return render(request, "notifications/wishes.html", context, status=422 if form.errors else 200)
