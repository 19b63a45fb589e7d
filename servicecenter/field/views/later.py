"""What a phone without signal asks for and sends: steps that wait on it, each with the time at which it happened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from django.forms import BaseForm
from django.http import HttpRequest, JsonResponse
from django.middleware.csrf import get_token
from django.utils.dateparse import parse_datetime
from django.utils.timezone import is_naive
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from repairs.forms import form_for
from repairs.forms.base import route_of
from repairs.forms.later import DropForm
from repairs.models import Ticket
from repairs.queries import job_or_former, next_step, present
from servicecenter.accounts.guards import current_user
from servicecenter.accounts.models import User
from servicecenter.audit.idempotency import answer_of
from servicecenter.field.views.jobs import field_staff
from servicecenter.lib.clock import database_now
from servicecenter.lib.formtools import YEARS, KeyField
from servicecenter.lib.problems import CONTENT_TYPE, as_body, headed, retry_after
from servicecenter.lib.refusals import Invalid, Refusal
from servicecenter.lib.serializers import InstantField
from servicecenter.lib.words import moment_words

BUSY = 503


@require_safe
@field_staff
@never_cache
def line(request: HttpRequest) -> JsonResponse:
    """Is there a line, and to whom: who is signed in, what time it is, and the token that forms need."""
    user = current_user(request)
    return JsonResponse(
        {"reader": str(user.pk), "now": database_now().isoformat(), "token": get_token(request)}
    )


@require_POST
@field_staff
@never_cache
def take(request: HttpRequest, number: str, action: str) -> JsonResponse:
    """Takes one step that waited on the phone, once per key however often it is sent.

    A refusal comes with how the job stands now, also to an engineer who had it once.
    """
    user = current_user(request)
    ticket, mine = job_or_former(user, number)
    key, code = KeyField().clean(request.POST.get("idempotency_key", "")), action.replace("-", "_")
    # Taken before the job went to somebody else; only the answer was lost on the way.
    before = answer_of(user=user, key=key, route=route_of(ticket, code))
    if before is not None:
        return JsonResponse({"version": before.get("version"), "again": True})
    if not mine:
        return _refused(
            Refusal(_("This job is no longer yours."), code="not_yours"), ticket, user, mine=False
        )
    form = form_for(code, ticket, user, request.POST, request.FILES)
    form.happened_at = phone_instant(request.POST.get("happened_at", ""))
    if form.settle():
        return JsonResponse({"version": form.answer.get("version"), "again": False})
    return _refused(refusal_of(form), ticket, user, seen=form.seen)


@require_POST
@field_staff
@never_cache
def drop(request: HttpRequest, number: str) -> JsonResponse:
    """A step that waited was discarded on the phone: what it was and why is written down with the job, once."""
    user = current_user(request)
    ticket, _mine = job_or_former(user, number)
    form = DropForm(request.POST)
    if not form.is_valid():
        raise Invalid(errors=errors_of(form))
    form.settle(ticket, user)
    return JsonResponse({"version": None, "again": False})


def phone_instant(text: str) -> datetime | None:
    """What the phone says, None if it says nothing; refuses `invalid` for what is no instant with a zone."""
    if not text:
        return None
    try:
        instant = parse_datetime(text)
    except ValueError:
        instant = None
    if instant is None or is_naive(instant) or instant.year not in YEARS:
        raise Invalid(errors={"happened_at": [InstantField.default_error_messages["invalid"]]})
    return instant.astimezone(UTC)


class Asked(Protocol):
    """A form of a step that was not taken."""

    refusal: Refusal | None

    def non_field_errors(self) -> Sequence[Any]:
        """What is wrong with the whole of it."""

    @property
    def errors(self) -> Mapping[str, Sequence[Any]]:
        """Field → what is wrong with it."""


def refusal_of(form: Asked) -> Refusal:
    """Why the step was not taken; what was typed wrongly stands with its field."""
    errors = errors_of(form)
    if form.refusal is not None:
        return Refusal(
            form.refusal.sentence, code=form.refusal.code, status=form.refusal.status, errors=errors
        )
    sentence = " ".join(map(str, form.non_field_errors())) or _("Please check the marked fields.")
    return Refusal(sentence, code="invalid", status=422, errors=errors)


def errors_of(form: Asked | BaseForm) -> dict[str, list[str]]:
    """Field → sentences."""
    return {name: [str(each) for each in found] for name, found in form.errors.items() if name != "__all__"}


def _refused(
    refusal: Refusal, ticket: Ticket, user: User, *, mine: bool = True, seen: int | None = None
) -> JsonResponse:
    return refused(refusal, None if refusal.status == BUSY else _present(ticket, user, mine=mine, seen=seen))


def refused(refusal: Refusal, now: dict[str, Any] | None) -> JsonResponse:
    """A refusal as the phone reads it, with how the case stands `now`."""
    body = as_body(refusal) | ({} if now is None else {"present": now})
    answer = JsonResponse(body, status=refusal.status, content_type=CONTENT_TYPE)
    headed(answer, retry_after(refusal.status))
    return answer


def _present(ticket: Ticket, user: User, *, mine: bool, seen: int | None) -> dict[str, Any]:
    """How the job stands, in words; what others did only to whom it is the job of."""
    now = database_now()
    found = present(ticket, user, mine=mine, seen=seen)
    return {
        "version": ticket.version,
        "status": ticket.status,
        "label": str(ticket.get_status_display()),
        "engineer": str(ticket.assignee or ""),
        "mine": mine,
        "next": next_step(ticket, user).sentence if mine else "",
        "meanwhile": [
            " · ".join(filter(None, (moment_words(each.at, now), each.label, each.actor, each.text)))
            for each in found.meanwhile
        ],
    }
