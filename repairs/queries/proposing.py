"""What the program proposes for a text, with the model that is in use now."""

from __future__ import annotations

from functools import lru_cache

from repairs.models import TriageChoice, TriageVersion
from repairs.triage.proposal import Models, Proposal, propose, read_models, shipped


def proposal_for(text: str) -> Proposal:
    """Proposal of the model in use, one small query. A choice counts at once in every process: it is asked each time,
    while the model itself is read once."""
    return propose(text, _models_in_use())


def version_in_use() -> int | None:
    """The version that proposes; None is the model that was shipped.

    A version that was learned beside another shipped model does not count: a new release begins with its own.
    """
    newest = TriageChoice.objects.order_by("-id").values_list("version_id", "version__based_on").first()
    return newest[0] if newest and newest[1] == shipped() else None


def _models_in_use() -> Models | None:
    version_id = version_in_use()
    return None if version_id is None else _learned(version_id)


@lru_cache(maxsize=2)
def _learned(version_id: int) -> Models:
    """A version never changes, so that a process reads it once."""
    return read_models(TriageVersion.objects.values_list("content", flat=True).get(pk=version_id))
