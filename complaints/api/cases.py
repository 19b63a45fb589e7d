"""One complaint or inquiry: its facts, its story, and each step of its table."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.actions import CALLS
from complaints.api.shapes import OTHER_DOORS, ComplaintCaseOut, InquiryOut, draw
from complaints.models import Complaint, Inquiry, Level, Side, Substance, Type
from complaints.queries.cases import complaint_for, inquiry_for, may_lead
from complaints.queries.story import timeline
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import User
from servicecenter.audit.idempotent import answer_once
from servicecenter.bulletins.models import ArticleVersion
from servicecenter.lib.clock import database_now
from servicecenter.lib.fields import TextSerializerField
from servicecenter.lib.lists import paged
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import Invalid, NotFound
from servicecenter.lib.serializers import IdField, Input, InstantField, TruthField, WholeField
from servicecenter.workflow.run import TransitionRefused, check

LONG, REASON = 2000, 500


class VoiceLineOut(serializers.Serializer[Any]):
    """One entry of the story."""

    at = InstantField()
    action = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a member of the answer
    status = serializers.CharField(help_text="The status that it led to; empty for what changed none.")
    actor = serializers.CharField(help_text="In words; empty for the program.")
    text = serializers.CharField()
    internal = serializers.BooleanField(help_text="For colleagues only.")


def _long(**more: Any) -> TextSerializerField:
    return TextSerializerField(max_length=LONG, multiline=True, required=False, **more)


class StepIn(Input):
    """What a step takes: which members it needs is in `allowed`, and in the table of `docs/workflows/`."""

    version = WholeField(
        required=False,
        max_value=2**31 - 1,
        help_text="The version that you saw; `stale` if it is not the present one.",
    )
    note = _long()
    reason = TextSerializerField(max_length=REASON, multiline=True, required=False)
    internal = TruthField(required=False, help_text="`note`: for colleagues only.")


class ComplaintStepIn(StepIn):
    """What a step of a complaint takes."""

    handler = TextSerializerField(max_length=64, required=False, help_text="User name.")
    members = serializers.ListField(child=TextSerializerField(max_length=64), required=False, max_length=20)
    owner = TextSerializerField(max_length=64, required=False, help_text="User name.")
    about = TextSerializerField(max_length=64, required=False, help_text="User name.")
    what = TextSerializerField(max_length=300, required=False)
    due_at = InstantField(required=False)
    task = IdField(required=False)
    side = serializers.ChoiceField(Side.choices, required=False)
    substance = serializers.ChoiceField(Substance.choices, required=False)
    solution = _long()
    summary = _long()
    reply = _long()
    review = _long()
    close_by = InstantField(required=False)
    type = serializers.ChoiceField(Type.choices, required=False)
    level = serializers.ChoiceField(Level.choices, required=False)
    compensation = TruthField(required=False)
    lead = serializers.CharField(max_length=24, required=False, help_text="Number of the other complaint.")
    other = TextSerializerField(
        max_length=32, required=False, help_text="`link`: number of a case, or somebody's telephone number."
    )
    link = IdField(required=False, help_text="`unlink`: id of the link.")


class InquiryStepIn(StepIn):
    """What a step of an inquiry takes."""

    answer = _long()
    public = TruthField(required=False)
    adopted = TruthField(required=False)
    article = IdField(
        required=False, help_text="`answer`: the version of the article that it is answered from."
    )
    handler = TextSerializerField(max_length=64, required=False, help_text="User name.")
    about = TextSerializerField(max_length=64, required=False, help_text="User name.")


# What may be sent although the table does not ask for it.
OPTIONAL: dict[str, tuple[str, ...]] = {
    "assign": ("note",),
    "find": ("substance",),
    "agree": ("note",),
    "classify": ("reason", "compensation", "about"),
    "set_day": ("reason",),
    "sign_off": ("note",),
    "urge": ("note",),
    "note": ("internal",),
    "answer": ("public", "adopted", "article"),
}


class OneEndpoint(Endpoint):
    """One case."""

    work: ClassVar[str]
    shape: ClassVar[type[StepIn]]

    def case(self, number: str) -> Complaint | Inquiry:
        """Refuses `not_found` for a number that does not exist or is out of scope, alike."""
        return (
            complaint_for(self.user, number) if self.work == "complaint" else inquiry_for(self.user, number)
        )

    def story(self, number: str) -> Response:
        """Oldest first, in one piece."""
        lines = timeline(self.case(number), self.user)
        return Response({"next": None, "previous": None, "results": VoiceLineOut(lines, many=True).data})

    def step(self, request: Request, number: str, action: str) -> Response:
        """Takes the step; refuses as the runner does, the state before the body."""
        case = self.case(number)
        name = action.replace("-", "_")
        if name in OTHER_DOORS or name not in CALLS[self.work]:
            raise NotFound(_("There is no such action."), code="unknown_action")

        def act() -> tuple[int, dict[str, Any]]:
            row = check(case, name, self.user)
            given = self._given(name, row.needs, row.aside)
            for field, find in RESOLVED.items():
                if field in given:
                    given[field] = find(case, self.user, field, given[field])
            CALLS[self.work][name](case, by=self.user, **given)
            return 200, draw(self._again(case), self.user, database_now())

        return answer_once(request, self.user, act)

    def _again(self, case: Complaint | Inquiry) -> Complaint | Inquiry:
        """As it is now; whoever gave it out of sight gets what was left."""
        try:
            return self.case(case.number)
        except NotFound:
            return case

    def _given(self, action: str, needs: tuple[str, ...], aside: bool) -> dict[str, Any]:
        sent = self.body(self.shape)
        missing = {name: [_("Please fill this in.")] for name in needs if sent.get(name) in (None, "")}
        if missing:
            raise Invalid(errors=missing)
        wanted = {*needs, *OPTIONAL.get(action, ()), *(() if aside else ("version",))}
        return {name: value for name, value in sent.items() if name in wanted}

    def handle_exception(self, exc: Exception) -> Response:
        """Names the allowed actions as addresses write them."""
        if isinstance(exc, TransitionRefused):
            names = [each for each in exc.extra.get("allowed", ()) if each not in OTHER_DOORS]
            exc.extra["allowed"] = [each.replace("_", "-") for each in names]
        return super().handle_exception(exc)


def _colleague(case: Complaint | Inquiry, _user: User, field: str, username: str) -> User:
    found: User | None = User.objects.staff_of([case.community_id]).filter(username=username).first()
    if found is None:
        raise Invalid(errors={field: [_("Please choose somebody who works here.")]})
    return found


def _team(case: Complaint | Inquiry, user: User, field: str, names: list[str]) -> list[User]:
    return [_colleague(case, user, field, each) for each in names]


def _lead(case: Complaint | Inquiry, user: User, field: str, number: str) -> Complaint:
    found = (
        may_lead(user, case).filter(number=number.strip().upper()).first()
        if isinstance(case, Complaint) and "\0" not in number
        else None
    )
    if found is None:
        raise Invalid(errors={field: [_("Please choose another open complaint of this community.")]})
    return found


def _article(case: Complaint | Inquiry, _user: User, field: str, pk: int) -> ArticleVersion:
    found: ArticleVersion | None = ArticleVersion.objects.in_force().filter(pk=pk).first()
    if found is None:
        raise Invalid(errors={field: [_("This article is not offered to residents here at the moment.")]})
    return found


RESOLVED: dict[str, Any] = {
    "article": _article,
    "handler": _colleague,
    "owner": _colleague,
    "about": _colleague,
    "members": _team,
    "lead": _lead,
}


class ComplaintEndpoint(OneEndpoint):
    """One complaint."""

    work = "complaint"

    @operation("complaint", "One complaint", answer=ComplaintCaseOut)
    def get(self, request: Request, number: str) -> Response:
        """Nobody finds one about themselves."""
        return Response(draw(self.case(number), self.user, database_now()))


class ComplaintTimelineEndpoint(OneEndpoint):
    """The story of a complaint."""

    work = "complaint"

    @operation("complaint_timeline", "What happened to a complaint", answer=paged(VoiceLineOut))
    def get(self, request: Request, number: str) -> Response:
        """Residents get nothing internal and nothing about clocks."""
        return self.story(number)


class ComplaintStepEndpoint(OneEndpoint):
    """One step of a complaint."""

    work, shape = "complaint", ComplaintStepIn

    @operation(
        "complaint_step",
        "Take a step of a complaint",
        body=ComplaintStepIn,
        answer=ComplaintCaseOut,
        once=True,
    )
    def post(self, request: Request, number: str, action: str) -> Response:
        """Refuses `transition_refused` (409, with what is allowed instead), `stale` (409), `not_permitted`."""
        return self.step(request, number, action)


class InquiryEndpoint(OneEndpoint):
    """One inquiry, suggestion or praise."""

    work = "inquiry"

    @operation("inquiry", "One inquiry", answer=InquiryOut)
    def get(self, request: Request, number: str) -> Response:
        """Refuses `not_found`."""
        return Response(draw(self.case(number), self.user, database_now()))


class InquiryTimelineEndpoint(OneEndpoint):
    """The story of an inquiry."""

    work = "inquiry"

    @operation("inquiry_timeline", "What happened to an inquiry", answer=paged(VoiceLineOut))
    def get(self, request: Request, number: str) -> Response:
        """Oldest first, in one piece."""
        return self.story(number)


class InquiryStepEndpoint(OneEndpoint):
    """One step of an inquiry."""

    work, shape = "inquiry", InquiryStepIn

    @operation("inquiry_step", "Take a step of an inquiry", body=InquiryStepIn, answer=InquiryOut, once=True)
    def post(self, request: Request, number: str, action: str) -> Response:
        """Refuses `transition_refused` (409, with what is allowed instead), `stale` (409), `not_permitted`."""
        return self.step(request, number, action)
