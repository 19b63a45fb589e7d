"""Learn the models of complaints and inquiries from labelled messages and say how good they are."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from complaints.models import VoiceExample
from complaints.triage.measure import Figures, cross_validate, evaluate
from complaints.triage.proposal import FIGURES, MODEL, dump_figures, dump_models, read_models
from complaints.triage.train import SHIPPED, Example, Sample, fitted, load, read_all, train
from servicecenter.triage.model import stored_blend

# An example of ours counts as so many shipped messages.
OWN_WEIGHT = 5


class Command(BaseCommand):
    """`manage.py train_voices`: prints the ten-fold cross-validated figures, then writes the model and the figures.

    The word tables of complaints/triage/data were written with the training messages in view, so that their
    cross-validation flatters; `--apart FILE` measures on messages that were not, which is the honest figure. The same
    messages give the same file. `--check` writes nothing and fails if the file is not what they give.
    """

    help = "Trains the triage of complaints and inquiries, prints its figures and writes the model file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--add", type=Path, action="append", default=[], help="more labelled messages (CSV)"
        )
        parser.add_argument(
            "--apart", type=Path, action="append", default=[], help="measure on these as well (CSV)"
        )
        parser.add_argument(
            "--examples", action="store_true", help="learn from what supervisors accepted here as well"
        )
        parser.add_argument("--output", type=Path, default=MODEL, help="the model file")
        parser.add_argument("--check", action="store_true", help="only check that the model file is current")

    def handle(self, *args: Any, **options: Any) -> None:
        """Train, measure, write."""
        samples = read_all(self._load([*SHIPPED, *options["add"]]))
        if options["check"]:
            return self._check(samples, options["output"])
        figures, sharpness = cross_validate(samples)
        own = self._own() if options["examples"] else []
        # Among a thousand shipped messages one example would change nothing.
        trained = train([*samples, *(own * OWN_WEIGHT)], sharpness)
        self._print(f"Ten-fold cross-validation, {len(samples)} messages", figures)
        for path in options["apart"]:
            kept = self._load([path])
            self._print(f"{path.name}, {len(kept)} messages", evaluate(read_all(kept), trained))
        options["output"].write_text(dump_models(trained), encoding="utf-8")
        if options["output"] == MODEL:
            FIGURES.write_text(dump_figures(figures.plain()), encoding="utf-8")
        self.stdout.write(f"Written: {options['output'].name}")

    def _check(self, samples: list[Sample], path: Path) -> None:
        """One of the three models is learned again: all come from the same messages and tables in one run."""
        kept = read_models(path.read_text(encoding="utf-8"))
        if stored_blend(fitted("kind", samples)) != stored_blend(kept.kind):
            raise CommandError(f"{path.name} is not current: run train_voices")

    def _own(self) -> list[Sample]:
        rows = VoiceExample.objects.order_by("id")
        self.stdout.write(f"{rows.count()} own examples")
        return read_all(Example(each.text, each.kind, each.type, each.level) for each in rows)

    def _load(self, paths: list[Path]) -> list[Example]:
        try:
            return [example for path in paths for example in load(path)]
        except (OSError, UnicodeDecodeError, ValueError) as error:
            raise CommandError(str(error)) from error

    def _print(self, title: str, figures: Figures) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(title))
        rows = (
            ("kind right", figures.kind),
            ("type right", figures.type),
            ("level right", figures.level),
            ("major ones found", figures.major_recall),
            ("proposed as major that are", figures.major_precision),
            ("a person is asked", figures.asked),
            ("kind right where nobody is asked", figures.kind_unasked),
        )
        for name, share in rows:
            self.stdout.write(f"  {name:<36}{share:7.1%}")
        plain = figures.plain()
        for table in ("by_kind", "by_type"):
            self.stdout.write(f"  {table[3:]:<20}{'messages':>9}{'found':>9}{'right':>9}")
            for code, (count, found, right) in plain[table].items():
                self.stdout.write(f"  {code:<20}{count:>9}{found:>9.1%}{right:>9.1%}")
