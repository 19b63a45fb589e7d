"""Navigation as data: what stands in a rail, tab bar or top bar, and on the management page, in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Item:
    """A destination: a stable `code` (its counter has the id `nav-count-<code>`), label, route and icon.

    `roles`: who is shown it; empty for everybody who works on the face. The page itself guards its door.
    """

    code: str
    label: str | Promise
    route: str
    icon: str
    shortcut: str = ""
    # Further addresses that belong to this destination.
    covers: tuple[str, ...] = ()
    roles: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class Card(Item):
    """A destination of the management page, with one sentence that says what is decided there."""

    text: str | Promise


@dataclass(frozen=True)
class Link:
    """An item that has been placed on a page."""

    item: Item
    url: str
    here: bool
    count: int


SUPERVISOR, MANAGER, ADMIN, SECURITY = "supervisor", "manager", "admin", "security"
LEADERS = frozenset({SUPERVISOR, MANAGER, ADMIN})

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
        Item("queue", _("Repairs"), "desk:queue", "clipboard-list", "l", ("/desk/appointments/",)),
        Item("workload", _("Workload"), "desk:workload", "calendar-week"),
        Item("complaints", _("Complaints"), "complaints:list", "message-report", "z", ("/desk/voices/",)),
        Item("calls", _("Next call"), "desk:calls", "phone-outgoing", "c"),
        Item("interviews", pgettext_lazy("satisfaction", "Surveys"), "interviews:queue", "message-question"),
        Item("promises", pgettext_lazy("to callers", "Promises"), "desk:promises", "message-check", "w"),
        Item(
            "roll",
            _("Owner records"),
            "desk:roll",
            "building-community",
            "o",
            ("/desk/units/", "/desk/people/", "/desk/changes/", "/desk/inspections/", "/visits/"),
        ),
        Item("knowledge", pgettext_lazy("knowledge base", "Knowledge"), "desk:knowledge", "book-2"),
        Item("outages", _("Outages"), "desk:outages", "plug-x", "u"),
        Item("notices", _("Notices"), "desk:notices", "speakerphone"),
        Item("handovers", _("Move-in"), "desk:handovers", "home-move", "h"),
        Item("checks", _("Quality checks"), "checks:list", "eye-check"),
        Item("permits", _("Decoration"), "permits:list", "paint", "v", ("/desk/permits/",)),
        Item("keys", _("Keys and cards"), "desk:keys", "key", "y"),
        Item("releases", _("Goods release"), "desk:releases", "truck", "f"),
        Item("money", _("Money"), "desk:money", "receipt", "b"),
        Item("messages", _("Messages"), "desk:messages", "bell", "m"),
        Item("manage", _("Manage"), "manage", "settings", roles=LEADERS),
    ),
    "field": (
        Item("gate", _("Gate"), "field:gate", "scan", roles=frozenset({SECURITY})),
        Item("today", _("Today"), "field:today", "route"),
        Item(
            "handovers",
            pgettext_lazy("move-in", "Inspections"),
            "field:handovers",
            "home-check",
            roles=frozenset({"technician"}),
        ),
        Item("sites", pgettext_lazy("decoration", "Sites"), "field:sites", "paint"),
        Item("messages", _("Messages"), "field:messages", "bell"),
        Item("me", _("Me"), "field:me", "user"),
    ),
    "board": (
        Item("home", _("Promises today"), "board:home", "layout-dashboard"),
        Item("promises", _("About to break"), "board:promises", "clock-exclamation"),
        Item("trends", _("Trends"), "board:trends", "chart-line"),
        Item("followups", _("Follow-ups"), "board:followups", "phone-check"),
        Item(
            "surveys", pgettext_lazy("satisfaction", "Surveys"), "surveys:list", "chart-dots", roles=LEADERS
        ),
        Item("complaints", _("Complaints"), "complaints:list", "message-report"),
        Item("permits", _("Decoration"), "permits:list", "paint"),
        Item("knowledge", pgettext_lazy("knowledge base", "Knowledge"), "desk:knowledge", "book-2"),
        Item("manage", _("Manage"), "manage", "settings", roles=LEADERS),
    ),
}

# The management page: a line a page. A line whose page is not installed here is left out.
MANAGE: tuple[Card, ...] = (
    Card(
        "rolls",
        _("Import a roll"),
        "rolls:imports",
        "table-import",
        text=_("The developer's list of units and owners: checked first, imported when it is right."),
        roles=frozenset({SUPERVISOR, ADMIN}),
    ),
    Card(
        "warranty",
        _("Warranty register"),
        "warranty:register",
        "shield-check",
        text=_("How long the builder answers for each part of a home, and which repairs are about it."),
        roles=LEADERS,
    ),
    Card(
        "triage",
        _("Triage"),
        "triage:overruled",
        "robot",
        text=_("Where people overrule what the program proposes, and teaching it better."),
        roles=LEADERS,
    ),
    Card(
        "knowledge_categories",
        _("Categories of the knowledge base"),
        "desk:knowledge_categories",
        "book-2",
        text=_("What articles are about, and in which order residents find them."),
        roles=LEADERS,
    ),
    Card(
        "surveys",
        _("Satisfaction surveys"),
        "surveys:list",
        "chart-dots",
        text=_("Questionnaires, samples, answers as they come in, results, and what is done about them."),
        roles=LEADERS,
    ),
    Card(
        "prices",
        _("Price list"),
        "prices:prices",
        "receipt",
        text=_(
            "What services cost, in versions: a draft is written, published from a day on, and stays as it was."
        ),
        roles=LEADERS,
    ),
    Card(
        "promises",
        _("Promises and targets"),
        "sla:promises",
        "clock-check",
        text=_("How soon we respond, arrive and finish; when we warn, and whom we tell when it is late."),
        roles=LEADERS,
    ),
    Card(
        "calendar",
        _("Working time"),
        "sla:calendar",
        "calendar-event",
        text=_("The working hours of each community, public holidays, make-up days and exceptions."),
        roles=LEADERS,
    ),
    Card(
        "pauses",
        _("Reasons to pause"),
        "sla:pauses",
        "player-pause",
        text=_("For which reasons a case may wait, how long, and who paused for how long."),
        roles=LEADERS,
    ),
    Card(
        "handover_lists",
        _("Move-in checklists"),
        "handovers:checklist",
        "list-check",
        text=_("What is checked, signed for, paid and inspected when a unit is handed over."),
        roles=frozenset({SUPERVISOR, ADMIN}),
    ),
    Card(
        "decoration",
        _("Rules of decoration"),
        "decoration:rules",
        "paint",
        text=_(
            "Which works are forbidden or need papers, deposit, hours of loud works, agreement, who is kept out."
        ),
        roles=frozenset({SUPERVISOR, ADMIN}),
    ),
    Card(
        "dispatching",
        _("Dispatch and technicians"),
        "dispatching:rules",
        "route",
        text=_(
            "Whom the program proposes or sends, who holds which certificate, and who answers for which building."
        ),
        roles=LEADERS,
    ),
    Card(
        "check_rules",
        _("Rules of quality checks"),
        "checks:rules",
        "eye-check",
        text=_("Which finished repairs are looked at by somebody else, how many, and by whom."),
        roles=frozenset({SUPERVISOR, ADMIN}),
    ),
    Card(
        "stock",
        _("Materials"),
        "stock:items",
        "tool",
        text=_("What lies in the stock of each community, what is to be ordered, and what repairs took."),
        roles=frozenset({SUPERVISOR, ADMIN}),
    ),
    Card(
        "standards",
        _("Standards of a repair"),
        "standards:lines",
        "list-check",
        text=_(
            "What engineers tick before a repair is complete: shoe covers, floor mat, tested, cleaned up."
        ),
        roles=frozenset({SUPERVISOR, ADMIN}),
    ),
    Card(
        "duty",
        _("Duty roster"),
        "duty:roster",
        "calendar-user",
        text=_("Who is on duty when, and whom a deadline reaches when nobody has the case."),
        roles=LEADERS,
    ),
    Card(
        "wordings",
        _("Message texts"),
        "telling:wordings",
        "message",
        text=_("What residents and colleagues read, in each language and on each channel."),
        roles=LEADERS,
    ),
    Card(
        "channels",
        _("Channels"),
        "telling:channels",
        "send",
        text=_("Robots in work groups, and whether SMS and e-mail are set up."),
        roles=LEADERS,
    ),
    Card(
        "outbox",
        _("Outbox"),
        "telling:outbox",
        "inbox",
        text=_("What was sent outside, what waits and what failed; send it again."),
        roles=LEADERS,
    ),
    Card(
        "operations",
        _("Operations"),
        "operations:page",
        "heartbeat",
        text=_(
            "Whether the program keeps its promises: its parts, what is late, backups and nightly proofs."
        ),
        roles=LEADERS,
    ),
    Card(
        "consents",
        _("Consents"),
        "consents:purposes",
        "checkbox",
        text=_("For what personal data is used, and in which words we ask."),
        roles=LEADERS,
    ),
    Card(
        "retention",
        _("Keeping and erasing"),
        "retention:rules",
        "eraser",
        text=_("How long personal data is kept, what is erased next, and what was erased."),
        roles=LEADERS,
    ),
    Card(
        "administration",
        _("Communities and staff"),
        "admin:index",
        "building-community",
        text=_("Communities, accounts, roles and who works where."),
        roles=frozenset({ADMIN}),
    ),
)


def links(face: str, path: str, counts: Mapping[str, int] | None = None, role: str = "") -> list[Link]:
    """The items of `face` for `role` that have a page, with the one marked that `path` lies in."""
    return _placed(FACES[face], path, counts or {}, role)


def manage_links(path: str, role: str) -> list[Link]:
    """The pages of the management that `role` may open, with the one marked that `path` lies in."""
    return _placed(MANAGE, path, {}, role)


def _placed(items: Sequence[Item], path: str, counts: Mapping[str, int], role: str) -> list[Link]:
    shown = [item for item in items if not item.roles or role in item.roles]
    placed = [(item, url) for item in shown if (url := _url(item.route))]
    covered = [(address, url) for item, url in placed for address in (url, *item.covers)]
    here = max(
        (pair for pair in covered if path.startswith(pair[0])),
        key=lambda pair: len(pair[0]),
        default=("", ""),
    )[1]
    return [Link(item, url, url == here, counts.get(item.code, 0)) for item, url in placed]


def _url(route: str) -> str:
    """The address of a route; '' for a face whose app is not installed here."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""
