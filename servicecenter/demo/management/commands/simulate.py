"""`manage.py simulate`: more days of a service center, as many as one likes."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from servicecenter.accounts.models import Community
from servicecenter.demo.history import simulate
from servicecenter.demo.world import HOTLINES, build
from servicecenter.lib.clock import database_now


class Command(BaseCommand):
    """Runs D days of a service center of N households with a virtual clock, through the ordinary actions."""

    help = "Simulates days of work that end now."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--households", type=int, default=300)
        parser.add_argument("--days", type=int, default=7)
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENV.is_production:
            raise CommandError(
                "Invented cases do not belong among real ones: refused when DJANGO_ENV=production."
            )
        for name in ("households", "days"):
            if options[name] < 1:
                raise CommandError(f"--{name} must be at least 1.")
        now = database_now()
        build(at=now)
        communities = list(Community.objects.filter(code__in=HOTLINES).order_by("id"))
        simulator = simulate(
            communities,
            days=options["days"],
            until=now,
            seed=options["seed"],
            households=options["households"],
        )
        self.stdout.write(f"{simulator.steps} steps, {simulator.refused} refused.")
