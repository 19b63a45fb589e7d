"""Corrections of records: proposed, checked by somebody else, applied, told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test import Client

from owners.actions import changing, facts
from owners.forms import ChangeForm
from owners.models import Person, ProfileChange
from owners.queries.changes import compared
from owners.workflow import CHANGES, ChangeStatus, Field
from servicecenter.accounts.actions import issue_token, request_code
from servicecenter.accounts.models import ApiToken, User
from servicecenter.audit.models import Event
from servicecenter.lib.clock import database_now
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal, Stale
from servicecenter.notifications.models import Message
from servicecenter.workflow.run import TransitionRefused
from tests.conftest import make_resident, make_unit

SignIn = Callable[[User], Client]
ID_NUMBER = "11010519491231002X"
ACT: dict[str, Callable[[ProfileChange, User], Any]] = {
    "verify": lambda change, by: changing.verify(change, by=by),
    "refuse": lambda change, by: changing.refuse(change, reason="电话核实不符", by=by),
    "withdraw": lambda change, by: changing.withdraw(change, by=by),
}


@dataclass
class Cast:
    """`cast(field, value)` proposes for resident_wang, by the resident unless said otherwise."""

    person: Person
    resident: User

    def __call__(self, field: str, value: dict[str, str], by: User | None = None) -> ProfileChange:
        return changing.propose(self.person, field, value, by=by or self.resident)


@pytest.fixture
def propose(person_wang: Person, resident_wang: User) -> Cast:
    return Cast(person_wang, resident_wang)


# Who may do what to a correction of the mobile number that waits; nobody may do anything afterwards.
MAY = {
    "resident": {
        "resident_wang": {"withdraw"},
        "agent_li": {"verify", "refuse"},
        "agent_zhou": {"verify", "refuse"},
        "supervisor_bo": {"verify", "refuse"},
    },
    "agent_li": {
        "resident_wang": {"withdraw"},
        "agent_li": {"withdraw"},
        "agent_zhou": {"verify", "refuse"},
        "supervisor_bo": {"verify", "refuse"},
    },
}
EVERYBODY = (
    "resident_wang", "tenant_zhao", "stranger_sun", "agent_li", "agent_zhou", "supervisor_bo", "agent_binjiang",
    "technician_chen", "guard_hu", "manager_mei", "admin_gu",
)  # fmt: skip


@pytest.mark.parametrize("status", ChangeStatus.values)
@pytest.mark.parametrize("action", CHANGES.actions)
@pytest.mark.parametrize("proposer", MAY)
def test_what_the_table_does_not_list_is_refused(
    proposer: str, action: str, status: str, propose: Cast, request: pytest.FixtureRequest
) -> None:
    who = {name: request.getfixturevalue(name) for name in EVERYBODY}
    by = None if proposer == "resident" else who[proposer]
    for name, user in who.items():
        change = propose("phone", {"phone": "13900001234"}, by)
        if status != "proposed":
            step = {"applied": "verify", "refused": "refuse", "withdrawn": "withdraw"}[status]
            ACT[step](change, who["resident_wang"] if step == "withdraw" else who["agent_zhou"])
        may = status == "proposed" and action in MAY[proposer].get(name, set())
        if may:
            ACT[action](change, user)
        else:
            with pytest.raises((NotFound, NotPermitted, TransitionRefused)):
                ACT[action](change, user)
        # Begin anew, with the record and its login as they were.
        _forget(change)


def _forget(change: ProfileChange) -> None:
    person = Person.objects.get(pk=change.person_id)
    facts.set_phone(person, "13811112222")
    person.save()
    assert person.user_id is not None
    User.objects.filter(pk=person.user_id).update(phone="13811112222", username="p13811112222")
    ProfileChange.objects.filter(pk=change.pk).delete()


def test_a_new_mobile_number_signs_in_and_the_old_one_does_not(
    propose: Cast, agent_li: User, signed_in: SignIn
) -> None:
    browser = signed_in(propose.resident)
    issue_token(user=propose.resident)
    changing.verify(propose("phone", {"phone": "13900001234"}), by=agent_li)
    assert request_code(phone="13900001234", address="10.0.0.1") is not None
    assert request_code(phone="13811112222", address="10.0.0.1") is None
    assert browser.get("/portal/").status_code == 302
    assert not ApiToken.objects.exists()
    person = Person.objects.get(pk=propose.person.pk)
    assert (person.phone, person.phone_last4) == ("13900001234", "1234")


def test_a_login_with_homes_elsewhere_keeps_them(propose: Cast, unit_binjiang: Any, agent_li: User) -> None:
    make_resident("王芳", "13811112222", unit_binjiang)
    changing.verify(propose("phone", {"phone": "13900001234"}), by=agent_li)
    old, new = User.objects.get(phone="13811112222"), User.objects.get(phone="13900001234")
    assert [person.community.code for person in old.people.all()] == ["BJ"]
    assert [person.community.code for person in new.people.all()] == ["YG"]


def test_a_number_that_has_a_login_opens_this_record_too(
    propose: Cast, tenant_zhao: User, agent_li: User
) -> None:
    changing.verify(propose("phone", {"phone": "13811113333"}), by=agent_li)
    assert Person.objects.get(pk=propose.person.pk).user == tenant_zhao


def test_a_number_of_a_colleague_opens_no_record(propose: Cast, agent_zhou: User, agent_li: User) -> None:
    User.objects.filter(pk=agent_zhou.pk).update(phone="13900005555")
    changing.verify(propose("phone", {"phone": "13900005555"}), by=agent_li)
    assert Person.objects.get(pk=propose.person.pk).user is None


def test_an_identity_number_is_sealed_for_the_record(propose: Cast, agent_li: User) -> None:
    changing.verify(propose("id_number", {"id_type": "id_card", "id_number": ID_NUMBER}), by=agent_li)
    person = Person.objects.get(pk=propose.person.pk)
    assert (person.id_type, person.unseal("id_number")) == ("id_card", ID_NUMBER)


def test_an_identity_number_of_somebody_else_is_refused(
    propose: Cast, tenant_zhao: User, agent_li: User
) -> None:
    other = Person.objects.get(user=tenant_zhao)
    facts.set_id_number(other, ID_NUMBER)
    other.save()
    with pytest.raises(Invalid) as refused:
        propose("id_number", {"id_type": "id_card", "id_number": ID_NUMBER})
    assert "赵强" not in str(refused.value.errors)


def test_vehicles_come_and_go(propose: Cast, agent_li: User) -> None:
    changing.verify(propose("vehicle_add", {"plate": "闽DD12345"}), by=agent_li)
    changing.verify(propose("vehicle_add", {"plate": "闽D12345"}), by=agent_li)
    changing.verify(propose("vehicle_remove", {"plate": "闽DD12345"}), by=agent_li)
    assert [each.unseal() for each in propose.person.vehicles.all()] == ["闽D12345"]


def test_a_proposal_about_a_record_that_changed_is_not_applied_unseen(propose: Cast, agent_li: User) -> None:
    change = propose("workplace", {"workplace": "厦门大学"})
    Person.objects.filter(pk=propose.person.pk).update(workplace="集美大学")
    change = ProfileChange.objects.get(pk=change.pk)
    shown = compared(change, agent_li)
    assert (shown.stale, shown.old, shown.now) == (True, "—", "集美大学")
    with pytest.raises(Refusal) as refused:
        changing.verify(change, by=agent_li)
    assert refused.value.code == "record_changed"
    assert ProfileChange.objects.get().status == "proposed"
    changing.verify(change, by=agent_li, seen=shown.seen)
    assert Person.objects.get(pk=propose.person.pk).workplace == "厦门大学"


def test_an_old_page_is_refused(propose: Cast, agent_li: User) -> None:
    change = propose("workplace", {"workplace": "厦门大学"})
    with pytest.raises(Stale):
        changing.verify(change, by=agent_li, version=7)


def test_the_same_value_is_not_proposed_twice(propose: Cast) -> None:
    propose("workplace", {"workplace": "厦门大学"})
    with pytest.raises(Refusal) as refused:
        propose("workplace", {"workplace": "集美大学"})
    assert refused.value.code == "proposed_already"


def test_what_stands_there_already_is_no_correction(propose: Cast) -> None:
    with pytest.raises(Invalid):
        propose("name", {"name": "王芳"})


def test_the_database_refuses_that_one_person_proposes_and_checks(propose: Cast, agent_li: User) -> None:
    change = propose("name", {"name": "王方"}, agent_li)
    with pytest.raises(IntegrityError):
        ProfileChange.objects.filter(pk=change.pk).update(
            status="applied", decided_by=agent_li, decided_at=database_now()
        )


@pytest.mark.parametrize("stranger", ["stranger_sun", "tenant_zhao", "agent_binjiang"])
def test_nobody_proposes_for_a_record_that_is_not_theirs(
    stranger: str, propose: Cast, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(NotFound):
        propose("name", {"name": "某人"}, request.getfixturevalue(stranger))


def test_both_hear_what_came_of_it(propose: Cast, agent_li: User, agent_zhou: User) -> None:
    changing.verify(propose("phone", {"phone": "13900001234"}, agent_li), by=agent_zhou)
    told = set(Message.objects.filter(event="profile_change.applied").values_list("recipient", flat=True))
    assert told == {propose.resident.pk, agent_li.pk}


def test_nothing_of_a_proposal_stands_in_clear(propose: Cast, agent_li: User) -> None:
    marked = {
        "phone": {"phone": "13977778888"},
        "id_number": {"id_type": "id_card", "id_number": ID_NUMBER},
        "birthday": {"birthday": "1949-12-31"},
        "vehicle_add": {"plate": "闽DD98765"},
        "special_needs": {"special_needs": "轮椅出入"},
    }
    for field, value in marked.items():
        propose(field, value)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT string_agg(t::text, '') FROM owners_profilechange t)"
            " || (SELECT string_agg(t::text, '') FROM audit_event t)"
            " || coalesce((SELECT string_agg(t::text, '') FROM notifications_message t), '')"
        )
        dump = cursor.fetchone()[0]
    assert [value for values in marked.values() for value in values.values() if value in dump] == [
        "id_card"
    ] * ("id_card" in dump)


@pytest.mark.parametrize(
    ("field", "data"),
    [
        ("phone", {"phone": "1391234567"}),
        ("phone", {"phone": "0592-5550100"}),
        ("phone", {"phone": ""}),
        ("phone", {"phone": "139\x0012345678"}),
        ("spare_phone", {"spare_phone": "12345"}),
        ("email", {"email": "wang@"}),
        ("id_number", {"id_type": "id_card", "id_number": "110105194912310021"}),
        ("id_number", {"id_type": "", "id_number": ID_NUMBER}),
        ("id_number", {"id_type": "passport", "id_number": "---"}),
        ("birthday", {"birthday": "2090-01-01"}),
        ("birthday", {"birthday": "5/6/2018"}),
        ("birthday", {"birthday": "1990-02-30"}),
        ("gender", {"gender": "x"}),
        ("language", {"language": "tlh"}),
        ("emergency", {"emergency_contact": "王明", "emergency_phone": ""}),
        ("emergency", {"emergency_contact": "", "emergency_phone": "13900001111"}),
        ("vehicle_add", {"plate": "闽D123456"}),
        ("vehicle_add", {"plate": "闽DI2345"}),
        ("vehicle_remove", {"plate": "999"}),
        ("special_needs", {"special_needs": "长" * 501}),
    ],
)
def test_bad_input_is_said_on_the_field(field: str, data: dict[str, str], person_wang: Person) -> None:
    assert not ChangeForm(data, person=person_wang, field=field).is_valid()


@pytest.mark.parametrize(
    ("field", "data", "value"),
    [
        ("phone", {"phone": "+86 139-0000-1234"}, {"phone": "13900001234"}),
        ("vehicle_add", {"plate": "闽d·d12345"}, {"plate": "闽DD12345"}),
        ("spare_phone", {"spare_phone": "13900001111、0592-5550100"}, {"spare_phone": "13900001111,05925550100"}),
        ("birthday", {"birthday": "1990年6月1日"}, {"birthday": "1990-06-01"}),
        ("birthday", {"birthday": ""}, {"birthday": ""}),
        ("name", {"name": "王 方"}, {"name": "王方"}),
    ],
)  # fmt: skip
def test_what_is_typed_is_normalised(
    field: str, data: dict[str, str], value: dict[str, str], person_wang: Person
) -> None:
    form = ChangeForm(data, person=person_wang, field=field)
    assert form.is_valid(), form.errors
    assert form.value == value


@pytest.mark.parametrize("field", Field.values)
def test_every_value_has_its_form_in_the_portal_and_at_the_desk(
    field: str, propose: Cast, agent_li: User, signed_in: SignIn
) -> None:
    changing.verify(propose("vehicle_add", {"plate": "闽DD12345"}), by=agent_li)
    portal = signed_in(propose.resident).get(f"/portal/me/change/?field={field}")
    desk = signed_in(agent_li).get(f"/desk/people/{propose.person.pk}/change/?field={field}")
    assert (portal.status_code, desk.status_code) == (200, 200)


def test_a_resident_proposes_and_an_agent_applies_on_pages(
    propose: Cast, agent_li: User, signed_in: SignIn
) -> None:
    portal, desk = signed_in(propose.resident), signed_in(agent_li)
    sent = portal.post("/portal/me/change/?field=phone", {"phone": "139 0000 1234"})
    assert sent.status_code == 302
    assert "139****1234" in portal.get("/portal/me/changes/").content.decode()
    change = ProfileChange.objects.get()
    assert 'class="count">1' in desk.get("/desk/roll/").content.decode()
    page = desk.get(f"/desk/changes/{change.pk}/").content.decode()
    assert "139****1234" in page
    assert "13900001234" not in page
    shown = desk.post(f"/desk/changes/{change.pk}/full/", {"reason": "identity"}).content.decode()
    assert "13900001234" in shown
    assert desk.post(f"/desk/changes/{change.pk}/verify/", {"version": "0"}).status_code == 302
    assert Person.objects.get(pk=propose.person.pk).phone == "13900001234"
    assert desk.post(f"/desk/changes/{change.pk}/verify/").status_code == 409


def test_a_form_sent_twice_proposes_once(propose: Cast, signed_in: SignIn) -> None:
    portal = signed_in(propose.resident)
    body = {"workplace": "厦门大学", "idempotency_key": "0b5e7c80-1c9b-4a59-8f55-0e6f7d8c9a10"}
    for _again in range(2):
        assert portal.post("/portal/me/change/?field=workplace", body).status_code == 302
    assert ProfileChange.objects.count() == 1


def test_not_applying_needs_a_reason_and_says_it(propose: Cast, agent_li: User, signed_in: SignIn) -> None:
    change = propose("name", {"name": "王方"})
    desk, portal = signed_in(agent_li), signed_in(propose.resident)
    assert desk.post(f"/desk/changes/{change.pk}/refuse/", {"reason": " "}).status_code == 422
    assert desk.post(f"/desk/changes/{change.pk}/refuse/", {"reason": "请带身份证来"}).status_code == 302
    assert "请带身份证来" in portal.get("/portal/me/changes/").content.decode()


def test_a_resident_withdraws_what_the_desk_wrote_down(
    propose: Cast, agent_li: User, signed_in: SignIn
) -> None:
    change = propose("name", {"name": "王方"}, agent_li)
    assert signed_in(propose.resident).post(f"/portal/me/changes/{change.pk}/withdraw/").status_code == 302
    assert ProfileChange.objects.get().status == "withdrawn"


def test_the_history_says_which_value_and_never_what(propose: Cast, agent_li: User) -> None:
    changing.verify(propose("name", {"name": "王方"}), by=agent_li)
    event = Event.objects.get(work="person", action="corrected")
    assert set(event.data) == {"field", "change"}


def test_a_record_of_another_community_is_corrected_in_its_own_only(
    propose: Cast, binjiang: Any, agent_binjiang: User, signed_in: SignIn
) -> None:
    make_unit(binjiang, "9-1-101")
    change = propose("name", {"name": "王方"})
    assert signed_in(agent_binjiang).get(f"/desk/changes/{change.pk}/").status_code == 404
