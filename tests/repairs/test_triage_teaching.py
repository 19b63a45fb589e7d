"""Supervisors see wrong proposals, add examples, and choose which version of the triage proposes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client

from repairs import actions
from repairs.actions import learning, teaching
from repairs.models import TriageChoice, TriageExample, TriageVersion
from repairs.queries.overruled import shares, told, wrong
from repairs.queries.proposing import proposal_for, version_in_use
from repairs.triage import train as training
from repairs.triage.measure import GOALS
from repairs.triage.proposal import MODEL, propose, read_models, shipped
from servicecenter.accounts.models import Community, User
from servicecenter.audit.models import Event
from servicecenter.lib.clock import database_now
from servicecenter.lib.refusals import Invalid, NotFound, NotPermitted, Refusal
from tests.conftest import Walk

# Words that no table knows, so that what is proposed comes from the model alone.
STRANGE = "锟斤拷"


def ready(by: User, **fields: Any) -> TriageVersion:
    """A version as a worker leaves it: the shipped model, except that it takes everything for cleaning."""
    stored = json.loads(MODEL.read_text(encoding="utf-8"))
    stored["trade"]["told"]["weights"]["bias"] = "10:50.00"
    content = json.dumps(stored)
    now = database_now()
    given: dict[str, Any] = {
        "asked_by": by,
        "asked_at": now,
        "state": "ready",
        "ended_at": now,
        "based_on": shipped(),
        "figures": dict.fromkeys(GOALS, 1.0),
        "content": content,
    }
    return TriageVersion.objects.create(**given | fields)


def example(community: Community, by: User, text: str = "马桶圈断了", **more: Any) -> TriageExample:
    labels = {"trade": "plumbing", "urgency": "normal", "place": "unit"}
    return teaching.add_example(community=community, text=text, by=by, **labels | more)


# What was overruled -----------------------------------------------------------------------------------------------


def test_a_corrected_trade_counts_as_an_overruled_proposal_with_whoever_corrected_it(
    ticket_in: Walk, supervisor_bo: User
) -> None:
    since = database_now() - timedelta(days=1)
    ticket_in("accepted")
    ticket = ticket_in("accepted")
    actions.classify(ticket, trade="gas", urgency="emergency", reason="闻到味", by=supervisor_bo)
    everything, plumbing = shares(supervisor_bo, since=since)
    assert (everything.proposed, everything.other_trade, everything.raised) == (2, 1, 1)
    assert (plumbing.trade, plumbing.percent) == ("plumbing", 50.0)
    (line,) = told(wrong(supervisor_bo, since=since).rows)
    assert (line.ticket, line.who, line.taught) == (ticket, supervisor_bo.name, False)


def test_proposals_of_other_communities_are_not_shown(ticket_in: Walk, agent_binjiang: User) -> None:
    since = database_now() - timedelta(days=1)
    ticket = ticket_in("accepted")
    assert ticket.proposed_trade
    assert shares(agent_binjiang, since=since)[0].proposed == 0


# Examples ---------------------------------------------------------------------------------------------------------


def test_an_example_of_a_ticket_keeps_no_name_number_or_address(
    ticket_in: Walk, supervisor_bo: User, yangguang: Community
) -> None:
    ticket = ticket_in("accepted", text="我是王芳，3-2-1201 马桶漏水，打13811112222")
    kept = example(yangguang, supervisor_bo, ticket.text, ticket=ticket)
    assert "王芳" not in kept.text
    assert "1201" not in kept.text
    assert "138" not in kept.text
    assert "马桶漏水" in kept.text


def test_a_ticket_has_one_example_and_the_later_labels_count(
    ticket_in: Walk, supervisor_bo: User, yangguang: Community
) -> None:
    ticket = ticket_in("accepted")
    example(yangguang, supervisor_bo, ticket=ticket)
    example(yangguang, supervisor_bo, ticket=ticket, trade="other")
    assert TriageExample.objects.get().trade == "other"


def test_a_text_of_which_nothing_is_left_is_no_example(supervisor_bo: User, yangguang: Community) -> None:
    with pytest.raises(Invalid):
        example(yangguang, supervisor_bo, "13811112222")


def test_agents_and_managers_teach_nothing(agent_li: User, manager_mei: User, yangguang: Community) -> None:
    for user in (agent_li, manager_mei):
        with pytest.raises(NotPermitted):
            example(yangguang, user)
        with pytest.raises(NotPermitted):
            teaching.ask_for_version(by=user)
        with pytest.raises(NotPermitted):
            teaching.use(None, by=user)


def test_an_example_for_another_community_is_refused(supervisor_bo: User, binjiang: Community) -> None:
    with pytest.raises(NotFound):
        example(binjiang, supervisor_bo)


# Versions ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Some of the shipped messages, so that a version is learned in a moment."""
    lines = training.SHIPPED[0].read_text(encoding="utf-8").splitlines()[:40]
    path = tmp_path / "few.csv"
    path.write_text("\n".join(line for line in lines if '"' not in line), encoding="utf-8")
    monkeypatch.setattr(training, "SHIPPED", (path,))
    return path


