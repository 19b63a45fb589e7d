"""Steps of campaigns and measures: what is sent, and the action behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from owners.queries.places import unit_named
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import User
from servicecenter.audit.idempotent import answer_once
from servicecenter.lib.fields import TextSerializerField
from servicecenter.lib.refusals import Invalid, NotFound
from servicecenter.lib.serializers import Input, RefField, TruthField, WholeField
from servicecenter.workflow.run import TransitionRefused, check
from surveys.actions.steps import CALLS
from surveys.models import Campaign, Measure

LONG, REASON = 2000, 200
# What may be sent although the table does not ask for it.
OPTIONAL: dict[str, tuple[str, ...]] = {"verify": ("note",), "add_measure": ("section", "public")}


class SurveyStepIn(Input):
    """What a step takes: which members it needs is in `allowed`, and in the table of `docs/workflows/`."""

    version = WholeField(
        required=False,
        max_value=2**31 - 1,
        help_text="The version that you saw; `stale` if it is not the present one.",
    )
    reason = TextSerializerField(max_length=REASON, required=False)
    note = TextSerializerField(max_length=REASON, required=False)
    evidence = TextSerializerField(max_length=LONG, multiline=True, required=False)
    found = TextSerializerField(max_length=LONG, multiline=True, required=False)
    ends_on = serializers.DateField(required=False)
    unit = RefField(required=False, help_text="`replace`: id or code of the unit that cannot be asked.")
    text = TextSerializerField(max_length=300, required=False, help_text="`add-measure`: what is done.")
    owner = TextSerializerField(max_length=64, required=False, help_text="`add-measure`: user name.")
    section = TextSerializerField(max_length=32, required=False, help_text="`add-measure`: its code.")
    public = TruthField(required=False, help_text="`add-measure`: residents read it.")
    due_on = serializers.DateField(required=False)


def _owner(case: Campaign | Measure, _user: User, username: str) -> User:
    found: User | None = User.objects.staff_of([case.community_id]).filter(username=username).first()
    if found is None:
        raise Invalid(errors={"owner": [_("Please choose somebody who works here.")]})
    return found


RESOLVED: Mapping[str, Callable[[Any, User, Any], Any]] = {
    "owner": _owner,
    "unit": lambda case, user, ref: unit_named(user, ref, case.community),
}


class StepEndpoint(Endpoint):
    """A step of a case that was found in scope."""

    def take(
        self, request: Request, case: Campaign | Measure, action: str, draw: Callable[[], dict[str, Any]]
    ) -> Response:
        """Takes it; refuses as the runner does, the state before the body."""
        name = action.replace("-", "_")
        calls = CALLS[case.TABLE.work]
        if name not in calls:
            raise NotFound(_("There is no such action."), code="unknown_action")

        def act() -> tuple[int, dict[str, Any]]:
            row = check(case, name, self.user)
            given = self._given(name, row.needs, row.aside)
            for field, find in RESOLVED.items():
                if field in given:
                    given[field] = find(case, self.user, given[field])
            calls[name](case, by=self.user, **given)
            return 200, draw()

        return answer_once(request, self.user, act)

    def _given(self, action: str, needs: tuple[str, ...], aside: bool) -> dict[str, Any]:
        sent = self.body(SurveyStepIn)
        missing = {name: [_("Please fill this in.")] for name in needs if sent.get(name) in (None, "")}
        if missing:
            raise Invalid(errors=missing)
        wanted = {*needs, *OPTIONAL.get(action, ()), *(() if aside else ("version",))}
        return {name: value for name, value in sent.items() if name in wanted}

    def handle_exception(self, exc: Exception) -> Response:
        """Names the allowed actions as addresses write them."""
        if isinstance(exc, TransitionRefused):
            names = [each for each in exc.extra.get("allowed", ()) if each != "add_photo"]
            exc.extra["allowed"] = [each.replace("_", "-") for each in names]
        return super().handle_exception(exc)
