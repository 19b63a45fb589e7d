"""How good the triage is on messages that were kept apart from training, and that its model file is current.

These messages were written before the tables of repairs/triage/data and never trained on; the mistakes that showed were
looked at once. Whoever edits the tables should keep it so, or the figures mean nothing.
"""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from repairs.management.commands import train_triage
from repairs.management.commands.train_triage import Command
from repairs.triage.measure import Figures, evaluate, short_of
from repairs.triage.proposal import models
from repairs.triage.train import SHIPPED, load, read_all

DATA = Path(__file__).parents[1] / "data"
APART = DATA / "triage_heldout.csv"
# Written as residents of many kinds would, without a look at the tables: panic, understatement, neighbours, children,
# dialect, Traditional script, foreigners' English, voice input. After the first and the second the tables were mended
# in general ways; the last one was written afterwards, and nothing was changed for it. The third and fourth came later
# from another hand; the fourth confirms what was mended after the third.
FRESH = [DATA / f"triage_fresh{which}.csv" for which in ("", "_second", "_last")]
LATER = [DATA / f"triage_fresh{which}.csv" for which in ("_third", "_fourth")]
# Each 150 messages, written at once by one more hand before a look at anything: the mistakes in the first were looked
# at, those in the second were not.
DEVELOPMENT, FINAL = DATA / "triage_development.csv", DATA / "triage_final.csv"
# Each 200 messages, as residents and agents of the desk's own sample would write others, by hands that saw neither the
# tables nor the training messages. By the first the share of the wording was chosen; the last was met once.
BLIND, FIRST_SIGHT = DATA / "triage_blind.csv", DATA / "triage_first_sight.csv"
# Told in a roundabout way, several things in one message, danger told calmly: never used for anything but this measure.
ROUNDABOUT = DATA / "triage_heldout_hard.csv"


@pytest.fixture(scope="module")
def figures() -> Figures:
    return evaluate(read_all(load(APART)), models())


def test_the_trade_is_right_for_at_least_88_of_100(figures: Figures) -> None:
    assert figures.trade >= 0.88


def test_the_place_is_right_for_at_least_90_of_100(figures: Figures) -> None:
    assert figures.place >= 0.90


def test_at_least_97_of_100_emergencies_are_found(figures: Figures) -> None:
    assert figures.emergency_recall >= 0.97


def test_at_least_80_of_100_alarms_are_emergencies(figures: Figures) -> None:
    assert figures.emergency_precision >= 0.80


def test_where_nobody_is_asked_the_trade_is_right_more_often(figures: Figures) -> None:
    assert figures.trade_unasked > figures.trade
    assert figures.asked < 0.25


@pytest.mark.parametrize("path", FRESH, ids=lambda path: path.stem)
def test_the_goals_hold_on_messages_of_residents_of_many_kinds(path: Path) -> None:
    reached = evaluate(read_all(load(path)), models()).plain()
    assert short_of(reached) == []


def test_the_goals_hold_on_all_messages_that_were_kept_apart_together() -> None:
    paths = (*FRESH, *LATER, DEVELOPMENT, FINAL, BLIND, FIRST_SIGHT, APART, ROUNDABOUT)
    examples = [example for path in paths for example in load(path)]
    assert short_of(evaluate(read_all(examples), models()).plain()) == []


def test_the_goals_hold_on_everyday_messages_that_were_written_blind() -> None:
    reached = evaluate(read_all(load(BLIND) + load(FIRST_SIGHT)), models()).plain()
    assert reached["trade"] >= 0.92
    assert short_of(reached) == []


@pytest.mark.parametrize("path", [DEVELOPMENT, FINAL], ids=lambda path: path.stem)
def test_emergencies_in_messages_of_one_more_hand_are_found(path: Path) -> None:
    figures = evaluate(read_all(load(path)), models())
    assert figures.emergency_recall >= 0.97
    assert figures.emergency_precision >= 0.80


def test_of_roundabout_messages_most_emergencies_are_found_and_most_alarms_are_right() -> None:
    figures = evaluate(read_all(load(ROUNDABOUT)), models())
    assert figures.emergency_recall >= 0.90
    assert figures.emergency_precision >= 0.70
    assert figures.trade >= 0.80
    assert figures.trade_unasked > figures.trade


def test_the_shipped_model_is_what_the_shipped_messages_give() -> None:
    call_command(Command(), check=True)


def test_training_says_how_good_it_is_and_writes_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On every eighth message: ten models of all of them take most of a minute."""
    said, few, again = StringIO(), tmp_path / "few.csv", tmp_path / "model.json"
    with SHIPPED[0].open(encoding="utf-8", newline="") as shipped, few.open("w", encoding="utf-8") as file:
        head, *rows = csv.reader(shipped)
        csv.writer(file).writerows([head, *rows[::8]])
    monkeypatch.setattr(train_triage, "SHIPPED", (few,))
    call_command(Command(), output=again, stdout=said)
    assert again.exists()
    assert "Ten-fold cross-validation" in said.getvalue()
    assert "emergencies found" in said.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        "text,trade\n水管爆了,plumbing\n",
        "text,trade,urgency,location_kind\n水管爆了,plumber,emergency,unit\n",
        "text,trade,urgency,location_kind\n,plumbing,normal,unit\n",
        "text,trade,urgency,location_kind\n水管爆了,plumbing\n",
    ],
)
def test_examples_with_unknown_labels_are_refused_and_nothing_is_written(
    tmp_path: Path, content: str
) -> None:
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(content, encoding="utf-8")
    with pytest.raises(CommandError, match=r"wrong\.csv"):
        call_command(Command(), add=[wrong], output=tmp_path / "model.json")
    assert not (tmp_path / "model.json").exists()
