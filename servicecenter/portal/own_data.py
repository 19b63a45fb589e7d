"""A copy of everything that is known about a resident in one community, in full, for themselves (PIPL art. 45)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from complaints.models import Complaint, Inquiry
from decoration.models import Permit
from handovers.models import Handover
from owners.models import ErasureRequest, Occupancy, Person
from owners.queries.changes import said
from owners.queries.consents import history_of
from owners.queries.erasure import in_words
from owners.queries.values import present
from owners.workflow import Field
from owners.workflow.changes import VEHICLES
from repairs.models import Ticket
from servicecenter.accounts.models import User
from servicecenter.audit.access import record_access
from servicecenter.audit.models import AccessLog
from servicecenter.lib.clock import LOCAL
from servicecenter.notifications.models import Message
from servicecenter.notifications.texts import render

# What is older than so many messages or looks is read at the desk.
MOST = 1000
EVERYTHING = "everything"


def copy_of(person: Person, *, by: User, reason: str) -> dict[str, Any]:
    """The copy, after the look at it was written into the access log. Refuses `too_many` as every look does."""
    record_access(
        by=by, community_id=person.community_id, person_id=person.pk, field=EVERYTHING, reason=reason
    )
    return {
        "community": person.community.name,
        "record": _record(person),
        "vehicles": [vehicle.unseal() for vehicle in person.vehicles.order_by("id")],
        "homes": _homes(person),
        "handovers": _handovers(person),
        "repairs": _repairs(person),
        "complaints": _voices(Complaint, person),
        "inquiries": _voices(Inquiry, person),
        "permits": _permits(person),
        "consents": _consents(person),
        "erasure_requests": _erasures(person),
        # A guardian's messages are the guardian's own.
        "messages": _messages(person, by) if person.user_id == by.pk else [],
        "access_log": _looks(person),
    }


def _record(person: Person) -> list[dict[str, str]]:
    """Every value that can be corrected, in full."""
    return [
        {
            "field": field.value,
            "label": str(field.label),
            "value": said(present(person, field), field, full=True),
        }
        for field in Field
        if field not in VEHICLES
    ]


def _homes(person: Person) -> list[dict[str, str]]:
    stays = Occupancy.objects.filter(person=person).select_related("unit").order_by("since", "id")
    return [
        {
            "unit": stay.unit.code,
            "role": stay.get_role_display(),
            "since": _day(stay.since),
            "until": _day(stay.until),
        }
        for stay in stays
    ]


def _handovers(person: Person) -> list[dict[str, Any]]:
    rows = Handover.objects.filter(person=person).select_related("unit").order_by("id")
    return [
        {
            "number": handover.number,
            "unit": handover.unit.code,
            "status": handover.get_status_display(),
            "proxy": handover.proxy_name,
            "signer": handover.signer,
            "signed": _moment(handover.signed_at) if handover.signed_at else "",
            "fees": [
                {"fee": line.text, "amount": str(line.amount), "receipt": line.receipt_no}
                for line in handover.lines.exclude(amount=None)
            ],
        }
        for handover in rows
    ]


def _repairs(person: Person) -> list[dict[str, str]]:
    tickets = Ticket.objects.filter(reporter=person).order_by("-id")
    return [
        {
            "number": ticket.number,
            "reported": _moment(ticket.reported_at),
            "status": ticket.get_status_display(),
            "where": str(ticket.where()),
            "text": ticket.text,
        }
        for ticket in tickets[:MOST]
    ]


def _voices(model: type[Complaint] | type[Inquiry], person: Person) -> list[dict[str, str]]:
    """What they told us by name; what they told us without one is known to nobody."""
    rows: Any = model.objects
    return [
        {
            "number": case.number,
            "received": _moment(case.received_at),
            "status": case.get_status_display(),
            "where": case.where(),
            "text": case.text,
            "answer": case.reply if isinstance(case, Complaint) else case.answer,
        }
        for case in rows.filter(reporter=person).select_related("unit", "building").order_by("-id")[:MOST]
    ]


def _permits(person: Person) -> list[dict[str, Any]]:
    """What they applied for; of contractor and workers only what the permit itself names."""
    rows = Permit.objects.filter(applicant=person).select_related("unit", "contractor").order_by("-id")
    return [
        {
            "number": permit.number,
            "unit": permit.unit.code,
            "status": permit.get_status_display(),
            "works": permit.scope,
            "from": permit.starts_on.isoformat() if permit.starts_on else "",
            "until": permit.ends_on.isoformat() if permit.ends_on else "",
            "contractor": str(permit.contractor or ""),
            "phone": permit.contact_phone,
            "signer": permit.signer,
            "refund_to": permit.refund_to,
        }
        for permit in rows[:MOST]
    ]


def _consents(person: Person) -> list[dict[str, str]]:
    return [
        {
            "purpose": line.version.title,
            "version": str(line.version.number),
            "answer": str(_("Yes") if line.given else _("No")),
            "at": _moment(line.at),
            "channel": line.get_channel_display(),
            "by": line.by_name,
            "guardian": line.guardian.name if line.guardian else "",
        }
        for line in history_of(person)
    ]


def _erasures(person: Person) -> list[dict[str, Any]]:
    """What they asked to be erased, with the answer that they were given."""
    rows = ErasureRequest.objects.filter(Q(person=person) | Q(person__merged_into=person)).order_by("id")
    return [
        {
            "at": _moment(row.at),
            "channel": row.get_channel_display(),
            "answer": [
                {"what": line.what, "until": line.until.isoformat() if line.until else "", "why": line.why}
                for line in in_words(row.answer)
            ],
        }
        for row in rows
    ]


def _messages(person: Person, by: User) -> list[dict[str, str]]:
    rows = Message.objects.visible_to(by).filter(community=person.community_id).select_related("recipient")
    texts = [(row, render(row)) for row in rows.order_by("-id")[:MOST]]
    return [{"at": _moment(row.created_at), "title": text.title, "body": text.body} for row, text in texts]


def _looks(person: Person) -> list[dict[str, str]]:
    lines = AccessLog.objects.filter(community=person.community_id, person_id=person.pk).order_by("-id")
    return [
        {"at": _moment(line.at), "who": line.by_name, "field": line.field, "reason": line.reason}
        for line in lines[:MOST]
    ]


def _day(at: datetime | None) -> str:
    return at.astimezone(LOCAL).date().isoformat() if at else ""


def _moment(at: datetime) -> str:
    return at.astimezone(LOCAL).isoformat(timespec="minutes")
