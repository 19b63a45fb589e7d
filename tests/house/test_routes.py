"""Every route, read from the URL table, against people who have no business there. A new route without a rule fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from complaints.actions import Said as Told
from complaints.actions import receive
from decoration.actions import begin_application
from handovers.actions import arriving, planning
from handovers.models import ChecklistItem, Handover, HandoverDay, Slot
from owners.actions.changing import propose
from owners.actions.inspections import plan
from owners.actions.keys import add_keys, issue_keys
from owners.actions.merging import merge
from owners.actions.releases import Goods, Wish, ask
from owners.models import Building, InspectionSlot, Occupancy, Person, RollImport
from repairs.actions import begin_draft
from repairs.actions.outages import announce
from repairs.actions.standards import write_standard
from repairs.actions.stock import write_item
from repairs.models import Outage, QualityCheck, Ticket
from repairs.workflow import Status
from servicecenter.accounts.models import Role, User
from servicecenter.attachments.models import Photo
from servicecenter.bulletins.actions import Said, write
from servicecenter.bulletins.actions.notices import Announced, draft_notice, publish_notice
from servicecenter.bulletins.models import Article, Category, Notice
from servicecenter.incidents.models import DutyShift
from servicecenter.ledger import actions as ledger
from servicecenter.lib.clock import database_now, local_day
from servicecenter.notifications.models import Message
from servicecenter.sla.models import Policy
from surveys.actions import planning as surveys
from surveys.actions import running as campaigns
from surveys.actions.measures import add_measure
from surveys.models import FollowUp, Questionnaire
from tests.conftest import Walk, make_staff

# Open to everybody: signing in, errors, liveness, assets of the app shell, the description of the API.
PUBLIC = frozenset(
    {
        "home",
        "accounts:login",
        "accounts:phone",
        "accounts:code",
        "accounts:logout",
        "set_language",
        "healthz",
        "readyz",
        "service_worker",
        "offline",
        # Somebody without a name signs in nowhere.
        "voice",
        "voice_receipt",
        # Scanned from a door.
        "permits:verify",
        "api:auth-token",
        "api:auth-phone-code",
        "api:auth-phone-token",
        "api:schema",
        "api:docs",
    }
)
FACES = {
    "/portal/": {Role.RESIDENT},
    "/desk/": {Role.AGENT, Role.SUPERVISOR},
    "/field/": {Role.TECHNICIAN, Role.SECURITY},
    "/board/": {Role.MANAGER, Role.SUPERVISOR, Role.ADMIN},
    "/manage/": {Role.MANAGER, Role.SUPERVISOR, Role.ADMIN},
    "/admin/": {Role.ADMIN},
}
# Answers that give nothing away: sent to sign in, unknown, not for this role, wrong method, malformed.
CLOSED = frozenset({302, 400, 401, 403, 404, 405, 415})


@dataclass(frozen=True)
class Route:
    """One address of the program, with the names of its arguments."""

    name: str
    pattern: str
    arguments: tuple[str, ...]


def routes() -> list[Route]:
    return sorted(_walk(get_resolver().url_patterns, "/", ""), key=lambda each: each.pattern)


def _walk(patterns: list[Any], prefix: str, space: str) -> Iterator[Route]:
    for each in patterns:
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from _walk(each.url_patterns, prefix + str(each.pattern), inner)
        elif isinstance(each, URLPattern):
            arguments = tuple(each.pattern.converters) or tuple(each.pattern.regex.groupindex)
            yield Route(f"{space}{each.name}", prefix + str(each.pattern), arguments)


def test_every_page_and_endpoint_without_arguments_asks_a_stranger_to_sign_in(db: None) -> None:
    open_doors = []
    for route in routes():
        if route.arguments or route.name in PUBLIC or route.pattern.startswith("/admin/"):
            continue
        answer = Client(raise_request_exception=False).get(route.pattern)
        if answer.status_code not in CLOSED or (
            answer.status_code == 302 and not answer.headers["Location"].startswith("/login")
        ):
            open_doors.append((route.name, answer.status_code))
    assert open_doors == []


@pytest.mark.parametrize("face", FACES)
def test_a_face_is_closed_to_the_roles_of_the_others(
    face: str, request: pytest.FixtureRequest, signed_in: Callable[[User], Client]
) -> None:
    cast = (
        "agent_li",
        "supervisor_bo",
        "technician_chen",
        "guard_hu",
        "manager_mei",
        "admin_gu",
        "resident_wang",
    )
    for name in cast:
        user: User = request.getfixturevalue(name)
        if user.role in FACES[face]:
            continue
        answer = signed_in(user).get(face)
        assert answer.status_code in (302, 403), (name, face, answer.status_code)


def test_every_route_with_an_argument_knows_what_a_foreign_row_is(db: None) -> None:
    unknown = {
        argument
        for route in routes()
        for argument in route.arguments
        if not route.pattern.startswith("/admin/") and argument not in KNOWN_ARGUMENTS
    }
    assert unknown == set(), "name a foreign row for these arguments in `foreign_rows`"


KNOWN_ARGUMENTS = frozenset(
    {
        "number",
        "action",
        "token",
        "pk",
        "id",
        "person_id",
        "unit_id",
        "building_id",
        "stay_id",
        "double_id",
        "merge_id",
        "follow_up_id",
        "community_id",
        "code",
        "kind",
        "name",
        "size",
        "shift_id",
        "work",
        "case_id",
        "change_id",
        "day_id",
        "slot_id",
        "item_id",
        "finding_id",
        "room_no",
        "key_id",
        "visit_id",
        "part_id",
        "rule_id",
        "technician_id",
        "certificate_id",
        "line_id",
        "list_id",
        "print_no",
        "check_id",
        "stock_id",
        "article_id",
        "invitation_id",
    }
)


def foreign_rows(ticket: Ticket, photo: Photo, follow_up: FollowUp, message: Message) -> dict[str, list[str]]:
    """Rows of 阳光花园, by the argument that names them."""
    assert ticket.unit is not None and ticket.reporter is not None  # noqa: PT018
    double = Person.objects.create(community=ticket.community, name="双份")
    assert ticket.agent is not None
    merged = merge(ticket.reporter, double, by=ticket.agent)
    policy = Policy.objects.create(
        work="repair", community=ticket.community, stage="respond", target_seconds=60, since=database_now()
    )
    roll = RollImport.objects.create(
        community=ticket.community,
        by=ticket.agent,
        at=database_now(),
        file_name="roll.csv",
        token="a" * 32,
        size=1,
    )
    starts_at = database_now()
    campaign = plan(
        community=ticket.community, title="检修", by=make_staff("leader", Role.SUPERVISOR, ticket.community)
    )
    slot = InspectionSlot.objects.create(
        community=ticket.community,
        campaign=campaign,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
        capacity=1,
        inspector=ticket.agent,
    )
    shift = DutyShift.objects.create(
        community=ticket.community,
        user=User.objects.get(username="li"),
        kind="front_desk",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=8),
    )
    keys = add_keys(ticket.community, unit=ticket.unit, kind="card", count=1, by=ticket.agent)
    receipt = issue_keys(ticket.unit, ticket.reporter, keys=keys, by=ticket.agent)
    wish = Wish([Goods("沙发")], valid_from=starts_at, valid_until=starts_at + timedelta(hours=1))
    release = ask(ticket.unit, ticket.reporter, wish, by=ticket.agent)
    charge, paid, cash_up, prices = foreign_money(ticket)
    survey, measure, invitation = foreign_survey(ticket)
    # After the keys: a home that is being handed over gets none.
    handover = foreign_handover(ticket)
    return {
        "number": [
            ticket.number,
            handover.number,
            receipt.number,
            release.number,
            campaign.number,
            foreign_outage(ticket).number,
            foreign_notice(ticket).number,
            charge,
            paid,
            *foreign_voices(ticket),
            begin_application(ticket.unit, ticket.reporter, by=ticket.agent).number,
            survey,
            measure,
        ],
        "invitation_id": [invitation],
        "visit_id": [str(campaign.visits.get(unit=ticket.unit).pk)],
        # The register's parts are the company's: who may change them is asked, not whose they are.
        "part_id": ["1"],
        # The pages of dispatch are closed to all of these; the ids need not be anybody's.
        "rule_id": ["1"],
        "technician_id": [str(ticket.assignee_id)],
        "certificate_id": ["1"],
        "stock_id": [
            str(write_item(ticket.community, name="角阀", unit="个", by=User.objects.get(username="bo")).pk)
        ],
        "check_id": [str(foreign_check(ticket).pk)],
        "article_id": [str(foreign_article(ticket).pk)],
        "line_id": [
            str(write_standard(ticket.community, text="入户穿鞋套", by=User.objects.get(username="bo")).pk)
        ],
        "list_id": [str(prices)],
        "print_no": ["1"],
        "action": ["accept", "note", "urge", "cancel", "lose", "consent", "let_out", "ask-refund"],
        "token": [photo.token],
        "message_id": [str(message.pk)],
        "policy_id": [str(policy.pk)],
        "roll_id": [str(roll.pk)],
        "cash_up_id": [str(cash_up)],
        "person_id": [str(ticket.reporter_id)],
        "unit_id": [str(ticket.unit_id)],
        "building_id": [str(ticket.unit.building_id)],
        "stay_id": [str(Occupancy.objects.filter(unit=ticket.unit).latest("id").pk)],
        "double_id": [str(double.pk)],
        "merge_id": [str(merged.pk)],
        "follow_up_id": [str(follow_up.pk)],
        "community_id": [str(ticket.community_id)],
        "code": [ticket.community.code],
        "kind": ["report"],
        "name": ["respond"],
        "size": ["thumb"],
        "shift_id": [str(shift.pk)],
        "work": ["repair"],
        "case_id": [str(ticket.pk)],
        "day_id": [str(HandoverDay.objects.get().pk)],
        "slot_id": [str(Slot.objects.all()[0].pk), str(slot.pk)],
        "item_id": [str(ChecklistItem.objects.all()[0].pk)],
        "finding_id": [str(handover.findings.all()[0].pk)],
        "room_no": ["1"],
        "key_id": [str(keys[0].pk)],
        "change_id": [
            str(propose(ticket.reporter, "workplace", {"workplace": "厦门大学"}, by=ticket.agent).pk)
        ],
    }


def foreign_check(ticket: Ticket) -> QualityCheck:
    """It waits to be made."""
    return QualityCheck.objects.get_or_create(
        ticket=ticket,
        completion_no=1,
        defaults={"community": ticket.community, "reason": "sample", "drawn_at": database_now()},
    )[0]


def foreign_article(ticket: Ticket) -> Article:
    """What colleagues of 阳光花园 have drafted."""
    said = Said({"zh-hans": {"title": "门禁卡", "text": "前台补办。"}}, Category.objects.all()[0])
    return write(
        kind="question", community=ticket.community, said=said, by=User.objects.get(username="bo")
    ).article


def foreign_voices(ticket: Ticket) -> list[str]:
    """A complaint and an inquiry of whoever reported the repair."""
    return [
        receive(
            Told(ticket.text, kind=kind, unit=ticket.unit, reporter=ticket.reporter),
            community=ticket.community,
            channel="hotline",
            by=ticket.agent,
        ).case.number
        for kind in ("complaint", "inquiry")
    ]


def foreign_survey(ticket: Ticket) -> tuple[str, str, str]:
    """A survey that runs, a measure from one that is closed, and the invitation of whoever reported the repair."""
    leader = User.objects.get(username="bo")
    wish = surveys.Plan(
        "满意度",
        Questionnaire.objects.get(code="yearly"),
        "all",
        ["portal", "phone", "paper"],
        local_day(database_now()) + timedelta(days=9),
    )
    closed, open_ = (
        campaigns.start(surveys.plan(wish, communities=[ticket.community], by=leader)[0], by=leader)
        for _each in range(2)
    )
    campaigns.close(closed, by=leader)
    measure = add_measure(closed, text="换电梯", owner=leader, due_on=wish.ends_on, by=leader)
    return open_.number, measure.number, str(open_.invitations.get(unit=ticket.unit).pk)


def foreign_outage(ticket: Ticket) -> Outage:
    """A power cut of another building of 阳光花园: no neighbour shares it."""
    assert ticket.agent is not None
    return announce(
        community=ticket.community,
        kind="power",
        sentence="9栋停电，正在抢修。",
        expected_end_at=database_now() + timedelta(hours=2),
        buildings=[Building.objects.create(community=ticket.community, code="9")],
        by=ticket.agent,
    )


def foreign_notice(ticket: Ticket) -> Notice:
    """A notice for another building of 阳光花园."""
    assert ticket.agent is not None
    building = Building.objects.create(community=ticket.community, code="10")
    texts = {"zh-hans": {"title": "10栋电梯年检", "text": "周六停运。"}}
    said = Announced(texts, local_day(database_now()), (building,))
    leader = User.objects.get(username="bo")
    return publish_notice(draft_notice(ticket.community, said=said, by=ticket.agent), by=leader)


def foreign_money(ticket: Ticket) -> tuple[str, str, int, int]:
    """A charge, its receipt that was printed, a closed day and a draft of prices in 阳光花园."""
    agent = ticket.agent
    assert agent is not None
    about = ledger.About(ticket.community, "repair", ticket.pk, ticket.number)
    charge = ledger.bill(about, kind="other", item="换锁", amount=Decimal(1), key="x", by=agent)
    paid = ledger.take(charge, method="cash", by=agent)
    ledger.print_receipt(paid, by=agent)
    counted = {"cash": ledger.Counted(Decimal(1))}
    closed = ledger.close_day(ticket.community, day=paid.day, counted=counted, by=agent)
    prices = begin_draft(ticket.community, by=User.objects.get(username="bo"))
    return charge.number, paid.number, closed.pk, prices.pk


def foreign_handover(ticket: Ticket) -> Handover:
    """A unit of 阳光花园 whose owner has just checked in."""
    assert ticket.unit is not None and ticket.reporter is not None and ticket.agent is not None  # noqa: PT018
    supervisor = User.objects.get(username="bo")
    planning.plan_day(
        ticket.unit.building,
        day=local_day(database_now()),
        begins=time(9),
        ends=time(17),
        length=timedelta(hours=1),
        capacity=1,
        by=supervisor,
    )
    handover = planning.plan(ticket.unit, person=ticket.reporter, by=supervisor)
    return arriving.check_in(handover, by=ticket.agent)


@pytest.mark.parametrize(
    "stranger", ["stranger_sun", "agent_binjiang", "technician_binjiang", "technician_he", "tenant_zhao"]
)
def test_rows_of_others_do_not_exist_on_any_route(
    stranger: str,
    numbers_of_their_own: None,
    ticket_in: Walk,
    agent_zhou: User,
    request: pytest.FixtureRequest,
    signed_in: Callable[[User], Client],
) -> None:
    """By reading and by writing: 404, or 403 where the whole face is closed to the role; never the row."""
    user: User = request.getfixturevalue(stranger)
    ticket = ticket_in(Status.COMPLETED)
    photo = Photo.objects.create(
        community=ticket.community, work="repair", case_id=ticket.pk, kind="report", token="f" * 32,
        path="aa/a.jpg", thumbnail="aa/b.jpg", format="jpeg", width=1, height=1, sha256="0" * 64,
        by=agent_zhou, at=database_now(),
    )  # fmt: skip
    message = Message.objects.filter(case_id=ticket.pk).exclude(recipient=user).latest("id")
    rows = foreign_rows(ticket, photo, FollowUp.objects.get(), message)
    before = ticket.events().count()
    leaks: list[tuple[str, str, str, int]] = []
    written: set[str] = set()
    client = signed_in(user)
    for path, route in _addresses(rows):
        if route.name in PUBLIC or route.name in SHARED.get(stranger, ()):
            continue
        # The row is looked up before the action that a route names: one of them is written to, all are read.
        methods = ("get",) if route.pattern in written else ("get", "post")
        written.add(route.pattern)
        for method in methods:
            answer = getattr(client, method)(path)
            if answer.status_code not in (403, 404, 405, 400, 415) or ticket.text in answer.content.decode():
                leaks.append((method, route.name, path, answer.status_code))
    assert leaks == []
    assert ticket.events().count() == before


# What a neighbour or colleague rightly shares with the case: the building, and for staff the roll of the community.
SHARED = {
    "tenant_zhao": {"api:building", "api:community"},
    "technician_he": {
        "api:building",
        "api:community",
        "api:unit",
        "api:unit-warranty",
        "api:person",
        "api:policy",
        "api:outage",
        "desk:outage",
        "desk:notice",
    },
}


@pytest.fixture
def numbers_of_their_own(db: None) -> None:
    """So that the id of a foreign row is not, by chance, the id of a row of one's own in another table."""
    tables = (
        "owners_building",
        "owners_unit",
        "owners_person",
        "owners_occupancy",
        "owners_rollimport",
        "repairs_ticket",
        "surveys_followup",
    )
    with connection.cursor() as cursor:
        for number, table in enumerate(
            (
                *tables,
                "notifications_message",
                "sla_policy",
                "desk_promise",
                "owners_profilechange",
                "handovers_handover",
                "handovers_handoverday",
                "handovers_slot",
                "handovers_finding",
                "owners_key",
                "owners_inspectionvisit",
                "owners_inspectionslot",
                "repairs_standard",
                "repairs_qualitycheck",
                "repairs_stockitem",
                "ledger_cashup",
                "bulletins_article",
            ),
            start=1,
        ):
            cursor.execute(
                f"SELECT setval('{table}_id_seq', greatest(last_value, %s)) FROM {table}_id_seq",
                [number * 1_000_000],
            )


