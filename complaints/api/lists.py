"""`/complaints/` and `/inquiries/`: the lists, and the one intake."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from complaints.actions import Said, receive
from complaints.actions.intake import usual_channel
from complaints.api.shapes import ComplaintCaseOut, ComplaintOut, InquiryOut, draw, drawn
from complaints.models import Channel, Complaint, Inquiry, Kind, Level, Type
from complaints.queries.cases import with_shown
from complaints.queries.filters import narrowed
from complaints.triage import Proposal, propose
from complaints.triage.reasons import SENTENCES
from complaints.workflow import InquiryStatus, Status
from owners.queries import (
    building_named,
    community_named,
    own_person,
    person_named,
    primary_contact,
    unit_named,
)
from servicecenter.accounts.endpoints import Endpoint
from servicecenter.accounts.models import Community, User
from servicecenter.audit.idempotent import HEADER, answer_once
from servicecenter.lib.clock import database_now
from servicecenter.lib.fields import TextSerializerField
from servicecenter.lib.lists import Page, ordering, paged
from servicecenter.lib.operations import operation
from servicecenter.lib.refusals import Invalid
from servicecenter.lib.serializers import (
    BorderField,
    ChoicesField,
    IdField,
    Input,
    PhoneField,
    RefField,
    TruthField,
)

TEXT_LIMIT = 2000


class VoiceQuery(Page):
    """What both lists take."""

    orders: ClassVar[dict[str, Any]] = {
        "-received_at": ("-received_at", "-id"),
        "received_at": ("received_at", "id"),
        "next_due_at": ("next_due_at", "id"),
    }
    type = ChoicesField(Type.choices, required=False, help_text="One or several.")
    community = serializers.CharField(required=False, max_length=12, help_text="Code of a community.")
    building = IdField(from_text=True, required=False, help_text="Id of a building.")
    unit = IdField(from_text=True, required=False, help_text="Id of a unit.")
    handler = TextSerializerField(max_length=64, required=False, help_text="User name, `me`, or `none`.")
    overdue = TruthField(from_text=True, required=False, help_text="A promise is past its deadline.")
    created_after = BorderField(required=False)
    created_before = BorderField(required=False)
    search = TextSerializerField(max_length=100, required=False)
    ordering = ordering(orders)


class ComplaintQuery(VoiceQuery):
    """Parameters of the list of complaints."""

    status = ChoicesField(Status.choices, required=False, help_text="One or several.")
    level = ChoicesField(Level.choices, required=False, help_text="One or several.")


class InquiryQuery(VoiceQuery):
    """Parameters of the list of inquiries."""

    status = ChoicesField(InquiryStatus.choices, required=False, help_text="One or several.")
    kind = ChoicesField([each for each in Kind.choices if each[0] != Kind.COMPLAINT], required=False)
    public = TruthField(from_text=True, required=False)


class VoiceIn(Input):
    """What somebody tells us. Type and level are proposed where they are left out; a resident's level is."""

    text = TextSerializerField(max_length=TEXT_LIMIT, multiline=True)
    type = serializers.ChoiceField(Type.choices, required=False)
    community = serializers.CharField(
        required=False, max_length=12, help_text="Its code, where you have several."
    )
    unit = RefField(required=False, help_text="Id, or code such as 3-2-1201.")
    building = RefField(required=False, help_text="Id or code.")
    place = TextSerializerField(max_length=200, required=False)
    anonymous = TruthField(
        required=False,
        help_text="Nothing is kept of whoever sends it; the answer holds a `receipt`, this once.",
    )
    channel = serializers.ChoiceField(Channel.choices, required=False, help_text="Residents: portal or api.")
    person = IdField(
        required=False, help_text="Staff: who tells us. Default: the primary contact of the unit."
    )
    reporter_name = TextSerializerField(
        max_length=100, required=False, help_text="Staff: if not in the roll."
    )
    contact_phone = PhoneField(required=False, allow_blank=True)
    about = TextSerializerField(
        max_length=64, required=False, help_text="User name of the colleague it is about."
    )


class ComplaintIn(VoiceIn):
    """A complaint."""

    level = serializers.ChoiceField(Level.choices, required=False, help_text="Staff only.")
    compensation = TruthField(required=False, help_text="Money is asked for.")
    other_unit = RefField(required=False, help_text="Between neighbours: against whom.")


class InquiryIn(VoiceIn):
    """An inquiry, a suggestion or praise."""

    kind = serializers.ChoiceField([each for each in Kind.choices if each[0] != Kind.COMPLAINT])


class VoicesEndpoint(Endpoint):
    """A list and its intake."""

    model: ClassVar[type[Complaint] | type[Inquiry]]
    shape: ClassVar[type[VoiceIn]]
    asked: ClassVar[type[VoiceQuery]]

    def listed(self) -> Response:
        """A page of them. Sorted by `next_due_at` are only those with a promise that is still open."""
        query = self.query(self.asked)
        at = database_now()
        rows: Any = self.model.objects
        found = narrowed(rows.visible_to(self.user), self.user, query, at=at)
        if query["ordering"] == "next_due_at":
            found = found.filter(next_due_at__isnull=False)
        return self.page(
            with_shown(found),
            query,
            order=VoiceQuery.orders[query["ordering"]],
            draw=lambda page: drawn(page, self.user, at),
        )

    def taken(self, request: Request) -> Response:
        """Registers it, once per idempotency key. An anonymous one leaves no key behind: it would name its author."""
        given = self.body(self.shape)
        community = community_named(self.user, given.pop("community", ""))
        channel = usual_channel(self.user, given.pop("channel", ""))
        if given.get("anonymous") and not self.user.is_employee:
            key = request.headers.get(HEADER, "").strip()
            return Response(self._received(given, community, channel, key), status=201)
        return answer_once(request, self.user, lambda: (201, self._received(given, community, channel, "")))

    def _received(
        self, given: dict[str, Any], community: Community, channel: str, key: str
    ) -> dict[str, Any]:
        taken = receive(
            said_by(self.user, given, community), community=community, channel=channel, by=self.user, key=key
        )
        return draw(taken.case, self.user, database_now(), receipt=taken.receipt)


