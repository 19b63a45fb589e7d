"""A form that is sent twice, too late, or into trouble: it acts once, and what was typed is never lost."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from repairs import actions
from repairs.models import Ticket
from servicecenter.accounts.models import User
from servicecenter.attachments.models import Photo
from tests.conftest import Walk
from tests.portal.test_report import picture

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]
FRAGMENT = {"HX-Request": "true"}


def address(ticket: Ticket, action: str) -> str:
    return f"/repairs/{ticket.number}/{action}/"


@pytest.fixture
def key() -> dict[str, str]:
    """The hidden field of one form."""
    return {"idempotency_key": str(uuid4())}


# Twice ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "who", "action", "sent"),
    [
        ("accepted", "resident_wang", "note", {"note": "下午在家"}),
        ("accepted", "resident_wang", "urge", {}),
        ("accepted", "resident_wang", "cancel", {"reason": "自己修好了"}),
        ("plan_proposed", "resident_wang", "approve-plan", {}),
        ("plan_proposed", "resident_wang", "decline-plan", {"reason": "太贵"}),
        ("completed", "resident_wang", "confirm", {"method": "portal", "rating": "9"}),
        ("reported", "agent_li", "accept", {}),
        ("dispatched", "technician_chen", "contact", {"note": "明早九点"}),
        ("scheduled", "technician_chen", "arrive", {}),
        ("on_site", "technician_chen", "propose-plan", {"plan": "换阀芯", "price": "60"}),
        ("on_site", "technician_chen", "complete", {"summary": "已换"}),
        ("on_hold", "technician_chen", "resume", {}),
    ],
)
def test_a_double_tap_takes_the_step_once_and_answers_alike(
    status: str,
    who: str,
    action: str,
    sent: dict[str, str],
    key: dict[str, str],
    ticket_in: Walk,
    signed_in: SignedIn,
    request: pytest.FixtureRequest,
) -> None:
    ticket = ticket_in(status)
    seen = {"version": str(ticket.version)}
    browser = signed_in(request.getfixturevalue(who))
    before = ticket.events().filter(action=action.replace("-", "_")).count()
    answers = [browser.post(address(ticket, action), sent | key | seen) for _tap in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert answers[0]["Location"] == answers[1]["Location"]
    assert ticket.events().filter(action=action.replace("-", "_")).count() == before + 1


def test_every_button_and_form_of_a_case_carries_a_key_of_its_own(
    ticket_in: Walk, signed_in: SignedIn, resident_wang: User, technician_chen: User
) -> None:
    ticket = ticket_in("scheduled")
    for user, page in (
        (resident_wang, f"/portal/tickets/{ticket.number}/"),
        (resident_wang, address(ticket, "note")),
        (technician_chen, f"/field/jobs/{ticket.number}/"),
    ):
        text = signed_in(user).get(page).content.decode()
        forms = [part.partition("</form>")[0] for part in text.split('<form method="post"')[1:]]
        acting = [form for form in forms if f'action="/repairs/{ticket.number}/' in form]
        assert acting
        assert all('name="idempotency_key"' in form for form in acting)


def test_another_text_under_a_used_key_is_asked_about_and_then_taken(
    ticket_in: Walk, signed_in: SignedIn, resident_wang: User, key: dict[str, str]
) -> None:
    ticket = ticket_in("accepted")
    browser = signed_in(resident_wang)
    browser.post(address(ticket, "note"), {"note": "下午在家"} | key)
    answer = browser.post(address(ticket, "note"), {"note": "改到上午"} | key)
    assert answer.status_code == 422
    assert "改到上午" in answer.content.decode()
    renewed = answer.context["form"]["idempotency_key"].value()
    assert renewed != key["idempotency_key"]
    again = {"note": "改到上午", "idempotency_key": renewed}
    assert browser.post(address(ticket, "note"), again).status_code == 302
    assert ticket.events().filter(action="note").count() == 2


def test_photos_sent_twice_are_kept_once_and_new_ones_are_added(
    ticket_in: Walk, signed_in: SignedIn, resident_wang: User, key: dict[str, str]
) -> None:
    ticket = ticket_in("accepted")
    browser, url = signed_in(resident_wang), address(ticket, "add-photo")
    for photos in ([picture("red")], [picture("red")], [picture("red"), picture("blue")]):
        sent: dict[str, Any] = {"kind": "report", "photos": photos}
        assert browser.post(url, sent | key).status_code == 302
    assert Photo.objects.filter(case_id=ticket.pk).count() == 2
    assert ticket.events().filter(action="add_photo").count() == 2


def test_a_completion_sent_again_with_a_photo_more_keeps_that_photo(
    ticket_in: Walk, signed_in: SignedIn, technician_chen: User, key: dict[str, str]
) -> None:
    ticket = ticket_in("on_site")
    browser = signed_in(technician_chen)
    for photos in ([], [picture("blue")]):
        sent: dict[str, Any] = {"summary": "已换", "photos": photos}
        assert browser.post(address(ticket, "complete"), sent | key).status_code == 302
    ticket.refresh_from_db()
    assert ticket.completion_no == 1
    assert Photo.objects.get(case_id=ticket.pk).kind == "after"


# Too late ---------------------------------------------------------------------------------------------------------


def test_a_step_of_somebody_else_is_shown_beside_what_was_typed_and_sending_again_is_meant(
    ticket_in: Walk, signed_in: SignedIn, supervisor_bo: User, technician_chen: User, key: dict[str, str]
) -> None:
    ticket = ticket_in("on_site")
    sent = {"plan": "更换角阀", "price": "80", "version": str(ticket.version)} | key
    actions.classify(ticket, trade="electrical", urgency="normal", by=supervisor_bo)
    browser, url = signed_in(technician_chen), address(ticket, "propose-plan")
    for headers in ({}, FRAGMENT):
        answer = browser.post(url, sent, headers=headers)
        text = answer.content.decode()
        assert answer.status_code == 409
        assert "更换角阀" in text
        assert [line.action for line in answer.context["meanwhile"]] == ["classify"]
        assert ("HX-Retarget" in answer) == bool(headers)
    again = {name: answer.context["form"][name].value() for name in sent}
    assert browser.post(url, again).status_code == 302
    ticket.refresh_from_db()
    assert ticket.plan == "更换角阀"


def test_a_step_that_is_no_longer_possible_keeps_what_was_typed_and_offers_the_others(
    ticket_in: Walk, signed_in: SignedIn, supervisor_bo: User, technician_chen: User
) -> None:
    ticket = ticket_in("on_site")
    seen = ticket.version
    actions.complete(ticket, summary="主管代为完工", by=supervisor_bo)
    sent = {"plan": "更换角阀", "price": "80", "version": str(seen)}
    answer = signed_in(technician_chen).post(address(ticket, "propose-plan"), sent)
    text = answer.content.decode()
    assert answer.status_code == 409
    assert "更换角阀" in text
    assert "confirm" in {button.code for button in answer.context["instead"]}
    assert 'type="submit">' not in text.partition('data-act="propose-plan"')[2].partition("</form>")[0]


def test_nobody_agrees_to_a_plan_that_changed_since_they_read_it(
    ticket_in: Walk, signed_in: SignedIn, resident_wang: User, technician_chen: User
) -> None:
    ticket = ticket_in("plan_proposed")
    seen = ticket.version
    actions.propose_plan(ticket, plan="整套更换", price=Decimal(900), by=technician_chen)
    answer = signed_in(resident_wang).post(address(ticket, "approve-plan"), {"version": str(seen)})
    assert answer.status_code == 409
    assert "900.00" in answer.content.decode()
    ticket.refresh_from_db()
    assert ticket.status == "plan_proposed"


def test_a_resident_reads_no_internal_matter_among_what_happened_meanwhile(
    ticket_in: Walk, signed_in: SignedIn, resident_wang: User, supervisor_bo: User, technician_he: User
) -> None:
    ticket = ticket_in("dispatched")
    seen = ticket.version
    actions.reassign(ticket, technician=technician_he, reason="陈刚请假", by=supervisor_bo)
    answer = signed_in(resident_wang).post(
        address(ticket, "cancel"), {"reason": "不用了", "version": str(seen)}
    )
    assert answer.status_code == 409
    assert "不用了" in answer.content.decode()
    assert "陈刚请假" not in answer.content.decode()
