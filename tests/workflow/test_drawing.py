"""The diagrams in docs/ are drawn from the tables and never lag behind."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils.translation import gettext_lazy as _

from servicecenter.workflow.drawing import draw
from servicecenter.workflow.table import BACK, Table, row


def test_the_diagrams_in_docs_are_up_to_date() -> None:
    call_command("draw_workflows", "--check")


def test_a_stale_diagram_is_named(tmp_path: object, settings: object) -> None:
    settings.BASE_DIR = tmp_path  # type: ignore[attr-defined]
    with pytest.raises(CommandError, match=r"repair\.md"):
        call_command("draw_workflows", "--check")


def test_two_actions_along_one_way_share_an_arrow() -> None:
    table = Table(
        work="walk",
        initial="a",
        statuses=("a", "b"),
        rows=(
            row("go", _("Go"), sources=["a"], target="b", who=["x"]),
            row("run", _("Run"), sources=["a"], target="b", who=["x"]),
        ),
    )
    assert "    a --> b: go, run" in draw(table).splitlines()


def test_a_table_that_lists_a_step_twice_is_refused() -> None:
    step = row("go", _("Go"), sources=["a"], target="b", who=["x"])
    with pytest.raises(ValueError, match="listed twice"):
        Table(work="walk", initial="a", statuses=("a", "b"), rows=(step, step))


def test_a_table_that_names_an_unknown_status_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown status"):
        Table(
            work="walk",
            initial="a",
            statuses=("a",),
            rows=(row("go", _("Go"), sources=["a"], target="c", who=["x"]),),
        )


def test_a_way_back_needs_no_status_of_its_own() -> None:
    table = Table(
        work="walk",
        initial="a",
        statuses=("a",),
        rows=(row("back", _("Back"), sources=["a"], target=BACK, who=["x"]),),
    )
    assert "(where it was)" in draw(table)
