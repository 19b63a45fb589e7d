"""What every case has in common, whatever kind of work it is."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from servicecenter.accounts.models import Community
from servicecenter.audit.events import Actor
from servicecenter.workflow.table import Table


class Case(models.Model):
    """A row with a status that only the runner changes."""

    TABLE: ClassVar[Table]

    community = models.ForeignKey(Community, models.PROTECT, related_name="+", verbose_name=_("community"))
    status = models.CharField(_("status"), max_length=24)
    # The status that the case returns to from a hold; '' otherwise.
    held_from = models.CharField(max_length=24, blank=True)
    # Grows with every step but those aside (notes, photos); a page drawn from an older version is refused as stale.
    version = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    def standings(self, by: Actor) -> frozenset[str]:
        """What `by` is to this case (agent, assignee, resident, …); empty for a stranger."""
        raise NotImplementedError