def _addresses(rows: dict[str, list[str]]) -> Iterator[tuple[str, Route]]:
    for route in routes():
        if not route.arguments or route.pattern.startswith("/admin/"):
            continue
        paths = [route.pattern]
        for argument in route.arguments:
            paths = [
                _fill(path, argument, value) for path in paths for value in _fitting(route, argument, rows)
            ]
        yield from ((path, route) for path in paths)


# The first letter of the numbers that a route is about.
KINDS = {
    "/knowledge/from/": "Q", "/complaints/": "CQ", "/inquiries/": "CQ", "/voices/": "CQ", "/charges/": "B",
    "receipts/": "SY", "/measures/": "G", "/surveys/": "M", "/campaigns/": "M", "/workload/": "R", "/report/done/": "R",
    "/tickets/": "R", "/repairs/": "R", "/jobs/": "R", "/handovers/": "H", "/releases/": "F",
    "/inspections/": "J", "/outages/": "P", "/notices/": "T", "/permits/": "D", "/sites/": "D",
}  # fmt: skip


# What a bare `pk` or `id` names, by the noun before it. What is not here is a row of the company, or stands on a page
# that is closed to all of these roles.
IDS = {
    "/articles/": "article_id", "/buildings/": "building_id", "/communities/": "community_id",
    "/follow-ups/": "follow_up_id", "/notifications/": "message_id", "/messages/": "message_id",
    "/people/": "person_id", "/profile-changes/": "change_id", "/quality-checks/": "check_id",
    "/policies/": "policy_id", "/surveys/": "invitation_id", "/units/": "unit_id", "/money/days/": "cash_up_id",
    "/manage/roll/": "roll_id",
}  # fmt: skip


