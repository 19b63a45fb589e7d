"""The warranty register: what the law says, what a community decides, and what is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from owners.actions.warranty import Term, add_part, set_term, set_trades
from owners.models import Unit, WarrantyPart, WarrantyTerm
from owners.queries.warranty import (
    Cover,
    Standing,
    Why,
    cover,
    end_of_season,
    judge,
    months_later,
    register_of,
    remind_from,
    rules_of,
)
from repairs import actions as repairs
from repairs.queries import warranties_of, warranty_of
from servicecenter.accounts.models import Community, User
from servicecenter.audit.models import Event
from servicecenter.lib.refusals import Invalid, NotPermitted, Stale

DELIVERED = date(2024, 5, 20)


@pytest.fixture
def home(unit_3_2_1201: Unit) -> Unit:
    """A unit with a delivery date."""
    unit_3_2_1201.delivered_on = DELIVERED
    unit_3_2_1201.save()
    return unit_3_2_1201


def part(code: str) -> WarrantyPart:
    """A part of the register."""
    return WarrantyPart.objects.get(code=code)


def asked(unit: Unit, on: date, **about: Any) -> Cover:
    """How it stands, in short."""
    return cover(unit, on=on, **about)


@pytest.mark.parametrize(
    ("code", "last_day"),
    [
        ("roof_waterproofing", date(2029, 5, 20)),
        ("wet_room_waterproofing", date(2029, 5, 20)),
        ("wall_waterproofing", date(2029, 5, 20)),
        ("electrical", date(2026, 5, 20)),
        ("plumbing", date(2026, 5, 20)),
        ("equipment", date(2026, 5, 20)),
        ("decoration", date(2026, 5, 20)),
        ("heating", date(2026, 3, 15)),
        ("cooling", date(2025, 9, 30)),
        ("structure", None),
    ],
)
def test_the_periods_of_the_law_count_from_the_delivery_date(
    home: Unit, code: str, last_day: date | None
) -> None:
    assert asked(home, DELIVERED, part=part(code)).until == last_day


def test_the_last_day_is_under_warranty_and_the_next_is_not(home: Unit) -> None:
    last = asked(home, date(2026, 5, 20), trade="plumbing")
    after = asked(home, date(2026, 5, 21), trade="plumbing")
    assert (last.state, last.why) == (Standing.IN, Why.RUNNING)
    assert (after.state, after.why) == (Standing.OUT, Why.ENDED)


def test_the_main_structure_is_under_warranty_for_the_life_of_the_building(home: Unit) -> None:
    found = asked(home, date(2070, 1, 1), part=part("structure"))
    assert (found.state, found.why, found.until) == (Standing.IN, Why.LIFE, None)


def test_an_unknown_delivery_date_is_said_and_not_guessed(unit_3_2_1201: Unit) -> None:
    found = asked(unit_3_2_1201, date(2026, 1, 1), trade="plumbing")
    assert (found.state, found.why, found.until) == (Standing.UNKNOWN, Why.NO_DATE, None)
    assert all(each.why == Why.NO_DATE for each in register_of(unit_3_2_1201, on=date(2026, 1, 1)))


def test_before_the_handing_over_the_builder_answers(home: Unit) -> None:
    found = asked(home, date(2024, 5, 19), trade="plumbing")
    assert (found.state, found.why) == (Standing.IN, Why.BEFORE)


@pytest.mark.parametrize("trade", ["", "other"])
def test_a_trade_that_tells_no_part_is_not_judged(home: Unit, trade: str) -> None:
    assert asked(home, DELIVERED, trade=trade).why == Why.NOT_NAMED


def test_a_trade_without_a_part_is_out(home: Unit) -> None:
    found = asked(home, DELIVERED, trade="cleaning_pest")
    assert (found.state, found.why) == (Standing.OUT, Why.NO_PART)


def test_a_trade_of_several_parts_depends_on_the_part(home: Unit) -> None:
    between = asked(home, date(2025, 12, 1), trade="hvac")
    assert (between.state, between.why) == (Standing.UNKNOWN, Why.DEPENDS)
    assert [each.state for each in between.each] == [Standing.IN, Standing.OUT]
    assert asked(home, date(2025, 12, 1), trade="hvac", part=part("heating")).state == Standing.IN


def test_a_trade_of_several_parts_that_all_run_names_the_first_to_end(home: Unit) -> None:
    found = asked(home, date(2025, 7, 1), trade="hvac")
    assert (found.state, found.until) == (Standing.IN, date(2025, 9, 30))


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2024, 2, 29), 24, date(2026, 2, 28)),
        (date(2024, 2, 29), 48, date(2028, 2, 29)),
        (date(2024, 8, 31), 1, date(2024, 9, 30)),
        (date(2024, 12, 31), 60, date(2029, 12, 31)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
    ],
)
def test_months_end_on_the_corresponding_day(day: date, months: int, last: date) -> None:
    assert months_later(day, months) == last


@pytest.mark.parametrize(
    ("day", "last"),
    [
        (date(2024, 11, 15), date(2026, 3, 15)),
        (date(2024, 11, 16), date(2027, 3, 15)),
        (date(2024, 1, 1), date(2026, 3, 15)),
    ],
)
def test_only_whole_heating_seasons_count(day: date, last: date) -> None:
    assert end_of_season(day, (1115, 315), 2) == last


def test_the_resident_is_reminded_a_month_before() -> None:
    assert remind_from(date(2026, 5, 20)) == date(2026, 4, 20)


def test_a_longer_warranty_of_one_community_does_not_touch_another(
    home: Unit, unit_binjiang: Unit, supervisor_bo: User
) -> None:
    Unit.objects.filter(pk=unit_binjiang.pk).update(delivered_on=DELIVERED)
    unit_binjiang.refresh_from_db()
    set_term(home.community, part("plumbing"), term=Term(60), seen="", by=supervisor_bo)
    assert asked(home, date(2028, 1, 1), trade="plumbing").state == Standing.IN
    assert asked(unit_binjiang, date(2028, 1, 1), trade="plumbing").state == Standing.OUT


def test_a_part_that_homes_here_lack_is_no_part(home: Unit, supervisor_bo: User) -> None:
    term = Term(2, 1115, 315, active=False)
    set_term(home.community, part("heating"), term=term, seen="", by=supervisor_bo)
    assert asked(home, date(2025, 12, 1), trade="hvac").why == Why.ENDED


def test_going_back_to_the_companys_term_is_possible(home: Unit, supervisor_bo: User) -> None:
    set_term(home.community, part("plumbing"), term=Term(60), seen="", by=supervisor_bo)
    set_term(home.community, part("plumbing"), term=None, seen=str(Term(60)), by=supervisor_bo)
    assert asked(home, date(2028, 1, 1), trade="plumbing").state == Standing.OUT


def test_a_changed_term_is_kept_in_the_history(home: Unit, supervisor_bo: User) -> None:
    set_term(home.community, part("plumbing"), term=Term(60), seen="", by=supervisor_bo)
    event = Event.objects.get(work="warranty_term")
    assert (event.by, event.data["after"]) == (supervisor_bo, str(Term(60)))


def test_a_shorter_warranty_than_the_laws_is_refused(home: Unit, supervisor_bo: User) -> None:
    with pytest.raises(Invalid) as refused:
        set_term(home.community, part("plumbing"), term=Term(12), seen="", by=supervisor_bo)
    assert "length" in refused.value.errors


@pytest.mark.parametrize(
    "wrong",
    [
        {"length": 12},
        {"length": None},
        {"length": 60, "season_from": 1115, "season_until": 315},
        {"length": 60, "season_from": 1115},
        {"length": 0},
    ],
)
def test_the_database_refuses_a_term_that_does_not_fit_its_part(home: Unit, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        WarrantyTerm.objects.create(part=part("plumbing"), community=home.community, **wrong)


@pytest.mark.parametrize("season", [(1301, 315), (230, 315), (None, None), (1115, None)])
def test_a_season_has_two_days_of_the_year(
    home: Unit, supervisor_bo: User, season: tuple[int | None, int | None]
) -> None:
    with pytest.raises(Invalid):
        set_term(home.community, part("heating"), term=Term(2, *season), seen="", by=supervisor_bo)


def test_two_supervisors_at_once_do_not_overwrite_each_other(home: Unit, supervisor_bo: User) -> None:
    set_term(home.community, part("plumbing"), term=Term(60), seen="", by=supervisor_bo)
    with pytest.raises(Stale):
        set_term(home.community, part("plumbing"), term=Term(36), seen="", by=supervisor_bo)


def test_a_supervisor_of_another_community_decides_nothing_here(
    home: Unit, unit_binjiang: Unit, supervisor_bo: User
) -> None:
    with pytest.raises(NotPermitted):
        set_term(unit_binjiang.community, part("plumbing"), term=Term(60), seen="", by=supervisor_bo)


@pytest.mark.parametrize("who", ["agent_li", "manager_mei", "technician_chen", "resident_wang"])
def test_only_the_supervisor_of_a_community_decides_its_terms(
    request: pytest.FixtureRequest, home: Unit, who: str
) -> None:
    with pytest.raises(NotPermitted):
        set_term(home.community, part("plumbing"), term=Term(60), seen="", by=request.getfixturevalue(who))


def test_a_supervisor_does_not_decide_for_the_company(supervisor_bo: User) -> None:
    term = Term.of(WarrantyTerm.objects.get(part__code="plumbing", community=None))
    with pytest.raises(NotPermitted):
        set_term(None, part("plumbing"), term=replace(term, length=60), seen=str(term), by=supervisor_bo)


def test_an_administrator_adds_a_part_that_the_contract_names(home: Unit, admin_gu: User) -> None:
    made = add_part(name="入户门", months=12, trades=["door_window"], by=admin_gu)
    assert asked(home, date(2025, 5, 20), part=made).state == Standing.IN
    assert asked(home, date(2025, 5, 21), part=made).state == Standing.OUT


def test_a_part_of_the_same_name_is_refused(admin_gu: User) -> None:
    add_part(name="入户门", months=12, trades=[], by=admin_gu)
    with pytest.raises(Invalid):
        add_part(name="入户门", months=12, trades=[], by=admin_gu)


@pytest.mark.parametrize("months", [0, -1, 1201])
def test_a_part_has_a_sensible_length(admin_gu: User, months: int) -> None:
    with pytest.raises(Invalid):
        add_part(name="入户门", months=months, trades=[], by=admin_gu)


def test_a_supervisor_adds_no_part_and_moves_no_trade(supervisor_bo: User) -> None:
    with pytest.raises(NotPermitted):
        add_part(name="入户门", months=12, trades=[], by=supervisor_bo)
    with pytest.raises(NotPermitted):
        set_trades(part("plumbing"), ["gas"], by=supervisor_bo)


def test_an_administrator_says_which_trade_is_about_a_part(home: Unit, admin_gu: User) -> None:
    set_trades(part("equipment"), ["gas", "lift"], by=admin_gu)
    assert asked(home, DELIVERED, trade="gas").state == Standing.IN


def test_a_repair_is_judged_on_the_day_of_its_report(home: Unit, agent_li: User) -> None:
    ticket = repairs.report(
        by=agent_li, community=home.community, unit=home, text="厨房水管漏水", trade="plumbing"
    )
    ticket.reported_at = ticket.reported_at.replace(year=2026, month=5, day=20, hour=15)
    assert warranty_of(ticket).state == Standing.IN
    # 16:30 UTC is half past midnight of the next day here.
    ticket.reported_at = ticket.reported_at.replace(hour=16, minute=30)
    assert warranty_of(ticket).state == Standing.OUT


def test_a_named_part_comes_before_the_trade(home: Unit, agent_li: User) -> None:
    ticket = repairs.report(
        by=agent_li,
        community=home.community,
        unit=home,
        text="楼板裂缝",
        trade="other",
        part=part("structure"),
    )
    assert warranty_of(ticket).why == Why.LIFE


def test_a_part_in_a_public_area_is_refused(yangguang: Community, agent_li: User) -> None:
    with pytest.raises(Invalid) as refused:
        repairs.report(
            by=agent_li, community=yangguang, public_area="大堂", text="裂缝", part=part("structure")
        )
    assert "part" in refused.value.errors


def test_a_public_area_is_not_guessed(yangguang: Community, agent_li: User) -> None:
    ticket = repairs.report(by=agent_li, community=yangguang, public_area="大堂", text="灯不亮")
    assert (warranty_of(ticket).state, warranty_of(ticket).why) == (Standing.UNKNOWN, Why.PUBLIC)


def test_a_list_of_repairs_costs_two_queries_however_long(
    home: Unit, unit_3_2_1202: Unit, agent_li: User, django_assert_num_queries: Any
) -> None:
    tickets = [
        repairs.report(by=agent_li, community=home.community, unit=unit, text="水管漏水", trade="plumbing")
        for unit in (home, unit_3_2_1202, home)
    ]
    with django_assert_num_queries(2):
        covers = warranties_of(tickets)
    assert [covers[ticket.pk].why for ticket in tickets][1] == Why.NO_DATE


def test_every_reason_is_a_sentence_without_a_gap(home: Unit, unit_3_2_1202: Unit) -> None:
    rules = rules_of([home.community_id])[home.community_id]
    days = (date(2024, 1, 1), date(2025, 12, 1), date(2070, 1, 1))
    trades = ("plumbing", "hvac", "other", "gas", "waterproofing")
    for delivered in (DELIVERED, None):
        for day in days:
            for trade in trades:
                said = judge(rules, delivered, on=day, trade=trade).sentence
                assert said
                assert "{" not in said
                assert "()" not in said


def test_rules_of_many_communities_are_one_query(
    yangguang: Community, binjiang: Community, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        rules_of([yangguang.pk, binjiang.pk])
