"""What is counted: stages, violations by whoever answered for the site, deposits in time; and the rating."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from decoration.models import Permit
from decoration.queries.figures import Asked, figures_of
from decoration.queries.records import contractors_of, records_of
from servicecenter.accounts.models import User
from servicecenter.lib.clock import database_now
from servicecenter.sla.models import Clock
from tests.decoration.conftest import DO, Site, today

pytestmark = pytest.mark.django_db
SignedIn = Callable[[User], Client]


def asked() -> Asked:
    return Asked(today() - timedelta(days=30), today())


def test_a_permit_counts_in_every_stage_that_it_ended_and_its_deposit_as_late(site: Site) -> None:
    permit = site.permit("closed")
    Permit.objects.filter(pk=permit.pk).update(issued_at=permit.issued_at - timedelta(days=4))  # type: ignore[operator]
    due = database_now() - timedelta(days=1)
    Clock.objects.filter(work="refund", case_id=permit.pk).update(due_at=due)
    found = figures_of(site.supervisor, asked(), database_now())
    assert [(each.kept, each.late, each.open) for each in found.refunds] == [(0, 1, 0)]
    assert (found.submitted, found.issued, found.accepted, found.closed) == (1, 1, 1, 1)
    assert {each.label: each.count for each in found.stages} == {
        "填写": 1, "审核": 1, "签约缴费": 0, "施工": 1, "验收": 1, "退押金": 1,
    }  # fmt: skip
    assert next(each.middle for each in found.stages if each.label == "施工") == 4.0
    assert found.works[0][1:] == (1, 1)
    assert [(each.permits, each.running) for each in found.buildings] == [(1, 0)]


def test_violations_count_for_whoever_had_the_site_when_they_were_found(site: Site) -> None:
    permit = site.permit("permit_active")
    site.patrol(permit, "装修垃圾")
    second = site.contractor(name="后来的公司", licence_no="91350200MA31ABCD9X")
    DO["ask_change"](permit, kind="contractor", reason="换公司", contractor=second, by=site.owner)
    DO["grant_change"](permit, by=site.supervisor)
    found = figures_of(site.supervisor, asked(), database_now())
    assert [(each.label, each.count) for each in found.by_contractor] == [("新居装饰", 1)]
    records = {str(each.contractor): each for each in records_of(site.supervisor, database_now())}
    assert (records["新居装饰"].violations, records["后来的公司"].violations) == (1, 0)
    assert records["后来的公司"].stars == 5


def test_figures_keep_to_the_communities_of_the_reader(site: Site, agent_binjiang: User) -> None:
    site.permit("permit_active")
    assert figures_of(agent_binjiang, asked(), database_now()).is_empty
    assert not contractors_of(agent_binjiang).exists()


def test_the_page_shows_plots_with_tables_and_its_file_has_a_line_a_permit(
    site: Site, signed_in: SignedIn
) -> None:
    permit = site.permit("works_accepted")
    client = signed_in(site.agent)
    page = client.get("/permits/figures/").content.decode()
    assert "data-tiles" in page
    assert page.count("figure-table") >= 3
    answer = client.get("/permits/figures/table/csv/")
    lines = list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [line[0] for line in lines[1:]] == [permit.number]
    assert not any(site.person.name in cell or permit.unit.code in cell for line in lines for cell in line)
    book = client.get("/permits/figures/table/xlsx/")
    assert book.headers["Content-Type"].endswith("sheet")
    assert b"".join(book).startswith(b"PK")
    assert client.get("/permits/figures/table/pdf/").status_code == 404


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [("2026-02-01", "2026-01-01", "to"), ("1990-01-01", "", "from"), ("x", "", "from")],
)
def test_a_period_that_cannot_be_is_said_at_its_field(
    site: Site, signed_in: SignedIn, first: str, last: str, field: str
) -> None:
    answer = signed_in(site.agent).get("/permits/figures/", {"from": first, "to": last})
    assert answer.status_code == 400
    assert field in answer.context["form"].errors


def test_the_rating_of_a_contractor_is_explained_on_its_page(site: Site, signed_in: SignedIn) -> None:
    permit = site.permit("permit_active")
    site.patrol(permit, "装修垃圾")
    assert permit.contractor is not None
    page = signed_in(site.agent).get(f"/permits/contractors/{permit.contractor.pk}/").content.decode()
    assert 'data-rating="4"' in page
    assert "data-rating-words" in page
    assert "data-rules-broken" in page