def learned() -> TriageVersion:
    row = learning.claim()
    assert row is not None
    assert learning.learn(row)
    row.refresh_from_db()
    return row


def test_a_version_that_was_asked_for_learns_from_the_file_and_the_rows(
    supervisor_bo: User, yangguang: Community, few: Path
) -> None:
    example(yangguang, supervisor_bo)
    teaching.ask_for_version(by=supervisor_bo)
    row = learned()
    assert (row.state, row.own, row.based_on) == ("ready", 1, shipped())
    assert (row.figures["messages"], row.figures["own_right"]) == (len(training.load(few)) + 1, 1)
    assert set(GOALS) <= set(row.figures)


@pytest.mark.usefixtures("few")
def test_one_example_changes_what_the_next_version_proposes_for_such_words(
    supervisor_bo: User, yangguang: Community
) -> None:
    assert proposal_for(STRANGE).trade == "other"
    example(yangguang, supervisor_bo, f"{STRANGE}又响了", trade="lift", place="public")
    teaching.ask_for_version(by=supervisor_bo)
    row = learned()
    assert propose(f"楼下{STRANGE}", read_models(row.content)).trade == "lift"


def test_one_version_is_learned_at_a_time(supervisor_bo: User) -> None:
    teaching.ask_for_version(by=supervisor_bo)
    with pytest.raises(Refusal) as refused:
        teaching.ask_for_version(by=supervisor_bo)
    assert refused.value.code == "already_learning"


def test_a_version_that_ended_three_workers_is_given_up(supervisor_bo: User) -> None:
    row = teaching.ask_for_version(by=supervisor_bo)
    for _run in range(learning.MOST_RUNS):
        assert learning.claim() is not None
        assert learning.claim() is None
        TriageVersion.objects.update(lease_until=database_now() - timedelta(seconds=1))
    assert learning.claim() is None
    row.refresh_from_db()
    assert row.state == "failed"


@pytest.mark.usefixtures("few")
def test_a_version_that_another_worker_took_over_writes_nothing(
    supervisor_bo: User,
) -> None:
    row = teaching.ask_for_version(by=supervisor_bo)
    mine = learning.claim()
    assert mine is not None
    TriageVersion.objects.update(run_no=2)
    assert not learning.learn(mine)
    row.refresh_from_db()
    assert row.content == ""


def test_a_version_in_use_proposes_until_the_shipped_one_is_back(supervisor_bo: User) -> None:
    assert proposal_for(STRANGE).trade == "other"
    teaching.use(ready(supervisor_bo), by=supervisor_bo)
    assert proposal_for(STRANGE).trade == "cleaning_pest"
    teaching.use(None, by=supervisor_bo)
    assert proposal_for(STRANGE).trade == "other"


