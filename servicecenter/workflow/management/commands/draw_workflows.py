"""`manage.py draw_workflows [--check]`: docs/workflows/ from the transition tables."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from servicecenter.lib.works import all_works
from servicecenter.workflow.case import Case
from servicecenter.workflow.drawing import draw


class Command(BaseCommand):
    """Writes one page per kind of work that has a transition table; `--check` only compares."""

    help = "Draws the state diagrams of docs/workflows/."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        stale = []
        for work in all_works():
            # A second promise about a case that is drawn already.
            if not issubclass(work.model, Case) or work.model.TABLE.work != work.code:
                continue
            path = settings.BASE_DIR / "docs" / "workflows" / f"{work.code}.md"
            page = draw(work.model.TABLE)
            if path.exists() and path.read_text(encoding="utf-8") == page:
                continue
            if options["check"]:
                stale.append(path.name)
            else:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(page, encoding="utf-8")
                self.stdout.write(f"drew {path.name}")
        if stale:
            raise CommandError(f"not up to date: {', '.join(stale)}; run manage.py draw_workflows")
