"""`/sla/explain/`: how the deadlines of a case came about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.dateparse import parse_datetime
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import Role, User
from servicecenter.audit.models import Event
from servicecenter.lib import works
from servicecenter.lib.clock import database_now
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import NotFound
from servicecenter.lib.serializers import (
    InstantField,
    Query,
)
from servicecenter.sla.api.policies import PolicyOut
from servicecenter.sla.deadlines import estimated_years
from servicecenter.sla.models import Stage, WorkKind
from servicecenter.sla.queries import Explained, explain, resolution
from servicecenter.sla.segments import SegmentKind, for_resident

# Whom we remind when is the staff's business; residents read what moved a deadline, without names.
OUR_AFFAIR = ("clock.warn", "clock.escalate", "clock.daily", "clock.acknowledged")


class ExplainQuery(Query):
    """Which case."""

    ticket = serializers.CharField(max_length=24, help_text="Its number.")


class PauseOut(serializers.Serializer[Any]):
    """Time that did not count."""

    reason = serializers.CharField()
    started_at = InstantField()
    ended_at = InstantField(allow_null=True)


class ClockEventOut(serializers.Serializer[Any]):
    """One thing that made the deadline what it is."""

    at = InstantField()
    action = serializers.CharField(
        help_text="clock.started, paused, resumed, retargeted, agreed, warn, breach, acknowledged, met …"
    )
    actor = serializers.CharField(help_text="Empty for the program.")
    due_at = InstantField(allow_null=True, help_text="The deadline after it.")
    reason = serializers.CharField()


# `from` is a word of Python, so the class is made by hand.
SegmentOut = type(
    "SegmentOut",
    (serializers.Serializer,),
    {
        "__doc__": "What the clock was doing, from when until when; without gaps.",
        "kind": serializers.ChoiceField(SegmentKind.choices),
        "from": InstantField(source="since"),
        "to": InstantField(source="until"),
        "reason": serializers.CharField(help_text="What a pause waited for."),
    },
)


class ClockOut(serializers.Serializer[Any]):
    """One deadline with everything that made it."""

    stage = serializers.ChoiceField(Stage.choices)
    round = serializers.IntegerField()
    started_at = InstantField()
    not_before = InstantField(allow_null=True, help_text="An agreed later day.")
    due_at = InstantField(allow_null=True)
    paused_at = InstantField(allow_null=True)
    met_at = InstantField(allow_null=True)
    cancelled_at = InstantField(allow_null=True)
    breached = serializers.BooleanField()
    estimated_years = serializers.ListField(
        child=serializers.IntegerField(),
        help_text="Years that the deadline reaches and whose days off are not published yet.",
    )
    policy = PolicyOut()
    segments = SegmentOut(many=True)
    pauses = PauseOut(many=True)
    events = ClockEventOut(many=True)


class ResolutionOut(serializers.Serializer[Any]):
    """How long the case took. A rework keeps the first figure."""

    first_seconds = serializers.IntegerField(allow_null=True, help_text="Until it was first done.")
    total_seconds = serializers.IntegerField(
        allow_null=True, help_text="Until it was done for good; null while it is not."
    )
    paused_seconds = serializers.IntegerField(help_text="How much of it the clocks were paused.")
    rounds = serializers.IntegerField()


class ExplainOut(serializers.Serializer[Any]):
    """Every clock of a case, oldest first."""

    ticket = serializers.CharField()
    work = serializers.ChoiceField(WorkKind.choices)
    resolution = ResolutionOut()
    clocks = ClockOut(many=True)


class ExplainEndpoint(Endpoint):
    """Why a deadline is what it is."""

    @operation("sla_explain", "How the deadlines of a case came about", query=ExplainQuery, answer=ExplainOut)
    def get(self, request: Request) -> Response:
        """Starts, pauses, resumptions, changes of policy, warnings, breaches and stops. Refuses `not_found`."""
        number = self.query(ExplainQuery)["ticket"].strip().upper()
        work, case_id = _case(self.user, number)
        at = database_now()
        found = explain(work=work, case_id=case_id, at=at)
        clocks = [_told(each, self.user) for each in found]
        told = {"ticket": number, "work": work, "resolution": _resolution(found, at), "clocks": clocks}
        return Response(ExplainOut(told).data)


def _resolution(found: Sequence[Explained], at: datetime) -> dict[str, Any]:
    took = resolution(found, at)
    return {
        "first_seconds": None if took.first is None else int(took.first.total_seconds()),
        "total_seconds": None if took.total is None else int(took.total.total_seconds()),
        "paused_seconds": int(took.paused.total_seconds()),
        "rounds": took.rounds,
    }


def _case(user: User, number: str) -> tuple[str, int]:
    """Which kind of work has this number, and its row; refuses `not_found`."""
    for work in works.all_works():
        if any(column.name == "number" for column in work.model._meta.get_fields()):
            found = work.visible(user).filter(Q(number=number)).values_list("pk", flat=True).first()
            if found is not None:
                return work.code, found
    raise NotFound


def _told(each: Any, user: User) -> dict[str, Any]:
    names = ("stage", "round", "started_at", "not_before", "due_at", "paused_at", "met_at", "cancelled_at")
    events = [_event(event, user) for event in each.events if user.is_employee or not _ours(event)]
    return {name: getattr(each.clock, name) for name in names} | {
        "breached": each.breached,
        "segments": each.segments if user.is_employee else for_resident(each.segments),
        "estimated_years": estimated_years(each.clock),
        "policy": each.policy,
        "pauses": each.pauses,
        "events": events,
    }


def _ours(event: Event) -> bool:
    return event.action.startswith(OUR_AFFAIR)


def _event(event: Event, user: User) -> dict[str, Any]:
    # The name of a resident's login may be made of the phone number.
    named = user.is_employee and event.by_role != Role.RESIDENT
    due_at = parse_datetime(event.data.get("due_at") or "")
    return {
        "at": event.at,
        "action": event.action,
        "actor": event.by_name if named else "",
        "due_at": due_at,
        "reason": event.data.get("reason", ""),
    }
