"""Money: what is owed, what was taken, and that both agree."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    """The ledger room."""

    name = "servicecenter.ledger"
    label = "ledger"
    verbose_name = _("Ledger")
