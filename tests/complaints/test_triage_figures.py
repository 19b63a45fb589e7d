"""How good the triage of complaints and inquiries is on messages apart from training, and that its file is current."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from complaints.triage.measure import Figures, evaluate, short_of
from complaints.triage.proposal import FIGURES, models
from complaints.triage.train import load, read_all

# Written before the tables, never trained on, its mistakes never looked at: told in a roundabout way throughout.
APART = Path(__file__).parents[1] / "data/voices_final.csv"


@pytest.fixture(scope="module")
def figures() -> Figures:
    return evaluate(read_all(load(APART)), models())


def test_four_of_five_roundabout_messages_get_their_kind_and_seven_of_ten_their_type(
    figures: Figures,
) -> None:
    assert figures.kind >= 0.80
    assert figures.type >= 0.70


def test_every_major_complaint_apart_is_found_and_most_alarms_are_right(figures: Figures) -> None:
    assert figures.major_recall >= 0.95
    assert figures.major_precision >= 0.75


def test_the_cross_validated_figures_of_the_shipped_model_reach_every_goal() -> None:
    assert not short_of(json.loads(FIGURES.read_text(encoding="utf-8")))


def test_the_shipped_model_is_what_the_shipped_messages_give() -> None:
    call_command("train_voices", check=True)


def test_labels_that_nobody_knows_are_refused_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "more.csv"
    path.write_text("text,kind,type,level\n电梯坏了,complaint,lifts,ordinary\n", encoding="utf-8")
    with pytest.raises(CommandError, match=r"more\.csv, line 2"):
        call_command("train_voices", add=[path])
