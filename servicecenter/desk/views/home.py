"""The overview and the live counts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from repairs.queries.outages import known_now
from servicecenter.desk.queries.queues import QUEUES, Counts, counts, in_queue, words
from servicecenter.desk.queries.station import standing
from servicecenter.desk.views.frame import current_user, desk, fragment_of, never_cache, page, rail
from servicecenter.desk.views.rows import rows
from servicecenter.incidents.queries.duty import on_duty
from servicecenter.lib.clock import database_now
from servicecenter.sla.unclaimed import unclaimed
from surveys.queries.measures import awaiting

URGENT_SHOWN = 10


@require_safe
@desk
@never_cache
def home(request: HttpRequest) -> HttpResponse:
    """What waits, what is about to break, and how the calls stand."""
    user = current_user(request)
    at = database_now()
    known = counts(user, at)
    pressing = "overdue" if known.queues["overdue"] else "soon"
    queue = QUEUES[pressing]
    found = in_queue(queue, user, at, {}).order_by(*queue.order)[:URGENT_SHOWN]
    context = {
        "at": at,
        "tiles": tiles(known),
        "pressing": queue,
        "rows": rows(
            found,
            prefix=f"{reverse('desk:queue')}?queue={pressing}&open=",
            several=len(user.community_ids) > 1,
        ),
        "standing": standing(user, at),
        "unclaimed": unclaimed(user, at),
        "on_duty": [shift for shifts in on_duty(user.community_ids, at).values() for shift in shifts],
        "several": len(user.community_ids) > 1,
        "outage_banner": known_now(user, at),
    }
    if fragment_of(request) == "overview":
        return render(request, "desk/_overview.html", context)
    return page(request, "desk/home.html", context | {"measures": awaiting(user)}, counted=known)


def tiles(known: Counts) -> list[dict[str, object]]:
    """One tile for each queue that asks for something."""
    shown = ("new", "dispatch", "soon", "overdue", "mine", "confirm")
    queues: list[dict[str, object]] = [
        {
            "label": QUEUES[code].label,
            "value": words(known.queues[code]),
            "tone": QUEUES[code].tone if known.queues[code] else "",
            "url": f"{reverse('desk:queue')}?queue={code}",
        }
        for code in shown
    ]
    promised: dict[str, object] = {
        "label": pgettext("to callers", "Promises"),
        "value": words(known.promises),
        "tone": "bad" if known.promises_late else "",
        "url": reverse("desk:promises"),
    }
    return [*queues, promised]


@require_safe
@desk
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """Counts for the rail and the queue tabs; tells the page when anything happened since `seen`."""
    known = counts(current_user(request), database_now())
    context = {
        "counts": known,
        "oob": True,
        "rail": rail(known).items(),
        "tabs": "tabs" in request.GET,
        "queues": shown_counts(known),
    }
    answer = render(request, "desk/_live.html", context)
    if request.GET.get("seen") != str(known.latest):
        answer["HX-Trigger"] = "cases-changed"
    return answer


def shown_counts(known: Counts) -> list[tuple[str, str, str]]:
    """(code, count in words, tone) of every queue."""
    return [
        (code, words(known.queues[code]), queue.tone if known.queues[code] else "")
        for code, queue in QUEUES.items()
    ]
