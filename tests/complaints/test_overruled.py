"""What people overrule of the proposals is kept as examples."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from complaints.actions.teaching import accept_example
from complaints.models import VoiceExample
from complaints.queries.overruled import overruled
from servicecenter.accounts.models import User
from servicecenter.lib.clock import database_now
from servicecenter.lib.refusals import NotFound, NotPermitted
from tests.complaints.conftest import Cast

SignedIn = Callable[[User], Client]
pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_another_type_than_proposed_is_listed_with_both(cast: Cast) -> None:
    cast.file("楼道垃圾没人清理，恶臭")
    wrong = cast.file("楼道垃圾没人清理，恶臭", type="fees")
    found = overruled(cast.supervisor, since=database_now() - DAY)
    assert [each.case for each in found.lines] == [wrong]
    assert (found.proposed, found.count, found.lines[0].taught) == (2, 1, False)


def test_a_supervisor_accepts_it_as_an_example_without_the_name(cast: Cast, signed_in: SignedIn) -> None:
    wrong = cast.file(f"{cast.person.name}说楼道垃圾没人清理，恶臭", type="fees")
    client = signed_in(cast.supervisor)
    form = client.get(f"/manage/triage/voices/{wrong.number}/").context["form"]
    given = dict(form.initial) | {"idempotency_key": form["idempotency_key"].value()}
    assert client.post(f"/manage/triage/voices/{wrong.number}/", given).status_code == 302
    kept = VoiceExample.objects.get()
    assert (kept.type, kept.level) == ("fees", "ordinary")
    assert cast.person.name not in kept.text
    page = client.get("/manage/triage/voices/").content.decode()
    assert kept.text in page
    client.post(f"/manage/triage/voices/examples/{kept.pk}/drop/")
    assert not VoiceExample.objects.exists()


def test_an_agent_teaches_nothing(cast: Cast) -> None:
    with pytest.raises(NotPermitted):
        accept_example(cast.file(), text="x", kind="inquiry", type="fees", by=cast.agent)


def test_nobody_teaches_from_a_complaint_about_themselves(cast: Cast) -> None:
    mine = cast.file("主管态度差", type="staff_attitude", about=cast.supervisor)
    with pytest.raises(NotFound):
        accept_example(mine, text="主管态度差", kind="complaint", type="fees", by=cast.supervisor)