class ComplaintsEndpoint(VoicesEndpoint):
    """Complaints that I may see."""

    model, shape, asked = Complaint, ComplaintIn, ComplaintQuery

    @operation("complaints", "Complaints", query=ComplaintQuery, answer=paged(ComplaintOut))
    def get(self, request: Request) -> Response:
        """A page of them; nobody finds one about themselves."""
        return self.listed()

    @operation(
        "complain", "File a complaint", body=ComplaintIn, answer=ComplaintCaseOut, status=201, once=True
    )
    def post(self, request: Request) -> Response:
        """Its number and its promises. Anonymous: number and receipt, nothing else."""
        return self.taken(request)


class InquiriesEndpoint(VoicesEndpoint):
    """Inquiries, suggestions and praise that I may see."""

    model, shape, asked = Inquiry, InquiryIn, InquiryQuery

    @operation("inquiries", "Inquiries", query=InquiryQuery, answer=paged(InquiryOut))
    def get(self, request: Request) -> Response:
        """A page of them."""
        return self.listed()

    @operation("inquire", "Ask, suggest or praise", body=InquiryIn, answer=InquiryOut, status=201, once=True)
    def post(self, request: Request) -> Response:
        """Its number, and until when it is answered."""
        return self.taken(request)


def said_by(user: User, given: dict[str, Any], community: Community) -> Said:
    """What was sent, with the rows that it names; each within what the user may see."""
    unit = unit_named(user, given["unit"], community) if "unit" in given else None
    names = ("text", "type", "level", "kind", "place", "anonymous", "compensation", "contact_phone")
    plain = {name: given[name] for name in names if name in given}
    if not user.is_employee:
        plain.pop("level", None)
    return Said(
        kind=plain.pop("kind", Kind.COMPLAINT.value),
        unit=unit,
        building=building_named(user, given["building"], community) if "building" in given else None,
        other_unit=_other(community, given["other_unit"], user) if "other_unit" in given else None,
        about=_colleague(community, given["about"]) if given.get("about") else None,
        **_reporter(user, given, community, unit),
        **plain,
    )


def _reporter(user: User, given: dict[str, Any], community: Community, unit: Any) -> dict[str, Any]:
    """Residents speak for themselves; the staff says for whom, or it is the primary contact of the unit."""
    if given.get("anonymous"):
        return {}
    if not user.is_employee:
        return {"reporter": own_person(user, community)}
    if "person" in given:
        return {"reporter": person_named(user, given["person"], community)}
    named = given.get("reporter_name", "")
    return {"reporter": primary_contact(unit) if unit and not named else None, "reporter_name": named}


def _other(community: Community, ref: int | str, user: User) -> Any:
    """The neighbour's unit: of the community, whoever lives there; only the staff names it."""
    if not user.is_employee:
        raise Invalid(errors={"other_unit": [_("Please describe the place in words.")]})
    return unit_named(user, ref, community)


def _colleague(community: Community, username: str) -> User:
    found: User | None = User.objects.staff_of([community.pk]).filter(username=username).first()
    if found is None:
        raise Invalid(errors={"about": [_("Please choose somebody who works here.")]})
    return found


class VoiceTriageIn(Input):
    """What somebody writes."""

    text = TextSerializerField(max_length=TEXT_LIMIT, multiline=True)


class VoiceTriageOut(serializers.Serializer[Any]):
    """A proposal; a person may always overrule it."""

    kind = serializers.ChoiceField(
        [*Kind.choices, ("repair", "Repair")], source="meant", help_text="A repair is what is only broken."
    )
    type = serializers.ChoiceField(Type.choices)
    level = serializers.ChoiceField(Level.choices)
    confidence = serializers.FloatField(help_text="Of the kind, 0 to 1.")
    low_confidence = serializers.BooleanField(help_text="A person should look.")
    reasons = serializers.SerializerMethodField(help_text="Why, in words.")
    repair = serializers.BooleanField(
        help_text="Something is broken and nobody is blamed: a repair is meant."
    )
    compensation = serializers.BooleanField(help_text="Money is asked for.")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_reasons(self, found: Proposal) -> list[str]:
        """Signs first, then what is doubtful."""
        return [str(SENTENCES[code]) for code in found.reasons]


class TriageEndpoint(Endpoint):
    """A proposal for a text."""

    @operation(
        "complaint_triage",
        "Propose kind, type and level for a text",
        body=VoiceTriageIn,
        answer=VoiceTriageOut,
    )
    def post(self, request: Request) -> Response:
        """Nothing is stored."""
        return Response(VoiceTriageOut(propose(self.body(VoiceTriageIn)["text"])).data)
