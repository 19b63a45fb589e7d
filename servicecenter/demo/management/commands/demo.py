"""`manage.py demo`: a service center with life in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from repairs.models import Ticket
from servicecenter.accounts.models import Community
from servicecenter.demo import (
    consents,
    dispatch,
    gates,
    inspections,
    knowledge,
    money,
    movein,
    notices,
    permits,
    prices,
    roster,
    stock,
    surveys,
    voices,
)
from servicecenter.demo.history import simulate
from servicecenter.demo.world import HOTLINES, build
from servicecenter.lib.clock import database_now

SEED = 2026


class Command(BaseCommand):
    """Two communities, the accounts of the contract and 90 days of history; a second run changes nothing."""

    help = "Loads the demo data once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=90)

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.ENV.is_production:
            raise CommandError("The demo has well-known passwords: it is refused when DJANGO_ENV=production.")
        communities = Community.objects.filter(code__in=HOTLINES).order_by("id")
        if Ticket.objects.filter(community__in=communities).exists():
            self.stdout.write("The demo data is there already.")
            return
        now = database_now()
        # All of it or nothing: a first start that is interrupted begins again, not in the middle.
        with transaction.atomic():
            build(at=now - timedelta(days=options["days"] + 1))
            roster.build(communities.all(), at=now)
            gates.build({each.code: each for each in communities.all()}, at=now)
            prices.build(communities.all(), at=now - timedelta(days=options["days"]))
            knowledge.build(communities.all(), at=now - timedelta(days=options["days"]))
            simulator = simulate(list(communities.all()), days=options["days"], until=now, seed=SEED)
            movein.build(at=now)
            voices.build({each.code: each for each in communities.all()}, at=now)
            notices.build({each.code: each for each in communities.all()}, at=now)
            inspections.build(communities[0], at=now)
            consents.build(communities[0], at=now)
            dispatch.build({each.code: each for each in communities.all()}, at=now)
            money.build(communities[0], at=now)
            permits.build(communities[0], at=now)
            stock.build(communities[0], at=now)
            surveys.build({each.code: each for each in communities.all()}, at=now)
        self.stdout.write(
            f"{Ticket.objects.count()} repairs in {simulator.steps} steps over {options['days']} days."
        )