def _fitting(route: Route, argument: str, rows: dict[str, list[str]]) -> list[str]:
    """A number stands on the routes of its own kind of case: on others it names nothing at all."""
    if argument in ("pk", "id"):
        return next((rows[name] for noun, name in IDS.items() if noun in route.pattern), ["1"])
    if argument != "number":
        return rows[argument]
    kinds = next((kinds for noun, kinds in KINDS.items() if noun in route.pattern), "")
    return [each for each in rows["number"] if not kinds or each[0] in kinds]


def _fill(pattern: str, argument: str, value: str) -> str:
    """Puts a value where a path converter or a named group stands."""
    for start, end in (("<", ">"), ("(?P<", ")")):
        before, mark, rest = pattern.partition(f"{start}{argument}>" if start == "(?P<" else start)
        if start == "<" and mark:
            inside, _end, after = rest.partition(end)
            if inside.rpartition(":")[2] == argument and "(?P" not in pattern:
                return f"{before}{value}{after}"
            if "(?P" not in pattern:
                return f"{before}<{inside}>{_fill(after, argument, value)}"
        elif mark:
            _inside, _end, after = rest.partition(end)
            return (
                f"{before}{value}{after}".replace("^", "")
                .replace("$", "")
                .replace("\\Z", "")
                .replace("/?", "/")
            )
    return pattern
