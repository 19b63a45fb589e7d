"""Every message that can be written has words of its own, for staff and for residents."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import translation

from repairs.actions.messages import TELLS
from servicecenter.accounts.models import Role, User
from servicecenter.notifications.models import Message
from servicecenter.notifications.texts import render

CLOCK_STEPS = ("warn", "breach", "escalate", "daily")
EVENTS = (
    *(f"repair.{action}" for action in TELLS),
    "promise.made",
    *(f"{work}.{step}" for work, step in product(("repair", "follow_up", "promise"), CLOCK_STEPS)),
)
LANGUAGES = [code for code, _name in settings.LANGUAGES]


def message(event: str, role: str = Role.AGENT, **params: str) -> Message:
    facts = {"number": "R261122-0042", "stage": "complete", "due_at": "2026-11-22T06:20:00+00:00"} | params
    return Message(event=event, params=facts, recipient=User(role=role, username="somebody"))


@pytest.mark.parametrize("event", [*EVENTS, "account.code"])
def test_every_event_has_a_template_of_its_own(event: str) -> None:
    name = event.replace(".", "_")
    assert (Path(settings.BASE_DIR) / "templates" / "messages" / f"{name}.txt").is_file()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", [Role.RESIDENT, Role.TECHNICIAN])
@pytest.mark.parametrize("event", EVENTS)
def test_the_title_is_one_line_that_names_the_case(event: str, role: Role, language: str) -> None:
    with translation.override(language):
        text = render(message(event, role))
    assert "R261122-0042" in text.title
    assert "\n" not in text.title
    assert "{" not in text.title + text.body


@pytest.mark.parametrize("stage", ["respond", "arrive", "secure", "complete"])
def test_a_warning_says_when_in_local_time(stage: str) -> None:
    assert "14:20" in render(message("repair.warn", stage=stage)).body


def test_residents_and_staff_read_different_words_about_the_same_step() -> None:
    with translation.override("en"):
        assert render(message("repair.dispatch", Role.TECHNICIAN)).title == "New job: R261122-0042"
        assert render(message("repair.dispatch", Role.RESIDENT)).title.startswith("An engineer takes care")


def test_an_event_that_nobody_wrote_words_for_still_names_the_case() -> None:
    assert "R261122-0042" in render(message("something.new")).title


def test_text_is_not_escaped_twice() -> None:
    with translation.override("en"):
        assert render(message("repair.note", number="<b>&")).title == "New note on <b>&"


def test_the_sign_in_code_message_holds_the_code() -> None:
    assert "123456" in render(message("account.code", code="123456")).title
