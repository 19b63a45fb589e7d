"""The resident's own things: messages, record, who looked at it, language."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from owners.queries.wards import wards_of
from servicecenter.notifications.views import inbox
from servicecenter.notifications.views import unread as unread_messages
from servicecenter.portal.entry import Here, draw, resident_page
from servicecenter.portal.queries import looks_at, record_of
from servicecenter.portal.subjects import child, subject


@require_safe
@resident_page(chosen=False)
def messages(request: HttpRequest, here: Here) -> HttpResponseBase:
    """Messages about present homes."""
    return inbox(request, communities=here.community_ids)


@require_safe
@resident_page(chosen=False)
def unread(request: HttpRequest, here: Here) -> HttpResponseBase:
    """How many of them are unread; open pages ask now and then."""
    return unread_messages(request, communities=here.community_ids)


@require_safe
@resident_page()
def me(request: HttpRequest, here: Here) -> HttpResponse:
    """The own record, masked as staff see it, the homes, and the latest looks at it."""
    looks, _page = looks_at(here.user, here.home)
    context = {
        "record": record_of(here.user, here.home),
        "looks": looks[:3],
        "wards": wards_of(here.user, here.home.community.pk),
    }
    return draw(request, here, "me", context)


@require_safe
@resident_page()
def looks(request: HttpRequest, here: Here) -> HttpResponse:
    """谁查看过我的信息: every time that somebody saw one of the resident's values in full."""
    ward = child(here, subject(request, here)) if request.GET.get("for") else None
    rows, page = looks_at(here.user, here.home, request.GET.get("cursor", ""), ward=ward)
    base = f"?for={ward.pk}&cursor=" if ward else "?cursor="
    context = {
        "looks": rows,
        "child": ward,
        "newer": base + page.newer if page.newer else "",
        "older": base + page.older if page.older else "",
    }
    return draw(request, here, "looks", context)
