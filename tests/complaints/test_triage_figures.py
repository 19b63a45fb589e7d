"""How good the triage of complaints and inquiries is on messages apart from training, and that its file is current."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from complaints.triage.measure import Figures, evaluate, short_of
from complaints.triage.proposal import FIGURES, models
from complaints.triage.train import load, read_all

# Never trained on, their mistakes never looked at: told in a roundabout way throughout; as an agent notes it, as a
# telephone writes down what it hears, as letters are written.
APART = ("voices_final.csv", "voices_fresh.csv")
# As residents and agents of the given sample would say other things, by a hand that saw neither tables nor training.
BLIND = Path(__file__).parents[1] / "data" / "voices_blind.csv"


@pytest.fixture(scope="module")
def figures() -> Figures:
    apart = [each for name in APART for each in load(Path(__file__).parents[1] / "data" / name)]
    return evaluate(read_all(apart), models())


def test_85_of_100_messages_apart_get_their_kind_and_three_of_four_their_type(
    figures: Figures,
) -> None:
    assert figures.kind >= 0.85
    assert figures.type >= 0.75


def test_every_major_complaint_apart_is_found_and_most_alarms_are_right(figures: Figures) -> None:
    assert figures.major_recall >= 0.9
    assert figures.major_precision >= 0.75


def test_every_goal_is_reached_on_messages_that_were_written_blind() -> None:
    assert not short_of(evaluate(read_all(load(BLIND)), models()).plain())


def test_the_cross_validated_figures_of_the_shipped_model_reach_every_goal() -> None:
    assert not short_of(json.loads(FIGURES.read_text(encoding="utf-8")))


def test_the_shipped_model_is_what_the_shipped_messages_give() -> None:
    call_command("train_voices", check=True)


def test_labels_that_nobody_knows_are_refused_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "more.csv"
    path.write_text("text,kind,type,level\n电梯坏了,complaint,lifts,ordinary\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"more\.csv, line 2"):
        call_command("train_voices", add=[path])
