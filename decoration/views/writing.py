"""The application as it is written: one page with all of its parts, each saved by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from decoration.forms.parts import PARTS, PartForm
from decoration.models import Permit
from decoration.queries.cases import permit_for
from decoration.queries.gaps import asked_papers, gaps
from decoration.queries.guide import buttons
from decoration.queries.page import comments_by_part, pictured
from decoration.views.frame import about, draw
from decoration.workflow import Status
from servicecenter.accounts.guards import current_user, only
from servicecenter.accounts.models import User
from servicecenter.lib.clock import database_now, local_day
from servicecenter.lib.refusals import NotFound
from servicecenter.workflow.run import check

# One room, worker or paper after the other: the part stays open.
STAYS = {
    "room": "room",
    "worker": "worker",
    "drop_worker": "worker",
    "paper": "paper",
    "drop_picture": "paper",
}
SAID = {
    "drop_worker": _("The worker is off the list."),
    "drop_picture": _("The picture is taken away."),
}
TITLES = {
    "days": _("What and when"),
    "contractor": pgettext_lazy("permit", "Contractor"),
    "room": pgettext_lazy("permit", "Works by room"),
    "worker": pgettext_lazy("permit", "Workers"),
    "paper": pgettext_lazy("permit", "Papers and drawings"),
}


@dataclass(frozen=True)
class Section:
    """One part of the page, folded away unless somebody is at it: what reviewers said of it, and what it lacks."""

    code: str
    title: str | Promise
    form: PartForm
    comments: list[str]
    missing: list[Any]
    # What is missing is said only to whoever wanted to hand it in, or has to correct it.
    told: bool
    is_open: bool

    @property
    def template(self) -> str:
        """What stands above the form of what can be named again and again."""
        return f"decoration/_of_{self.code}.html" if self.code in STAYS else ""


@require_safe
@only()
@never_cache
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """All parts of the application, with what reviewers said and, if asked for, what is missing."""
    user = current_user(request)
    permit = permit_for(user, number)
    check(permit, "save", user)
    return _page(request, permit, user)


@require_POST
@only()
@never_cache
def write(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    """Saves one part and goes on where it was."""
    user = current_user(request)
    permit = permit_for(user, number)
    if kind not in PARTS:
        raise NotFound
    check(permit, "save", user)
    form = PARTS[kind](request.POST, request.FILES, permit=permit, user=user)
    if not form.settle():
        return _page(request, permit, user, form, status=422)
    messages.success(request, SAID.get(kind) or gettext("Saved."))
    part = STAYS.get(kind) or _first_lacking(permit) or "submit"
    return redirect(f"{reverse('permits:edit', args=[permit.number])}?at={part}#part-{part}")


def _lacks(permit: Permit) -> dict[str, list[Any]]:
    """Part → what it lacks."""
    missing = gaps(Permit.objects.get(pk=permit.pk), local_day(database_now()))
    return {code: [text for field in PARTS[code].parts for text in missing.get(field, ())] for code in TITLES}


def _first_lacking(permit: Permit) -> str:
    return next((code for code, missing in _lacks(permit).items() if missing), "")


def _page(
    request: HttpRequest, permit: Permit, user: User, bound: PartForm | None = None, status: int = 200
) -> HttpResponse:
    sections = _sections(request, permit, user, bound)
    context: dict[str, Any] = about(request, permit) | {
        "bound": bound,
        "sections": sections,
        "rooms": _rooms(permit),
        "workers": pictured("permit_worker", permit.workers.all()),
        "papers": pictured("permit_paper", asked_papers(permit)),
        "left": sum(bool(each.missing) for each in sections) + permit.needs_consent,
        "buttons": [
            each
            for each in buttons(permit, user, reverse("permits:case", args=[permit.number]))
            if each.code in ("submit", "ask-consent", "consent")
        ],
        "consent_missing": permit.needs_consent,
    }
    return draw(request, "edit", context, status=status)


def _sections(request: HttpRequest, permit: Permit, user: User, bound: PartForm | None) -> list[Section]:
    """The five parts. Open is what came back with an error; else what was asked for, has to be corrected, or the first
    that lacks something."""
    lacks, returned = _lacks(permit), permit.status == Status.RETURNED
    comments = comments_by_part(permit) if returned else {}
    told = returned or "missing" in request.GET
    said = {code: [text for part in PARTS[code].parts for text in comments.get(part, ())] for code in TITLES}
    first = next((code for code, missing in lacks.items() if missing), "")
    at = request.GET.get("at", "") or ("" if told else first)
    return [
        Section(
            code=code,
            title=title,
            form=_form(request, permit, user, code, bound),
            comments=said[code],
            missing=lacks[code],
            told=told,
            is_open=STAYS.get(bound.code, bound.code) == code
            if bound
            else code == at or (told and bool(lacks[code] or said[code])),
        )
        for code, title in TITLES.items()
    ]


def _form(request: HttpRequest, permit: Permit, user: User, code: str, bound: PartForm | None) -> PartForm:
    """The form of a part: as it came back, or fresh; a room that was named comes with its works."""
    if bound and bound.code == code:
        return bound
    initial: dict[str, Any] = {}
    room = request.GET.get("room", "")
    if code == "room" and room:
        works = [each for each in permit.works.in_force() if each.room == room]
        initial = {"room": room, "rules": [each.rule_id for each in works]} if works else {}
    return PARTS[code](permit=permit, user=user, initial=initial)


def _rooms(permit: Permit) -> dict[str, list[Any]]:
    rooms: dict[str, list[Any]] = {}
    for each in permit.works.in_force():
        rooms.setdefault(each.room, []).append(each)
    return rooms
