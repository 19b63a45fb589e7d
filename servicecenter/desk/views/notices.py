"""Notices 公告 at the desk: what residents read now, drafts, what is over; written, published, taken back, printed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from servicecenter.accounts.guards import only
from servicecenter.accounts.models import STAFF_ROLES, Role
from servicecenter.audit.sending import sent_before, settled
from servicecenter.bulletins.queries.notices import notice_for, notices_of, place_words, reach_of
from servicecenter.cases.pages import stepped
from servicecenter.desk.forms.notices import NoticeForm, form_for
from servicecenter.desk.queries.notices import NEXT, buttons, timeline
from servicecenter.desk.views.frame import current_user, never_cache, page
from servicecenter.lib.clock import database_now
from servicecenter.lib.faces import layout_of
from servicecenter.lib.pages import page_of
from servicecenter.workflow.run import allowed, check

staff = only(*sorted(STAFF_ROLES))
writers = only(Role.AGENT, Role.SUPERVISOR, Role.MANAGER)
SHOWN = ("now", "drafts", "over")


@require_safe
@staff
@never_cache
def notices(request: HttpRequest) -> HttpResponse:
    """Those that residents read now, the drafts, or those that are over; the latest first."""
    user = current_user(request)
    show = request.GET.get("show", "")
    show = show if show in SHOWN else "now"
    found = page_of(notices_of(user, show), order=("-id",), cursor=request.GET.get("cursor", ""), size=20)
    labels = (pgettext("notices", "Now"), pgettext("notices", "Drafts"), pgettext("notices", "Over"))
    context = {
        "rows": [(each, place_words(each)) for each in found.rows],
        "tabs": [
            {"label": label, "url": f"?show={code}", "active": code == show}
            for code, label in zip(SHOWN, labels, strict=True)
        ],
        "may_write": user.role in (Role.AGENT, Role.SUPERVISOR, Role.MANAGER),
        "newer": f"?show={show}&cursor={found.newer}" if found.newer else "",
        "older": f"?show={show}&cursor={found.older}" if found.older else "",
    }
    return page(request, "notices/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@writers
@never_cache
def write(request: HttpRequest, number: str = "") -> HttpResponse:
    """A new draft, or the draft of this number written anew. Refuses as the runner does what is no draft."""
    user = current_user(request)
    found = notice_for(user, number) if number else None
    if found is not None:
        check(found, "change", user)
    form = NoticeForm(request.POST if request.method == "POST" else None, by=user, notice=found)
    written = sent_before(request, user) or settled(request, form, user, form.save)
    if written is not None:
        messages.success(request, _("The draft is saved. Nobody reads it before it is published."))
        return redirect("desk:notice", written)
    context = {"form": form, "notice": found}
    return page(request, "notices/edit.html", context, status=422 if form.is_bound else 200)


@require_safe
@staff
@never_cache
def notice(request: HttpRequest, number: str) -> HttpResponse:
    """One notice as residents read it, how far it went, what happened to it; printed it is a sheet for the board."""
    user = current_user(request)
    found = notice_for(user, number)
    context = {
        "notice": found,
        "place": place_words(found),
        "buttons": buttons(found, user),
        "may_change": any(each.action == "change" for each in allowed(found, user)),
        "next": NEXT[found.status],
        "reach": reach_of(found),
        "lines": timeline(found, user),
        "printed_at": database_now(),
    }
    return page(request, "notices/notice.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@writers
@never_cache
def step(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """Publishes, takes back, throws away."""
    user = current_user(request)
    found = notice_for(user, number)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = form_for(action.replace("-", "_"), found, user, *sent)
    gone = form.action == "discard"
    back = reverse("desk:notices") if gone else reverse("desk:notice", args=[found.number])
    address = reverse("desk:notice_step", args=[found.number, form.code])
    said = {
        "publish": _("Published. Those whom it reaches are told."),
        "take_back": _("Taken back. Nobody reads it any more."),
    }
    words = said.get(form.action, _("The draft is thrown away."))
    return stepped(request, form, action=address, back=back, said=lambda: words, layout=layout_of(user.role))
