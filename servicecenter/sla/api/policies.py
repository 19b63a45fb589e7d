"""`/sla/policies/`: the policies behind promises."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import STAFF_ROLES, Community, User
from servicecenter.audit.idempotent import answer_once
from servicecenter.lib.lists import Page, ordering, paged
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import Invalid, NotFound
from servicecenter.lib.serializers import (
    LARGEST_ID,
    Input,
    InstantField,
    TruthField,
    WholeField,
)
from servicecenter.sla import policies, recounts
from servicecenter.sla.models import ClockKind, Policy, Stage, WorkKind
from servicecenter.sla.queries import policy_for


class RungShape(serializers.Serializer[Any]):
    """One rung of the ladder after a breach."""

    after = serializers.FloatField(
        min_value=0,
        max_value=float(policies.LONGEST_RUNG),
        help_text="Share of the target after the deadline.",
    )
    to = serializers.ChoiceField(policies.RUNGS)
    channel = serializers.ChoiceField(
        policies.WAYS,
        required=False,
        default="",
        help_text="How it is told besides the message in the app; empty: in the app only.",
    )


class PolicyOut(serializers.Serializer[Any]):
    """A promise. A change makes a new row; the old one stays, with `replaced_at`."""

    id = serializers.IntegerField()
    work = serializers.ChoiceField(WorkKind.choices)
    community = serializers.CharField(
        source="community.code", allow_null=True, default=None, help_text="null: the whole company."
    )
    urgency = serializers.CharField(help_text="Empty: any.")
    level = serializers.CharField(help_text="Empty: any.")
    stage = serializers.ChoiceField(Stage.choices)
    target_seconds = serializers.IntegerField(allow_null=True, help_text="null: no target, by decision.")
    clock = serializers.ChoiceField(ClockKind.choices)
    warn_at = serializers.FloatField(help_text="Share of the time after which the worker is warned.")
    escalate = RungShape(many=True)
    since = InstantField()
    replaced_at = InstantField(allow_null=True)


class OpenWorkOut(serializers.Serializer[Any]):
    """How far a change has reached open work; what is left follows within minutes."""

    applied = serializers.IntegerField()
    left = serializers.IntegerField()


class PolicyChangedOut(PolicyOut):
    """The promise as it stands now."""

    open_work = serializers.SerializerMethodField()

    @extend_schema_field(OpenWorkOut(allow_null=True))
    def get_open_work(self, policy: Policy) -> Any:
        """null: the change counts for new work only."""
        found = recounts.progress(policy)
        return None if found is None else OpenWorkOut(found).data


class TermsIn(Input):
    """What is promised; what is left out stays as it is."""

    target_seconds = WholeField(required=False, allow_null=True, min_value=60, max_value=366 * 86400)
    clock = serializers.ChoiceField(ClockKind.choices, required=False)
    warn_at = serializers.DecimalField(max_digits=3, decimal_places=2, required=False)
    escalate = serializers.ListField(child=RungShape(), required=False, max_length=policies.MOST_RUNGS)
    apply_to_open = TruthField(
        required=False, default=False, help_text="Also for open work, from its original start."
    )


class PolicyIn(TermsIn):
    """A promise and what it is about. A supervisor decides for their own community, an administrator who names none for
    the whole company. Terms that are left out are those that applied until now."""

    work = serializers.ChoiceField(WorkKind.choices)
    stage = serializers.ChoiceField(Stage.choices)
    community = serializers.CharField(required=False, allow_null=True, max_length=12, help_text="Its code.")
    urgency = serializers.ChoiceField(policies.URGENCIES, required=False, default="")
    level = serializers.RegexField(r"^[a-z_]{0,16}\Z", required=False, default="", allow_blank=True)


class PolicyQuery(Page):
    """Parameters of the list of promises."""

    orders: dict[str, Any] = {"id": ("id",), "-id": ("-id",)}
    work = serializers.ChoiceField(WorkKind.choices, required=False)
    stage = serializers.ChoiceField(Stage.choices, required=False)
    urgency = serializers.ChoiceField(policies.URGENCIES[1:], required=False)
    community = serializers.CharField(required=False, max_length=12, help_text="Only this community's own.")
    history = TruthField(from_text=True, required=False, default=False, help_text="Replaced ones too.")
    ordering = ordering(orders)


def _seen_by(user: User) -> Any:
    return Policy.objects.visible_to(user).select_related("community").prefetch_related("rungs")


class PoliciesEndpoint(Endpoint):
    """All promises of my communities and of the company."""

    roles = frozenset(STAFF_ROLES)

    @operation("policies", "Promises", query=PolicyQuery, answer=paged(PolicyOut))
    def get(self, request: Request) -> Response:
        """A page of them; only those in force unless `history` is asked for."""
        query = self.query(PolicyQuery)
        rows = _seen_by(self.user)
        if not query["history"]:
            rows = rows.filter(replaced_at=None)
        for name in ("work", "stage", "urgency"):
            if name in query:
                rows = rows.filter(**{name: query[name]})
        if "community" in query:
            rows = rows.filter(community__code=query["community"].upper())
        order = PolicyQuery.orders[query["ordering"]]
        return self.page(rows, query, order=order, draw=lambda page: PolicyOut(page, many=True).data)

    @operation(
        "policy_change", "Change a promise", body=PolicyIn, answer=PolicyChangedOut, status=201, once=True
    )
    def post(self, request: Request) -> Response:
        """Supervisors and administrators. Makes a new row and closes the one before."""

        def act() -> tuple[int, dict[str, Any]]:
            given = self.body(PolicyIn)
            apply_to_open = given.pop("apply_to_open")
            subject = policies.scoped(_subject(self.user, given), self.user)
            merged = _present(subject) | given
            if "target_seconds" not in merged:
                raise Invalid(errors={"target_seconds": [_("Please name a target; null means none.")]})
            terms = policies.Terms(**merged)
            policy = policies.change(subject, terms, by=self.user, apply_to_open=apply_to_open)
            return 201, dict(PolicyChangedOut(policy).data)

        return answer_once(request, self.user, act)


def _subject(user: User, given: dict[str, Any]) -> policies.Subject:
    """Takes what the promise is about out of `given`."""
    code = given.pop("community", None)
    community = Community.objects.visible_to(user).filter(code=code.upper()).first() if code else None
    if code and community is None:
        raise Invalid(errors={"community": [_("We could not find that.")]})
    names = ("work", "stage", "urgency", "level")
    return policies.Subject(community=community, **{name: given.pop(name) for name in names})


def _present(subject: policies.Subject) -> dict[str, Any]:
    """The terms that apply to a subject until now; {} where nothing was promised."""
    found = policy_for(
        work=subject.work,
        stage=subject.stage,
        community_id=subject.community.pk if subject.community else 0,
        urgency=subject.urgency,
        level=subject.level,
    )
    if found is None:
        return {}
    terms = policies.Terms.of(found)
    return {name: getattr(terms, name) for name in policies.Terms.__dataclass_fields__}


class PolicyEndpoint(Endpoint):
    """One promise."""

    roles = frozenset(STAFF_ROLES)

    def one(self, pk: int) -> Policy:
        """The row; refuses `not_found`."""
        found: Policy | None = _seen_by(self.user).filter(pk=pk).first() if pk <= LARGEST_ID else None
        if found is None:
            raise NotFound
        return found

    @operation("policy", "One promise, present or past", answer=PolicyOut)
    def get(self, request: Request, pk: int) -> Response:
        """Refuses `not_found`."""
        return Response(PolicyOut(self.one(pk)).data)

    @operation(
        "policy_revise",
        "Change some terms of a promise",
        body=TermsIn,
        answer=PolicyChangedOut,
        errors=[409],
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Answers with the new row. Refuses `stale` for one that was replaced."""
        policy = self.one(pk)
        changed = policies.revise(policy, by=self.user, **self.body(TermsIn))
        return Response(PolicyChangedOut(changed).data)
