"""The navigation of the four faces, as data: what stands in a rail, tab bar or top bar, in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Item:
    """A destination: a stable `code` (its counter has the id `nav-count-<code>`), label, route and icon."""

    code: str
    label: str | Promise
    route: str
    icon: str
    shortcut: str = ""


@dataclass(frozen=True)
class Link:
    """An item that has been placed on a page."""

    item: Item
    url: str
    here: bool
    count: int


FACES: Mapping[str, tuple[Item, ...]] = {
    "portal": (
        Item("home", _("Home"), "portal:home", "home"),
        Item("report", _("Report"), "portal:report", "circle-plus"),
        Item("tickets", _("My tickets"), "portal:tickets", "clipboard-list"),
        Item("messages", _("Messages"), "portal:messages", "bell"),
        Item("me", _("Me"), "portal:me", "user"),
    ),
    "desk": (
        Item("home", _("Overview"), "desk:home", "layout-dashboard", "g"),
        Item("register", _("Register"), "desk:register", "circle-plus", "n"),
        Item("queue", _("Repairs"), "desk:queue", "clipboard-list", "l"),
        Item("calls", _("Next call"), "desk:calls", "phone-outgoing", "c"),
        Item("messages", _("Messages"), "desk:messages", "bell", "m"),
    ),
    "field": (
        Item("today", _("Today"), "field:today", "route"),
        Item("messages", _("Messages"), "field:messages", "bell"),
        Item("me", _("Me"), "field:me", "user"),
    ),
    "board": (
        Item("home", _("Promises today"), "board:home", "layout-dashboard"),
        Item("promises", _("About to break"), "board:promises", "clock-exclamation"),
        Item("trends", _("Trends"), "board:trends", "chart-line"),
        Item("followups", _("Follow-ups"), "board:followups", "phone-check"),
    ),
}


def links(face: str, path: str, counts: Mapping[str, int] | None = None) -> list[Link]:
    """The items of `face` that have a page, with the one marked that `path` lies in."""
    placed = [(item, url) for item in FACES[face] if (url := _url(item.route))]
    here = max((url for _item, url in placed if path.startswith(url)), key=len, default="")
    return [Link(item, url, url == here, (counts or {}).get(item.code, 0)) for item, url in placed]


def _url(route: str) -> str:
    """The address of a route; '' for a face whose app is not installed here."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""
