"""The resident's repairs: the list, and one of them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from repairs.queries import case_page, next_step
from servicecenter.portal.entry import Here, draw, resident_page, show_hotline
from servicecenter.portal.queries import Open, ticket_page, waits_for_resident


@require_safe
@resident_page()
def tickets(request: HttpRequest, here: Here) -> HttpResponse:
    """Open repairs, or those that are done."""
    done = request.GET.get("show") == "done"
    page = ticket_page(here.user, here.home, done=done, cursor=request.GET.get("cursor", ""))
    show = "show=done&" if done else ""
    context = {
        "rows": [Open(each, next_step(each, here.user), waits_for_resident(each)) for each in page.rows],
        "done": done,
        "tabs": [
            {"label": _("Open"), "url": reverse("portal:tickets"), "active": not done},
            {"label": _("Done"), "url": f"{reverse('portal:tickets')}?show=done", "active": done},
        ],
        "newer": f"?{show}cursor={page.newer}" if page.newer else "",
        "older": f"?{show}cursor={page.older}" if page.older else "",
    }
    return draw(request, here, "tickets", context)


@require_safe
@resident_page(chosen=False)
def ticket(request: HttpRequest, here: Here, number: str) -> HttpResponse:
    """One repair: how far it is, what happens next, what the resident can do, and all that happened."""
    case = case_page(here.user, number, reverse("portal:ticket", args=[number]))
    show_hotline(request, case.ticket.community)
    return draw(request, here, "ticket", {"case": case, "ticket": case.ticket})
