"""Each thing that cannot be, with a clear sentence and nothing stored."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from decoration.actions import add_worker, begin_application, set_works
from decoration.actions.contractors import ban_contractor, ban_worker, known_contractor
from decoration.actions.rules import change_terms, write_rule
from decoration.models import Permit, Rule, Validity, Worker
from decoration.queries.gaps import asked_papers, gaps, missing_papers
from decoration.queries.terms import hours_of, hours_on, is_loud_time
from owners.models import Person
from servicecenter.accounts.models import User
from servicecenter.lib.clock import LOCAL
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted
from tests.complaints.conftest import picture
from tests.decoration.conftest import DO, Site, id_number, today


def refused(call: Any, *args: Any, **kwargs: Any) -> dict[str, str]:
    """The sentences of a refusal, by field."""
    with pytest.raises(Invalid) as caught:
        call(*args, **kwargs)
    return {name: str(said[0]) for name, said in caught.value.errors.items()}


def test_a_second_permit_for_the_same_days_is_refused_with_a_sentence(site: Site) -> None:
    site.permit("submitted")
    second = site.draft()
    assert "已有装修许可" in refused(DO["submit"], second, by=site.owner)["ends_on"]


def test_the_database_refuses_two_permits_for_the_same_days(site: Site) -> None:
    first, second = site.permit("submitted"), site.draft()
    with pytest.raises(IntegrityError, match="permit_one_at_a_time"), transaction.atomic():
        Permit.objects.filter(pk=second.pk).update(
            status="submitted", submitted_at=first.submitted_at, round=1
        )


def test_another_permit_may_begin_on_the_day_after(site: Site) -> None:
    first = site.permit("submitted")
    assert first.ends_on is not None
    starts_on = first.ends_on + timedelta(days=1)
    site.permit("submitted", starts_on=starts_on, ends_on=starts_on + timedelta(days=5))


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [(-1, 5, "starts_on"), (0, 300, "ends_on"), (370, 380, "starts_on")],
)
def test_dates_that_cannot_be_are_named(site: Site, first: int, last: int, field: str) -> None:
    permit = site.draft()
    # As it was written some days ago.
    days = {"starts_on": today() + timedelta(days=first), "ends_on": today() + timedelta(days=last)}
    Permit.objects.filter(pk=permit.pk).update(**days)
    permit.refresh_from_db()
    assert set(gaps(permit, today())) == {field}


def test_an_end_before_the_beginning_is_not_even_saved(site: Site) -> None:
    permit = site.draft()
    days = {"starts_on": today(), "ends_on": today() - timedelta(days=1)}
    assert set(refused(DO["save"], permit, said=days, by=site.owner)) == {"ends_on"}


def test_a_worker_under_eighteen_is_refused_by_name_and_age(site: Site) -> None:
    born = date(today().year - 17, today().month, 1)
    said = refused(add_worker, site.draft(), name="小李", id_number=id_number(born), by=site.owner)
    assert "小李" in said["id_number"]
    assert "18" in said["id_number"]


def test_the_database_refuses_a_worker_under_eighteen(site: Site) -> None:
    site.draft()
    with pytest.raises(IntegrityError, match="worker_of_age"), transaction.atomic():
        Worker.objects.update(age=17)


def test_a_worker_who_is_kept_out_is_refused_with_the_reason(site: Site) -> None:
    number = id_number(date(1988, 3, 4))
    ban_worker(site.unit.community, name="钱某", id_number=number, reason="偷拿工具", by=site.supervisor)
    said = refused(add_worker, site.draft(), name="钱某", id_number=number, by=site.owner)
    assert "偷拿工具" in said["id_number"]


def test_a_worker_who_was_kept_out_since_stops_the_application(site: Site) -> None:
    permit = site.draft()
    number = id_number(date(1990, 1, 1))
    ban_worker(site.unit.community, name="张师傅", id_number=number, reason="打架", by=site.supervisor)
    assert "张师傅" in refused(DO["submit"], permit, by=site.owner)["workers"]


def test_an_id_number_with_a_wrong_check_digit_is_no_worker(site: Site) -> None:
    assert set(
        refused(add_worker, site.draft(), name="x", id_number="350203199001011234", by=site.owner)
    ) == {"id_number"}


def test_a_licence_that_has_ended_or_ends_before_the_works_is_named_with_its_day(site: Site) -> None:
    permit = site.draft()
    assert permit.contractor is not None
    for days in (-1, 3):
        permit.contractor.licence_until = today() + timedelta(days=days)
        permit.contractor.save()
        said = refused(DO["submit"], permit, by=site.owner)["contractor"]
        assert str(permit.contractor.licence_until) in said


def test_a_contractor_who_is_kept_out_gets_no_new_permit(site: Site) -> None:
    contractor = site.contractor()
    ban_contractor(contractor, reason="多次违规", by=site.supervisor)
    assert "多次违规" in refused(site.draft)["contractor"]


def test_the_same_licence_is_one_contractor_whatever_it_is_called(site: Site) -> None:
    first = site.contractor()
    again = known_contractor(
        site.unit.community, name="别名", licence_no=first.licence_no.lower(), licence_until=today()
    )
    assert (again.pk, again.name) == (first.pk, "新居装饰")


def test_forbidden_works_are_refused_with_their_law(site: Site) -> None:
    permit = site.draft()
    said = refused(set_works, permit, room="客厅", rules=[site.rule("拆改承重墙")], by=site.owner)
    assert "第五条" in said["rules"]


def test_restricted_works_ask_for_their_papers(site: Site) -> None:
    permit = site.draft()
    set_works(permit, room="厨房", rules=[site.rule("改动卫生间")], by=site.owner)
    assert "防水施工方案" in refused(DO["submit"], permit, by=site.owner)["papers"]


def test_an_empty_application_names_everything_that_is_missing(site: Site) -> None:
    permit = begin_application(site.unit, site.person, by=site.owner)
    missing = set(refused(DO["submit"], permit, by=site.owner))
    assert missing == {
        "starts_on", "contractor", "manager_name", "scope", "works", "workers", "papers",
    }  # fmt: skip
    assert permit.status == "draft"


def test_a_water_test_of_less_than_a_day_holds_nothing(site: Site) -> None:
    permit = site.permit("permit_active", wet=True)
    assert permit.issued_at is not None
    said = refused(
        DO["test_water"],
        permit,
        room="卫生间",
        filled_at=permit.issued_at - timedelta(hours=20),
        checked_at=permit.issued_at,
        tight=True,
        by=site.engineer,
    )
    assert "24" in said["checked_at"]


def test_a_patrol_leaves_no_line_out(site: Site) -> None:
    permit = site.permit("permit_active")
    assert set(refused(DO["patrol"], permit, fine=site.conduct()[1:], by=site.guard)) == {"rules"}


def test_an_extension_runs_into_no_other_permit(site: Site) -> None:
    permit = site.permit("permit_active")
    assert permit.ends_on is not None
    starts_on = permit.ends_on + timedelta(days=3)
    site.permit("submitted", starts_on=starts_on, ends_on=starts_on + timedelta(days=3))
    longer = permit.ends_on + timedelta(days=4)
    DO["ask_change"](permit, kind="extension", reason="材料晚到", ends_on=longer, by=site.owner)
    assert "已有装修许可" in refused(DO["grant_change"], permit, by=site.supervisor)["ends_on"]
    permit.refresh_from_db()
    assert permit.has_open_change


@pytest.mark.parametrize(
    ("days", "worth"), [(0, Validity.VALID), (40, Validity.EXPIRED), (-1, Validity.EARLY)]
)
def test_a_permit_is_worth_something_on_its_days_only(site: Site, days: int, worth: str) -> None:
    assert site.permit("permit_active").validity(today() + timedelta(days=days)) == worth


def test_a_stranger_cannot_apply_for_somebody_elses_home(site: Site, stranger_sun: User) -> None:
    with pytest.raises(NotFound):
        begin_application(site.unit, site.person, by=stranger_sun)
    other = Person.objects.get(user=stranger_sun)
    assert set(refused(begin_application, site.unit, other, by=site.agent)) == {"applicant"}


def test_loud_works_rest_at_noon_and_on_public_holidays(site: Site) -> None:
    hours = hours_of(site.unit.community_id)
    at = [datetime(2026, 11, 26, hour, 0, tzinfo=LOCAL) for hour in (7, 9, 13, 15, 18)]
    assert [is_loud_time(each, hours) for each in at] == [False, True, False, True, False]
    assert hours_on(date(2026, 10, 1), hours) == []


def test_terms_keep_to_the_law(site: Site) -> None:
    community = site.unit.community
    said = refused(change_terms, community, hours=[], patrol_days=4, water_hours=12, by=site.supervisor)
    assert set(said) == {"patrol_days", "water_hours"}
    with pytest.raises(NotPermitted):
        change_terms(community, hours=[], by=site.agent)


def test_a_forbidden_kind_of_works_names_its_law(site: Site) -> None:
    said = refused(
        write_rule, site.unit.community, part="works", text="阳台砌墙", ruling="forbidden", by=site.supervisor
    )
    assert set(said) == {"basis"}


def test_restricted_works_that_are_added_later_bring_their_papers(site: Site) -> None:
    permit = site.permit("permit_active")
    rule = Rule.objects.works().filter(community=permit.community, ruling="restricted")[0]
    papers = [line.strip() for line in rule.papers.splitlines() if line.strip()]
    asked: dict[str, Any] = {
        "kind": "scope",
        "reason": "加做",
        "room": "阳台",
        "rules": [rule],
        "by": site.owner,
    }
    assert papers[0] in refused(DO["ask_change"], permit, **asked)["photos"]
    with picture("red") as photo:
        DO["ask_change"](permit, pictures=[photo for _paper in papers], **asked)
    assert missing_papers(permit) == []
    assert set(papers) <= {each.name for each in asked_papers(permit)}
    DO["decline_change"](permit, reason="先完工", by=site.supervisor)
    assert not set(papers) & {each.name for each in asked_papers(permit)}
