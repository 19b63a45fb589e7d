"""One's own messages, in the frame of one's own face."""

from __future__ import annotations

from collections.abc import Collection

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import Role
from servicecenter.accounts.views import safe_next
from servicecenter.lib.faces import layout_of
from servicecenter.lib.refusals import NotFound
from servicecenter.notifications import queries
from servicecenter.notifications.actions import mark_read
from servicecenter.notifications.models import Message

# Where the news of each kind of work leads; a follow-up call is taken from the queue, never from a message.
PLACES = {
    "repair": "repairs:lookup",
    "follow_up": "desk:calls",
    "promise": "desk:promises",
    "profile_change": "desk:changes",
    "handover": "desk:handover",
    "key": "desk:keys",
    "goods_release": "desk:releases",
    "warranty": "warranty:register",
    "visit": "field:inspections",
    "outage": "desk:outage",
    "complaint": "complaints:case",
    "inquiry": "complaints:case",
    "stock_taking": "complaints:stock",
    "permit": "permits:case",
    "knowledge": "desk:knowledge_keeping",
    "notice": "desk:notice",
}
FOR_RESIDENTS = {
    "profile_change": "portal:changes",
    "handover": "portal:handover",
    "key": "portal:keys",
    "goods_release": "portal:releases",
    "warranty": "portal:warranty",
    "visit": "portal:warranty",
    "outage": "portal:outage",
    "notice": "portal:notice",
}
# Places that are one case each.
BY_NUMBER = frozenset(
    {
        "repairs:lookup",
        "complaints:case",
        "permits:case",
        "desk:handover",
        "portal:handover",
        "desk:outage",
        "portal:outage",
        "desk:notice",
        "portal:notice",
    }
)
# As in `sla.actions`, a neighbour of this room; it decides, this only draws the button.
ACKNOWLEDGERS = frozenset({Role.AGENT.value, Role.SUPERVISOR.value, Role.MANAGER.value, Role.ADMIN.value})
# Beyond this a number in an address is nobody's message, and PostgreSQL would not take it.
LARGEST = 2**63 - 1


@require_safe
@only()
@never_cache
def inbox(request: HttpRequest, communities: Collection[int] | None = None) -> HttpResponse:
    """The messages of whoever is signed in about communities that are theirs now, newest first.

    Staff work in them; what a resident's are, only the portal knows: it calls with `communities`.
    """
    user = current_user(request)
    if communities is None:
        if not user.is_employee:
            return redirect("portal:messages")
        communities = user.community_ids
    page = queries.inbox(user, cursor=request.GET.get("cursor", ""), communities=communities)
    context = {
        "inbox": page,
        "layout": layout_of(user.role),
        "newer": f"?cursor={page.newer}" if page.newer else "",
        "older": f"?cursor={page.older}" if page.older else "",
        "nav_counts": {"messages": page.unread},
        "may_acknowledge": user.role in ACKNOWLEDGERS,
    }
    return render(request, "notifications/inbox.html", context)


@require_safe
@only()
@never_cache
def unread(request: HttpRequest, communities: Collection[int] | None = None) -> JsonResponse:
    """How many messages are unread, and what a page that is open says of it; `communities` as for `inbox`."""
    count = queries.unread_count(current_user(request), communities)
    spoken = _("%(count)s new") % {"count": count}
    return JsonResponse({"unread": count, "spoken": spoken, "news": _("There is a new message for you.")})


@require_safe
@only()
@never_cache
def open_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Marks one message as read and goes to what it is about."""
    user = current_user(request)
    message = Message.objects.visible_to(user).filter(pk=min(pk, LARGEST)).first()
    if message is None:
        raise NotFound
    mark_read(by=user, message_id=message.pk)
    return redirect(_place(message))


def _place(message: Message) -> str:
    places = PLACES if message.recipient and message.recipient.is_employee else PLACES | FOR_RESIDENTS
    route, number = places.get(message.work, ""), str(message.params.get("number", ""))
    try:
        return reverse(route, args=[number] if route in BY_NUMBER else [])
    except NoReverseMatch:
        return reverse("notifications:inbox")


@require_POST
@only()
def read_all(request: HttpRequest) -> HttpResponse:
    """Marks every message as read."""
    count = mark_read(by=current_user(request))
    said = ngettext("%(count)s message is marked as read.", "%(count)s messages are marked as read.", count)
    messages.success(request, said % {"count": count} if count else _("There was nothing unread."))
    return redirect(safe_next(request) or "notifications:inbox")
