"""What pages read about a repair: scope, timeline, buttons, next step, duplicates, repeats, explanations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.utils import timezone, translation
from PIL import Image

from owners.models import Unit
from repairs import actions
from repairs.models import Ticket
from repairs.queries import (
    buttons,
    case_for,
    case_page,
    clock_stories,
    duplicates,
    next_step,
    repeats,
    timeline,
    way,
)
from repairs.workflow import Status
from servicecenter.accounts.models import Community, User
from servicecenter.attachments.actions import filed
from servicecenter.incidents.models import DutyShift
from servicecenter.lib.refusals import NotFound
from servicecenter.workflow.run import allowed

TicketIn = Callable[..., Ticket]


def picture(colour: str) -> BytesIO:
    """A small real photo."""
    data = BytesIO()
    Image.new("RGB", (64, 48), colour).save(data, "JPEG")
    data.seek(0)
    return data


# Scope ------------------------------------------------------------------------------------------------------------


def test_everybody_concerned_finds_the_ticket_by_its_number(
    ticket_in: TicketIn,
    resident_wang: User,
    agent_li: User,
    supervisor_bo: User,
    technician_chen: User,
    manager_mei: User,
    admin_gu: User,
) -> None:
    ticket = ticket_in("dispatched")
    for user in (resident_wang, agent_li, supervisor_bo, technician_chen, manager_mei, admin_gu):
        assert case_for(user, ticket.number.lower()) == ticket


def test_nobody_else_finds_it(
    ticket_in: TicketIn,
    tenant_zhao: User,
    stranger_sun: User,
    technician_he: User,
    guard_hu: User,
    agent_binjiang: User,
    technician_binjiang: User,
) -> None:
    ticket = ticket_in("dispatched")
    for user in (tenant_zhao, stranger_sun, technician_he, guard_hu, agent_binjiang, technician_binjiang):
        with pytest.raises(NotFound):
            case_for(user, ticket.number)


@pytest.mark.parametrize(
    ("kind", "hours", "status", "reads"),
    [
        ("engineering", 1, "reported", True),
        ("engineering", 1, "accepted", True),
        ("engineering", 1, "dispatched", False),
        ("engineering", -1, "reported", False),
        ("away", 1, "reported", False),
    ],
)
def test_whoever_is_on_duty_reads_what_nobody_was_sent_to(
    kind: str, hours: int, status: str, reads: bool, ticket_in: TicketIn, technician_he: User
) -> None:
    ticket, now = ticket_in(status), timezone.now()
    DutyShift.objects.create(
        community=ticket.community, user=technician_he, kind=kind, starts_at=now - timedelta(hours=9),
        ends_at=now + timedelta(hours=hours),
    )  # fmt: skip
    assert Ticket.objects.visible_to(technician_he).filter(pk=ticket.pk).exists() is reads


def test_a_repair_that_a_technician_reports_has_nobody_in_charge_until_it_is_accepted(
    ticket_in: TicketIn, technician_chen: User, agent_li: User, unit_3_2_1201: Unit
) -> None:
    ticket = actions.report(
        by=technician_chen, community=unit_3_2_1201.community, unit=unit_3_2_1201, text="管井渗水"
    )
    assert (ticket.agent, ticket.registered_by) == (None, technician_chen)
    actions.accept(ticket, by=agent_li)
    ticket.refresh_from_db()
    assert ticket.agent == agent_li


@pytest.mark.parametrize(
    "number", ["", "R", "\x00", "R261122-0042\x00", "R261122-0042'--", "9" * 5000, "Ｒ261122-0042"]
)
def test_what_is_no_number_is_not_even_asked_for(
    number: str, agent_li: User, django_assert_num_queries: Callable[..., Any]
) -> None:
    with django_assert_num_queries(0), pytest.raises(NotFound):
        case_for(agent_li, number)


# Timeline ---------------------------------------------------------------------------------------------------------


def test_the_timeline_tells_every_step_in_order(ticket_in: TicketIn, agent_li: User) -> None:
    with translation.override("en"):
        labels = [line.label for line in timeline(ticket_in("completed"), agent_li)]
    assert labels == [
        "Reported",
        "Report accepted",
        "Engineer sent",
        "Owner contacted",
        "Engineer on site",
        "Work completed",
    ]


def test_staff_are_shown_by_name_and_role_and_oneself_as_you(
    ticket_in: TicketIn, resident_wang: User
) -> None:
    with translation.override("en"):
        actors = [line.actor for line in timeline(ticket_in("dispatched"), resident_wang)]
    assert actors == ["You", "李敏, Customer service agent", "李敏, Customer service agent"]


def test_a_resident_is_shown_by_the_rolls_name_never_by_the_logins(
    ticket_in: TicketIn, resident_wang: User, agent_li: User
) -> None:
    User.objects.filter(pk=resident_wang.pk).update(name="")
    resident_wang.refresh_from_db()
    ticket = ticket_in("reported")
    actions.urge(ticket, by=resident_wang)
    lines = timeline(ticket, agent_li)
    assert {line.actor for line in lines} == {"王芳"}
    assert "13811112222" not in str(lines)


def test_residents_read_no_internal_notes_and_nothing_about_clocks(
    ticket_in: TicketIn, resident_wang: User, agent_li: User
) -> None:
    ticket = ticket_in("accepted")
    actions.add_note(ticket, note="内部", internal=True, by=agent_li)
    assert "内部" in str(timeline(ticket, agent_li))
    lines = timeline(ticket, resident_wang)
    assert "内部" not in str(lines)
    assert not any(line.internal for line in lines)


def test_why_colleagues_swapped_a_job_is_told_among_colleagues(
    ticket_in: TicketIn, resident_wang: User, supervisor_bo: User, technician_he: User
) -> None:
    ticket = ticket_in("dispatched")
    actions.reassign(ticket, technician=technician_he, reason="陈刚请假", by=supervisor_bo)
    assert "陈刚请假" in str(timeline(ticket, supervisor_bo))
    shown = str(timeline(ticket, resident_wang))
    assert "陈刚请假" not in shown
    assert "何勇" in shown


def test_photos_stand_with_the_step_they_came_with(ticket_in: TicketIn, resident_wang: User) -> None:
    ticket = ticket_in("reported")
    with filed([(picture("red"), "a.jpg"), (picture("blue"), "b.jpg")]) as pictures:
        for each in pictures:
            actions.add_photo(ticket, picture=each, kind="report", by=resident_wang)
    (line,) = timeline(ticket, resident_wang)
    assert len(line.photos) == 2


def test_photos_of_somebody_else_get_a_line_of_their_own(
    ticket_in: TicketIn, resident_wang: User, agent_li: User
) -> None:
    ticket = ticket_in("reported")
    with filed([(picture("red"), "a.jpg")]) as (each,):
        actions.add_photo(ticket, picture=each, kind="report", by=agent_li)
    assert [len(line.photos) for line in timeline(ticket, resident_wang)] == [0, 1]


def test_a_rating_is_shown_to_the_desk_but_not_to_those_who_are_rated(
    ticket_in: TicketIn, resident_wang: User, agent_li: User, technician_chen: User, manager_mei: User
) -> None:
    ticket = ticket_in("completed")
    actions.confirm(ticket, method="portal", rating=3, comment="迟到了", by=resident_wang)
    for user in (agent_li, manager_mei, resident_wang):
        assert "迟到了" in timeline(ticket, user)[-1].text
    assert "迟到了" not in str(timeline(ticket, technician_chen))


@pytest.mark.parametrize("rating", [0, 11, -1])
def test_a_rating_outside_one_to_ten_is_refused(
    rating: int, ticket_in: TicketIn, resident_wang: User
) -> None:
    ticket = ticket_in("completed")
    with pytest.raises(Exception, match="invalid"):
        actions.confirm(ticket, method="portal", rating=rating, by=resident_wang)


def test_the_timeline_costs_three_queries_however_long_it_is(
    ticket_in: TicketIn,
    resident_wang: User,
    agent_li: User,
    django_assert_max_num_queries: Callable[..., Any],
) -> None:
    ticket = ticket_in("confirmed")
    for number in range(5):
        actions.add_note(ticket, note=f"第{number}条", by=resident_wang)
    with django_assert_max_num_queries(3):
        timeline(ticket, agent_li)


# Buttons ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", list(Status))
def test_the_buttons_are_exactly_what_the_table_allows(
    status: Status,
    ticket_in: TicketIn,
    resident_wang: User,
    agent_li: User,
    supervisor_bo: User,
    technician_chen: User,
    technician_he: User,
    manager_mei: User,
) -> None:
    ticket = ticket_in(status)
    # Of a visit the day after tomorrow nobody says yet that somebody is on the way, or came in vain.
    early = {"on_way", "nobody_home", "nobody_came"} if status == Status.SCHEDULED else set()
    for user in (resident_wang, agent_li, supervisor_bo, technician_chen, technician_he, manager_mei):
        shown = {button.code.replace("-", "_") for button in buttons(ticket, user)}
        assert shown == {row.action for row in allowed(ticket, user)} - {"follow_up"} - early


@pytest.mark.parametrize(
    ("status", "who", "first"),
    [
        ("reported", "agent_li", "accept"),
        ("accepted", "agent_li", "dispatch"),
        ("dispatched", "technician_chen", "contact"),
        ("contacted", "technician_chen", "schedule"),
        ("scheduled", "technician_chen", "arrive"),
        ("on_site", "technician_chen", "complete"),
        ("plan_proposed", "resident_wang", "approve-plan"),
        ("completed", "resident_wang", "confirm"),
        ("followed_up", "agent_li", "archive"),
        ("on_hold", "technician_chen", "resume"),
        ("rework", "agent_li", "dispatch"),
    ],
)
def test_the_natural_next_step_comes_first_and_is_the_only_one_marked(
    status: str, who: str, first: str, ticket_in: TicketIn, request: pytest.FixtureRequest
) -> None:
    shown = buttons(ticket_in(status), request.getfixturevalue(who))
    assert shown[0].code == first
    assert [button.code for button in shown if button.style == "primary"] == [first]


def test_danger_comes_before_the_work_itself(ticket_in: TicketIn, technician_chen: User) -> None:
    ticket = ticket_in("on_site", urgency="emergency")
    assert [button.code for button in buttons(ticket, technician_chen) if button.style] == ["secure"]
    assert next_step(ticket, technician_chen).when == ticket.next_due_at
    actions.secure(ticket, note="已关总阀", by=technician_chen)
    assert [button.code for button in buttons(ticket, technician_chen) if button.style] == ["complete"]


def test_a_button_leads_back_to_where_it_was_pressed(ticket_in: TicketIn, agent_li: User) -> None:
    (button, *_rest) = buttons(ticket_in("reported"), agent_li, "/desk/?status=new&q=1")
    assert button.url.endswith("/accept/?next=%2Fdesk%2F%3Fstatus%3Dnew%26q%3D1")


def test_a_signature_has_a_page_of_its_own(ticket_in: TicketIn, technician_chen: User) -> None:
    confirm = next(
        each for each in buttons(ticket_in("completed"), technician_chen) if each.code == "confirm"
    )
    assert (confirm.method, confirm.needs) == ("get", False)


# Next step and way ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", list(Status))
def test_everybody_reads_a_next_step_in_every_status(
    status: Status,
    ticket_in: TicketIn,
    resident_wang: User,
    agent_li: User,
    technician_chen: User,
    manager_mei: User,
) -> None:
    ticket = ticket_in(status)
    for user in (resident_wang, agent_li, technician_chen, manager_mei):
        step = next_step(ticket, user)
        assert step.sentence
        assert "%" not in step.sentence


def test_the_next_step_names_the_instant_that_was_promised(ticket_in: TicketIn, resident_wang: User) -> None:
    ticket = ticket_in("accepted")
    assert next_step(ticket, resident_wang).when == ticket.respond_due_at


def test_a_hold_says_until_when(ticket_in: TicketIn, resident_wang: User) -> None:
    ticket = ticket_in("on_hold")
    assert next_step(ticket, resident_wang).when == ticket.hold_until


@pytest.mark.parametrize("status", list(Status))
def test_the_way_has_one_present_stop_until_it_is_over(status: Status, ticket_in: TicketIn) -> None:
    states = [step.state for step in way(ticket_in(status))]
    over = status in ("confirmed", "followed_up", "archived")
    if status in ("cancelled", "duplicate"):
        assert states == []
    else:
        assert states.count("now") == (0 if over else 1)
        assert states == sorted(states, key=["done", "now", "next"].index)


# Duplicates and repeats -------------------------------------------------------------------------------------------


def test_an_open_repair_of_the_same_unit_and_trade_is_a_possible_duplicate(
    ticket_in: TicketIn, agent_li: User, unit_3_2_1201: Unit, unit_3_2_1202: Unit, yangguang: Community
) -> None:
    ticket = ticket_in("accepted")
    ticket_in("archived")
    place: dict[str, Any] = {"community_id": yangguang.pk, "unit": unit_3_2_1201}
    assert duplicates(agent_li, **place, trade=ticket.trade) == [ticket]
    assert duplicates(agent_li, **place) == [ticket]
    assert duplicates(agent_li, **place, trade="lift") == []
    assert duplicates(agent_li, community_id=yangguang.pk, unit=unit_3_2_1202) == []
    assert duplicates(agent_li, community_id=yangguang.pk) == []


def test_a_public_area_is_the_same_place_by_its_words_or_its_building(
    ticket_in: TicketIn, agent_li: User, unit_3_2_1201: Unit, yangguang: Community
) -> None:
    ticket = ticket_in("reported", unit=None, public_area="2单元电梯", building=unit_3_2_1201.building)
    assert duplicates(agent_li, community_id=yangguang.pk, public_area="电梯") == [ticket]
    assert duplicates(agent_li, community_id=yangguang.pk, building=unit_3_2_1201.building) == [ticket]
    assert duplicates(agent_li, community_id=yangguang.pk, public_area="车库") == []


def test_residents_are_not_told_of_their_neighbours_repairs(
    ticket_in: TicketIn, tenant_zhao: User, unit_3_2_1201: Unit, yangguang: Community
) -> None:
    ticket_in("accepted")
    assert duplicates(tenant_zhao, community_id=yangguang.pk, unit=unit_3_2_1201) == []


def test_a_repair_of_the_same_unit_and_trade_within_90_days_is_a_repeat(
    ticket_in: TicketIn, agent_li: User, unit_3_2_1201: Unit
) -> None:
    earlier = ticket_in("archived")
    ticket_in("cancelled")
    trade, at = earlier.trade, earlier.reported_at
    limits: dict[str, Any] = {"unit": unit_3_2_1201, "trade": trade}
    assert repeats(agent_li, **limits, at=at + timedelta(days=90)) == [earlier]
    assert repeats(agent_li, **limits, at=at + timedelta(days=90, seconds=60)) == []
    assert repeats(agent_li, unit=unit_3_2_1201, trade="lift", at=timezone.now()) == []
    assert repeats(agent_li, unit=None, trade=trade, at=timezone.now()) == []


# Explanations -----------------------------------------------------------------------------------------------------


def test_a_deadline_is_explained_by_its_promise_and_every_event(ticket_in: TicketIn, agent_li: User) -> None:
    ticket = ticket_in("on_hold")
    with translation.override("en"):
        stories = {story.clock.stage: story for story in clock_stories(ticket, agent_li, timezone.now())}
    assert set(stories) == {"respond", "complete"}
    assert stories["complete"].target == "2 d, Round the clock"
    labels = [line.label for line in stories["complete"].lines]
    assert labels == ["The clock started", "The clock was stopped"]


def test_an_explanation_names_no_resident_by_login(
    ticket_in: TicketIn, resident_wang: User, agent_li: User
) -> None:
    User.objects.filter(pk=resident_wang.pk).update(name="")
    resident_wang.refresh_from_db()
    ticket = ticket_in("reported")
    assert "13811112222" not in str(clock_stories(ticket, agent_li, timezone.now()))


def test_a_case_page_has_everything_at_about_fifteen_queries(
    ticket_in: TicketIn, agent_li: User, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    ticket = ticket_in("archived")
    with django_assert_max_num_queries(15):
        page = case_page(agent_li, ticket.number)
    assert page.staff
    assert {"report", "dispatch", "complete", "archive"} <= {line.action for line in page.lines}
