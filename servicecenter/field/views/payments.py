"""The owner has paid the engineer: written down for the desk, which takes the money and writes the receipt."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Role
from servicecenter.audit.sending import sent_before, settled
from servicecenter.ledger.actions import note_payment
from servicecenter.ledger.forms import NoteForm
from servicecenter.ledger.queries.charges import charge_for
from servicecenter.notifications.queries import unread_count


@require_http_methods(["GET", "HEAD", "POST"])
@only(Role.TECHNICIAN)
@never_cache
def note(request: HttpRequest, number: str) -> HttpResponse:
    """Cash that will be handed in, or the reference of a payment."""
    user = current_user(request)
    charge = charge_for(user, number)
    back = redirect("field:job", charge.case_number)
    if sent_before(request, user) is not None:
        return back
    form = NoteForm(request.POST if request.method == "POST" else None)

    def act() -> str:
        given = {name: form.cleaned_data[name] for name in ("method", "reference")}
        return str(note_payment(charge, by=user, **given).pk)

    if settled(request, form, user, act) is not None:
        messages.success(request, _("Written down. Please hand the money in at the desk."))
        return back
    context = {"form": form, "charge": charge, "nav_counts": {"messages": unread_count(user)}}
    return render(request, "field/payment.html", context, status=422 if form.is_bound else 200)