def test_new_tickets_are_proposed_by_the_version_in_use(ticket_in: Walk, supervisor_bo: User) -> None:
    teaching.use(ready(supervisor_bo), by=supervisor_bo)
    assert ticket_in("reported", text=STRANGE).proposed_trade == "cleaning_pest"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"figures": dict.fromkeys(GOALS, 1.0) | {"emergency_recall": 0.96}}, "not_good_enough"),
        ({"based_on": "0" * 16}, "outdated"),
        ({"state": "failed"}, "not_ready"),
    ],
)
def test_a_version_that_might_miss_emergencies_is_not_taken_into_use(
    supervisor_bo: User, fields: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        teaching.use(ready(supervisor_bo, **fields), by=supervisor_bo)
    assert refused.value.code == code
    assert version_in_use() is None


def test_after_a_new_release_its_own_model_proposes_again(supervisor_bo: User) -> None:
    old = ready(supervisor_bo, based_on="0" * 16)
    TriageChoice.objects.create(version=old, by=supervisor_bo, at=database_now())
    assert version_in_use() is None


def test_what_residents_were_judged_by_cannot_be_changed(supervisor_bo: User) -> None:
    version = ready(supervisor_bo)
    teaching.use(version, by=supervisor_bo)
    for change in (
        lambda: TriageVersion.objects.update(content="{}"),
        lambda: TriageVersion.objects.all().delete(),
        lambda: TriageChoice.objects.update(version=None),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_choice_stands_in_the_record_of_every_community(
    supervisor_bo: User, yangguang: Community, binjiang: Community
) -> None:
    teaching.use(ready(supervisor_bo), by=supervisor_bo)
    noted = Event.objects.filter(work="triage", action="version_in_use").values_list(
        "community_id", flat=True
    )
    assert set(noted) == {yangguang.pk, binjiang.pk}


# Pages ------------------------------------------------------------------------------------------------------------


def test_a_wrong_proposal_becomes_an_example_with_its_right_labels(
    ticket_in: Walk, supervisor_bo: User, signed_in: Callable[[User], Client]
) -> None:
    ticket = ticket_in("accepted")
    actions.classify(ticket, trade="gas", urgency="normal", reason="其实是燃气", by=supervisor_bo)
    client = signed_in(supervisor_bo)
    assert ticket.number in client.get("/manage/triage/").content.decode()
    page = client.get(f"/manage/triage/tickets/{ticket.number}/")
    form = page.context["form"]
    assert form.initial["trade"] == "gas"
    sent = dict(form.initial) | {"idempotency_key": form["idempotency_key"].value()}
    for _twice in range(2):
        assert client.post(f"/manage/triage/tickets/{ticket.number}/", sent).status_code == 302
    assert TriageExample.objects.get().trade == "gas"


def test_a_manager_reads_the_pages_and_may_not_write(
    manager_mei: User, supervisor_bo: User, signed_in: Callable[[User], Client]
) -> None:
    version = ready(supervisor_bo)
    client = signed_in(manager_mei)
    page = client.get("/manage/triage/models/").content.decode()
    assert 'data-action="learn"' not in page
    assert 'data-action="use-version"' not in page
    assert client.get("/manage/triage/examples/").status_code == 403
    assert client.post(f"/manage/triage/models/{version.pk}/use/").status_code == 403
    assert client.post("/manage/triage/models/learn/").status_code == 403


def test_a_version_is_taken_into_use_and_back_by_a_button(
    supervisor_bo: User, signed_in: Callable[[User], Client]
) -> None:
    version = ready(supervisor_bo)
    client = signed_in(supervisor_bo)
    client.post(f"/manage/triage/models/{version.pk}/use/")
    assert version_in_use() == version.pk
    client.post("/manage/triage/models/shipped/")
    assert version_in_use() is None


def test_the_page_that_waits_for_a_version_is_asked_to_load_again_when_it_is_ready(
    supervisor_bo: User, signed_in: Callable[[User], Client]
) -> None:
    client = signed_in(supervisor_bo)
    client.post("/manage/triage/models/learn/")
    waiting = client.get("/manage/triage/models/", headers={"HX-Request": "true"})
    assert "<html" not in waiting.content.decode()
    TriageVersion.objects.update(state="failed", ended_at=database_now())
    done = client.get("/manage/triage/models/", headers={"HX-Request": "true"})
    assert (done.content, done.headers["HX-Refresh"]) == (b"", "true")


@pytest.mark.parametrize(
    "change",
    [{"trade": "magic"}, {"text": "138 1111 2222"}, {"text": "水" * 5001}, {"community": "999999999"}],
)
def test_what_is_not_a_message_with_its_labels_is_shown_again(
    supervisor_bo: User, signed_in: Callable[[User], Client], change: dict[str, str]
) -> None:
    client = signed_in(supervisor_bo)
    form = client.get("/manage/triage/examples/").context["form"]
    given = {"text": "马桶圈断了", "trade": "plumbing", "urgency": "normal", "location_kind": "unit"}
    given |= {"community": str(form.initial["community"]), "idempotency_key": form["idempotency_key"].value()}
    assert client.post("/manage/triage/examples/", given | change).status_code == 422
    assert not TriageExample.objects.exists()


def test_an_example_of_another_community_cannot_be_removed(
    supervisor_bo: User, admin_gu: User, binjiang: Community, signed_in: Callable[[User], Client]
) -> None:
    other = example(binjiang, admin_gu)
    assert signed_in(supervisor_bo).post(f"/manage/triage/examples/{other.pk}/drop/").status_code == 404
    assert signed_in(admin_gu).post(f"/manage/triage/examples/{other.pk}/drop/").status_code == 302


def test_the_page_of_wrong_proposals_asks_as_much_for_many_as_for_one(
    ticket_in: Walk,
    supervisor_bo: User,
    django_assert_num_queries: Any,
) -> None:
    since = database_now() - timedelta(days=1)
    for _each in range(3):
        actions.classify(
            ticket_in("accepted"), trade="lift", urgency="normal", reason="电梯", by=supervisor_bo
        )
    shares(supervisor_bo, since=since)
    with django_assert_num_queries(4):
        shares(supervisor_bo, since=since)
        told(wrong(supervisor_bo, since=since).rows)
