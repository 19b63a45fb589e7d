"""The form of each action: required is what the table needs, choices stay inside, refusals find their field."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from PIL import Image

from repairs import actions
from repairs.forms import form_for
from repairs.forms.windows import read_slot, slots
from repairs.models import Ticket
from repairs.workflow import TABLE, Status
from servicecenter.accounts.models import Role, User
from servicecenter.attachments.models import Photo
from servicecenter.lib.clock import LOCAL
from servicecenter.lib.formtools import KeyField, MomentField, add_refusal
from servicecenter.lib.refusals import Invalid, Refusal
from servicecenter.workflow.run import allowed

TicketIn = Callable[..., Ticket]


def drawing(kind: str = "PNG") -> bytes:
    """A small real picture."""
    data = BytesIO()
    Image.new("RGB", (60, 20), "white").save(data, kind)
    return data.getvalue()


def files(**named: list[SimpleUploadedFile]) -> MultiValueDict[str, Any]:
    return MultiValueDict(named)


# What is required -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", list(Status))
def test_a_form_requires_what_the_table_needs(
    status: Status, ticket_in: TicketIn, resident_wang: User, supervisor_bo: User, technician_chen: User
) -> None:
    ticket = ticket_in(status)
    for user in (resident_wang, supervisor_bo, technician_chen):
        for row in allowed(ticket, user):
            if row.action == "follow_up":
                continue
            form = form_for(row.action, ticket, user, {})
            required = {name for name, field in form.fields.items() if field.required}
            assert required >= set(row.needs), row.action
            assert required <= set(row.needs) | form.also_required, row.action


@pytest.mark.parametrize("action", ["follow_up", "set_status", "__class__", "report", ""])
def test_what_is_no_button_has_no_form(action: str, ticket_in: TicketIn, supervisor_bo: User) -> None:
    with pytest.raises(Refusal) as refused:
        form_for(action, ticket_in("confirmed"), supervisor_bo)
    assert refused.value.code == "unknown_action"


def test_a_form_out_of_order_is_refused_with_what_is_possible(ticket_in: TicketIn, agent_li: User) -> None:
    with pytest.raises(Refusal) as refused:
        form_for("archive", ticket_in("reported"), agent_li)
    assert (refused.value.status, refused.value.code) == (409, "transition_refused")
    assert "accept" in refused.value.extra["allowed"]


# Choices ----------------------------------------------------------------------------------------------------------


def test_only_technicians_of_the_community_can_be_sent(
    ticket_in: TicketIn,
    agent_li: User,
    technician_chen: User,
    technician_he: User,
    technician_binjiang: User,
    guard_hu: User,
) -> None:
    form = form_for("dispatch", ticket_in("accepted"), agent_li)
    field = form.fields["technician"]
    assert isinstance(field, forms.ModelChoiceField)
    assert field.queryset is not None
    assert set(field.queryset) == {technician_chen, technician_he}


@pytest.mark.parametrize("value", ["-1", str(2**63), "1e3", "abc", "\x00"])
def test_a_technician_that_does_not_exist_is_an_error_of_the_field(
    value: str, ticket_in: TicketIn, agent_li: User
) -> None:
    form = form_for("dispatch", ticket_in("accepted"), agent_li, {"technician": value})
    assert not form.is_valid()
    assert "technician" in form.errors


def test_the_technician_of_the_trade_with_the_least_work_is_proposed_first(
    ticket_in: TicketIn, agent_li: User, technician_chen: User, technician_he: User
) -> None:
    ticket = ticket_in("accepted")
    field = form_for("dispatch", ticket, agent_li).fields["technician"]
    ticket_in("dispatched")
    assert [user.pk for user in field.queryset] == [technician_he.pk, technician_chen.pk]  # type: ignore[attr-defined]
    technician_chen.trades = [ticket.trade]
    technician_chen.save()
    field = form_for("dispatch", ticket, agent_li).fields["technician"]
    assert field.queryset.first() == technician_chen  # type: ignore[attr-defined]


def test_a_reassignment_does_not_offer_who_already_has_it(
    ticket_in: TicketIn, supervisor_bo: User, technician_he: User
) -> None:
    form = form_for("reassign", ticket_in("dispatched"), supervisor_bo)
    assert list(form.fields["technician"].queryset) == [technician_he]  # type: ignore[attr-defined]


def test_a_duplicate_is_named_by_its_number_within_the_community(ticket_in: TicketIn, agent_li: User) -> None:
    ticket, other = ticket_in("reported"), ticket_in("accepted")
    form = form_for("mark_duplicate", ticket, agent_li, {"duplicate_of": f" {other.number.lower()} "})
    assert form.is_valid()
    form.act(by=agent_li)
    assert ticket.duplicate_of == other


@pytest.mark.parametrize("number", ["R000000-0000", "x", "R261122-0042' OR 1=1"])
def test_an_unknown_duplicate_is_an_error_of_the_field(
    number: str, ticket_in: TicketIn, agent_li: User
) -> None:
    form = form_for("mark_duplicate", ticket_in("reported"), agent_li, {"duplicate_of": number})
    assert form.errors.keys() == {"duplicate_of"}


def test_residents_cannot_write_internal_notes(ticket_in: TicketIn, resident_wang: User) -> None:
    ticket = ticket_in("reported")
    form = form_for("note", ticket, resident_wang, {"note": "请快点", "internal": "on"})
    assert form.is_valid()
    form.act(by=resident_wang)
    assert not ticket.events().get(action="note").internal


# Confirming -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "fields"),
    [
        ("resident_wang", {"method", "rating", "comment", "signature"}),
        ("technician_chen", {"method", "signature"}),
        ("agent_li", {"method", "reason"}),
        ("supervisor_bo", {"method", "reason"}),
    ],
)
def test_everybody_is_asked_for_the_proof_they_can_bring(
    who: str, fields: set[str], ticket_in: TicketIn, request: pytest.FixtureRequest
) -> None:
    form = form_for("confirm", ticket_in("completed"), request.getfixturevalue(who))
    assert set(form.fields) == fields | {"version", "idempotency_key"}


def test_a_signature_is_kept_with_the_acceptance(ticket_in: TicketIn, technician_chen: User) -> None:
    ticket = ticket_in("completed")
    drawn = "data:image/png;base64," + base64.b64encode(drawing()).decode()
    sent = {"method": "signature", "signature": drawn, "version": ticket.version}
    form = form_for("confirm", ticket, technician_chen, sent)
    assert form.is_valid(), form.errors
    form.act(by=technician_chen)
    assert (ticket.status, ticket.confirm_method) == ("confirmed", "signature")
    assert Photo.objects.filter(case_id=ticket.pk, kind="signature").count() == 1


@pytest.mark.parametrize(
    "drawn", ["data:image/png;base64,", "data:image/png;base64,!!", "javascript:1", "AAAA"]
)
def test_what_is_no_signature_confirms_nothing(
    drawn: str, ticket_in: TicketIn, technician_chen: User
) -> None:
    ticket = ticket_in("completed")
    form = form_for("confirm", ticket, technician_chen, {"method": "signature", "signature": drawn})
    assert form.is_valid()
    with pytest.raises(Invalid):
        form.act(by=technician_chen)
    ticket.refresh_from_db()
    assert ticket.status == "completed"


def test_a_signature_is_needed_to_sign(ticket_in: TicketIn, technician_chen: User) -> None:
    assert not form_for(
        "confirm", ticket_in("completed"), technician_chen, {"method": "signature"}
    ).is_valid()


@pytest.mark.parametrize("rating", ["0", "11", "9.5", "x"])
def test_a_rating_that_is_not_on_the_form_is_refused(
    rating: str, ticket_in: TicketIn, resident_wang: User
) -> None:
    form = form_for("confirm", ticket_in("completed"), resident_wang, {"method": "portal", "rating": rating})
    assert form.errors.keys() == {"rating"}


# Photos -----------------------------------------------------------------------------------------------------------


def test_completion_and_its_photos_are_one_step(ticket_in: TicketIn, technician_chen: User) -> None:
    ticket = ticket_in("on_site")
    photo = SimpleUploadedFile("after.jpg", drawing("JPEG"), "image/jpeg")
    form = form_for("complete", ticket, technician_chen, {"summary": "换好了"}, files(photos=[photo]))
    assert form.is_valid(), form.errors
    form.act(by=technician_chen)
    assert ticket.status == "completed"
    assert Photo.objects.get(case_id=ticket.pk).kind == "after"


def test_a_bad_photo_completes_nothing(ticket_in: TicketIn, technician_chen: User) -> None:
    ticket = ticket_in("on_site")
    bad = SimpleUploadedFile("after.jpg", b"%PDF-1.7", "image/jpeg")
    form = form_for("complete", ticket, technician_chen, {"summary": "换好了"}, files(photos=[bad]))
    assert form.is_valid()
    with pytest.raises(Invalid) as refused:
        form.act(by=technician_chen)
    assert "after.jpg" in str(refused.value.errors["photos"][0])
    ticket.refresh_from_db()
    assert ticket.status == "on_site"


# Tools ------------------------------------------------------------------------------------------------------------


class Example(forms.Form):
    name = forms.CharField(required=False)
    key = KeyField()
    moment = MomentField(required=False)


def test_a_refusal_is_shown_where_it_was_typed() -> None:
    form = Example({"name": "x"})
    add_refusal(form, Invalid(errors={"name": ["no"], "elsewhere": ["too"]}))
    assert form.errors == {"name": ["no"], "__all__": ["too"]}


def test_a_refusal_without_fields_is_shown_above_the_form() -> None:
    form = Example({"name": "x"})
    add_refusal(form, Invalid("not now"))
    assert form.errors == {"__all__": ["not now"]}


def test_an_argument_can_have_another_name_on_the_form() -> None:
    form = Example({"name": "x"})
    add_refusal(form, Invalid(errors={"photo": ["no"]}), {"photo": "name"})
    assert form.errors == {"name": ["no"]}


def test_every_drawn_form_has_a_key_of_its_own() -> None:
    assert Example()["key"].value() != Example()["key"].value()


@pytest.mark.parametrize("key", ["", "abc", "x" * 400, "\x00"])
def test_a_tampered_key_counts_as_none(key: str) -> None:
    form = Example({"key": key})
    assert form.is_valid()
    assert form.cleaned_data["key"] == ""


@pytest.mark.parametrize("moment", ["0001-01-01T00:00", "9999-12-31T23:59", "2026-02-30T10:00", "tomorrow"])
def test_an_instant_that_nobody_means_is_refused(moment: str) -> None:
    assert not Example({"moment": moment}).is_valid()


def test_an_instant_is_read_as_local_time() -> None:
    form = Example({"moment": "2026-11-22T14:20"})
    assert form.is_valid()
    assert form.cleaned_data["moment"] == datetime(2026, 11, 22, 14, 20, tzinfo=LOCAL)


# Convenient times -------------------------------------------------------------------------------------------------


def test_slots_that_are_nearly_over_are_not_offered() -> None:
    late = datetime(2026, 11, 22, 17, 30, tzinfo=LOCAL)
    values = [value for value, _label in slots(late)]
    assert values[0] == "2026-11-22T18:00/20:00"
    assert len(values) == 7


def test_an_offered_slot_can_be_read_back() -> None:
    now = datetime(2026, 11, 22, 8, 0, tzinfo=LOCAL)
    for value, _label in slots(now):
        window = read_slot(value, now)
        assert datetime.fromisoformat(window["start"]) < datetime.fromisoformat(window["end"])


@pytest.mark.parametrize(
    "value", ["", "/", "2026-11-22T09:30/12:00", "2027-11-22T09:00/12:00", "2026-11-22T09:00"]
)
def test_a_slot_that_was_never_offered_is_refused(value: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (strptime has its own words)
        read_slot(value, datetime(2026, 11, 22, 8, 0, tzinfo=LOCAL))


def test_forms_know_every_action_of_the_table(ticket_in: TicketIn) -> None:
    assert {"follow_up", "settle", "offer", *dir(actions)} | {"note"} >= set(TABLE.actions)


def test_a_stale_page_is_refused(ticket_in: TicketIn, agent_li: User) -> None:
    ticket = ticket_in("reported")
    form = form_for("accept", ticket, agent_li, {"version": str(ticket.version + 5)})
    assert form.is_valid()
    with pytest.raises(Refusal) as refused:
        form.act(by=agent_li)
    assert refused.value.code == "stale"


def test_a_hold_beyond_its_longest_time_is_an_error_of_the_field(
    ticket_in: TicketIn, technician_chen: User
) -> None:
    until = (timezone.now() + timedelta(days=40)).astimezone(LOCAL)
    sent = {"reason": "parts", "resume_at": f"{until:%Y-%m-%dT%H:%M}"}
    form = form_for("hold", ticket_in("dispatched"), technician_chen, sent)
    assert form.is_valid()
    with pytest.raises(Invalid) as refused:
        form.act(by=technician_chen)
    assert set(refused.value.errors) == {"resume_at"}


def test_roles_without_a_step_have_no_form(ticket_in: TicketIn, manager_mei: User) -> None:
    assert manager_mei.role == Role.MANAGER
    with pytest.raises(Refusal) as refused:
        form_for("accept", ticket_in("reported"), manager_mei)
    assert refused.value.code == "not_permitted"
